/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * General attention in a graph, and that of new tokens over the key-value cache, which it changes.
 */
#include "config.h"

#include "engine/nn/formulas.h"
#include "engine/nn/gradients.h"

static gboolean
infer (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleAttention *a = call->args;
  const MonocleTensor *q = call->inputs[0], *k = call->inputs[1], *v = call->inputs[2];
  const MonocleTensor *lengths = call->inputs[3], *bias = call->inputs[4];
  guint n_kv_heads = a->n_kv_heads > 0 ? a->n_kv_heads : a->n_heads;

  if (a->n_batches == 0 || a->n_queries == 0 || a->n_keys == 0 || a->n_heads == 0
      || a->head_width == 0 || a->head_width % 4 != 0)
    return monocle_op_misfit (error, "%u heads of %u columns", a->n_heads, a->head_width);
  if (monocle_attention_count_sharing (a->n_heads, a->n_kv_heads) == 0)
    return monocle_op_misfit (error, "%u heads over %u of keys", a->n_heads, n_kv_heads);
  if (!monocle_attention_fits (a, q, k, v))
    return monocle_op_misfit (error, "queries, keys or values beyond the end");
  if (lengths
      && (lengths->format != MONOCLE_FORMAT_U32
          || monocle_tensor_get_n_elements (lengths) != a->n_batches))
    return monocle_op_misfit (error, "lengths for other than %u batches", a->n_batches);
  if (bias
      && (bias->format != MONOCLE_FORMAT_F32
          || monocle_tensor_get_n_elements (bias)
                 != (guint64) a->n_heads * a->n_queries * a->n_keys))
    return monocle_op_misfit (error, "a bias of %" G_GUINT64_FORMAT " for %u x %u x %u scores",
                              monocle_tensor_get_n_elements (bias), a->n_heads, a->n_queries,
                              a->n_keys);
  if (k->format != q->format || v->format != q->format)
    return monocle_op_misfit (error, "queries, keys and values of several formats");
  y->n_dims = 2;
  y->dims[0] = a->n_batches * a->n_queries;
  y->dims[1] = a->n_heads * a->head_width;
  y->format = q->format;
  return TRUE;
}

static guint64
scratch_bytes (const MonocleCall *call, MonocleVkGpu *gpu)
{
  MonocleAttention attention = *(const MonocleAttention *) call->args;

  attention.lengths = call->inputs[3];
  attention.bias = call->inputs[4];
  return sizeof (float) * monocle_op_attention_scratch (gpu, &attention, call->inputs[0]->format);
}

static void
record (const MonocleCall *call, MonocleCommands *commands)
{
  MonocleAttention attention = *(const MonocleAttention *) call->args;

  attention.q = *call->inputs[0];
  attention.k = *call->inputs[1];
  attention.v = *call->inputs[2];
  attention.lengths = call->inputs[3];
  attention.bias = call->inputs[4];
  attention.scratch = call->scratch;
  attention.y = *call->output;
  monocle_op_attention (commands, &attention);
}

static void
reference (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  monocle_reference_attention (inputs[0], inputs[1], inputs[2], call->args, inputs[3], inputs[4],
                               output);
}

static void
go_back (MonocleGradients *gradients, const MonocleBackCall *call)
{
  MonocleGraph *graph = monocle_gradients_get_graph (gradients);
  const MonocleAttention *a = call->args;
  const MonocleValue q = call->inputs[0], k = call->inputs[1], v = call->inputs[2];
  const MonocleValue weights = monocle_attention_weights (graph, q, k, call->inputs[3], a);
  MonocleValue ds;

  if (call->inputs[4])
    monocle_gradients_refuse (gradients, "attention with a bias is not trained through");
  if (monocle_gradients_wants (gradients, v))
    monocle_gradients_add (gradients, v,
                           monocle_attention_mix (graph, weights, call->gradient, TRUE, a));
  if (!monocle_gradients_wants (gradients, q) && !monocle_gradients_wants (gradients, k))
    return;
  ds = monocle_attention_weights_back (graph, weights, v, call->gradient, a);
  if (monocle_gradients_wants (gradients, q))
    monocle_gradients_add (gradients, q, monocle_attention_mix (graph, ds, k, FALSE, a));
  if (monocle_gradients_wants (gradients, k))
    monocle_gradients_add (gradients, k, monocle_attention_mix (graph, ds, q, TRUE, a));
}

static const MonocleOp attention_op = {
  .name = "attention",
  .args_size = sizeof (MonocleAttention),
  .infer = infer,
  .scratch_bytes = scratch_bytes,
  .record = record,
  .reference = reference,
  .backward = go_back,
};

MonocleValue
monocle_attention_with_bias (MonocleGraph *graph,
                             MonocleValue q,
                             MonocleValue k,
                             MonocleValue v,
                             MonocleValue lengths,
                             MonocleValue bias,
                             const MonocleAttention *geometry)
{
  const MonocleValue inputs[] = { q, k, v, lengths, bias };

  return monocle_graph_append (graph, &attention_op, geometry, inputs, G_N_ELEMENTS (inputs));
}

MonocleValue
monocle_attention (MonocleGraph *graph,
                   MonocleValue q,
                   MonocleValue k,
                   MonocleValue v,
                   MonocleValue lengths,
                   const MonocleAttention *geometry)
{
  return monocle_attention_with_bias (graph, q, k, v, lengths, 0, geometry);
}

/* --- over the cache ----------------------------------------------------------------------- */

static MonocleCachedAttention
build_cached (const MonocleCall *call)
{
  MonocleCachedAttention attention = *(const MonocleCachedAttention *) call->args;

  attention.qkv = *call->inputs[0];
  attention.keys = *call->inputs[1];
  attention.values = *call->inputs[2];
  attention.ancestors = *call->inputs[3];
  attention.place = *call->inputs[4];
  attention.bias = call->inputs[5];
  attention.y = *call->output;
  return attention;
}

static gboolean
infer_cached (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleTensor *qkv = call->inputs[0], *keys = call->inputs[1], *values = call->inputs[2];
  const MonocleTensor *ancestors = call->inputs[3], *place = call->inputs[4];
  const MonocleTensor *bias = call->inputs[5];
  const MonocleCachedAttention *a = call->args;
  guint columns = monocle_tensor_get_columns (qkv), tokens = monocle_tensor_count_rows (qkv);
  guint n_kv_heads = a->n_kv_heads > 0 ? a->n_kv_heads : a->n_heads;
  guint n_all = a->n_heads + 2 * n_kv_heads, rows, width;

  if (a->n_heads == 0 || columns % n_all != 0 || columns / n_all % 4 != 0)
    return monocle_op_misfit (error, "%u columns for %u heads", columns, n_all);
  if (monocle_attention_count_sharing (a->n_heads, a->n_kv_heads) == 0)
    return monocle_op_misfit (error, "%u heads over %u of keys", a->n_heads, n_kv_heads);
  if (a->n_tokens == 0 || tokens % a->n_tokens != 0)
    return monocle_op_misfit (error, "%u tokens, %u of each row", tokens, a->n_tokens);
  rows = tokens / a->n_tokens;
  width = columns / n_all;
  if (keys->n_dims != 3 || keys->dims[0] != rows || keys->dims[2] != n_kv_heads * width
      || keys->dims[1] < a->n_tokens
      || monocle_tensor_get_n_elements (values) != monocle_tensor_get_n_elements (keys)
      || monocle_tensor_get_n_elements (ancestors) != (guint64) rows * keys->dims[1]
      || monocle_tensor_get_n_elements (place) != rows)
    return monocle_op_misfit (error, "a cache of other than %u rows of %u", rows,
                              n_kv_heads * width);
  if (bias
      && (bias->format != MONOCLE_FORMAT_F32
          || monocle_tensor_get_n_elements (bias) != (guint64) a->n_heads * tokens * keys->dims[1]))
    return monocle_op_misfit (error, "a bias of %" G_GUINT64_FORMAT " for %u x %u x %u scores",
                              monocle_tensor_get_n_elements (bias), a->n_heads, tokens,
                              keys->dims[1]);
  monocle_op_shape_like (y, qkv, a->n_heads * width);
  return TRUE;
}

static void
record_cached (const MonocleCall *call, MonocleCommands *commands)
{
  const MonocleCachedAttention attention = build_cached (call);

  monocle_op_cached_attention (commands, &attention);
}

/* Keys and values are written: what lies outside may be. */
static void
reference_cached (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const MonocleCachedAttention attention = build_cached (call);

  monocle_reference_cached_attention (&attention, inputs[0], (float *) inputs[1],
                                      (float *) inputs[2], inputs[3], inputs[4], inputs[5], output);
}

static const MonocleOp cached_attention = {
  .name = "cached attention",
  .args_size = sizeof (MonocleCachedAttention),
  .infer = infer_cached,
  .record = record_cached,
  .reference = reference_cached,
  .writes = MONOCLE_OP_INPUT (1) | MONOCLE_OP_INPUT (2),
};

MonocleValue
monocle_cached_attention_with_bias (MonocleGraph *graph,
                                    MonocleValue qkv,
                                    MonocleValue keys,
                                    MonocleValue values,
                                    MonocleValue ancestors,
                                    MonocleValue place,
                                    MonocleValue bias,
                                    const MonocleCachedAttention *geometry)
{
  const MonocleValue inputs[] = { qkv, keys, values, ancestors, place, bias };

  return monocle_graph_append (graph, &cached_attention, geometry, inputs, G_N_ELEMENTS (inputs));
}

MonocleValue
monocle_cached_attention (MonocleGraph *graph,
                          MonocleValue qkv,
                          MonocleValue keys,
                          MonocleValue values,
                          MonocleValue ancestors,
                          MonocleValue place,
                          const MonocleCachedAttention *geometry)
{
  return monocle_cached_attention_with_bias (graph, qkv, keys, values, ancestors, place, 0,
                                             geometry);
}
