/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way back through matrix products in a graph.
 */
#include "config.h"

#include "engine/nn/formulas.h"

typedef struct
{
  guint first_column;
} Args;

static gboolean
infer (const MonocleCall *call, MonocleTensor *dx, GError **error)
{
  const MonocleTensor *dy = call->inputs[0], *w = call->inputs[1], *residual = call->inputs[2];
  const Args *args = call->args;
  guint k = monocle_tensor_get_columns (w), columns = monocle_tensor_get_columns (dy);

  if (w->layout != MONOCLE_LAYOUT_ROWS)
    return monocle_op_misfit (error, "weights that do not lie by rows");
  if (k % 4 != 0 || args->first_column > columns || w->dims[0] > columns - args->first_column)
    return monocle_op_misfit (error, "weights of %u rows of %u for %u columns from %u on",
                              w->dims[0], k, columns, args->first_column);
  monocle_op_shape_like (dx, dy, k);
  if (dy->format != MONOCLE_FORMAT_F32
      || (residual
          && (residual->format != MONOCLE_FORMAT_F32
              || monocle_tensor_get_n_elements (residual) != monocle_tensor_get_n_elements (dx))))
    return monocle_op_misfit (error, "a gradient of another format or size");
  return TRUE;
}

static void
record (const MonocleCall *call, MonocleCommands *commands)
{
  const Args *args = call->args;

  monocle_op_matmul_back (commands, call->inputs[0], call->inputs[1], args->first_column,
                          call->inputs[2], call->output);
}

static void
reference (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const MonocleTensor *dy = call->inputs[0], *w = call->inputs[1];
  const Args *args = call->args;

  monocle_reference_matmul_back (inputs[0], inputs[1], inputs[2], monocle_tensor_count_rows (dy),
                                 w->dims[0], monocle_tensor_get_columns (w), args->first_column,
                                 monocle_tensor_get_columns (dy), output);
}

static const MonocleOp matmul_back = {
  .name = "product back",
  .args_size = sizeof (Args),
  .infer = infer,
  .record = record,
  .reference = reference,
  .in_place = MONOCLE_OP_INPUT (2),
  .by_rows = MONOCLE_OP_INPUT (0) | MONOCLE_OP_INPUT (2),
};

MonocleValue
monocle_matmul_back (
    MonocleGraph *graph, MonocleValue dy, MonocleValue w, guint first_column, MonocleValue residual)
{
  const Args args = { first_column };
  const MonocleValue inputs[] = { dy, w, residual };

  return monocle_graph_append (graph, &matmul_back, &args, inputs, G_N_ELEMENTS (inputs));
}

/* --- to the weights ----------------------------------------------------------------------- */

static gboolean
infer_outer (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleTensor *target = call->inputs[0], *dy = call->inputs[1], *x = call->inputs[2];
  guint n = monocle_tensor_get_columns (dy), k = monocle_tensor_get_columns (x);

  if (k % 4 != 0 || monocle_tensor_count_rows (x) != monocle_tensor_count_rows (dy)
      || monocle_tensor_get_n_elements (target) != (guint64) n * k)
    return monocle_op_misfit (error, "%u x %u gradients of %u rows, %u of %u", n, k,
                              target->dims[0], monocle_tensor_count_rows (x),
                              monocle_tensor_count_rows (dy));
  if (dy->format != MONOCLE_FORMAT_F32 || x->format != MONOCLE_FORMAT_F32
      || target->format != MONOCLE_FORMAT_F32)
    return monocle_op_misfit (error, "a gradient of another format");
  *y = *target;
  return TRUE;
}

static void
record_outer (const MonocleCall *call, MonocleCommands *commands)
{
  monocle_op_matmul_outer (commands, call->inputs[1], call->inputs[2], call->output);
}

static void
reference_outer (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const MonocleTensor *dy = call->inputs[1], *x = call->inputs[2];

  monocle_reference_matmul_outer (inputs[1], inputs[2], monocle_tensor_count_rows (dy),
                                  monocle_tensor_get_columns (dy), monocle_tensor_get_columns (x),
                                  output);
}

static const MonocleOp matmul_outer = {
  .name = "outer product",
  .infer = infer_outer,
  .record = record_outer,
  .reference = reference_outer,
  .updates = 1,
};

MonocleValue
monocle_matmul_outer (MonocleGraph *graph, MonocleValue target, MonocleValue dy, MonocleValue x)
{
  const MonocleValue inputs[] = { target, dy, x };

  return monocle_graph_append (graph, &matmul_outer, NULL, inputs, G_N_ELEMENTS (inputs));
}
