/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Convolutions in a graph.
 */
#include "config.h"

#include "engine/nn/formulas.h"

static gboolean
infer_im2col (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleTensor *x = call->inputs[0];
  const MonocleConvolution *args = call->args;
  guint height, width;

  if (x->n_dims != 3 || args->stride == 0)
    return monocle_op_misfit (error, "no image");
  height = monocle_convolution_get_side (args, x->dims[0]);
  width = monocle_convolution_get_side (args, x->dims[1]);
  if (height == 0 || width == 0)
    return monocle_op_misfit (error, "%u x %u pixels are less than a patch of %u", x->dims[1],
                              x->dims[0], args->kernel);
  y->n_dims = 2;
  y->dims[0] = height * width;
  y->dims[1] = monocle_convolve_columns (args->kernel, x->dims[2]);
  y->format = x->format;
  return TRUE;
}

static void
record_im2col (const MonocleCall *call, MonocleCommands *commands)
{
  monocle_op_im2col (commands, call->inputs[0], call->args, 0, call->output);
}

static void
reference_im2col (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const MonocleTensor *x = call->inputs[0];

  monocle_reference_im2col (inputs[0], x->dims[0], x->dims[1], x->dims[2], call->args, output);
}

static const MonocleOp im2col = {
  .name = "im2col",
  .args_size = sizeof (MonocleConvolution),
  .infer = infer_im2col,
  .record = record_im2col,
  .reference = reference_im2col,
};

MonocleValue
monocle_im2col (MonocleGraph *graph, MonocleValue x, guint kernel, guint stride, guint padding)
{
  const MonocleConvolution args = { kernel, stride, padding };

  return monocle_graph_append (graph, &im2col, &args, &x, 1);
}

/* --- as a product ------------------------------------------------------------------------- */

static gboolean
infer_convolve (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleTensor *x = call->inputs[0], *w = call->inputs[1], *bias = call->inputs[2];
  const MonocleTensor *residual = call->inputs[3];
  const MonocleConvolution *args = call->args;

  if (x->n_dims != 3 || args->stride == 0)
    return monocle_op_misfit (error, "no image");
  y->n_dims = 3;
  y->dims[0] = monocle_convolution_get_side (args, x->dims[0]);
  y->dims[1] = monocle_convolution_get_side (args, x->dims[1]);
  y->dims[2] = w->dims[0];
  y->format = x->format;
  if (y->dims[0] == 0 || y->dims[1] == 0)
    return monocle_op_misfit (error, "%u x %u pixels are less than a patch of %u", x->dims[1],
                              x->dims[0], args->kernel);
  if (monocle_tensor_get_columns (w) != monocle_convolve_columns (args->kernel, x->dims[2]))
    return monocle_op_misfit (error, "weights of %u columns for %u channels",
                              monocle_tensor_get_columns (w), x->dims[2]);
  if (bias && monocle_tensor_get_n_elements (bias) != w->dims[0])
    return monocle_op_misfit (error, "a bias of other than %u", w->dims[0]);
  if (residual
      && (monocle_tensor_get_n_elements (residual) != monocle_tensor_get_n_elements (y)
          || residual->format != x->format))
    return monocle_op_misfit (error, "a residual of another size");
  return TRUE;
}

static guint64
scratch_convolve (const MonocleCall *call, MonocleVkGpu *gpu)
{
  const MonocleTensor *x = call->inputs[0];

  return monocle_format_get_bytes (x->format, monocle_op_convolve_scratch (x, call->args));
}

static void
record_convolve (const MonocleCall *call, MonocleCommands *commands)
{
  const MonocleTensor *x = call->inputs[0];
  MonocleTensor scratch = *call->scratch;

  scratch.format = x->format;
  scratch.dims[0] = (guint) monocle_op_convolve_scratch (x, call->args);
  monocle_op_convolve (commands, x, call->inputs[1], call->inputs[2], call->inputs[3], call->args,
                       &scratch, call->output);
}

static void
reference_convolve (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const MonocleTensor *x = call->inputs[0];

  monocle_reference_convolve (inputs[0], inputs[1], inputs[2], inputs[3], call->args, x->dims[0],
                              x->dims[1], x->dims[2], call->inputs[1]->dims[0], output);
}

static const MonocleOp convolve = {
  .name = "convolution",
  .args_size = sizeof (MonocleConvolution),
  .infer = infer_convolve,
  .scratch_bytes = scratch_convolve,
  .record = record_convolve,
  .reference = reference_convolve,
  .in_place = MONOCLE_OP_INPUT (3),
};

MonocleValue
monocle_convolve (MonocleGraph *graph,
                  MonocleValue x,
                  MonocleValue w,
                  MonocleValue bias,
                  MonocleValue residual,
                  const MonocleConvolution *convolution)
{
  const MonocleValue inputs[] = { x, w, bias, residual };

  return monocle_graph_append (graph, &convolve, convolution, inputs, G_N_ELEMENTS (inputs));
}

/* --- depthwise ---------------------------------------------------------------------------- */

static gboolean
infer_depthwise (const MonocleCall *call, MonocleTensor *y, GError **error)
{
  const MonocleTensor *x = call->inputs[0];
  guint channels = monocle_tensor_get_columns (x);

  if (x->n_dims != 3 || channels % 4 != 0)
    return monocle_op_misfit (error, "no image");
  if (monocle_tensor_get_n_elements (call->inputs[1]) != 9 * (guint64) channels
      || monocle_tensor_get_n_elements (call->inputs[2]) != channels)
    return monocle_op_misfit (error, "weights of other than %u channels", channels);
  monocle_op_shape_like (y, x, channels);
  return TRUE;
}

static void
record_depthwise (const MonocleCall *call, MonocleCommands *commands)
{
  monocle_op_depthwise_conv (commands, call->inputs[0], call->inputs[1], call->inputs[2],
                             call->output);
}

static void
reference_depthwise (const MonocleCall *call, gconstpointer const *inputs, gpointer output)
{
  const MonocleTensor *x = call->inputs[0];

  monocle_reference_depthwise_conv (inputs[0], inputs[1], inputs[2], x->dims[0], x->dims[1],
                                    x->dims[2], output);
}

static const MonocleOp depthwise_conv = {
  .name = "depthwise convolution",
  .infer = infer_depthwise,
  .record = record_depthwise,
  .reference = reference_depthwise,
};

MonocleValue
monocle_depthwise_conv (MonocleGraph *graph, MonocleValue x, MonocleValue w, MonocleValue bias)
{
  const MonocleValue inputs[] = { x, w, bias };

  return monocle_graph_append (graph, &depthwise_conv, NULL, inputs, G_N_ELEMENTS (inputs));
}
