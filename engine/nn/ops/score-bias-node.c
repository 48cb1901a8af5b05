/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is added to the scores of attention, in a graph.
 */
#include "config.h"

#include "engine/nn/formulas.h"

/* --- products of places ------------------------------------------------------------------- */

typedef struct
{
  guint n_heads;
  float scale;
} ScoresArgs;

static gboolean
infer_scores (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const ScoresArgs *args = call->args;
  const MonocleTensor *q = call->inputs[0], *k = call->inputs[1];
  const guint columns = monocle_tensor_get_columns (q);

  if (args->n_heads == 0 || columns % (4 * args->n_heads) != 0)
    return monocle_op_misfit (error, "%u columns for %u heads", columns, args->n_heads);
  if (monocle_tensor_get_columns (k) != columns || k->format != q->format)
    return monocle_op_misfit (error, "keys of %u columns for queries of %u",
                              monocle_tensor_get_columns (k), columns);
  *y = (MonocleTensor){ .n_dims = 3,
                        .dims = { args->n_heads, monocle_tensor_count_rows (q),
                                  monocle_tensor_count_rows (k) },
                        .format = MONOCLE_FORMAT_F32 };
  return TRUE;
}

static void
record_scores (const MonocleCall *call, MonocleCommands *commands)
{
  const ScoresArgs *args = call->args;

  monocle_op_head_scores (commands, call->inputs[0], call->inputs[1], args->n_heads, args->scale,
                          call->output);
}

static void
reference_scores (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const ScoresArgs *args = call->args;
  const MonocleTensor *q = call->inputs[0];

  monocle_reference_head_scores (inputs[0], inputs[1], monocle_tensor_count_rows (q),
                                 monocle_tensor_count_rows (call->inputs[1]), args->n_heads,
                                 monocle_tensor_get_columns (q) / args->n_heads, args->scale,
                                 output);
}

static const MonocleOp head_scores = {
  .name = "scores of heads",
  .args_size = sizeof (ScoresArgs),
  .infer = infer_scores,
  .record = record_scores,
  .reference = reference_scores,
};

MonocleValue
monocle_head_scores (
    MonocleGraph *graph, MonocleValue q, MonocleValue k, guint n_heads, float scale)
{
  const ScoresArgs args = { n_heads, scale };
  const MonocleValue inputs[] = { q, k };

  return monocle_graph_append (graph, &head_scores, &args, inputs, G_N_ELEMENTS (inputs));
}

/* --- distances ---------------------------------------------------------------------------- */

typedef struct
{
  gboolean by_heads;
} BiasArgs;

static guint
count_heads (const BiasArgs *args, const MonocleTensor *table)
{
  return args->by_heads ? monocle_tensor_count_rows (table) : monocle_tensor_get_columns (table);
}

static gboolean
infer_bias (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleTensor *x = call->inputs[0], *table = call->inputs[1], *index = call->inputs[2];
  const MonocleTensor *place = call->inputs[3];
  const BiasArgs *args = call->args;

  if (x->n_dims != 3 || x->format != MONOCLE_FORMAT_F32 || count_heads (args, table) != x->dims[0])
    return monocle_op_misfit (error, "a table of %u heads for scores of %u",
                              count_heads (args, table), x->dims[0]);
  if (index->format != MONOCLE_FORMAT_U32 || monocle_tensor_get_columns (index) < x->dims[2]
      || (!place && monocle_tensor_count_rows (index) < x->dims[1]))
    return monocle_op_misfit (error, "an index of %u x %u for %u queries and %u keys",
                              monocle_tensor_count_rows (index), monocle_tensor_get_columns (index),
                              x->dims[1], x->dims[2]);
  if (place
      && (place->format != MONOCLE_FORMAT_U32
          || monocle_tensor_get_n_elements (place) != x->dims[1]))
    return monocle_op_misfit (error, "places of other than %u queries", x->dims[1]);
  *y = *x;
  y->offset = 0;
  return TRUE;
}

static void
record_bias (const MonocleCall *call, MonocleCommands *commands)
{
  const BiasArgs *args = call->args;

  monocle_op_relative_bias (commands, call->inputs[0], call->inputs[1], args->by_heads,
                            call->inputs[2], call->inputs[3], call->output);
}

static void
reference_bias (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const MonocleTensor *x = call->inputs[0], *table = call->inputs[1];
  const BiasArgs *args = call->args;
  const guint n = (guint) (monocle_tensor_get_n_elements (table) / x->dims[0]);

  monocle_reference_relative_bias (inputs[0], inputs[1], args->by_heads, inputs[2], inputs[3],
                                   x->dims[1], x->dims[2], x->dims[0], n,
                                   monocle_tensor_get_columns (call->inputs[2]), output);
}

static const MonocleOp relative_bias = {
  .name = "relative bias",
  .args_size = sizeof (BiasArgs),
  .infer = infer_bias,
  .record = record_bias,
  .reference = reference_bias,
  .in_place = MONOCLE_OP_INPUT (0),
};

MonocleValue
monocle_relative_bias (MonocleGraph *graph,
                       MonocleValue x,
                       MonocleValue table,
                       gboolean by_heads,
                       MonocleValue index,
                       MonocleValue place)
{
  const BiasArgs args = { by_heads };
  const MonocleValue inputs[] = { x, table, index, place };

  return monocle_graph_append (graph, &relative_bias, &args, inputs, G_N_ELEMENTS (inputs));
}
