/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way back through attention.
 */
#include "config.h"

#include "engine/nn/ops/attention-back.h"

#include "engine/nn/op-record.h"
#include "engine/nn/ops/attention-score.h"

static float
get_scale (const MonocleAttention *a)
{
  return a->scale > 0 ? a->scale : monocle_op_attention_get_scale (a->head_width);
}

static guint
count_queries (const MonocleAttention *a)
{
  return a->n_batches * a->n_heads * a->n_queries;
}

static gboolean
is_like_q (const MonocleAttention *a, const MonocleTensor *tensor)
{
  return monocle_op_is_vector (tensor, count_queries (a) * a->head_width);
}

static gboolean
is_like_k (const MonocleAttention *a, const MonocleTensor *tensor)
{
  return monocle_op_is_vector (tensor, a->n_batches * a->n_keys * a->n_heads * a->head_width);
}

static gboolean
is_weights (const MonocleAttention *a, const MonocleTensor *tensor)
{
  return monocle_op_is_vector (tensor, count_queries (a) * a->n_keys);
}

/* Of one product between heads. */
static double
count_flops (const MonocleAttention *a)
{
  return 2.0 * a->n_batches * a->n_heads * a->n_queries * a->n_keys * a->head_width;
}

void
monocle_op_attention_weights (MonocleCommands *commands,
                              const MonocleAttention *a,
                              const MonocleTensor *q,
                              const MonocleTensor *k,
                              const MonocleTensor *lengths,
                              const MonocleTensor *weights)
{
  const attention_weights_params push = {
    .batches = a->n_batches,
    .queries = a->n_queries,
    .keys = a->n_keys,
    .heads = a->n_heads,
    .width4 = a->head_width / 4,
    .scale = get_scale (a),
    .flags = (a->mask == MONOCLE_ATTENTION_MASK_CAUSAL ? ATTENTION_CAUSAL : 0)
             | (lengths ? ATTENTION_LENGTHS : 0),
  };

  g_assert (a->mask != MONOCLE_ATTENTION_MASK_PREFIX && a->head_width % 4 == 0);
  g_assert (is_like_q (a, q) && is_like_k (a, k) && is_weights (a, weights));
  g_assert (!lengths || lengths->format == MONOCLE_FORMAT_U32);

  monocle_op_dispatch_elements (commands,
                                &(MonocleVkDispatch) {
                                    .kernel = MONOCLE_KERNEL_attention_weights,
                                    .formats = monocle_op_get_formats (weights, NULL),
                                    .flops = count_flops (a),
                                    .bindings = (MonocleVkBinding[]) {
                                        monocle_tensor_get_binding (q),
                                        monocle_tensor_get_binding (k),
                                        monocle_tensor_get_binding (lengths ? lengths : q),
                                        monocle_tensor_get_binding (weights),
                                    },
                                    .push = &push,
                                },
                                count_queries (a));
}

void
monocle_op_attention_weights_back (MonocleCommands *commands,
                                   const MonocleAttention *a,
                                   const MonocleTensor *weights,
                                   const MonocleTensor *v,
                                   const MonocleTensor *dy,
                                   const MonocleTensor *ds)
{
  const attention_weights_back_params push = {
    .batches = a->n_batches,
    .queries = a->n_queries,
    .keys = a->n_keys,
    .heads = a->n_heads,
    .width4 = a->head_width / 4,
    .scale = get_scale (a),
  };

  g_assert (a->head_width % 4 == 0 && is_weights (a, weights) && is_weights (a, ds));
  g_assert (is_like_k (a, v) && is_like_q (a, dy));

  monocle_op_dispatch_elements (commands,
                                &(MonocleVkDispatch) {
                                    .kernel = MONOCLE_KERNEL_attention_weights_back,
                                    .formats = monocle_op_get_formats (ds, NULL),
                                    .flops = count_flops (a),
                                    .bindings = (MonocleVkBinding[]) {
                                        monocle_tensor_get_binding (weights),
                                        monocle_tensor_get_binding (v),
                                        monocle_tensor_get_binding (dy),
                                        monocle_tensor_get_binding (ds),
                                    },
                                    .push = &push,
                                },
                                count_queries (a));
}

void
monocle_op_attention_mix (MonocleCommands *commands,
                          const MonocleAttention *a,
                          gboolean turned,
                          const MonocleTensor *w,
                          const MonocleTensor *x,
                          const MonocleTensor *y)
{
  const attention_mix_params push = {
    .batches = a->n_batches,
    .rows = turned ? a->n_keys : a->n_queries,
    .inner = turned ? a->n_queries : a->n_keys,
    .heads = a->n_heads,
    .width4 = a->head_width / 4,
    .flags = turned ? MIX_TURNED : 0,
  };

  g_assert (a->head_width % 4 == 0 && is_weights (a, w));
  g_assert (turned ? is_like_q (a, x) && is_like_k (a, y) : is_like_k (a, x) && is_like_q (a, y));

  monocle_op_dispatch_elements (commands,
                                &(MonocleVkDispatch) {
                                    .kernel = MONOCLE_KERNEL_attention_mix,
                                    .formats = monocle_op_get_formats (y, NULL),
                                    .flops = count_flops (a),
                                    .bindings = (MonocleVkBinding[]) {
                                        monocle_tensor_get_binding (w),
                                        monocle_tensor_get_binding (x),
                                        monocle_tensor_get_binding (y),
                                    },
                                    .push = &push,
                                },
                                (guint64) push.batches * push.rows * push.heads * push.width4);
}
