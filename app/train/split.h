/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is learnt from, and what is held out to judge by. Not pictures are divided but groups of
 * them: copies, small changes of one picture, and what was divided so before, for ever.
 */
#pragma once

#include "app/train/set.h"

G_BEGIN_DECLS

/**
 * MonocleTrainSplit:
 * @share: of groups that are held out, 0 to 1
 * @seed: the same gives the same
 * @memory: (nullable): a file that says what was held out before; what is divided now is added
 * @is_trial: nothing is added
 */
typedef struct
{
  double share;
  guint64 seed;
  const char *memory;
  gboolean is_trial;
} MonocleTrainSplit;

/**
 * monocle_train_split_look:
 * @image: a picture
 *
 * Source: Krawetz 2013, difference hash: whether each of 8 x 8 fields is darker than the next.
 *
 * Returns: alike in all but few bits for pictures that look alike
 */
guint64 monocle_train_split_look (MonocleImage *image);

/* Reads every picture once: its digest, and what it looks like. Those that cannot be read are left
 * out, with a note. Errors: %G_IO_ERROR_CANCELLED */
gboolean
monocle_train_split_measure (MonocleTrainSet *set, GCancellable *cancellable, GError **error);

/* Groups, then sides. What a set says of itself counts: pictures for testing are left out. */
gboolean
monocle_train_split_run (const MonocleTrainSplit *self, MonocleTrainSet *set, GError **error);

G_END_DECLS
