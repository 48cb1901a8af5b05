/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/resnet.h"

#include <math.h>
#include <string.h>

#include "engine/base/error.h"
#include "engine/nn/block/linear.h"

#define EPSILON 1e-5

/* A bottleneck is this much narrower inside. */
#define NARROWER 4

#define LONG_CONVOLUTION  "convolution"
#define LONG_NORM         "normalization"
#define SHORT_CONVOLUTION "conv"
#define SHORT_NORM        "bn"
#define SHORT_SHORTCUT    "downsample.0"
#define WEIGHT            ".weight"

const char *
monocle_resnet_get_first_name (MonocleResnetNames names)
{
  return names == MONOCLE_RESNET_NAMES_LONG ? "embedder.embedder." LONG_CONVOLUTION WEIGHT
                                            : SHORT_CONVOLUTION "1" WEIGHT;
}

guint
monocle_resnet_get_side (const MonocleResnetConfig *config, guint side)
{
  side = monocle_convolve_side (side, 7, 2, 3);
  /* The first stage has its stride before it. */
  for (guint i = 0; i < MONOCLE_RESNET_STAGES && config->depths[i] > 0; i++)
    side = monocle_convolve_side (side, 3, 2, 1);
  return side;
}

/* --- names -------------------------------------------------------------------------------- */

/* The norm after the convolution of that name. */
static MonocleScope
find_norm (MonocleScope convolution)
{
  char *path = convolution.path, *dot = strrchr (path, '.');
  char *last = dot ? dot + 1 : path;
  gsize room = sizeof convolution.path - (gsize) (last - path);

  if (g_str_equal (last, LONG_CONVOLUTION))
    g_strlcpy (last, LONG_NORM, room);
  else if (g_str_has_suffix (path, SHORT_SHORTCUT))
    *last = '1';
  else
    {
      const char number = last[strlen (SHORT_CONVOLUTION)];

      g_snprintf (last, room, SHORT_NORM "%c", number);
    }
  return convolution;
}

static MonocleScope
enter_bottleneck (MonocleScope scope, MonocleResnetNames names, guint stage, guint index)
{
  g_autofree char *name = names == MONOCLE_RESNET_NAMES_LONG
                              ? g_strdup_printf ("encoder.stages.%u.layers.%u", stage, index)
                              : g_strdup_printf ("layer%u.%u", stage + 1, index);

  return monocle_scope_enter (scope, name);
}

/* One of the three of a bottleneck, from 0. */
static MonocleScope
enter_convolution (MonocleScope bottleneck, MonocleResnetNames names, guint index)
{
  g_autofree char *name = names == MONOCLE_RESNET_NAMES_LONG
                              ? g_strdup_printf ("layer.%u." LONG_CONVOLUTION, index)
                              : g_strdup_printf (SHORT_CONVOLUTION "%u", index + 1);

  return monocle_scope_enter (bottleneck, name);
}

/* --- formulas ----------------------------------------------------------------------------- */

static MonocleValue
convolve (MonocleGraph *g,
          MonocleScope scope,
          MonocleValue x,
          guint n,
          MonocleValue residual,
          const MonocleConvolution *convolution)
{
  guint channels = monocle_tensor_get_columns (monocle_graph_get_shape (g, x));
  MonocleValue weight
      = monocle_param_convolution (g, monocle_scope_enter (scope, "weight"),
                                   MONOCLE_PARAM_CONVOLUTION, n, channels, convolution->kernel);
  MonocleValue bias = monocle_param_vector (g, monocle_scope_enter (find_norm (scope), "bias"), n);

  /* Each pixel by itself: the image is its own patches. */
  if (convolution->kernel == 1 && convolution->stride == 1 && channels % 4 == 0)
    return monocle_matmul (g, x, weight, bias, residual, convolution->activation);
  return monocle_convolve (g, x, weight, bias, residual, convolution);
}

static MonocleValue
bottleneck (MonocleGraph *g,
            MonocleScope scope,
            MonocleResnetNames names,
            MonocleValue x,
            guint n,
            guint stride)
{
  MonocleScope shortcut = monocle_scope_enter (
      scope, names == MONOCLE_RESNET_NAMES_LONG ? "shortcut." LONG_CONVOLUTION : SHORT_SHORTCUT);
  guint channels = monocle_tensor_get_columns (monocle_graph_get_shape (g, x));
  MonocleValue y = convolve (g, enter_convolution (scope, names, 0), x, n / NARROWER, 0,
                             &(MonocleConvolution){ 1, 1, 0, MONOCLE_ACTIVATION_RELU });

  y = convolve (g, enter_convolution (scope, names, 1), y, n / NARROWER, 0,
                &(MonocleConvolution){ 3, stride, 1, MONOCLE_ACTIVATION_RELU });
  if (channels != n || stride != 1)
    x = convolve (g, shortcut, x, n, 0,
                  &(MonocleConvolution){ 1, stride, 0, MONOCLE_ACTIVATION_NONE });
  y = convolve (g, enter_convolution (scope, names, 2), y, n, x,
                &(MonocleConvolution){ 1, 1, 0, MONOCLE_ACTIVATION_RELU_LAST });
  monocle_split (g);
  return y;
}

MonocleValue
monocle_resnet (MonocleGraph *graph,
                MonocleScope scope,
                const MonocleResnetConfig *config,
                MonocleValue pixels)
{
  MonocleScope first = monocle_scope_enter (scope, config->names == MONOCLE_RESNET_NAMES_LONG
                                                       ? "embedder.embedder." LONG_CONVOLUTION
                                                       : SHORT_CONVOLUTION "1");
  MonocleValue x = convolve (graph, first, pixels, config->first, 0,
                             &(MonocleConvolution){ 7, 2, 3, MONOCLE_ACTIVATION_RELU });

  x = monocle_max_pool (graph, x, 3, 2, 1);
  for (guint i = 0; i < MONOCLE_RESNET_STAGES && config->depths[i] > 0; i++)
    for (guint k = 0; k < config->depths[i]; k++)
      x = bottleneck (graph, enter_bottleneck (scope, config->names, i, k), config->names, x,
                      config->widths[i], i > 0 && k == 0 ? 2 : 1);
  return x;
}

/* --- norms -------------------------------------------------------------------------------- */

/* (transfer full) (nullable): @n numbers that no formula reads */
static float *
read_constant (
    MonocleWeights *weights, MonocleScope norm, const char *name, guint n, GError **error)
{
  MonocleScope scope = monocle_scope_enter (norm, name);
  const MonocleCheckpointTensor *tensor = monocle_weights_find (weights, scope.path);
  float *values;

  if (!tensor || tensor->dtype == MONOCLE_DTYPE_OTHER
      || monocle_checkpoint_tensor_get_n_elements (tensor) != n)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                   "tensor “%s” is not there, or is no list of %u numbers", scope.path, n);
      return NULL;
    }
  monocle_weights_ignore (weights, tensor->name);
  values = g_new (float, n);
  monocle_checkpoint_tensor_read_f32 (tensor, 0, n, values);
  return values;
}

/* (x - mean) / deviation * weight + bias as scale * x + (bias + shift). */
static gboolean
fold (MonocleWeights *weights, const char *convolution, guint n, GError **error)
{
  MonocleScope scope = monocle_scope_enter (MONOCLE_SCOPE_ROOT, convolution), bias;
  g_autofree float *scale = NULL;
  g_autofree float *mean = NULL;
  g_autofree float *variance = NULL;

  scope.path[strlen (scope.path) - strlen (WEIGHT)] = '\0';
  scope = find_norm (scope);
  bias = monocle_scope_enter (scope, "bias");
  scale = read_constant (weights, scope, "weight", n, error);
  mean = scale ? read_constant (weights, scope, "running_mean", n, error) : NULL;
  variance = mean ? read_constant (weights, scope, "running_var", n, error) : NULL;
  if (!variance)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      scale[i] = (float) ((double) scale[i] / sqrt ((double) variance[i] + EPSILON));
      mean[i] *= -scale[i];
    }
  monocle_weights_fold (weights, convolution, n, scale, NULL);
  monocle_weights_fold (weights, bias.path, n, NULL, mean);
  return TRUE;
}

gboolean
monocle_resnet_fold (MonocleWeights *weights, MonocleScope scope, GError **error)
{
  MonocleParams *params = monocle_weights_get_params (weights);
  g_autofree char *prefix = g_strconcat (scope.path, ".", NULL);

  for (guint i = 0; i < monocle_params_get_n (params); i++)
    {
      const MonocleParam *param = monocle_params_get_nth (params, i);

      if (param->shape.form == MONOCLE_PARAM_CONVOLUTION
          && g_str_has_prefix (param->names[0], prefix)
          && !fold (weights, param->names[0], param->shape.n, error))
        return FALSE;
    }
  return TRUE;
}
