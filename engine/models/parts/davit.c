/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/davit.h"

#include "engine/nn/block/linear.h"

#define EPSILON 1e-5f

gboolean
monocle_davit_get_grid (
    const MonocleDavitConfig *config, guint height, guint width, guint *rows, guint *columns)
{
  for (guint i = 0; i < config->n_stages; i++)
    {
      height = monocle_convolve_side (height, config->patch_size[i], config->patch_stride[i],
                                      config->patch_padding[i]);
      width = monocle_convolve_side (width, config->patch_size[i], config->patch_stride[i],
                                     config->patch_padding[i]);
    }
  *rows = height;
  *columns = width;

  return height > 0 && width > 0;
}

/* An image [H, W, C] as tokens [H * W, C]. */
static MonocleValue
flatten (MonocleGraph *g, MonocleValue image)
{
  const MonocleTensor *shape = monocle_graph_get_shape (g, image);

  return monocle_reshape (g, image, MONOCLE_DIMS (shape->dims[0] * shape->dims[1], shape->dims[2]));
}

/* Tokens as an image with the sides of @like. */
static MonocleValue
unflatten (MonocleGraph *g, MonocleValue tokens, const MonocleTensor *like)
{
  guint columns = monocle_tensor_get_columns (monocle_graph_get_shape (g, tokens));

  return monocle_reshape (g, tokens, MONOCLE_DIMS (like->dims[0], like->dims[1], columns));
}

/* x [H, W, C_in] to the grid of stage @index [H', W', C]. */
static MonocleValue
embed (MonocleGraph *g,
       MonocleScope scope,
       const MonocleDavitConfig *config,
       guint index,
       MonocleValue x)
{
  MonocleScope norm = monocle_scope_enter (scope, "norm");
  MonocleTensor image = *monocle_graph_get_shape (g, x);

  /* The zero padding of the convolution comes after the norm: its zeros are not normalised. */
  if (config->patch_prenorm[index])
    x = unflatten (g, monocle_norm (g, norm, flatten (g, x), EPSILON), &image);
  x = monocle_convolution (g, monocle_scope_enter (scope, "proj"), x, config->dims[index],
                           config->patch_size[index], config->patch_stride[index],
                           config->patch_padding[index]);
  if (config->patch_prenorm[index])
    return x;

  image = *monocle_graph_get_shape (g, x);
  return unflatten (g, monocle_norm (g, norm, flatten (g, x), EPSILON), &image);
}

/* A spatial or a channel block: the same layers, another attention. x [H, W, C]. Source: the
 * paper's figure 3, with the depthwise convolutions of its section on position encoding before
 * attention and perceptron. */
static MonocleValue
block (MonocleGraph *g,
       MonocleScope scope,
       const MonocleDavitConfig *config,
       guint index,
       gboolean is_spatial,
       MonocleValue x)
{
  const MonocleTensor image = *monocle_graph_get_shape (g, x);
  MonocleScope attention = monocle_scope_enter (scope, is_spatial ? "window_attn" : "channel_attn");
  MonocleScope ffn = monocle_scope_enter (scope, "ffn");
  guint dim = config->dims[index];
  MonocleValue n, qkv, y;

  x = flatten (g, monocle_depthwise (g, monocle_scope_enter (scope, "conv1.fn.dw"), x));
  n = monocle_norm (g, monocle_scope_enter (attention, "norm"), x, EPSILON);
  qkv = monocle_linear (g, monocle_scope_enter (attention, "fn.qkv"), n, 3 * dim);
  if (is_spatial)
    y = flatten (
        g, monocle_window_attention (
               g, unflatten (g, qkv, &image),
               monocle_param_vector (g, monocle_scope_enter (attention, "fn.qkv.bias"), 3 * dim),
               config->heads[index], config->window));
  else
    y = monocle_channel_attention (g, qkv, config->groups[index]);
  x = monocle_linear_with (g, monocle_scope_enter (attention, "fn.proj"), y,
                           &(MonocleLinearArgs){ .n = dim, .residual = x });

  x = flatten (g, monocle_depthwise (g, monocle_scope_enter (scope, "conv2.fn.dw"),
                                     unflatten (g, x, &image)));
  n = monocle_norm (g, monocle_scope_enter (ffn, "norm"), x, EPSILON);
  y = monocle_linear_with (
      g, monocle_scope_enter (ffn, "fn.net.fc1"), n,
      &(MonocleLinearArgs){ .n = config->hidden[index], .activation = MONOCLE_ACTIVATION_GELU });
  x = monocle_linear_with (g, monocle_scope_enter (ffn, "fn.net.fc2"), y,
                           &(MonocleLinearArgs){ .n = dim, .residual = x });
  monocle_split (g);

  return unflatten (g, x, &image);
}

MonocleValue
monocle_davit (MonocleGraph *g,
               MonocleScope scope,
               const MonocleDavitConfig *config,
               MonocleValue pixels)
{
  MonocleScope convs = monocle_scope_enter (scope, "convs");
  MonocleScope blocks = monocle_scope_enter (scope, "blocks");
  MonocleValue x = pixels;

  for (guint i = 0; i < config->n_stages; i++)
    {
      MonocleScope stage = monocle_scope_enter_index (blocks, i);

      x = embed (g, monocle_scope_enter_index (convs, i), config, i, x);
      for (guint j = 0; j < config->depths[i]; j++)
        {
          MonocleScope pair = monocle_scope_enter_index (stage, j);

          x = block (g, monocle_scope_enter (pair, "spatial_block"), config, i, TRUE, x);
          x = block (g, monocle_scope_enter (pair, "channel_block"), config, i, FALSE, x);
        }
    }
  return x;
}
