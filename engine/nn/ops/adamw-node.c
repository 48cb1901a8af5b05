/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Learning in a graph: all that it changes lies outside.
 */
#include "config.h"

#include "engine/nn/formulas.h"

static gboolean
infer_squares (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleTensor *x = call->inputs[0];

  if (x->format != MONOCLE_FORMAT_F32 || monocle_tensor_get_n_elements (x) % 4 != 0)
    return monocle_op_misfit (error, "numbers of another format or count");
  y->n_dims = 1;
  y->dims[0] = 1;
  y->format = MONOCLE_FORMAT_F32;
  return TRUE;
}

static void
record_squares (const MonocleCall *call, MonocleCommands *commands)
{
  monocle_op_sum_squares (commands, call->inputs[0], call->output);
}

static void
reference_squares (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  monocle_reference_sum_squares (inputs[0], monocle_tensor_get_n_elements (call->inputs[0]),
                                 output);
}

static const MonocleOp sum_squares = {
  .name = "sum of squares",
  .infer = infer_squares,
  .record = record_squares,
  .reference = reference_squares,
};

MonocleValue
monocle_sum_squares (MonocleGraph *graph, MonocleValue x)
{
  return monocle_graph_append (graph, &sum_squares, NULL, &x, 1);
}

static gboolean
infer (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  guint64 n = monocle_tensor_get_n_elements (call->inputs[0]);

  for (guint i = 0; i < call->n_inputs; i++)
    if (call->inputs[i]->format != MONOCLE_FORMAT_F32
        || monocle_tensor_get_n_elements (call->inputs[i])
               != (i < 4    ? n
                   : i == 4 ? 1
                            : MONOCLE_ADAMW_N))
      return monocle_op_misfit (error, "numbers of another format or count");
  if (n % 4 != 0)
    return monocle_op_misfit (error, "%" G_GUINT64_FORMAT " numbers", n);
  *y = *call->inputs[0];
  return TRUE;
}

static void
record (const MonocleCall *call, MonocleCommands *commands)
{
  monocle_op_adamw (commands, call->output, call->inputs[1], call->inputs[2], call->inputs[3],
                    call->inputs[4], call->inputs[5]);
}

static void
reference (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  monocle_reference_adamw (output, (float *) inputs[1], (float *) inputs[2], (float *) inputs[3],
                           inputs[4], inputs[5], monocle_tensor_get_n_elements (call->output));
}

static const MonocleOp adamw = {
  .name = "AdamW",
  .infer = infer,
  .record = record,
  .reference = reference,
  .writes = MONOCLE_OP_INPUT (1) | MONOCLE_OP_INPUT (2) | MONOCLE_OP_INPUT (3),
  .updates = 1,
};

MonocleValue
monocle_adamw (MonocleGraph *graph,
               MonocleValue x,
               MonocleValue gradient,
               MonocleValue mean,
               MonocleValue square,
               MonocleValue settings)
{
  const MonocleValue inputs[]
      = { x, gradient, mean, square, monocle_sum_squares (graph, gradient), settings };

  return monocle_graph_append (graph, &adamw, NULL, inputs, G_N_ELEMENTS (inputs));
}
