/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Norms in a graph.
 */
#include "config.h"

#include "engine/nn/formulas.h"
#include "engine/nn/gradients.h"

typedef struct
{
  float eps, offset;
} Args;

static gboolean
infer (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleTensor *x = call->inputs[0];
  guint columns = monocle_tensor_get_columns (x);

  for (guint i = 1; i < call->n_inputs; i++)
    if (columns % 4 != 0 || monocle_tensor_get_n_elements (call->inputs[i]) != columns)
      return monocle_op_misfit (error, "scales of other than %u columns", columns);
  monocle_op_shape_like (y, x, columns);
  return TRUE;
}

static void
record (const MonocleCall *call, MonocleCommands *commands)
{
  const Args *args = call->args;

  monocle_op_layer_norm (commands, call->inputs[0], call->inputs[1], call->inputs[2], args->eps,
                         call->output);
}

static void
reference (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const MonocleTensor *x = call->inputs[0];
  const Args *args = call->args;

  monocle_reference_layer_norm (inputs[0], inputs[1], inputs[2], monocle_tensor_count_rows (x),
                                monocle_tensor_get_columns (x), args->eps, output);
}

static void
go_back (MonocleGradients *gradients, const MonocleBackCall *call)
{
  const Args *args = call->args;

  if (monocle_gradients_wants (gradients, call->inputs[1])
      || monocle_gradients_wants (gradients, call->inputs[2]))
    monocle_gradients_refuse (gradients, "layer norm: its parameters are not trained");
  monocle_gradients_add (gradients, call->inputs[0],
                         monocle_layer_norm_back (monocle_gradients_get_graph (gradients),
                                                  call->inputs[0], call->inputs[1], call->gradient,
                                                  args->eps));
}

static const MonocleOp layer_norm = {
  .name = "layer norm",
  .args_size = sizeof (Args),
  .infer = infer,
  .record = record,
  .reference = reference,
  .backward = go_back,
  .in_place = MONOCLE_OP_INPUT (0),
  .by_rows = MONOCLE_OP_INPUT (0),
};

MonocleValue
monocle_layer_norm (
    MonocleGraph *graph, MonocleValue x, MonocleValue weight, MonocleValue bias, float eps)
{
  const Args args = { eps, 0 };
  const MonocleValue inputs[] = { x, weight, bias };

  return monocle_graph_append (graph, &layer_norm, &args, inputs, G_N_ELEMENTS (inputs));
}

/* --- by the mean square alone ------------------------------------------------------------- */

static void
record_rms (const MonocleCall *call, MonocleCommands *commands)
{
  const Args *args = call->args;

  monocle_op_rms_norm (commands, call->inputs[0], call->inputs[1], args->offset, args->eps,
                       call->output);
}

static void
reference_rms (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const MonocleTensor *x = call->inputs[0];
  const Args *args = call->args;

  monocle_reference_rms_norm (inputs[0], inputs[1], args->offset, monocle_tensor_count_rows (x),
                              monocle_tensor_get_columns (x), args->eps, output);
}

static const MonocleOp rms_norm = {
  .name = "rms norm",
  .args_size = sizeof (Args),
  .infer = infer,
  .record = record_rms,
  .reference = reference_rms,
  .in_place = MONOCLE_OP_INPUT (0),
  .by_rows = MONOCLE_OP_INPUT (0),
};

MonocleValue
monocle_rms_norm (MonocleGraph *graph, MonocleValue x, MonocleValue weight, float offset, float eps)
{
  const Args args = { eps, offset };
  const MonocleValue inputs[] = { x, weight };

  return monocle_graph_append (graph, &rms_norm, &args, inputs, G_N_ELEMENTS (inputs));
}

/* --- of heads ----------------------------------------------------------------------------- */

typedef struct
{
  MonocleHeads heads;
  float eps, offset;
} HeadsArgs;

static gboolean
infer_heads (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const HeadsArgs *args = call->args;
  const MonocleHeads *heads = &args->heads;
  const MonocleTensor *x = call->inputs[0];
  guint columns = monocle_tensor_get_columns (x);

  if (heads->width == 0 || heads->width % 4 != 0 || columns % heads->width != 0
      || columns / heads->width < heads->n_first + heads->n_second)
    return monocle_op_misfit (error, "%u and %u heads of %u in %u columns", heads->n_first,
                              heads->n_second, heads->width, columns);
  if (monocle_tensor_get_n_elements (call->inputs[1]) != 2 * heads->width)
    return monocle_op_misfit (error, "scales of other than two heads of %u", heads->width);
  monocle_op_shape_like (y, x, columns);
  return TRUE;
}

static void
record_heads (const MonocleCall *call, MonocleCommands *commands)
{
  const HeadsArgs *args = call->args;

  monocle_op_rms_norm_heads (commands, call->inputs[0], call->inputs[1], &args->heads, args->offset,
                             args->eps, call->output);
}

static void
reference_heads (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const MonocleTensor *x = call->inputs[0];
  const HeadsArgs *args = call->args;

  monocle_reference_rms_norm_heads (inputs[0], inputs[1], &args->heads, args->offset,
                                    monocle_tensor_count_rows (x), monocle_tensor_get_columns (x),
                                    args->eps, output);
}

static const MonocleOp rms_norm_heads = {
  .name = "rms norm of heads",
  .args_size = sizeof (HeadsArgs),
  .infer = infer_heads,
  .record = record_heads,
  .reference = reference_heads,
  .in_place = MONOCLE_OP_INPUT (0),
  .by_rows = MONOCLE_OP_INPUT (0),
};

MonocleValue
monocle_rms_norm_heads (MonocleGraph *graph,
                        MonocleValue x,
                        MonocleValue weight,
                        const MonocleHeads *heads,
                        float offset,
                        float eps)
{
  const HeadsArgs args = { *heads, eps, offset };
  const MonocleValue inputs[] = { x, weight };

  return monocle_graph_append (graph, &rms_norm_heads, &args, inputs, G_N_ELEMENTS (inputs));
}
