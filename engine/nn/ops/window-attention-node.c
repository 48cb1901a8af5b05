/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Attention inside windows in a graph.
 */
#include "config.h"

#include "engine/nn/formulas.h"

typedef struct
{
  guint n_heads, window;
} Args;

static gboolean
infer (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleTensor *qkv = call->inputs[0];
  const Args *args = call->args;
  guint channels = monocle_tensor_get_columns (qkv) / 3;

  if (qkv->n_dims != 3 || args->window == 0)
    return monocle_op_misfit (error, "no image");
  if (args->n_heads == 0 || channels % args->n_heads != 0 || channels / args->n_heads % 4 != 0
      || monocle_tensor_get_columns (qkv) != 3 * channels)
    return monocle_op_misfit (error, "%u columns for %u heads", channels, args->n_heads);
  if (monocle_tensor_get_n_elements (call->inputs[1]) != 3 * (guint64) channels)
    return monocle_op_misfit (error, "a bias of other than %u columns", 3 * channels);
  monocle_op_shape_like (y, qkv, channels);
  return TRUE;
}

static void
record (const MonocleCall *call, MonocleCommands *commands)
{
  const Args *args = call->args;

  monocle_op_window_attention (commands, call->inputs[0], call->inputs[1], args->n_heads,
                               args->window, call->output);
}

static void
reference (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const MonocleTensor *y = call->output;
  const Args *args = call->args;

  monocle_reference_window_attention (inputs[0], inputs[1], y->dims[0], y->dims[1], args->n_heads,
                                      y->dims[2] / args->n_heads, args->window, output);
}

static const MonocleOp window_attention = {
  .name = "window attention",
  .args_size = sizeof (Args),
  .infer = infer,
  .record = record,
  .reference = reference,
};

MonocleValue
monocle_window_attention (
    MonocleGraph *graph, MonocleValue qkv, MonocleValue bias, guint n_heads, guint window)
{
  const Args args = { n_heads, window };
  const MonocleValue inputs[] = { qkv, bias };

  return monocle_graph_append (graph, &window_attention, &args, inputs, G_N_ELEMENTS (inputs));
}
