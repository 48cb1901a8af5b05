/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The loss in a graph.
 */
#include "config.h"

#include "engine/nn/formulas.h"
#include "engine/nn/gradients.h"

static gboolean
check (const MonocleCall *call, GError **error)
{
  const MonocleTensor *logits = call->inputs[0], *bias = call->inputs[1], *labels = call->inputs[2];

  if (logits->format != MONOCLE_FORMAT_F32
      || (bias
          && (bias->format != MONOCLE_FORMAT_F32
              || monocle_tensor_get_n_elements (bias) != monocle_tensor_get_columns (logits))))
    return monocle_op_misfit (error, "logits or a bias of another format or size");
  if (labels->format != MONOCLE_FORMAT_U32
      || monocle_tensor_get_n_elements (labels) != monocle_tensor_count_rows (logits))
    return monocle_op_misfit (error, "labels for other than %u rows",
                              monocle_tensor_count_rows (logits));
  return TRUE;
}

static gboolean
infer (const MonocleCall *call, MonocleTensor *losses, GError **error)
{
  if (!check (call, error))
    return FALSE;
  losses->n_dims = 1;
  losses->dims[0] = monocle_tensor_count_rows (call->inputs[0]);
  losses->format = MONOCLE_FORMAT_F32;
  return TRUE;
}

static void
record (const MonocleCall *call, MonocleCommands *commands)
{
  monocle_op_cross_entropy (commands, call->inputs[0], call->inputs[1], call->inputs[2],
                            call->output);
}

static void
reference (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const MonocleTensor *logits = call->inputs[0];

  monocle_reference_cross_entropy (inputs[0], inputs[1], inputs[2],
                                   monocle_tensor_count_rows (logits),
                                   monocle_tensor_get_columns (logits), output);
}

/* --- its gradient ------------------------------------------------------------------------- */

static gboolean
infer_back (const MonocleCall *call, MonocleTensor *gradient, GError **error)
{
  if (!check (call, error))
    return FALSE;
  monocle_op_shape_like (gradient, call->inputs[0], monocle_tensor_get_columns (call->inputs[0]));
  return TRUE;
}

static void
record_back (const MonocleCall *call, MonocleCommands *commands)
{
  monocle_op_cross_entropy_back (commands, call->inputs[0], call->inputs[1], call->inputs[2],
                                 call->output);
}

static void
reference_back (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const MonocleTensor *logits = call->inputs[0];

  monocle_reference_cross_entropy_back (inputs[0], inputs[1], inputs[2],
                                        monocle_tensor_count_rows (logits),
                                        monocle_tensor_get_columns (logits), output);
}

static const MonocleOp cross_entropy_back = {
  .name = "cross-entropy back",
  .infer = infer_back,
  .record = record_back,
  .reference = reference_back,
  .in_place = MONOCLE_OP_INPUT (0),
};

/* It is where gradients begin: every loss counts once, whatever the gradient of it. */
static void
go_back (MonocleGradients *gradients, const MonocleBackCall *call)
{
  monocle_gradients_add (gradients, call->inputs[0],
                         monocle_graph_append (monocle_gradients_get_graph (gradients),
                                               &cross_entropy_back, NULL, call->inputs, 3));
}

static const MonocleOp cross_entropy = {
  .name = "cross-entropy",
  .infer = infer,
  .record = record,
  .reference = reference,
  .backward = go_back,
};

MonocleValue
monocle_cross_entropy (MonocleGraph *graph,
                       MonocleValue logits,
                       MonocleValue bias,
                       MonocleValue labels)
{
  const MonocleValue inputs[] = { logits, bias, labels };

  return monocle_graph_append (graph, &cross_entropy, NULL, inputs, G_N_ELEMENTS (inputs));
}
