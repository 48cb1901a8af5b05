/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Means over tokens in a graph.
 */
#include "config.h"

#include "engine/nn/formulas.h"

static gboolean
infer (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  guint columns = monocle_tensor_get_columns (call->inputs[0]);

  if (columns % 4 != 0)
    return monocle_op_misfit (error, "rows of %u", columns);
  y->n_dims = 2;
  y->dims[0] = 1;
  y->dims[1] = columns;
  y->format = call->inputs[0]->format;
  return TRUE;
}

static void
record (const MonocleCall *call, MonocleCommands *commands)
{
  monocle_op_mean_rows (commands, call->inputs[0], call->output);
}

static void
reference (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  monocle_reference_mean_rows (inputs[0], monocle_tensor_count_rows (call->inputs[0]),
                               monocle_tensor_get_columns (call->inputs[0]), output);
}

static const MonocleOp mean_rows = {
  .name = "mean of rows",
  .infer = infer,
  .record = record,
  .reference = reference,
};

MonocleValue
monocle_mean_rows (MonocleGraph *graph, MonocleValue x)
{
  return monocle_graph_append (graph, &mean_rows, NULL, &x, 1);
}
