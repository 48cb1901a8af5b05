/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Matrix products in a graph.
 */
#include "config.h"

#include "engine/nn/formulas.h"
#include "engine/nn/gradients.h"

typedef struct
{
  MonocleActivation activation;
} Args;

static gboolean
infer (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleTensor *x = call->inputs[0], *w = call->inputs[1], *bias = call->inputs[2];
  const MonocleTensor *residual = call->inputs[3];
  guint k = monocle_tensor_get_columns (x), n = w->dims[0];

  if (monocle_tensor_get_n_elements (w) != (guint64) n * k || k % 4 != 0)
    return monocle_op_misfit (error, "weights of %u columns for rows of %u",
                              monocle_tensor_get_columns (w), k);
  if (bias && monocle_tensor_get_n_elements (bias) != n)
    return monocle_op_misfit (error, "a bias of %" G_GUINT64_FORMAT " for %u columns",
                              monocle_tensor_get_n_elements (bias), n);
  monocle_op_shape_like (y, x, n);
  if (residual
      && (monocle_tensor_get_n_elements (residual) != monocle_tensor_get_n_elements (y)
          || residual->format != x->format))
    return monocle_op_misfit (error, "a residual of another size");
  return TRUE;
}

static void
record (const MonocleCall *call, MonocleCommands *commands)
{
  const Args *args = call->args;

  monocle_op_matmul (commands, call->inputs[0], call->inputs[1], call->inputs[2], call->inputs[3],
                     args->activation, call->output);
}

static void
reference (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const Args *args = call->args;

  monocle_reference_matmul (inputs[0], inputs[1], inputs[2], inputs[3], args->activation,
                            monocle_tensor_count_rows (call->inputs[0]), call->inputs[1]->dims[0],
                            monocle_tensor_get_columns (call->inputs[0]), output);
}

static void
go_back (MonocleGradients *gradients, const MonocleBackCall *call)
{
  const Args *args = call->args;
  const MonocleValue x = call->inputs[0], w = call->inputs[1], residual = call->inputs[3];

  if (args->activation != MONOCLE_ACTIVATION_NONE
      || monocle_gradients_wants (gradients, call->inputs[2]))
    {
      monocle_gradients_refuse (gradients,
                                "matmul: activations and biases are not trained through");
      return;
    }
  monocle_gradients_add_outer (gradients, w, call->gradient, x);
  if (monocle_gradients_wants (gradients, residual))
    monocle_gradients_add (gradients, residual, call->gradient);
  if (monocle_gradients_wants (gradients, x))
    monocle_gradients_add (gradients, x,
                           monocle_matmul_back (monocle_gradients_get_graph (gradients),
                                                call->gradient, w, 0,
                                                monocle_gradients_take (gradients, x)));
}

static const MonocleOp matmul = {
  .name = "matmul",
  .args_size = sizeof (Args),
  .infer = infer,
  .record = record,
  .reference = reference,
  .backward = go_back,
  .in_place = MONOCLE_OP_INPUT (3),
  .by_rows = MONOCLE_OP_INPUT (0) | MONOCLE_OP_INPUT (3),
};

MonocleValue
monocle_matmul (MonocleGraph *graph,
                MonocleValue x,
                MonocleValue w,
                MonocleValue bias,
                MonocleValue residual,
                MonocleActivation activation)
{
  const Args args = { activation };
  const MonocleValue inputs[] = { x, w, bias, residual };

  return monocle_graph_append (graph, &matmul, &args, inputs, G_N_ELEMENTS (inputs));
}

/* --- in pieces ---------------------------------------------------------------------------- */

static gboolean
infer_pieces (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleTensor *x = call->inputs[0];
  guint k = monocle_tensor_get_columns (x), n = 0;

  for (guint i = 1; i < call->n_inputs; i++)
    {
      if (monocle_tensor_get_columns (call->inputs[i]) != k || k % 4 != 0)
        return monocle_op_misfit (error, "weights of %u columns for rows of %u",
                                  monocle_tensor_get_columns (call->inputs[i]), k);
      if (call->inputs[i]->layout != MONOCLE_LAYOUT_ROWS)
        return monocle_op_misfit (error, "weights that do not lie by rows");
      n += call->inputs[i]->dims[0];
    }
  monocle_op_shape_like (y, x, n);
  y->format = MONOCLE_FORMAT_F32;
  return TRUE;
}

static void
record_pieces (const MonocleCall *call, MonocleCommands *commands)
{
  guint first = 0;

  for (guint i = 1; i < call->n_inputs; i++)
    {
      monocle_op_matmul_columns (commands, call->inputs[0], call->inputs[i], NULL, first,
                                 call->output);
      first += call->inputs[i]->dims[0];
    }
}

static void
reference_pieces (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  guint m = monocle_tensor_count_rows (call->output), n = monocle_tensor_get_columns (call->output);
  guint k = monocle_tensor_get_columns (call->inputs[0]), first = 0;

  for (guint i = 1; i < call->n_inputs; i++)
    {
      guint columns = call->inputs[i]->dims[0];

      for (guint row = 0; row < m; row++)
        monocle_reference_matmul ((const float *) inputs[0] + (gsize) row * k, inputs[i], NULL,
                                  NULL, MONOCLE_ACTIVATION_NONE, 1, columns, k,
                                  (float *) output + (gsize) row * n + first);
      first += columns;
    }
}

static void
go_back_pieces (MonocleGradients *gradients, const MonocleBackCall *call)
{
  MonocleGraph *graph = monocle_gradients_get_graph (gradients);
  const MonocleValue x = call->inputs[0];
  guint first = 0;

  for (guint i = 1; i < call->n_inputs; i++)
    {
      if (monocle_gradients_wants (gradients, call->inputs[i]))
        monocle_gradients_refuse (gradients, "tables in pieces are not trained");
      if (monocle_gradients_wants (gradients, x))
        monocle_gradients_add (gradients, x,
                               monocle_matmul_back (graph, call->gradient, call->inputs[i], first,
                                                    monocle_gradients_take (gradients, x)));
      first += monocle_graph_get_shape (graph, call->inputs[i])->dims[0];
    }
}

static const MonocleOp matmul_pieces = {
  .name = "matmul by pieces",
  .infer = infer_pieces,
  .record = record_pieces,
  .reference = reference_pieces,
  .backward = go_back_pieces,
};

MonocleValue
monocle_matmul_pieces (MonocleGraph *graph,
                       MonocleValue x,
                       const MonocleValue *pieces,
                       guint n_pieces)
{
  g_autofree MonocleValue *inputs = g_new (MonocleValue, n_pieces + 1);

  inputs[0] = x;
  for (guint i = 0; i < n_pieces; i++)
    inputs[i + 1] = pieces[i];
  return monocle_graph_append (graph, &matmul_pieces, NULL, inputs, n_pieces + 1);
}
