/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The norm of networks that make pictures, in a graph.
 */
#include "config.h"

#include "engine/nn/formulas.h"

static gboolean
infer (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleTensor *x = call->inputs[0];
  const MonocleGroupNorm *norm = call->args;
  const guint channels = monocle_tensor_get_columns (x);

  if (norm->n_groups == 0 || channels % norm->n_groups != 0)
    return monocle_op_misfit (error, "%u channels for %u groups", channels, norm->n_groups);
  for (guint i = 1; i < 3; i++)
    if (call->inputs[i]->format != MONOCLE_FORMAT_F32
        || monocle_tensor_get_n_elements (call->inputs[i]) != channels)
      return monocle_op_misfit (error, "scales or shifts of other than %u channels", channels);
  *y = *x;
  y->offset = 0;
  return TRUE;
}

static guint64
scratch_bytes (const MonocleCall *call, MonocleVkGpu *gpu)
{
  return sizeof (float) * (guint64) monocle_op_group_norm_scratch (call->inputs[0], call->args);
}

static void
record (const MonocleCall *call, MonocleCommands *commands)
{
  monocle_op_group_norm (commands, call->inputs[0], call->inputs[1], call->inputs[2], call->args,
                         call->scratch, call->output);
}

static void
reference (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const MonocleTensor *x = call->inputs[0];

  monocle_reference_group_norm (inputs[0], inputs[1], inputs[2], call->args,
                                monocle_tensor_count_rows (x), monocle_tensor_get_columns (x),
                                output);
}

static const MonocleOp group_norm = {
  .name = "group norm",
  .args_size = sizeof (MonocleGroupNorm),
  .infer = infer,
  .scratch_bytes = scratch_bytes,
  .record = record,
  .reference = reference,
  .in_place = MONOCLE_OP_INPUT (0),
};

MonocleValue
monocle_group_norm (MonocleGraph *graph,
                    MonocleValue x,
                    MonocleValue weight,
                    MonocleValue bias,
                    const MonocleGroupNorm *norm)
{
  const MonocleValue inputs[] = { x, weight, bias };

  return monocle_graph_append (graph, &group_norm, norm, inputs, G_N_ELEMENTS (inputs));
}
