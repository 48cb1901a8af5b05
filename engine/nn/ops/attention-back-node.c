/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way back through attention in a graph.
 */
#include "config.h"

#include "engine/nn/formulas.h"

static gboolean
is_whole (const MonocleTensor *tensor, guint64 n)
{
  return tensor->format == MONOCLE_FORMAT_F32 && monocle_tensor_get_n_elements (tensor) == n;
}

static guint64
count (const MonocleAttention *a, guint rows)
{
  return (guint64) a->n_batches * rows * a->n_heads * a->head_width;
}

static void
shape_weights (const MonocleAttention *a, MonocleTensor *weights)
{
  weights->n_dims = 3;
  weights->dims[0] = a->n_batches * a->n_heads;
  weights->dims[1] = a->n_queries;
  weights->dims[2] = a->n_keys;
  weights->format = MONOCLE_FORMAT_F32;
}

static gboolean
infer_weights (const MonocleCall *call, MonocleTensor *weights, GError **error)
{
  const MonocleAttention *a = call->args;
  const MonocleTensor *lengths = call->inputs[2];

  if (a->head_width % 4 != 0 || a->mask == MONOCLE_ATTENTION_MASK_PREFIX
      || (a->n_kv_heads != 0 && a->n_kv_heads != a->n_heads))
    return monocle_op_misfit (error, "attention of this kind is not trained through");
  if (!is_whole (call->inputs[0], count (a, a->n_queries))
      || !is_whole (call->inputs[1], count (a, a->n_keys)))
    return monocle_op_misfit (error, "queries or keys with gaps between them");
  if (lengths
      && (lengths->format != MONOCLE_FORMAT_U32
          || monocle_tensor_get_n_elements (lengths) != a->n_batches))
    return monocle_op_misfit (error, "lengths for other than %u batches", a->n_batches);
  shape_weights (a, weights);
  return TRUE;
}

static void
record_weights (const MonocleCall *call, MonocleCommands *commands)
{
  monocle_op_attention_weights (commands, call->args, call->inputs[0], call->inputs[1],
                                call->inputs[2], call->output);
}

static void
reference_weights (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  monocle_reference_attention_weights (call->args, inputs[0], inputs[1], inputs[2], output);
}

static const MonocleOp attention_weights = {
  .name = "attention weights",
  .args_size = sizeof (MonocleAttention),
  .infer = infer_weights,
  .record = record_weights,
  .reference = reference_weights,
};

MonocleValue
monocle_attention_weights (MonocleGraph *graph,
                           MonocleValue q,
                           MonocleValue k,
                           MonocleValue lengths,
                           const MonocleAttention *geometry)
{
  const MonocleValue inputs[] = { q, k, lengths };

  return monocle_graph_append (graph, &attention_weights, geometry, inputs, G_N_ELEMENTS (inputs));
}

static gboolean
infer_weights_back (const MonocleCall *call, MonocleTensor *ds, GError **error)
{
  const MonocleAttention *a = call->args;

  if (!is_whole (call->inputs[0], (guint64) a->n_batches * a->n_heads * a->n_queries * a->n_keys)
      || !is_whole (call->inputs[1], count (a, a->n_keys))
      || !is_whole (call->inputs[2], count (a, a->n_queries)))
    return monocle_op_misfit (error, "weights, values or gradients with gaps between them");
  shape_weights (a, ds);
  return TRUE;
}

static void
record_weights_back (const MonocleCall *call, MonocleCommands *commands)
{
  monocle_op_attention_weights_back (commands, call->args, call->inputs[0], call->inputs[1],
                                     call->inputs[2], call->output);
}

static void
reference_weights_back (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  monocle_reference_attention_weights_back (call->args, inputs[0], inputs[1], inputs[2], output);
}

static const MonocleOp attention_weights_back = {
  .name = "attention weights back",
  .args_size = sizeof (MonocleAttention),
  .infer = infer_weights_back,
  .record = record_weights_back,
  .reference = reference_weights_back,
};

MonocleValue
monocle_attention_weights_back (MonocleGraph *graph,
                                MonocleValue weights,
                                MonocleValue v,
                                MonocleValue dy,
                                const MonocleAttention *geometry)
{
  const MonocleValue inputs[] = { weights, v, dy };

  return monocle_graph_append (graph, &attention_weights_back, geometry, inputs,
                               G_N_ELEMENTS (inputs));
}

/* --- mixing ------------------------------------------------------------------------------- */

typedef struct
{
  MonocleAttention geometry;
  gboolean turned;
} MixArgs;

static gboolean
infer_mix (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MixArgs *args = call->args;
  const MonocleAttention *a = &args->geometry;

  if (!is_whole (call->inputs[0], (guint64) a->n_batches * a->n_heads * a->n_queries * a->n_keys)
      || !is_whole (call->inputs[1], count (a, args->turned ? a->n_queries : a->n_keys)))
    return monocle_op_misfit (error, "weights or rows of another number");
  y->n_dims = 2;
  y->dims[0] = a->n_batches * (args->turned ? a->n_keys : a->n_queries);
  y->dims[1] = a->n_heads * a->head_width;
  y->format = MONOCLE_FORMAT_F32;
  return TRUE;
}

static void
record_mix (const MonocleCall *call, MonocleCommands *commands)
{
  const MixArgs *args = call->args;

  monocle_op_attention_mix (commands, &args->geometry, args->turned, call->inputs[0],
                            call->inputs[1], call->output);
}

static void
reference_mix (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const MixArgs *args = call->args;

  monocle_reference_attention_mix (&args->geometry, args->turned, inputs[0], inputs[1], output);
}

static const MonocleOp attention_mix = {
  .name = "attention mix",
  .args_size = sizeof (MixArgs),
  .infer = infer_mix,
  .record = record_mix,
  .reference = reference_mix,
};

MonocleValue
monocle_attention_mix (MonocleGraph *graph,
                       MonocleValue w,
                       MonocleValue x,
                       gboolean turned,
                       const MonocleAttention *geometry)
{
  const MixArgs args = { *geometry, turned };
  const MonocleValue inputs[] = { w, x };

  return monocle_graph_append (graph, &attention_mix, &args, inputs, G_N_ELEMENTS (inputs));
}
