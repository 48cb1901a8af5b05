/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/world/walk.h"

#include <math.h>

static int
count_steps (const MonocleWorldConfig *config, double share)
{
  /* Far outside all is the same. */
  return (int) rint (CLAMP (share, -1e3, 1e3) * config->side * config->per_unit);
}

static guint
count_coordinates (const MonocleWalk *self)
{
  return 2 * self->tracks->n_things;
}

/* What was seen of a coordinate, in steps. */
static int
get_seen (const MonocleWalk *self, guint frame, guint coordinate)
{
  const gsize row = (gsize) frame * count_coordinates (self);

  return count_steps (self->config, (double) self->tracks->places[row + coordinate]);
}

void
monocle_walk_init (MonocleWalk *self,
                   const MonocleWorldConfig *config,
                   const MonocleTracks *tracks,
                   guint n_frames,
                   float *out)
{
  *self = (MonocleWalk){ .config = config, .tracks = tracks, .n_frames = n_frames, .out = out };
  if (tracks->obstacle.kind == MONOCLE_OBSTACLE_NONE)
    self->part = MONOCLE_WALK_RADII;
  for (guint i = 0; i < count_coordinates (self); i++)
    self->places[i] = get_seen (self, 0, i);
}

gboolean
monocle_walk_wants (const MonocleWalk *self)
{
  return self->part == MONOCLE_WALK_PLACES && self->frame > 0 && !self->is_decided;
}

guint32
monocle_walk_get_change (const MonocleWalk *self)
{
  return monocle_world_config_get_change (self->config, self->item);
}

gboolean
monocle_walk_know (const MonocleWalk *self, guint *bin)
{
  const int reach = (int) self->config->reach, most = (int) self->config->change;
  const guint item = self->item;
  int move;

  if (self->frame >= self->tracks->n_frames)
    return FALSE;
  move = get_seen (self, self->frame, item) - self->places[item];
  move = CLAMP (move, -reach, reach) - self->moves[item];
  *bin = (guint) (CLAMP (move, -most, most) + most);
  return TRUE;
}

gboolean
monocle_walk_can_guess (const MonocleWalk *self)
{
  return self->frame > 1;
}

/* What follows a frame, or its throw. */
static void
end_frame (MonocleWalk *self)
{
  const guint n = count_coordinates (self);

  if (self->out && self->frame >= self->tracks->n_frames)
    for (guint i = 0; i < n; i++)
      self->out[(gsize) (self->frame - self->tracks->n_frames) * n + i]
          = (float) (self->places[i] / (self->config->side * self->config->per_unit));
  self->item = 0;
  self->part
      = self->frame + 1 == self->n_frames ? MONOCLE_WALK_OVER
        : self->part == MONOCLE_WALK_PLACES && self->tracks->thrown.frame == (int) self->frame
            ? MONOCLE_WALK_THROW
            : MONOCLE_WALK_PLACES;
  self->frame += self->part == MONOCLE_WALK_PLACES;
}

void
monocle_walk_decide (MonocleWalk *self, guint bin)
{
  const int reach = (int) self->config->reach;
  const guint item = self->item;
  int move;

  g_assert (monocle_walk_wants (self));

  move = self->moves[item] + (int) bin - (int) self->config->change;
  self->moves[item] = CLAMP (move, -reach, reach);
  self->places[item] += self->moves[item];
  self->is_decided = TRUE;
  /* Nothing follows from the last one, so that nobody has to be told. */
  if (self->frame + 1 == self->n_frames && self->item + 1 == count_coordinates (self))
    end_frame (self);
}

gboolean
monocle_walk_is_over (const MonocleWalk *self)
{
  return self->part == MONOCLE_WALK_OVER;
}

static void
take_obstacle (MonocleWalk *self, guint32 *word, guint32 *beside)
{
  const MonocleObstacle *obstacle = &self->tracks->obstacle;
  const double sizes[MONOCLE_WORLD_OBSTACLE_TOKENS]
      = { obstacle->left, obstacle->right, obstacle->top };

  *word = monocle_world_config_get_obstacle (self->config, obstacle->kind, self->item);
  *beside = monocle_world_config_get_size (self->config, sizes[self->item]);
  if (++self->item < G_N_ELEMENTS (sizes))
    return;
  self->item = 0;
  self->part = MONOCLE_WALK_RADII;
}

static void
take_radius (MonocleWalk *self, guint32 *word)
{
  const double radius = (double) self->tracks->radii[self->item] * self->config->side;

  *word = monocle_world_config_get_radius (self->config, self->item, radius);
  if (++self->item < self->tracks->n_things)
    return;
  self->item = 0;
  self->part = MONOCLE_WALK_PLACES;
}

static void
take_place (MonocleWalk *self, guint32 *word, guint32 *beside)
{
  *word = monocle_world_config_get_place (self->config, self->item, self->places[self->item]);
  if (self->frame > 0)
    *beside = monocle_world_config_get_move (self->config, self->item, self->moves[self->item]);
  self->is_decided = FALSE;
  if (++self->item == count_coordinates (self))
    end_frame (self);
}

static void
take_throw (MonocleWalk *self, guint32 *word, guint32 *beside)
{
  const MonocleThrow *thrown = &self->tracks->thrown;
  const double speed = self->item == 0 ? thrown->vx : thrown->vy;

  *word = monocle_world_config_get_throw (self->config, thrown->thing);
  *beside = monocle_world_config_get_move (self->config, 2 * thrown->thing + self->item,
                                           count_steps (self->config, speed));
  if (++self->item == 2)
    end_frame (self);
}

void
monocle_walk_next (MonocleWalk *self, guint32 *word, guint32 *beside)
{
  *word = *beside = MONOCLE_WORLD_MASK;
  switch (self->part)
    {
    case MONOCLE_WALK_OBSTACLE:
      take_obstacle (self, word, beside);
      break;
    case MONOCLE_WALK_RADII:
      take_radius (self, word);
      break;
    case MONOCLE_WALK_PLACES:
      take_place (self, word, beside);
      break;
    case MONOCLE_WALK_THROW:
      take_throw (self, word, beside);
      break;
    case MONOCLE_WALK_OVER:
      break;
    }
}
