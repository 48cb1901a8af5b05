/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What answers look like that say where something is: JSON, more or less, with a fence around it
 * and words before and behind it or not:
 * `[{"bbox_2d": [100, 200, 300, 400], "label": "cat"}, {"point_2d": [500, 500], "label": "dog"}]`.
 * Places are thousandths of the sides, or pixels of the picture as it was seen.
 */
#pragma once

#include "engine/answer/result.h"

G_BEGIN_DECLS

/* Of a side, where a place is a number of these, whatever the size of the picture. */
#define MONOCLE_QWEN3VL_PARTS 1000

/**
 * MonocleQwen3vlAnswer:
 * @bytes: (array length=n_bytes): what was written
 * @n_bytes: how much
 * @ends: (array length=n_ids) (nullable): where each token of it ends
 * @log_probs: (array length=n_ids) (nullable): how likely each was
 * @n_ids: how many
 * @whole: whether no more comes
 * @width, @height: of the picture
 * @across, @down: how many parts of these places are numbers of
 */
typedef struct
{
  const guint8 *bytes;
  gsize n_bytes;
  const gsize *ends;
  const float *log_probs;
  guint n_ids;
  gboolean whole;
  guint width, height, across, down;
} MonocleQwen3vlAnswer;

/**
 * monocle_qwen3vl_parse:
 * @answer: an answer
 * @result: what its objects are added to, each as soon as it is closed
 * @is_cut: (out): whether one is not
 *
 * Returns: whether there is anything that says where something is
 */
gboolean
monocle_qwen3vl_parse (const MonocleQwen3vlAnswer *answer, MonocleResult *result, gboolean *is_cut);

G_END_DECLS
