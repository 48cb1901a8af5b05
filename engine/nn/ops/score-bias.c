/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is added to the scores of attention.
 */
#include "config.h"

#include "engine/nn/ops/score-bias.h"

#include "engine/nn/op-record.h"

/* Queries and keys of an invocation. */
#define BLOCK 4

void
monocle_op_head_scores (MonocleCommands *commands,
                        const MonocleTensor *q,
                        const MonocleTensor *k,
                        guint n_heads,
                        float scale,
                        const MonocleTensor *scores)
{
  const guint channels = monocle_tensor_get_columns (q);
  const head_scores_params push = {
    .queries = monocle_tensor_count_rows (q),
    .keys = monocle_tensor_count_rows (k),
    .heads = n_heads,
    .width4 = channels / n_heads / 4,
    .scale = scale,
  };

  g_assert (n_heads * push.width4 * 4 == channels && monocle_tensor_get_columns (k) == channels);
  g_assert (monocle_op_is_same_store (q, k) && scores->format == MONOCLE_FORMAT_F32);
  g_assert (monocle_tensor_get_n_elements (scores) == (guint64) n_heads * push.queries * push.keys);

  monocle_op_dispatch_elements (
      commands,
      &(MonocleVkDispatch){
          .kernel = MONOCLE_KERNEL_head_scores,
          .formats = monocle_op_get_formats (q, NULL),
          .flops = 2.0 * push.queries * push.keys * channels,
          .bindings
          = (MonocleVkBinding[]){ monocle_tensor_get_binding (q), monocle_tensor_get_binding (k),
                                  monocle_tensor_get_binding (scores) },
          .push = &push,
      },
      (guint64) n_heads * CEIL_DIV (push.queries, BLOCK) * CEIL_DIV (push.keys, BLOCK));
}

void
monocle_op_relative_bias (MonocleCommands *commands,
                          const MonocleTensor *x,
                          const MonocleTensor *table,
                          gboolean by_heads,
                          const MonocleTensor *index,
                          const MonocleTensor *place,
                          const MonocleTensor *y)
{
  const relative_bias_params push = {
    .queries = x->dims[x->n_dims - 2],
    .keys = monocle_tensor_get_columns (x),
    .heads = by_heads ? monocle_tensor_count_rows (table) : monocle_tensor_get_columns (table),
    .rows = monocle_tensor_count_rows (index),
    .stride = monocle_tensor_get_columns (index),
    .n = by_heads ? monocle_tensor_get_columns (table) : monocle_tensor_count_rows (table),
    .flags = (place ? RELATIVE_PLACES : 0) | (by_heads ? RELATIVE_BY_HEADS : 0),
  };
  const guint64 n_pairs = (guint64) push.queries * push.keys;

  g_assert (x->format == MONOCLE_FORMAT_F32 && y->format == MONOCLE_FORMAT_F32);
  g_assert (monocle_tensor_get_n_elements (x) == push.heads * n_pairs);
  g_assert (monocle_tensor_get_n_elements (y) == push.heads * n_pairs);
  g_assert (index->format == MONOCLE_FORMAT_U32 && push.stride >= push.keys);
  g_assert (place ? place->format == MONOCLE_FORMAT_U32
                        && monocle_tensor_get_n_elements (place) == push.queries
                  : push.rows >= push.queries);

  monocle_op_dispatch_elements (
      commands,
      &(MonocleVkDispatch){
          .kernel = MONOCLE_KERNEL_relative_bias,
          .formats = monocle_op_get_formats (x, table),
          .is_partly_read = TRUE,
          .bindings = (MonocleVkBinding[]){ monocle_tensor_get_binding (x),
                                            monocle_tensor_get_binding (table),
                                            monocle_tensor_get_binding (index),
                                            monocle_tensor_get_binding (place ? place : index),
                                            monocle_tensor_get_binding (y) },
          .push = &push,
      },
      n_pairs);
}
