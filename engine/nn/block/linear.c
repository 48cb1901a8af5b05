/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/block/linear.h"

static MonocleValue
declare (MonocleGraph *graph,
         const MonocleParamShape *shape,
         MonocleScope scope,
         const char *const *parts,
         guint n_parts,
         const char *name)
{
  MonocleParams *params = monocle_graph_get_params (graph);
  MonocleScope scopes[MONOCLE_PARAM_MAX_PARTS];
  const char *names[MONOCLE_PARAM_MAX_PARTS];

  /* What shapes the formulas after a misfit have means nothing. */
  if (!monocle_graph_check (graph, NULL))
    return 0;

  g_assert (n_parts <= MONOCLE_PARAM_MAX_PARTS);
  for (guint i = 0; i < MAX (n_parts, 1); i++)
    {
      scopes[i] = n_parts ? monocle_scope_enter (scope, parts[i]) : scope;
      if (name)
        scopes[i] = monocle_scope_enter (scopes[i], name);
      names[i] = scopes[i].path;
    }
  return monocle_outside (graph,
                          monocle_params_get (params, shape, names, MAX (n_parts, 1))->pieces);
}

MonocleValue
monocle_param_vector (MonocleGraph *graph, MonocleScope scope, guint n)
{
  const MonocleParamShape shape = { .form = MONOCLE_PARAM_VECTOR, .n = n, .k = 1 };

  return declare (graph, &shape, scope, NULL, 0, NULL);
}

MonocleValue
monocle_param_row (MonocleGraph *graph, MonocleScope scope, guint n)
{
  const MonocleParamShape shape = { .form = MONOCLE_PARAM_ROW, .n = n, .k = 1 };

  return declare (graph, &shape, scope, NULL, 0, NULL);
}

MonocleValue
monocle_param_matrix (
    MonocleGraph *graph, MonocleScope scope, MonocleParamForm form, guint n, guint k)
{
  const MonocleParamShape shape
      = { .form = form, .use = monocle_graph_get_use (graph), .n = n, .k = k };

  return declare (graph, &shape, scope, NULL, 0, NULL);
}

MonocleValue
monocle_param_rows (MonocleGraph *graph, MonocleScope scope, guint n, guint k)
{
  const MonocleParamShape shape
      = { .form = MONOCLE_PARAM_MATRIX, .use = MONOCLE_PARAM_FOR_FEW_ROWS, .n = n, .k = k };

  return declare (graph, &shape, scope, NULL, 0, NULL);
}

MonocleValue *
monocle_param_table (MonocleGraph *graph, MonocleScope scope, guint n, guint k, guint *n_pieces)
{
  const MonocleParamShape shape = { .form = MONOCLE_PARAM_TABLE, .n = n, .k = k };
  const char *name = scope.path;
  const MonocleParam *table;
  MonocleValue *pieces;

  *n_pieces = 0;
  if (!monocle_graph_check (graph, NULL))
    return NULL;

  table = monocle_params_get (monocle_graph_get_params (graph), &shape, &name, 1);
  *n_pieces = table->n_pieces;
  pieces = g_new (MonocleValue, table->n_pieces);
  for (guint i = 0; i < table->n_pieces; i++)
    pieces[i] = monocle_outside (graph, &table->pieces[i]);
  return pieces;
}

MonocleValue
monocle_linear (MonocleGraph *graph, MonocleScope scope, MonocleValue x, guint n)
{
  const MonocleLinearArgs args = { .n = n };

  return monocle_linear_with (graph, scope, x, &args);
}

MonocleValue
monocle_linear_with (MonocleGraph *graph,
                     MonocleScope scope,
                     MonocleValue x,
                     const MonocleLinearArgs *args)
{
  const MonocleParamShape weight = {
    .form = args->is_kernel ? MONOCLE_PARAM_TRANSPOSED : MONOCLE_PARAM_MATRIX,
    .use = monocle_graph_get_use (graph),
    .n = args->n,
    .n_others = args->n_others,
    .k = monocle_tensor_get_columns (monocle_graph_get_shape (graph, x)),
  };
  const MonocleParamShape bias
      = { .form = MONOCLE_PARAM_VECTOR, .n = args->n, .n_others = args->n_others, .k = 1 };
  MonocleValue w = declare (graph, &weight, scope, args->parts, args->n_parts,
                            args->is_kernel ? "kernel" : "weight");
  MonocleValue b
      = args->no_bias ? 0 : declare (graph, &bias, scope, args->parts, args->n_parts, "bias");

  return monocle_matmul (graph, x, w, b, args->residual, args->activation);
}

MonocleValue
monocle_norm (MonocleGraph *graph, MonocleScope scope, MonocleValue x, float eps)
{
  guint n = monocle_tensor_get_columns (monocle_graph_get_shape (graph, x));
  MonocleValue weight = monocle_param_vector (graph, monocle_scope_enter (scope, "weight"), n);
  MonocleValue bias = monocle_param_vector (graph, monocle_scope_enter (scope, "bias"), n);

  return monocle_layer_norm (graph, x, weight, bias, eps);
}

MonocleValue
monocle_norm_rms (MonocleGraph *graph, MonocleScope scope, MonocleValue x, float offset, float eps)
{
  guint n = monocle_tensor_get_columns (monocle_graph_get_shape (graph, x));

  return monocle_rms_norm (graph, x,
                           monocle_param_vector (graph, monocle_scope_enter (scope, "weight"), n),
                           offset, eps);
}

MonocleValue
monocle_norm_rms_heads (MonocleGraph *graph,
                        MonocleScope scope,
                        const char *const parts[2],
                        MonocleValue x,
                        const MonocleHeads *heads,
                        float offset,
                        float eps)
{
  const MonocleParamShape weight = { .form = MONOCLE_PARAM_VECTOR, .n = heads->width, .k = 1 };

  return monocle_rms_norm_heads (graph, x, declare (graph, &weight, scope, parts, 2, "weight"),
                                 heads, offset, eps);
}

MonocleValue
monocle_depthwise (MonocleGraph *graph, MonocleScope scope, MonocleValue x)
{
  guint n = monocle_tensor_get_columns (monocle_graph_get_shape (graph, x));
  MonocleValue weight = monocle_param_matrix (graph, monocle_scope_enter (scope, "weight"),
                                              MONOCLE_PARAM_DEPTHWISE, 9, n);
  MonocleValue bias = monocle_param_vector (graph, monocle_scope_enter (scope, "bias"), n);

  return monocle_depthwise_conv (graph, x, weight, bias);
}

MonocleValue
monocle_param_convolution (MonocleGraph *graph,
                           MonocleScope scope,
                           MonocleParamForm form,
                           guint n,
                           guint channels,
                           guint kernel)
{
  const MonocleParamShape shape = {
    .form = form,
    .use = monocle_graph_get_use (graph),
    .n = n,
    .k = monocle_convolve_columns (kernel, channels),
    .channels = channels,
    .kernel = kernel,
  };

  return declare (graph, &shape, scope, NULL, 0, NULL);
}

static MonocleValue
convolve (MonocleGraph *graph,
          MonocleScope scope,
          MonocleValue x,
          guint n,
          const MonocleConvolution *convolution,
          gboolean has_bias)
{
  guint channels = monocle_tensor_get_columns (monocle_graph_get_shape (graph, x));
  MonocleValue weight
      = monocle_param_convolution (graph, monocle_scope_enter (scope, "weight"),
                                   MONOCLE_PARAM_CONVOLUTION, n, channels, convolution->kernel);
  MonocleValue bias
      = has_bias ? monocle_param_vector (graph, monocle_scope_enter (scope, "bias"), n) : 0;

  return monocle_convolve (graph, x, weight, bias, 0, convolution);
}

MonocleValue
monocle_convolution (MonocleGraph *graph,
                     MonocleScope scope,
                     MonocleValue x,
                     guint n,
                     guint kernel,
                     guint stride,
                     guint padding)
{
  return convolve (graph, scope, x, n, &(MonocleConvolution){ kernel, stride, padding }, TRUE);
}

MonocleValue
monocle_patches (MonocleGraph *graph,
                 MonocleScope scope,
                 MonocleValue x,
                 guint n,
                 guint kernel,
                 gboolean has_bias)
{
  return convolve (graph, scope, x, n, &(MonocleConvolution){ kernel, kernel, 0 }, has_bias);
}

MonocleValue
monocle_patches_of_frames (MonocleGraph *graph,
                           MonocleScope scope,
                           MonocleValue x,
                           guint n,
                           guint kernel,
                           guint frames,
                           gboolean has_bias)
{
  const guint channels = monocle_tensor_get_columns (monocle_graph_get_shape (graph, x));
  const MonocleParamShape shape = {
    .form = MONOCLE_PARAM_FRAMES,
    .use = monocle_graph_get_use (graph),
    .n = n,
    .k = monocle_convolve_columns (kernel, channels),
    .channels = channels,
    .kernel = kernel,
    .frames = frames,
  };
  MonocleValue weight = declare (graph, &shape, scope, NULL, 0, "weight");
  MonocleValue bias
      = has_bias ? monocle_param_vector (graph, monocle_scope_enter (scope, "bias"), n) : 0;

  return monocle_convolve (graph, x, weight, bias, 0, &(MonocleConvolution){ kernel, kernel, 0 });
}

MonocleValue
monocle_spread (MonocleGraph *graph,
                MonocleScope scope,
                MonocleValue x,
                guint n,
                guint kernel,
                MonocleActivation activation)
{
  const MonocleTensor rows = *monocle_graph_get_shape (graph, x);
  guint t = monocle_tensor_count_rows (&rows), area = kernel * kernel;
  const MonocleParamShape weight = {
    .form = MONOCLE_PARAM_SPREAD,
    .use = monocle_graph_get_use (graph),
    .n = area * n,
    .k = monocle_tensor_get_columns (&rows),
    .channels = n,
    .kernel = kernel,
  };
  const MonocleParamShape bias
      = { .form = MONOCLE_PARAM_REPEATED, .n = area * n, .k = 1, .channels = n };
  MonocleValue w = declare (graph, &weight, scope, NULL, 0, "weight");
  MonocleValue b = declare (graph, &bias, scope, NULL, 0, "bias");

  x = monocle_matmul (graph, monocle_reshape (graph, x, MONOCLE_DIMS (t, weight.k)), w, b, 0,
                      activation);
  return monocle_reshape (graph, x, MONOCLE_DIMS (t * area, n));
}
