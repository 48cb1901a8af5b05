/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Gated activations in a graph.
 */
#include "config.h"

#include "engine/nn/formulas.h"

typedef struct
{
  MonocleActivation activation;
} Args;

static gboolean
infer (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleTensor *gate = call->inputs[0], *up = call->inputs[1];
  guint columns = monocle_tensor_get_columns (gate);

  if (columns % (up ? 4 : 8) != 0)
    return monocle_op_misfit (error, "rows of %u", columns);
  if (up
      && (monocle_tensor_get_columns (up) != columns || up->format != gate->format
          || monocle_tensor_get_n_elements (up) != monocle_tensor_get_n_elements (gate)))
    return monocle_op_misfit (error, "a gate of %u columns for %u", columns,
                              monocle_tensor_get_columns (up));
  monocle_op_shape_like (y, gate, up ? columns : columns / 2);
  return TRUE;
}

static void
record (const MonocleCall *call, MonocleCommands *commands)
{
  const Args *args = call->args;

  monocle_op_gate (commands, call->inputs[0], call->inputs[1], args->activation, call->output);
}

static void
reference (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const Args *args = call->args;

  monocle_reference_gate (inputs[0], inputs[1], args->activation,
                          monocle_tensor_count_rows (call->output),
                          monocle_tensor_get_columns (call->output), output);
}

static const MonocleOp gate_op = {
  .name = "gate",
  .args_size = sizeof (Args),
  .infer = infer,
  .record = record,
  .reference = reference,
  .in_place = MONOCLE_OP_INPUT (0) | MONOCLE_OP_INPUT (1),
  .by_rows = MONOCLE_OP_INPUT (0) | MONOCLE_OP_INPUT (1),
};

MonocleValue
monocle_gate (MonocleGraph *graph, MonocleValue gate, MonocleValue up, MonocleActivation activation)
{
  const Args args = { activation };
  const MonocleValue inputs[] = { gate, up };

  return monocle_graph_append (graph, &gate_op, &args, inputs, G_N_ELEMENTS (inputs));
}
