/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Views of a picture: a part of it, turned over, tilted, lit otherwise, with what is known of it
 * moved along. Made before the model looks, so that few pictures say more.
 */
#pragma once

#include "app/train/set.h"

G_BEGIN_DECLS

/**
 * monocle_train_view_new:
 * @image: the picture
 * @examples: (element-type MonocleTrainExample): about it
 * @seed: and
 * @index: which view; 0: the picture as it is
 * @seen: (out) (transfer full) (element-type MonocleTrainExample): what is known of the view; %NULL
 *   in place of those that say nothing about it
 *
 * Returns: (transfer full): the view
 */
MonocleImage *monocle_train_view_new (
    MonocleImage *image, const GPtrArray *examples, guint64 seed, guint index, GPtrArray **seen);

G_END_DECLS
