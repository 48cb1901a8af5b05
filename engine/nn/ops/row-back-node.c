/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way back through rows and elements in a graph.
 */
#include "config.h"

#include "engine/nn/formulas.h"
#include "engine/nn/gradients.h"

/* All inputs are alike, and so is the output. */
static gboolean
infer_alike (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleTensor *x = call->inputs[0];

  for (guint i = 0; i < call->n_inputs; i++)
    if (monocle_tensor_get_n_elements (x) % 4 != 0 || call->inputs[i]->format != x->format
        || monocle_tensor_get_n_elements (call->inputs[i]) != monocle_tensor_get_n_elements (x))
      return monocle_op_misfit (error, "elements of another format or number");
  monocle_op_shape_like (y, x, monocle_tensor_get_columns (x));
  return TRUE;
}

static gboolean
infer (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  if (call->inputs[0]->format != MONOCLE_FORMAT_F32)
    return monocle_op_misfit (error, "elements that are not in 32 bits");
  return infer_alike (call, y, error);
}

static void
record_gelu (const MonocleCall *call, MonocleCommands *commands)
{
  monocle_op_gelu (commands, call->inputs[0], call->output);
}

static void
reference_gelu (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  monocle_reference_gelu (inputs[0], monocle_tensor_get_n_elements (call->output), output);
}

static void
go_back_gelu (MonocleGradients *gradients, const MonocleBackCall *call)
{
  monocle_gradients_add (
      gradients, call->inputs[0],
      monocle_gelu_back (monocle_gradients_get_graph (gradients), call->inputs[0], call->gradient));
}

static const MonocleOp gelu = {
  .name = "gelu",
  .infer = infer,
  .record = record_gelu,
  .reference = reference_gelu,
  .backward = go_back_gelu,
  .in_place = MONOCLE_OP_INPUT (0),
  .by_rows = MONOCLE_OP_INPUT (0),
};

MonocleValue
monocle_gelu (MonocleGraph *graph, MonocleValue x)
{
  return monocle_graph_append (graph, &gelu, NULL, &x, 1);
}

static void
record_gelu_back (const MonocleCall *call, MonocleCommands *commands)
{
  monocle_op_gelu_back (commands, call->inputs[0], call->inputs[1], call->output);
}

static void
reference_gelu_back (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  monocle_reference_gelu_back (inputs[0], inputs[1], monocle_tensor_get_n_elements (call->output),
                               output);
}

static const MonocleOp gelu_back = {
  .name = "gelu back",
  .infer = infer,
  .record = record_gelu_back,
  .reference = reference_gelu_back,
  .in_place = MONOCLE_OP_INPUT (0) | MONOCLE_OP_INPUT (1),
  .by_rows = MONOCLE_OP_INPUT (0) | MONOCLE_OP_INPUT (1),
};

MonocleValue
monocle_gelu_back (MonocleGraph *graph, MonocleValue x, MonocleValue dy)
{
  const MonocleValue inputs[] = { x, dy };

  return monocle_graph_append (graph, &gelu_back, NULL, inputs, G_N_ELEMENTS (inputs));
}

static void
record_add (const MonocleCall *call, MonocleCommands *commands)
{
  monocle_op_add (commands, call->inputs[0], call->inputs[1], call->output);
}

static void
reference_add (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  monocle_reference_add (inputs[0], inputs[1], monocle_tensor_get_n_elements (call->output),
                         output);
}

static const MonocleOp add = {
  .name = "add",
  .infer = infer_alike,
  .record = record_add,
  .reference = reference_add,
  .in_place = MONOCLE_OP_INPUT (0) | MONOCLE_OP_INPUT (1),
  .by_rows = MONOCLE_OP_INPUT (0) | MONOCLE_OP_INPUT (1),
};

MonocleValue
monocle_add (MonocleGraph *graph, MonocleValue a, MonocleValue b)
{
  const MonocleValue inputs[] = { a, b };

  return monocle_graph_append (graph, &add, NULL, inputs, G_N_ELEMENTS (inputs));
}

/* --- layer norm --------------------------------------------------------------------------- */

typedef struct
{
  float eps;
} Args;

static gboolean
infer_norm (const MonocleCall *call, MonocleTensor *dx, GError **error)
{
  const MonocleTensor *x = call->inputs[0], *weight = call->inputs[1], *dy = call->inputs[2];
  guint columns = monocle_tensor_get_columns (x);

  if (columns % 4 != 0 || monocle_tensor_get_n_elements (weight) != columns)
    return monocle_op_misfit (error, "scales of other than %u columns", columns);
  if (x->format != MONOCLE_FORMAT_F32 || dy->format != MONOCLE_FORMAT_F32
      || monocle_tensor_get_n_elements (x) != monocle_tensor_get_n_elements (dy))
    return monocle_op_misfit (error, "a gradient of another format or size");
  monocle_op_shape_like (dx, x, columns);
  return TRUE;
}

static void
record_norm (const MonocleCall *call, MonocleCommands *commands)
{
  const Args *args = call->args;

  monocle_op_layer_norm_back (commands, call->inputs[0], call->inputs[1], call->inputs[2],
                              args->eps, call->output);
}

static void
reference_norm (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const Args *args = call->args;

  monocle_reference_layer_norm_back (inputs[0], inputs[1], inputs[2],
                                     monocle_tensor_count_rows (call->output),
                                     monocle_tensor_get_columns (call->output), args->eps, output);
}

static const MonocleOp layer_norm_back = {
  .name = "layer norm back",
  .args_size = sizeof (Args),
  .infer = infer_norm,
  .record = record_norm,
  .reference = reference_norm,
  .in_place = MONOCLE_OP_INPUT (0) | MONOCLE_OP_INPUT (2),
  .by_rows = MONOCLE_OP_INPUT (0) | MONOCLE_OP_INPUT (2),
};

MonocleValue
monocle_layer_norm_back (
    MonocleGraph *graph, MonocleValue x, MonocleValue weight, MonocleValue dy, float eps)
{
  const Args args = { eps };
  const MonocleValue inputs[] = { x, weight, dy };

  return monocle_graph_append (graph, &layer_norm_back, &args, inputs, G_N_ELEMENTS (inputs));
}
