/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Gated activations in a graph, and numbers that are kept small.
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

/* --- numbers that are kept small ---------------------------------------------------------- */

typedef struct
{
  float cap;
} CapArgs;

static gboolean
infer_cap (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleTensor *x = call->inputs[0];
  const CapArgs *args = call->args;

  if (x->format != MONOCLE_FORMAT_F32 || !(args->cap > 0)
      || monocle_tensor_get_n_elements (x) > G_MAXUINT)
    return monocle_op_misfit (error, "numbers that cannot be kept below %g", (double) args->cap);
  monocle_op_shape_like (y, x, monocle_tensor_get_columns (x));
  return TRUE;
}

static void
record_cap (const MonocleCall *call, MonocleCommands *commands)
{
  const CapArgs *args = call->args;

  monocle_op_soft_cap (commands, call->inputs[0], args->cap, call->output);
}

static void
reference_cap (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const CapArgs *args = call->args;

  monocle_reference_soft_cap (inputs[0], args->cap, monocle_tensor_get_n_elements (call->output),
                              output);
}

static const MonocleOp cap_op = {
  .name = "soft cap",
  .args_size = sizeof (CapArgs),
  .infer = infer_cap,
  .record = record_cap,
  .reference = reference_cap,
  .in_place = MONOCLE_OP_INPUT (0),
};

MonocleValue
monocle_soft_cap (MonocleGraph *graph, MonocleValue x, float cap)
{
  const CapArgs args = { cap };

  return monocle_graph_append (graph, &cap_op, &args, &x, 1);
}
