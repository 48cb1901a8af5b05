/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where things were, frame by frame, and where they may be next.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleThrow:
 * @frame: the frame behind which it acts; -1: nothing is thrown
 * @thing: what is thrown
 * @vx, @vy: how far it goes in a frame from then on, as a share of the side
 */
typedef struct
{
  int frame;
  guint thing;
  double vx, vy;
} MonocleThrow;

/**
 * MonocleObstacleKind:
 * @MONOCLE_OBSTACLE_NONE: there is none
 * @MONOCLE_OBSTACLE_BOX: it stands on the floor
 * @MONOCLE_OBSTACLE_RAMP_LEFT: it leans on the left wall and goes down to the right
 * @MONOCLE_OBSTACLE_RAMP_RIGHT: the other way round
 */
typedef enum
{
  MONOCLE_OBSTACLE_NONE,
  MONOCLE_OBSTACLE_BOX,
  MONOCLE_OBSTACLE_RAMP_LEFT,
  MONOCLE_OBSTACLE_RAMP_RIGHT,
  MONOCLE_N_OBSTACLE_KINDS,
} MonocleObstacleKind;

/**
 * MonocleObstacle:
 * @left, @right, @top: how far it reaches, from the upper left; its bottom is the floor
 *
 * What does not move, and things bounce from.
 */
typedef struct
{
  MonocleObstacleKind kind;
  double left, right, top;
} MonocleObstacle;

/**
 * MonocleTracks:
 * @n_things: that are followed
 * @n_frames: in which they were seen
 * @places: (array): [n_frames, n_things, 2]: centres, x and y as shares of the side, from the upper
 *   left
 * @radii: (array length=n_things): likewise
 * @obstacle: likewise; what is told is whole units of the model
 * @thrown: what somebody does to one of them, in a frame that was seen or is still to come
 */
typedef struct
{
  guint n_things, n_frames;
  float *places;
  float *radii;
  MonocleObstacle obstacle;
  MonocleThrow thrown;
} MonocleTracks;

/* (transfer full): nothing is thrown, and all is 0 */
MonocleTracks *monocle_tracks_new (guint n_things, guint n_frames);
MonocleTracks *monocle_tracks_copy (const MonocleTracks *self);
void monocle_tracks_free (MonocleTracks *self);

/**
 * MonocleFutures:
 * @n_things: as of the tracks
 * @n_frames: behind the last one that was seen
 * @n_futures: that were drawn
 * @likeliest: (array): [n_frames, n_things, 2]: what follows if each step is the likeliest
 * @drawn: (array): [n_futures, n_frames, n_things, 2]: what may follow, each by chance as likely as
 *   the model thinks it is
 * @surprise: how unlikely what was seen is to the model: mean of minus log-likelihoods, of each
 *   coordinate of each thing from the third frame on; 0 where there is none or nobody asked
 */
typedef struct
{
  guint n_things, n_frames, n_futures;
  float *likeliest;
  float *drawn;
  double surprise;
} MonocleFutures;

MonocleFutures *monocle_futures_new (guint n_things, guint n_frames, guint n_futures);
void monocle_futures_free (MonocleFutures *self);

/* (transfer none): [n_frames, n_things, 2] of one of those that were drawn */
float *monocle_futures_get_drawn (const MonocleFutures *self, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleTracks, monocle_tracks_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleFutures, monocle_futures_free)

G_END_DECLS
