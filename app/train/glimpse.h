/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A few held-out pictures, and what becomes of one question about each while a model learns.
 */
#pragma once

#include "app/train/set.h"

G_BEGIN_DECLS

/* Of all that are held out. */
#define MONOCLE_TRAIN_MAX_GLIMPSES 6

/**
 * MonocleTrainGlimpse:
 * @picture: its path
 * @before: what was said before anything was learnt; may be empty
 * @wanted: what is right
 * @is_right: whether the model, asked without beams, would say just that after the last round
 * @index: of the question, among those that a round judges
 */
typedef struct
{
  char *picture;
  char *before;
  char *wanted;
  gboolean is_right;
  guint index;
} MonocleTrainGlimpse;

/* (transfer full) (element-type MonocleTrainGlimpse): none yet */
GPtrArray *monocle_train_glimpses_new (void);
/* Where there are few, and none of @picture: of answers in words alone. */
void monocle_train_glimpses_add (GPtrArray *self,
                                 const char *picture,
                                 const MonocleTrainExample *example,
                                 const char *before,
                                 guint index);
/* (transfer full) */
GPtrArray *monocle_train_glimpses_copy (const GPtrArray *self);

G_END_DECLS
