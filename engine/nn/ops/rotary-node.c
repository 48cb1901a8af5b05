/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rotary positions in a graph.
 */
#include "config.h"

#include "engine/nn/formulas.h"

/* --- angles ------------------------------------------------------------------------------- */

typedef struct
{
  guint width;
  float base;
  gboolean has_axes;
  MonocleRotaryAxes axes;
} AnglesArgs;

static gboolean
infer_angles (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const AnglesArgs *args = call->args;
  const MonocleTensor *positions = call->inputs[0];

  if (positions->format != MONOCLE_FORMAT_U32)
    return monocle_op_misfit (error, "positions that are no integers");
  if (args->width == 0 || args->width % 2 != 0 || !(args->base > 1))
    return monocle_op_misfit (error, "%u channels of base %g", args->width, (double) args->base);
  if (args->has_axes && args->axes.in_blocks
      && args->axes.n_second + args->axes.n_third > args->width / 2)
    return monocle_op_misfit (error, "%u pairs by rows and columns of %u",
                              args->axes.n_second + args->axes.n_third, args->width / 2);
  if (args->has_axes && monocle_tensor_get_columns (positions) != MONOCLE_ROTARY_AXES)
    return monocle_op_misfit (error, "positions of %u numbers",
                              monocle_tensor_get_columns (positions));
  y->n_dims = 2;
  y->dims[0] = args->has_axes ? monocle_tensor_count_rows (positions)
                              : (guint) monocle_tensor_get_n_elements (positions);
  y->dims[1] = args->width;
  y->format = MONOCLE_FORMAT_F32;
  return TRUE;
}

static void
record_angles (const MonocleCall *call, MonocleCommands *commands)
{
  const AnglesArgs *args = call->args;

  monocle_op_rotary_angles (commands, call->inputs[0], args->base,
                            args->has_axes ? &args->axes : NULL, call->output);
}

static void
reference_angles (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const AnglesArgs *args = call->args;

  monocle_reference_rotary_angles (inputs[0], monocle_tensor_count_rows (call->output), args->width,
                                   args->base, args->has_axes ? &args->axes : NULL, output);
}

static const MonocleOp rotary_angles = {
  .name = "rotary angles",
  .args_size = sizeof (AnglesArgs),
  .infer = infer_angles,
  .record = record_angles,
  .reference = reference_angles,
};

MonocleValue
monocle_rotary_angles (MonocleGraph *graph, MonocleValue positions, guint width, float base)
{
  const AnglesArgs args = { .width = width, .base = base };

  return monocle_graph_append (graph, &rotary_angles, &args, &positions, 1);
}

MonocleValue
monocle_rotary_angles_of_axes (MonocleGraph *graph,
                               MonocleValue positions,
                               guint width,
                               float base,
                               const MonocleRotaryAxes *axes)
{
  const AnglesArgs args = { width, base, TRUE, *axes };

  return monocle_graph_append (graph, &rotary_angles, &args, &positions, 1);
}

/* --- turning ------------------------------------------------------------------------------ */

static gboolean
infer (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleRotary *rotary = call->args;
  const MonocleTensor *x = call->inputs[0], *angles = call->inputs[1];
  guint columns = monocle_tensor_get_columns (x), width = monocle_tensor_get_columns (angles);

  if (rotary->head_width == 0 || rotary->head_width % 4 != 0 || columns % 4 != 0
      || columns / rotary->head_width < rotary->n_heads)
    return monocle_op_misfit (error, "%u heads of %u in %u columns", rotary->n_heads,
                              rotary->head_width, columns);
  if (angles->format != MONOCLE_FORMAT_F32 || width % 2 != 0 || width > rotary->head_width
      || monocle_tensor_count_rows (angles) != monocle_tensor_count_rows (x))
    return monocle_op_misfit (error, "angles of %u rows of %u for %u rows of heads of %u",
                              monocle_tensor_count_rows (angles), width,
                              monocle_tensor_count_rows (x), rotary->head_width);
  monocle_op_shape_like (y, x, columns);
  return TRUE;
}

static void
record (const MonocleCall *call, MonocleCommands *commands)
{
  monocle_op_rotary (commands, call->inputs[0], call->inputs[1], call->args, call->output);
}

static void
reference (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const MonocleTensor *x = call->inputs[0];

  monocle_reference_rotary (inputs[0], inputs[1], monocle_tensor_count_rows (x),
                            monocle_tensor_get_columns (x),
                            monocle_tensor_get_columns (call->inputs[1]), call->args, output);
}

static const MonocleOp rotary_op = {
  .name = "rotary positions",
  .args_size = sizeof (MonocleRotary),
  .infer = infer,
  .record = record,
  .reference = reference,
  .in_place = MONOCLE_OP_INPUT (0),
  .by_rows = MONOCLE_OP_INPUT (0) | MONOCLE_OP_INPUT (1),
};

MonocleValue
monocle_rotary (MonocleGraph *graph,
                MonocleValue x,
                MonocleValue angles,
                const MonocleRotary *rotary)
{
  const MonocleValue inputs[] = { x, angles };

  return monocle_graph_append (graph, &rotary_op, rotary, inputs, G_N_ELEMENTS (inputs));
}
