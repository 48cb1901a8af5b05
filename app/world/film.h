/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A scene from its first frame to its last: what is shown of it, what follows, and what the recipe
 * of the model reads.
 */
#pragma once

#include "app/world/scene.h"
#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleWorldFilm:
 * @scene: as it began
 * @places: centres, in units
 * @events: a bit for each ball to which something happened since the frame before
 */
typedef struct
{
  MonocleWorldScene scene;
  double places[MONOCLE_WORLD_N_FRAMES][MONOCLE_WORLD_MAX_BALLS][2];
  guint events[MONOCLE_WORLD_N_FRAMES];
} MonocleWorldFilm;

void monocle_world_film_init (MonocleWorldFilm *self, MonocleWorldKind kind, guint32 seed);

/**
 * monocle_world_film_throw:
 * @self: a film
 * @frame: behind which one
 * @ball: which one
 * @vx, @vy: with which speed
 *
 * The same scene, but that this ball is thrown, and nothing else is: what was until then stays as
 * it was.
 */
void
monocle_world_film_throw (MonocleWorldFilm *self, guint frame, guint ball, double vx, double vy);

/* (transfer full): its first frames, and the throw, which is told. */
MonocleTracks *monocle_world_film_show (const MonocleWorldFilm *self, guint n_frames);

/* (transfer full): the first frames of tracks, of which nothing is thrown or in the way */
MonocleTracks *monocle_world_take_first (const MonocleTracks *tracks, guint n_frames);

/* Numbers of a film as the recipe reads it: balls, three radii, pull, restitution, frame and ball
 * of the throw and its speed, three colours, the obstacle as four numbers, and for each frame the
 * events, 0 and the places. */
#define MONOCLE_WORLD_ROW (17 + MONOCLE_WORLD_N_FRAMES * (2 + 2 * MONOCLE_WORLD_MAX_BALLS))

void monocle_world_film_write_row (const MonocleWorldFilm *self, float row[MONOCLE_WORLD_ROW]);

/**
 * MonocleWorldGuess:
 * @MONOCLE_WORLD_GUESS_STILL: all stays where it is
 * @MONOCLE_WORLD_GUESS_SPEED: all goes on as in the last frame
 * @MONOCLE_WORLD_GUESS_PULL: and is pulled, by as much as it is
 * @MONOCLE_WORLD_GUESS_WALLS: and bounces from walls that leave 0.8 of a speed
 *
 * What can be said without a model. The last two are told what it has to find out.
 */
typedef enum
{
  MONOCLE_WORLD_GUESS_STILL,
  MONOCLE_WORLD_GUESS_SPEED,
  MONOCLE_WORLD_GUESS_PULL,
  MONOCLE_WORLD_GUESS_WALLS,
  MONOCLE_WORLD_N_GUESSES,
} MonocleWorldGuess;

/**
 * monocle_world_film_guess:
 * @self: a film
 * @guess: how
 * @n_frames: that were seen, at least 2
 * @ball: which one
 * @places: (out caller-allocates) (array): [frames of a film]: in units, from the frame @n_frames
 * on
 */
void monocle_world_film_guess (const MonocleWorldFilm *self,
                               MonocleWorldGuess guess,
                               guint n_frames,
                               guint ball,
                               double places[MONOCLE_WORLD_N_FRAMES][2]);

G_END_DECLS
