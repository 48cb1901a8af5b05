/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows of tables in a graph.
 */
#include "config.h"

#include "engine/nn/formulas.h"

/* Inputs: ids, positions, place, pieces of the table. */
#define FIRST_PIECE 3

typedef struct
{
  guint first_position;
  gboolean position_per_row;
  MonocleFormatId format;
  guint n_scaled;
  float scale;
} Args;

static float
get_scale (const Args *args, guint piece)
{
  return piece < args->n_scaled ? args->scale : 1;
}

static gboolean
infer (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleTensor *ids = call->inputs[0], *positions = call->inputs[1];
  const Args *args = call->args;
  guint64 tokens = monocle_tensor_get_n_elements (ids);
  guint columns;

  if (ids->format != MONOCLE_FORMAT_U32 || call->n_inputs == FIRST_PIECE)
    return monocle_op_misfit (error, "no ids, or no table");
  columns = monocle_tensor_get_columns (positions ? positions : call->inputs[FIRST_PIECE]);
  if (columns % 4 != 0)
    return monocle_op_misfit (error, "rows of %u", columns);
  if (call->inputs[2] && monocle_tensor_get_n_elements (call->inputs[2]) != tokens)
    return monocle_op_misfit (error, "places of other than %" G_GUINT64_FORMAT " tokens", tokens);
  for (guint i = FIRST_PIECE; i < call->n_inputs; i++)
    if (monocle_tensor_get_columns (call->inputs[i]) != columns)
      return monocle_op_misfit (error, "a table of %u columns with positions of %u",
                                monocle_tensor_get_columns (call->inputs[i]), columns);
  if (positions
      && args->first_position + (args->position_per_row ? tokens : 1)
             > monocle_tensor_count_rows (positions))
    return monocle_op_misfit (error, "%" G_GUINT64_FORMAT " tokens are more than there are places",
                              tokens);
  y->n_dims = 2;
  y->dims[0] = (guint) tokens;
  y->dims[1] = columns;
  y->format = args->format;
  return TRUE;
}

static void
record (const MonocleCall *call, MonocleCommands *commands)
{
  const Args *args = call->args;
  guint first_id = 0;

  for (guint i = FIRST_PIECE; i < call->n_inputs; i++)
    {
      monocle_op_embed (commands, call->inputs[0], call->inputs[i], first_id,
                        get_scale (args, i - FIRST_PIECE), call->inputs[1], args->first_position,
                        args->position_per_row, call->inputs[2], call->output);
      first_id += call->inputs[i]->dims[0];
    }
}

static void
reference (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const Args *args = call->args;
  guint first_id = 0;

  for (guint i = FIRST_PIECE; i < call->n_inputs; i++)
    {
      guint n_ids = call->inputs[i]->dims[0];

      monocle_reference_embed (inputs[0], inputs[i], first_id, n_ids,
                               get_scale (args, i - FIRST_PIECE), inputs[1], args->first_position,
                               args->position_per_row, inputs[2], call->output->dims[0],
                               call->output->dims[1], output);
      first_id += n_ids;
    }
}

static const MonocleOp embed = {
  .name = "embedding",
  .args_size = sizeof (Args),
  .infer = infer,
  .record = record,
  .reference = reference,
};

static MonocleValue
append (MonocleGraph *graph,
        MonocleValue ids,
        MonocleValue positions,
        MonocleValue place,
        const MonocleValue *pieces,
        guint n_pieces,
        const Args *args)
{
  g_autofree MonocleValue *inputs = g_new (MonocleValue, FIRST_PIECE + n_pieces);

  inputs[0] = ids;
  inputs[1] = positions;
  inputs[2] = place;
  for (guint i = 0; i < n_pieces; i++)
    inputs[FIRST_PIECE + i] = pieces[i];
  return monocle_graph_append (graph, &embed, args, inputs, FIRST_PIECE + n_pieces);
}

MonocleValue
monocle_embed (MonocleGraph *graph,
               MonocleValue ids,
               const MonocleValue *pieces,
               guint n_pieces,
               MonocleValue positions,
               guint first_position,
               gboolean position_per_row,
               MonocleValue place)
{
  const Args args = { first_position, position_per_row, monocle_graph_get_format (graph), 0, 1 };

  return append (graph, ids, positions, place, pieces, n_pieces, &args);
}

MonocleValue
monocle_embed_scaled (MonocleGraph *graph,
                      MonocleValue ids,
                      const MonocleValue *pieces,
                      guint n_pieces,
                      guint n_scaled,
                      float scale)
{
  const Args args = { 0, FALSE, monocle_graph_get_format (graph), n_scaled, scale };

  return append (graph, ids, 0, 0, pieces, n_pieces, &args);
}

/* --- positions of tokens ------------------------------------------------------------------ */

typedef struct
{
  guint first_position, n_batches, batch_rows;
} PositionArgs;

static gboolean
infer_positions (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleTensor *x = call->inputs[0], *positions = call->inputs[1];
  const PositionArgs *args = call->args;
  guint columns = monocle_tensor_get_columns (x);
  guint tokens = x->n_dims >= 2 ? x->dims[x->n_dims - 2] : 0;

  if (tokens == 0 || columns % 4 != 0 || monocle_tensor_get_columns (positions) != columns)
    return monocle_op_misfit (error, "rows of %u with positions of %u", columns,
                              monocle_tensor_get_columns (positions));
  if (x->n_dims > 2 && monocle_tensor_count_rows (x) != args->n_batches * tokens)
    return monocle_op_misfit (error, "tokens for other than %u batches", args->n_batches);
  if (tokens > args->batch_rows
      || args->first_position + tokens > monocle_tensor_count_rows (positions))
    return monocle_op_misfit (error, "%u tokens are more than there are places", tokens);
  y->n_dims = 2;
  y->dims[0] = args->n_batches * args->batch_rows;
  y->dims[1] = columns;
  y->format = x->format;
  return TRUE;
}

static void
record_positions (const MonocleCall *call, MonocleCommands *commands)
{
  const PositionArgs *args = call->args;

  monocle_op_add_positions (commands, call->inputs[0], call->inputs[1], args->first_position,
                            args->n_batches, 0, args->batch_rows, call->output);
}

static void
reference_positions (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const MonocleTensor *x = call->inputs[0];
  const PositionArgs *args = call->args;

  monocle_reference_add_positions (inputs[0], x->n_dims == 2, inputs[1], args->first_position,
                                   args->n_batches, x->dims[x->n_dims - 2],
                                   monocle_tensor_get_columns (x), 0, args->batch_rows, output);
}

static const MonocleOp add_positions = {
  .name = "positions",
  .args_size = sizeof (PositionArgs),
  .infer = infer_positions,
  .record = record_positions,
  .reference = reference_positions,
};

MonocleValue
monocle_add_positions (MonocleGraph *graph,
                       MonocleValue x,
                       MonocleValue positions,
                       guint first_position,
                       guint n_batches,
                       guint batch_rows)
{
  const PositionArgs args = { first_position, n_batches, batch_rows };
  const MonocleValue inputs[] = { x, positions };

  return monocle_graph_append (graph, &add_positions, &args, inputs, G_N_ELEMENTS (inputs));
}

/* --- places in an image ------------------------------------------------------------------- */

static gboolean
infer_image (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleTensor *x = call->inputs[0], *columns = call->inputs[1], *rows = call->inputs[2];
  guint channels = monocle_tensor_get_columns (x);

  if (x->n_dims != 3 || channels % 4 != 0)
    return monocle_op_misfit (error, "no image");
  if (monocle_tensor_get_columns (columns) + monocle_tensor_get_columns (rows) != channels
      || monocle_tensor_get_n_elements (call->inputs[3]) != channels)
    return monocle_op_misfit (error, "positions of other than %u channels", channels);
  if (x->dims[1] > monocle_tensor_count_rows (columns)
      || x->dims[0] > monocle_tensor_count_rows (rows))
    return monocle_op_misfit (error, "%u x %u tokens are more than there are positions", x->dims[1],
                              x->dims[0]);
  monocle_op_shape_like (y, x, channels);
  return TRUE;
}

static void
record_image (const MonocleCall *call, MonocleCommands *commands)
{
  monocle_op_image_positions (commands, call->inputs[0], call->inputs[1], call->inputs[2],
                              call->inputs[3], call->output);
}

static void
reference_image (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const MonocleTensor *x = call->inputs[0];

  monocle_reference_image_positions (inputs[0], inputs[1], inputs[2], inputs[3], x->dims[0],
                                     x->dims[1], x->dims[2],
                                     monocle_tensor_get_columns (call->inputs[1]), output);
}

static const MonocleOp image_positions = {
  .name = "image positions",
  .infer = infer_image,
  .record = record_image,
  .reference = reference_image,
};

MonocleValue
monocle_image_positions (MonocleGraph *graph,
                         MonocleValue x,
                         MonocleValue columns,
                         MonocleValue rows,
                         MonocleValue temporal)
{
  const MonocleValue inputs[] = { x, columns, rows, temporal };

  return monocle_graph_append (graph, &image_positions, NULL, inputs, G_N_ELEMENTS (inputs));
}
