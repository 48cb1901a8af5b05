/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/world/film.h"

#include <string.h>

#include "app/world/obstacle.h"

#define GUESSED_RESTITUTION 0.8

static void
keep (MonocleWorldFilm *self, const MonocleWorldScene *scene)
{
  for (guint i = 0; i < scene->n_balls; i++)
    {
      self->places[scene->frame][i][0] = scene->balls[i].x;
      self->places[scene->frame][i][1] = scene->balls[i].y;
    }
}

/* From the first frame to the last. */
static void
run (MonocleWorldFilm *self)
{
  MonocleWorldScene scene = self->scene;

  keep (self, &scene);
  for (guint t = 1; t < MONOCLE_WORLD_N_FRAMES; t++)
    {
      self->events[t] = monocle_world_scene_step (&scene);
      keep (self, &scene);
    }
}

void
monocle_world_film_init (MonocleWorldFilm *self, MonocleWorldKind kind, guint32 seed)
{
  *self = (MonocleWorldFilm){ .events = { 0 } };
  monocle_world_scene_init (&self->scene, kind, seed);
  run (self);
}

void
monocle_world_film_throw (MonocleWorldFilm *self, guint frame, guint ball, double vx, double vy)
{
  g_return_if_fail (frame < MONOCLE_WORLD_N_FRAMES && ball < self->scene.n_balls);

  self->scene.thrown
      = (MonocleWorldThrow){ .frame = (int) frame, .ball = ball, .vx = vx, .vy = vy };
  run (self);
}

MonocleTracks *
monocle_world_film_show (const MonocleWorldFilm *self, guint n_frames)
{
  const MonocleWorldThrow *thrown = &self->scene.thrown;
  MonocleTracks *tracks = monocle_tracks_new (self->scene.n_balls, n_frames);
  float *place = tracks->places;

  for (guint t = 0; t < n_frames; t++)
    for (guint i = 0; i < tracks->n_things; i++)
      for (guint axis = 0; axis < 2; axis++)
        *place++ = (float) (self->places[t][i][axis] / MONOCLE_WORLD_SIDE);
  for (guint i = 0; i < tracks->n_things; i++)
    tracks->radii[i] = (float) (self->scene.balls[i].radius / MONOCLE_WORLD_SIDE);
  tracks->obstacle = monocle_world_obstacle_scale (&self->scene.obstacle, 1 / MONOCLE_WORLD_SIDE);
  tracks->thrown = (MonocleThrow){ .frame = thrown->frame,
                                   .thing = thrown->ball,
                                   .vx = thrown->vx / MONOCLE_WORLD_SIDE,
                                   .vy = thrown->vy / MONOCLE_WORLD_SIDE };
  return tracks;
}

MonocleTracks *
monocle_world_take_first (const MonocleTracks *tracks, guint n_frames)
{
  MonocleTracks *first = monocle_tracks_new (tracks->n_things, n_frames);
  const gsize n = (gsize) 2 * tracks->n_things * n_frames;

  memcpy (first->places, tracks->places, n * sizeof *first->places);
  memcpy (first->radii, tracks->radii, tracks->n_things * sizeof *first->radii);
  return first;
}

void
monocle_world_film_write_row (const MonocleWorldFilm *self, float row[MONOCLE_WORLD_ROW])
{
  const MonocleWorldScene *scene = &self->scene;
  float *at = row;

  *at++ = (float) scene->n_balls;
  for (guint i = 0; i < MONOCLE_WORLD_MAX_BALLS; i++)
    *at++ = (float) scene->balls[i].radius;
  *at++ = (float) scene->gravity;
  *at++ = (float) scene->restitution;
  *at++ = (float) scene->thrown.frame;
  *at++ = (float) scene->thrown.ball;
  *at++ = (float) scene->thrown.vx;
  *at++ = (float) scene->thrown.vy;
  for (guint i = 0; i < MONOCLE_WORLD_MAX_BALLS; i++)
    *at++ = (float) scene->balls[i].colour;
  *at++ = (float) scene->obstacle.kind;
  *at++ = (float) scene->obstacle.left;
  *at++ = (float) scene->obstacle.right;
  *at++ = (float) scene->obstacle.top;
  for (guint t = 0; t < MONOCLE_WORLD_N_FRAMES; t++)
    {
      *at++ = (float) self->events[t];
      *at++ = 0;
      for (guint i = 0; i < MONOCLE_WORLD_MAX_BALLS; i++)
        for (guint axis = 0; axis < 2; axis++)
          *at++ = (float) self->places[t][i][axis];
    }
}

void
monocle_world_film_guess (const MonocleWorldFilm *self,
                          MonocleWorldGuess guess,
                          guint n_frames,
                          guint ball,
                          double places[MONOCLE_WORLD_N_FRAMES][2])
{
  const MonocleWorldScene *scene = &self->scene;
  const gboolean has_walls = guess == MONOCLE_WORLD_GUESS_WALLS;
  const double far = 1e6;
  const double low = has_walls ? scene->balls[ball].radius : -far;
  const double high = has_walls ? MONOCLE_WORLD_SIDE - scene->balls[ball].radius : far;
  const double pull = guess >= MONOCLE_WORLD_GUESS_PULL ? scene->gravity : 0;

  for (guint axis = 0; axis < 2; axis++)
    {
      const double own = axis == 1 ? pull : 0;
      double place = self->places[n_frames - 1][ball][axis];
      double speed = place - self->places[n_frames - 2][ball][axis] + own / 2;

      for (guint t = n_frames; t < MONOCLE_WORLD_N_FRAMES; t++)
        {
          if (scene->thrown.frame == (int) t - 1 && scene->thrown.ball == ball)
            speed = axis == 0 ? scene->thrown.vx : scene->thrown.vy;
          if (guess != MONOCLE_WORLD_GUESS_STILL)
            monocle_world_move (&place, &speed, own, 1, low, high, GUESSED_RESTITUTION);
          places[t - n_frames][axis] = place;
        }
    }
}
