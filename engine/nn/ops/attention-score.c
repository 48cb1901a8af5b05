/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What all kinds of softmax attention share.
 */
#include "config.h"

#include "engine/nn/ops/attention-score.h"

#include <math.h>

/* Floats of query and of sums that one invocation of a block kernel keeps, each. */
#define BLOCK_FLOATS      256
#define BLOCK_MAX_QUERIES 8

guint
monocle_op_attention_get_block_queries (guint head_width)
{
  return CLAMP (BLOCK_FLOATS / head_width, 1, BLOCK_MAX_QUERIES);
}

float
monocle_op_attention_get_scale (guint width)
{
  return (float) (1.0 / sqrt (width));
}

/* Softmax over n scores, in place. */
void
monocle_reference_softmax (double *scores, guint n)
{
  double largest = -G_MAXDOUBLE, total = 0;

  for (guint i = 0; i < n; i++)
    largest = MAX (largest, scores[i]);
  for (guint i = 0; i < n; i++)
    total += scores[i] = exp (scores[i] - largest);
  for (guint i = 0; i < n; i++)
    scores[i] /= total;
}
