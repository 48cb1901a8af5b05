/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Attention between channels in a graph.
 */
#include "config.h"

#include "engine/nn/formulas.h"

typedef struct
{
  guint n_groups;
} Args;

static gboolean
infer (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleTensor *qkv = call->inputs[0];
  const Args *args = call->args;
  guint channels = monocle_tensor_get_columns (qkv) / 3;

  if (args->n_groups == 0 || channels % args->n_groups != 0 || channels / args->n_groups % 4 != 0
      || monocle_tensor_get_columns (qkv) != 3 * channels)
    return monocle_op_misfit (error, "%u columns for %u groups", channels, args->n_groups);
  monocle_op_shape_like (y, qkv, channels);
  return TRUE;
}

static guint64
scratch_bytes (const MonocleCall *call, MonocleVkGpu *gpu)
{
  const MonocleTensor *y = call->output;
  const Args *args = call->args;

  return sizeof (float)
         * (guint64) monocle_op_channel_attention_scratch (
             gpu, monocle_tensor_count_rows (y), monocle_tensor_get_columns (y), args->n_groups);
}

static void
record (const MonocleCall *call, MonocleCommands *commands)
{
  const Args *args = call->args;

  monocle_op_channel_attention (commands, call->inputs[0], args->n_groups, call->scratch,
                                call->output);
}

static void
reference (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const MonocleTensor *y = call->output;
  const Args *args = call->args;

  monocle_reference_channel_attention (inputs[0], monocle_tensor_count_rows (y), args->n_groups,
                                       monocle_tensor_get_columns (y) / args->n_groups, output);
}

static const MonocleOp channel_attention = {
  .name = "channel attention",
  .args_size = sizeof (Args),
  .infer = infer,
  .scratch_bytes = scratch_bytes,
  .record = record,
  .reference = reference,
};

MonocleValue
monocle_channel_attention (MonocleGraph *graph, MonocleValue qkv, guint n_groups)
{
  const Args args = { n_groups };

  return monocle_graph_append (graph, &channel_attention, &args, &qkv, 1);
}
