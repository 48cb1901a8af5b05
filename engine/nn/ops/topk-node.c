/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The best tokens in a graph.
 */
#include "config.h"

#include <string.h>

#include "engine/nn/formulas.h"

typedef struct
{
  guint k;
} Args;

static gboolean
infer (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleTensor *logits = call->inputs[0], *bias = call->inputs[1];
  const MonocleTensor *banned = call->inputs[2], *n_banned = call->inputs[3];
  const Args *args = call->args;
  guint rows = monocle_tensor_count_rows (logits), n = monocle_tensor_get_columns (logits);

  if (logits->format != MONOCLE_FORMAT_F32 || args->k == 0 || args->k > MONOCLE_OP_TOP_K_MAX)
    return monocle_op_misfit (error, "the best %u", args->k);
  if (bias && monocle_tensor_get_n_elements (bias) != n)
    return monocle_op_misfit (error, "a bias of other than %u columns", n);
  if (monocle_tensor_count_rows (banned) != rows || monocle_tensor_get_columns (banned) % 2 != 0
      || monocle_tensor_get_n_elements (n_banned) != rows)
    return monocle_op_misfit (error, "bans for other than %u rows", rows);
  y->n_dims = 2;
  y->dims[0] = rows;
  y->dims[1] = 2 * args->k;
  y->format = MONOCLE_FORMAT_U32;
  return TRUE;
}

static guint64
scratch_bytes (const MonocleCall *call, MonocleVkGpu *gpu)
{
  const MonocleTensor *logits = call->inputs[0];
  const Args *args = call->args;

  return sizeof (float)
         * (guint64) monocle_op_top_k_scratch (gpu, monocle_tensor_count_rows (logits),
                                               monocle_tensor_get_columns (logits), args->k);
}

static void
record (const MonocleCall *call, MonocleCommands *commands)
{
  const Args *args = call->args;

  monocle_op_top_k (commands, call->inputs[0], call->inputs[1], call->inputs[2], call->inputs[3],
                    args->k, call->scratch, call->output);
}

static void
reference (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  guint rows = monocle_tensor_count_rows (call->inputs[0]);
  guint n = monocle_tensor_get_columns (call->inputs[0]);
  guint max_banned = monocle_tensor_get_columns (call->inputs[2]) / 2;
  guint k = ((const Args *) call->args)->k;
  g_autofree guint32 *ids = g_new (guint32, (gsize) rows * k);
  g_autofree float *log_probabilities = g_new (float, (gsize) rows *k);
  guint32 *pairs = output;

  monocle_reference_top_k (inputs[0], inputs[1], inputs[2], inputs[3], max_banned, rows, n, k, ids,
                           log_probabilities);
  for (gsize i = 0; i < (gsize) rows * k; i++)
    {
      pairs[2 * i] = ids[i];
      memcpy (&pairs[2 * i + 1], &log_probabilities[i], sizeof (float));
    }
}

static const MonocleOp top_k = {
  .name = "top k",
  .args_size = sizeof (Args),
  .infer = infer,
  .scratch_bytes = scratch_bytes,
  .record = record,
  .reference = reference,
};

MonocleValue
monocle_top_k (MonocleGraph *graph,
               MonocleValue logits,
               MonocleValue bias,
               MonocleValue banned,
               MonocleValue n_banned,
               guint k)
{
  const Args args = { k };
  const MonocleValue inputs[] = { logits, bias, banned, n_banned };

  return monocle_graph_append (graph, &top_k, &args, inputs, G_N_ELEMENTS (inputs));
}
