/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A scene as tokens, one after the other: what a row of the decoder is fed, and what is decided by
 * what comes back.
 *
 *   [left, right and top of an obstacle]
 *   radius of each thing, then frame by frame:
 *     x y of each   [x y of a throw]
 *
 * Each token is two words: a place and how far it is from the place before, a throw and how far it
 * goes. What is decided is by how much a displacement differs from the one before: of what flies on
 * that is nothing. All is counted in whole steps, so that nothing is lost from frame to frame. Each
 * coordinate of each thing has words of its own.
 */
#pragma once

#include "engine/answer/futures.h"
#include "engine/models/world/configuration.h"

G_BEGIN_DECLS

typedef enum
{
  MONOCLE_WALK_OBSTACLE,
  MONOCLE_WALK_RADII,
  MONOCLE_WALK_PLACES,
  MONOCLE_WALK_THROW,
  MONOCLE_WALK_OVER,
} MonocleWalkPart;

/**
 * MonocleWalk:
 * @tracks: what was seen
 * @n_frames: where it ends, what was seen included
 * @part, @item: what comes next of @frame
 * @is_decided: whether it is known how far that goes
 * @places, @moves: in steps: where all are, and how far they went last
 * @out: (nullable): [n_frames - frames that were seen, things, 2]: gets what is foreseen
 */
typedef struct
{
  const MonocleWorldConfig *config;
  const MonocleTracks *tracks;
  guint n_frames;
  MonocleWalkPart part;
  guint frame, item;
  gboolean is_decided;
  int places[2 * MONOCLE_WORLD_MAX_THINGS], moves[2 * MONOCLE_WORLD_MAX_THINGS];
  float *out;
} MonocleWalk;

void monocle_walk_init (MonocleWalk *self,
                        const MonocleWorldConfig *config,
                        const MonocleTracks *tracks,
                        guint n_frames,
                        float *out);

/* Whether a change has to be decided before it goes on. */
gboolean monocle_walk_wants (const MonocleWalk *self);
/* Of a change that has to be decided: the first of its words. */
guint32 monocle_walk_get_change (const MonocleWalk *self);
/* Whether it is known what it is: @bin counts from the first of its words. */
gboolean monocle_walk_know (const MonocleWalk *self, guint *bin);
/* Whether it can be guessed at all: nobody knows how things begin to move. */
gboolean monocle_walk_can_guess (const MonocleWalk *self);
void monocle_walk_decide (MonocleWalk *self, guint bin);

gboolean monocle_walk_is_over (const MonocleWalk *self);
/* The next token, unless something has to be decided first, or all is over. */
void monocle_walk_next (MonocleWalk *self, guint32 *word, guint32 *beside);

G_END_DECLS
