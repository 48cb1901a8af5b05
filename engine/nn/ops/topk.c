/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The best tokens of each row of logits, in two steps: of pieces of the vocabulary, then of all.
 */
#include "config.h"

#include "engine/nn/ops/topk.h"

#include "engine/nn/op-record.h"

/* Entries of a row that one invocation looks at. */
static guint
get_top_k_chunk (MonocleVkGpu *gpu)
{
  return gpu->traits.software ? 512 : 128;
}

guint
monocle_op_top_k_scratch (MonocleVkGpu *gpu, guint n_rows, guint n_vocabulary, guint k)
{
  return n_rows * CEIL_DIV (n_vocabulary, get_top_k_chunk (gpu)) * (2 + 2 * k);
}

void
monocle_op_top_k (MonocleCommands *commands,
                  const MonocleTensor *logits,
                  const MonocleTensor *bias,
                  const MonocleTensor *banned,
                  const MonocleTensor *n_banned,
                  guint k,
                  const MonocleTensor *scratch,
                  const MonocleTensor *y)
{
  const guint rows = monocle_tensor_count_rows (logits);
  const guint n = monocle_tensor_get_columns (logits);
  top_k_params push = { .rows = rows, .n = n, .flags = bias ? TOP_K_BIAS : 0 };
  top_k_merge_params merge;
  MonocleVkGpu *gpu;
  guint32 lanes;

  g_assert (logits->format == MONOCLE_FORMAT_F32 && k > 0 && k <= MONOCLE_OP_TOP_K_MAX);
  g_assert (!bias || monocle_op_is_vector (bias, n));
  g_assert (banned->format == MONOCLE_FORMAT_U32 && monocle_tensor_count_rows (banned) == rows);
  g_assert (monocle_tensor_get_columns (banned) % 2 == 0);
  g_assert (n_banned->format == MONOCLE_FORMAT_U32);
  g_assert (monocle_tensor_get_n_elements (n_banned) == rows);
  g_assert (y->format == MONOCLE_FORMAT_U32);
  g_assert (monocle_tensor_get_n_elements (y) == (guint64) rows * 2 * k);

  gpu = monocle_commands_get_gpu (commands);
  push.chunk = get_top_k_chunk (gpu);
  push.chunks = CEIL_DIV (n, push.chunk);
  push.max_banned = monocle_tensor_get_columns (banned) / 2;
  g_assert (monocle_tensor_get_n_elements (scratch) >= monocle_op_top_k_scratch (gpu, rows, n, k));

  lanes = monocle_op_get_group_size (gpu);
  monocle_op_dispatch_groups (commands,
                              &(MonocleVkDispatch) {
                                  .kernel = MONOCLE_KERNEL_top_k,
                                  .specs = (guint32[]) { lanes, k },
                                  .n_specs = 2,
                                  .bindings = (MonocleVkBinding[]) {
                                      monocle_tensor_get_binding (logits),
                                      monocle_tensor_get_binding (bias ? bias : logits),
                                      monocle_tensor_get_binding (banned),
                                      monocle_tensor_get_binding (n_banned),
                                      monocle_tensor_get_binding (scratch),
                                  },
                                  .push = &push,
                              },
                              CEIL_DIV ((guint64) rows * push.chunks, lanes));

  merge = (top_k_merge_params){ rows, push.chunks };
  lanes = gpu->traits.software ? 1
                               : monocle_op_get_sharing_lanes (gpu, (2 + 2 * k) * sizeof (guint32));
  monocle_op_dispatch_groups (commands,
                              &(MonocleVkDispatch) {
                                  .kernel = MONOCLE_KERNEL_top_k_merge,
                                  .specs = (guint32[]) { lanes, k, lanes },
                                  .n_specs = 3,
                                  .bindings = (MonocleVkBinding[]) {
                                      monocle_tensor_get_binding (scratch),
                                      monocle_tensor_get_binding (y),
                                  },
                                  .push = &merge,
                              },
                              rows);
}
