/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows put together in a graph: copies, which take no kernel.
 */
#include "config.h"

#include <string.h>

#include "engine/nn/formulas.h"

static guint64
get_row_bytes (const MonocleTensor *tensor)
{
  return monocle_tensor_get_size_bytes (tensor) / tensor->dims[0];
}

/* Rows of the first dimension; formats and everything behind them must agree. */
static gboolean
has_same_rows (const MonocleTensor *a, const MonocleTensor *b)
{
  return a->format == b->format && get_row_bytes (a) == get_row_bytes (b);
}

static void
copy_rows (MonocleCommands *commands,
           const MonocleTensor *from,
           const MonocleTensor *to,
           guint first)
{
  monocle_commands_copy (commands, from->buffer, from->offset, to->buffer,
                         to->offset + first * get_row_bytes (to),
                         monocle_tensor_get_size_bytes (from));
}

static void
copy_reference (const MonocleTensor *from, gconstpointer data, gpointer output, guint first)
{
  guint64 n = monocle_tensor_get_n_elements (from);

  memcpy ((guint32 *) output + n / from->dims[0] * first, data, n * sizeof (guint32));
}

/* --- put ---------------------------------------------------------------------------------- */

typedef struct
{
  guint first;
} PutArgs;

static gboolean
infer_put (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleTensor *target = call->inputs[0], *source = call->inputs[1];
  const PutArgs *args = call->args;

  if (!has_same_rows (target, source) || args->first > target->dims[0]
      || source->dims[0] > target->dims[0] - args->first)
    return monocle_op_misfit (error, "rows %u to %u of %u", args->first,
                              args->first + source->dims[0], target->dims[0]);
  *y = *target;
  return TRUE;
}

static void
record_put (const MonocleCall *call, MonocleCommands *commands)
{
  const PutArgs *args = call->args;

  copy_rows (commands, call->inputs[1], call->output, args->first);
}

static void
reference_put (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const PutArgs *args = call->args;

  copy_reference (call->inputs[1], inputs[1], output, args->first);
}

static const MonocleOp put_rows = {
  .name = "put rows",
  .args_size = sizeof (PutArgs),
  .infer = infer_put,
  .record = record_put,
  .reference = reference_put,
  .updates = 1,
};

MonocleValue
monocle_put_rows (MonocleGraph *graph, MonocleValue target, MonocleValue source, guint first)
{
  const PutArgs args = { first };
  const MonocleValue inputs[] = { target, source };

  return monocle_graph_append (graph, &put_rows, &args, inputs, G_N_ELEMENTS (inputs));
}

/* --- join --------------------------------------------------------------------------------- */

static gboolean
infer_join (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  guint rows = 0;

  for (guint i = 0; i < call->n_inputs; i++)
    {
      if (!has_same_rows (call->inputs[0], call->inputs[i]))
        return monocle_op_misfit (error, "rows of several widths");
      rows += call->inputs[i]->dims[0];
    }
  *y = *call->inputs[0];
  y->offset = 0;
  y->dims[0] = rows;
  return TRUE;
}

static void
record_join (const MonocleCall *call, MonocleCommands *commands)
{
  guint first = 0;

  for (guint i = 0; i < call->n_inputs; i++)
    {
      copy_rows (commands, call->inputs[i], call->output, first);
      first += call->inputs[i]->dims[0];
    }
}

static void
reference_join (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  guint first = 0;

  for (guint i = 0; i < call->n_inputs; i++)
    {
      copy_reference (call->inputs[i], inputs[i], output, first);
      first += call->inputs[i]->dims[0];
    }
}

static const MonocleOp join_rows = {
  .name = "join rows",
  .infer = infer_join,
  .record = record_join,
  .reference = reference_join,
};

MonocleValue
monocle_join_rows (MonocleGraph *graph, const MonocleValue *parts, guint n_parts)
{
  return monocle_graph_append (graph, &join_rows, NULL, parts, n_parts);
}
