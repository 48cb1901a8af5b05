/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Means over tokens, and the largest of windows, in a graph.
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

/* --- windows ------------------------------------------------------------------------------ */

typedef struct
{
  guint kernel, stride, padding;
} PoolArgs;

static gboolean
infer_pool (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleTensor *x = call->inputs[0];
  const PoolArgs *args = call->args;

  if (x->n_dims != 3 || x->dims[2] % 4 != 0 || args->stride == 0 || args->padding >= args->kernel)
    return monocle_op_misfit (error, "no image");
  y->n_dims = 3;
  y->dims[0] = monocle_convolve_side (x->dims[0], args->kernel, args->stride, args->padding);
  y->dims[1] = monocle_convolve_side (x->dims[1], args->kernel, args->stride, args->padding);
  y->dims[2] = x->dims[2];
  y->format = x->format;
  if (y->dims[0] == 0 || y->dims[1] == 0)
    return monocle_op_misfit (error, "%u x %u pixels are less than a window of %u", x->dims[1],
                              x->dims[0], args->kernel);
  return TRUE;
}

static void
record_pool (const MonocleCall *call, MonocleCommands *commands)
{
  const PoolArgs *args = call->args;

  monocle_op_max_pool (commands, call->inputs[0], args->kernel, args->stride, args->padding,
                       call->output);
}

static void
reference_pool (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const MonocleTensor *x = call->inputs[0];
  const PoolArgs *args = call->args;

  monocle_reference_max_pool (inputs[0], x->dims[0], x->dims[1], x->dims[2], args->kernel,
                              args->stride, args->padding, output);
}

static const MonocleOp max_pool = {
  .name = "largest of windows",
  .args_size = sizeof (PoolArgs),
  .infer = infer_pool,
  .record = record_pool,
  .reference = reference_pool,
};

MonocleValue
monocle_max_pool (MonocleGraph *graph, MonocleValue x, guint kernel, guint stride, guint padding)
{
  const PoolArgs args = { kernel, stride, padding };

  return monocle_graph_append (graph, &max_pool, &args, &x, 1);
}
