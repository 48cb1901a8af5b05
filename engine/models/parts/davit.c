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

/* A layer in which places of an image meet: the images are kept apart. */
typedef struct
{
  const MonocleDavitConfig *config;
  guint index; /* of the stage */
  MonocleScope scope;
} Layer;

typedef MonocleValue (*LayerFunc) (MonocleGraph *g, const Layer *layer, MonocleValue x);

/* x [n * H, ...] of @n images */
static MonocleValue
for_each (MonocleGraph *g, LayerFunc func, const Layer *layer, guint n, MonocleValue x)
{
  const guint rows = monocle_graph_get_shape (g, x)->dims[0] / n;
  MonocleValue parts[MONOCLE_DAVIT_MAX_IMAGES];
  MonocleTensor part;

  if (n == 1)
    return func (g, layer, x);
  for (guint i = 0; i < n; i++)
    parts[i] = func (g, layer, monocle_rows (g, x, i * rows, rows));
  part = *monocle_graph_get_shape (g, parts[0]);
  if (part.n_dims < 3)
    return monocle_join_rows (g, parts, n);
  for (guint i = 0; i < n; i++)
    parts[i] = flatten (g, parts[i]);
  return monocle_reshape (g, monocle_join_rows (g, parts, n),
                          MONOCLE_DIMS (n * part.dims[0], part.dims[1], part.dims[2]));
}

static MonocleValue
convolve (MonocleGraph *g, const Layer *layer, MonocleValue x)
{
  const MonocleDavitConfig *config = layer->config;
  const guint i = layer->index;

  return monocle_convolution (g, layer->scope, x, config->dims[i], config->patch_size[i],
                              config->patch_stride[i], config->patch_padding[i]);
}

static MonocleValue
convolve_depth (MonocleGraph *g, const Layer *layer, MonocleValue x)
{
  return monocle_depthwise (g, layer->scope, x);
}

static MonocleValue
attend_in_windows (MonocleGraph *g, const Layer *layer, MonocleValue x)
{
  const MonocleDavitConfig *config = layer->config;

  return monocle_window_attention (
      g, x, monocle_param_vector (g, layer->scope, 3 * config->dims[layer->index]),
      config->heads[layer->index], config->window);
}

static MonocleValue
attend_in_channels (MonocleGraph *g, const Layer *layer, MonocleValue x)
{
  return monocle_channel_attention (g, x, layer->config->groups[layer->index]);
}

/* x [n * H, W, C_in] to the grid of stage @index [n * H', W', C]. */
static MonocleValue
embed (MonocleGraph *g,
       MonocleScope scope,
       const MonocleDavitConfig *config,
       guint index,
       guint n,
       MonocleValue x)
{
  const Layer projection = { config, index, monocle_scope_enter (scope, "proj") };
  MonocleScope norm = monocle_scope_enter (scope, "norm");
  MonocleTensor image = *monocle_graph_get_shape (g, x);

  /* The zero padding of the convolution comes after the norm: its zeros are not normalised. */
  if (config->patch_prenorm[index])
    x = unflatten (g, monocle_norm (g, norm, flatten (g, x), EPSILON), &image);
  x = for_each (g, convolve, &projection, n, x);
  if (config->patch_prenorm[index])
    return x;

  image = *monocle_graph_get_shape (g, x);
  return unflatten (g, monocle_norm (g, norm, flatten (g, x), EPSILON), &image);
}

/* A spatial or a channel block: the same layers, another attention. x [n * H, W, C]. Source: the
 * paper's figure 3, with the depthwise convolutions of its section on position encoding before
 * attention and perceptron. */
static MonocleValue
block (MonocleGraph *g,
       MonocleScope scope,
       const MonocleDavitConfig *config,
       guint index,
       gboolean is_spatial,
       guint n_images,
       MonocleValue x)
{
  const MonocleTensor image = *monocle_graph_get_shape (g, x);
  MonocleScope attention = monocle_scope_enter (scope, is_spatial ? "window_attn" : "channel_attn");
  MonocleScope ffn = monocle_scope_enter (scope, "ffn");
  const Layer before_attention = { config, index, monocle_scope_enter (scope, "conv1.fn.dw") };
  const Layer before_ffn = { config, index, monocle_scope_enter (scope, "conv2.fn.dw") };
  const Layer inner = { config, index, monocle_scope_enter (attention, "fn.qkv.bias") };
  guint dim = config->dims[index];
  MonocleValue n, qkv, y;

  x = flatten (g, for_each (g, convolve_depth, &before_attention, n_images, x));
  n = monocle_norm (g, monocle_scope_enter (attention, "norm"), x, EPSILON);
  qkv = monocle_linear (g, monocle_scope_enter (attention, "fn.qkv"), n, 3 * dim);
  if (is_spatial)
    /* Where whole windows fill an image none of them reaches into the next. */
    y = flatten (g, for_each (g, attend_in_windows, &inner,
                              image.dims[0] / n_images % config->window == 0 ? 1 : n_images,
                              unflatten (g, qkv, &image)));
  else
    y = for_each (g, attend_in_channels, &inner, n_images, qkv);
  x = monocle_linear_with (g, monocle_scope_enter (attention, "fn.proj"), y,
                           &(MonocleLinearArgs){ .n = dim, .residual = x });

  x = flatten (g, for_each (g, convolve_depth, &before_ffn, n_images, unflatten (g, x, &image)));
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
               MonocleValue pixels,
               guint n)
{
  MonocleScope convs = monocle_scope_enter (scope, "convs");
  MonocleScope blocks = monocle_scope_enter (scope, "blocks");
  MonocleValue x = pixels;

  for (guint i = 0; i < config->n_stages; i++)
    {
      MonocleScope stage = monocle_scope_enter_index (blocks, i);

      x = embed (g, monocle_scope_enter_index (convs, i), config, i, n, x);
      for (guint j = 0; j < config->depths[i]; j++)
        {
          MonocleScope pair = monocle_scope_enter_index (stage, j);

          x = block (g, monocle_scope_enter (pair, "spatial_block"), config, i, TRUE, n, x);
          x = block (g, monocle_scope_enter (pair, "channel_block"), config, i, FALSE, n, x);
        }
    }
  return x;
}
