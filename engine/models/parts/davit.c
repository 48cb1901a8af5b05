/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/davit.h"

#include "engine/models/parts/linear.h"
#include "engine/nn/ops.h"

#define EPSILON 1e-5f

/* A perceptron's hidden rows are computed in slices, so that they fit one binding and the arena
 * stays small. Slices start on the alignment of tensors: any multiple of this many rows does. */
#define SLICE_ROWS  64
#define SLICE_BYTES ((guint64) 32 << 20)

/* A spatial or a channel block: the same tensors, another attention. */
typedef struct
{
  MonocleLinear conv1, norm1, qkv, projection, conv2, norm2, fc1, fc2;
} Block;

typedef struct
{
  MonocleLinear conv, norm;
  Block *spatial, *channel; /* [depth] each */
} Stage;

struct _MonocleDavit
{
  MonocleDavitConfig config;
  Stage stages[MONOCLE_DAVIT_MAX_STAGES];
};

MonocleDavit *
monocle_davit_new (const MonocleDavitConfig *config)
{
  MonocleDavit *self = g_new0 (MonocleDavit, 1);

  self->config = *config;
  for (guint i = 0; i < config->n_stages; i++)
    {
      self->stages[i].spatial = g_new0 (Block, config->depths[i]);
      self->stages[i].channel = g_new0 (Block, config->depths[i]);
    }

  return self;
}

void
monocle_davit_free (MonocleDavit *self)
{
  if (!self)
    return;

  for (guint i = 0; i < self->config.n_stages; i++)
    {
      g_free (self->stages[i].spatial);
      g_free (self->stages[i].channel);
    }
  g_free (self);
}

static void
declare_block (MonocleWeights *weights,
               Block *block,
               guint dim,
               guint hidden,
               MonocleScope scope,
               const char *attention)
{
  MonocleScope inside = monocle_scope_enter (scope, attention);

  monocle_linear_declare_depthwise (&block->conv1, weights, dim,
                                    monocle_scope_enter (scope, "conv1.fn.dw"));
  monocle_linear_declare_norm (&block->norm1, weights, dim, monocle_scope_enter (inside, "norm"));
  monocle_linear_declare (&block->qkv, weights, MONOCLE_WEIGHT_PRODUCT, 3 * dim, dim,
                          monocle_scope_enter (inside, "fn.qkv"));
  monocle_linear_declare (&block->projection, weights, MONOCLE_WEIGHT_PRODUCT, dim, dim,
                          monocle_scope_enter (inside, "fn.proj"));
  monocle_linear_declare_depthwise (&block->conv2, weights, dim,
                                    monocle_scope_enter (scope, "conv2.fn.dw"));
  monocle_linear_declare_norm (&block->norm2, weights, dim,
                               monocle_scope_enter (scope, "ffn.norm"));
  monocle_linear_declare (&block->fc1, weights, MONOCLE_WEIGHT_PRODUCT, hidden, dim,
                          monocle_scope_enter (scope, "ffn.fn.net.fc1"));
  monocle_linear_declare (&block->fc2, weights, MONOCLE_WEIGHT_PRODUCT, dim, hidden,
                          monocle_scope_enter (scope, "ffn.fn.net.fc2"));
}

void
monocle_davit_declare (MonocleDavit *self, MonocleWeights *weights, MonocleScope scope)
{
  const MonocleDavitConfig *config = &self->config;

  for (guint i = 0; i < config->n_stages; i++)
    {
      Stage *stage = &self->stages[i];
      guint dim = config->dims[i];
      guint channels = i == 0 ? config->in_channels : config->dims[i - 1];
      MonocleScope convolution
          = monocle_scope_enter_index (monocle_scope_enter (scope, "convs"), i);
      MonocleScope blocks = monocle_scope_enter_index (monocle_scope_enter (scope, "blocks"), i);

      monocle_weights_add_convolution (weights, &stage->conv.weight, dim, channels,
                                       config->patch_size[i],
                                       monocle_scope_enter (convolution, "proj.weight").path);
      monocle_weights_add_vector (weights, &stage->conv.bias, dim,
                                  monocle_scope_enter (convolution, "proj.bias").path);
      monocle_linear_declare_norm (&stage->norm, weights, config->patch_prenorm[i] ? channels : dim,
                                   monocle_scope_enter (convolution, "norm"));

      for (guint j = 0; j < config->depths[i]; j++)
        {
          MonocleScope both = monocle_scope_enter_index (blocks, j);

          declare_block (weights, &stage->spatial[j], dim, config->hidden[i],
                         monocle_scope_enter (both, "spatial_block"), "window_attn");
          declare_block (weights, &stage->channel[j], dim, config->hidden[i],
                         monocle_scope_enter (both, "channel_block"), "channel_attn");
        }
    }
}

/* One side of a convolution's output; 0 when there is none. */
static guint
convolve_side (guint side, guint kernel, guint stride, guint padding)
{
  return side + 2 * padding < kernel ? 0 : (side + 2 * padding - kernel) / stride + 1;
}

gboolean
monocle_davit_get_grid (MonocleDavit *self, guint height, guint width, guint *rows, guint *columns)
{
  const MonocleDavitConfig *config = &self->config;

  for (guint i = 0; i < config->n_stages; i++)
    {
      height = convolve_side (height, config->patch_size[i], config->patch_stride[i],
                              config->patch_padding[i]);
      width = convolve_side (width, config->patch_size[i], config->patch_stride[i],
                             config->patch_padding[i]);
    }
  *rows = height;
  *columns = width;

  return height > 0 && width > 0;
}

/* x [H, W, C_in] to the stage's grid y [H', W', C]. */
static void
record_embedding (MonocleDavit *self,
                  guint index,
                  MonocleCommands *commands,
                  MonocleArena *arena,
                  const MonocleTensor *x,
                  const MonocleTensor *y)
{
  const MonocleDavitConfig *config = &self->config;
  const Stage *stage = &self->stages[index];
  guint64 mark = monocle_arena_mark (arena);
  guint kernel = config->patch_size[index];
  guint rows = y->dims[0] * y->dims[1];
  MonocleTensor input = *x;
  MonocleTensor patches;
  MonocleTensor flat = monocle_tensor_reshape (y, 2, (guint[]){ rows, y->dims[2] });

  /* The zero padding of the convolution comes after the norm: its zeros are not normalised. */
  if (config->patch_prenorm[index])
    {
      MonocleTensor x_flat
          = monocle_tensor_reshape (x, 2, (guint[]){ x->dims[0] * x->dims[1], x->dims[2] });
      MonocleTensor normalised
          = monocle_arena_alloc_2d (arena, "normalised", x->format, x_flat.dims[0], x_flat.dims[1]);

      monocle_op_layer_norm (commands, &x_flat, &stage->norm.weight, &stage->norm.bias, EPSILON,
                             &normalised);
      input = monocle_tensor_reshape (&normalised, 3, x->dims);
    }

  patches = monocle_arena_alloc_2d (arena, "patches", y->format, rows,
                                    (kernel * kernel * x->dims[2] + 3) / 4 * 4);
  monocle_op_im2col (commands, &input, kernel, config->patch_stride[index],
                     config->patch_padding[index], &patches);
  monocle_op_matmul (commands, &patches, &stage->conv.weight, &stage->conv.bias, NULL,
                     MONOCLE_ACTIVATION_NONE, &flat);
  if (!config->patch_prenorm[index])
    monocle_op_layer_norm (commands, &flat, &stage->norm.weight, &stage->norm.bias, EPSILON, &flat);

  monocle_arena_release (arena, mark);
}

/* x = x + fc2 (gelu (fc1 (n))), by slices of rows. */
static void
record_perceptron (const Block *block,
                   MonocleCommands *commands,
                   MonocleArena *arena,
                   guint hidden,
                   const MonocleTensor *n,
                   const MonocleTensor *x)
{
  guint64 mark = monocle_arena_mark (arena);
  guint64 row_bytes = monocle_format_get_bytes (x->format, hidden);
  guint slice = MAX (SLICE_BYTES / row_bytes / SLICE_ROWS, 1) * SLICE_ROWS;
  guint rows = x->dims[0];
  MonocleTensor all
      = monocle_arena_alloc_2d (arena, "perceptron", x->format, MIN (slice, rows), hidden);

  for (guint first = 0; first < rows; first += slice)
    {
      guint count = MIN (slice, rows - first);
      MonocleTensor h = monocle_tensor_get_rows (&all, 0, count);
      MonocleTensor n_rows = monocle_tensor_get_rows (n, first, count);
      MonocleTensor x_rows = monocle_tensor_get_rows (x, first, count);

      monocle_op_matmul (commands, &n_rows, &block->fc1.weight, &block->fc1.bias, NULL,
                         MONOCLE_ACTIVATION_GELU, &h);
      monocle_op_matmul (commands, &h, &block->fc2.weight, &block->fc2.bias, &x_rows,
                         MONOCLE_ACTIVATION_NONE, &x_rows);
    }

  monocle_arena_release (arena, mark);
}

/* x [H, W, C] in place; y and n are scratch of the same size. Source: the paper's figure 3, with
 * the depthwise convolutions of its section on position encoding before attention and perceptron.
 */
static void
record_block (MonocleDavit *self,
              guint index,
              const Block *block,
              gboolean is_spatial,
              MonocleCommands *commands,
              MonocleArena *arena,
              MonocleVkGpu *gpu,
              const MonocleTensor *x,
              const MonocleTensor *y,
              const MonocleTensor *n)
{
  const MonocleDavitConfig *config = &self->config;
  guint tokens = x->dims[0] * x->dims[1], dim = x->dims[2];
  const guint flat_dims[] = { tokens, dim };
  MonocleTensor x_flat = monocle_tensor_reshape (x, 2, flat_dims);
  MonocleTensor y_flat = monocle_tensor_reshape (y, 2, flat_dims);
  MonocleTensor n_flat = monocle_tensor_reshape (n, 2, flat_dims);
  guint64 mark = monocle_arena_mark (arena);
  MonocleTensor qkv = monocle_arena_alloc_2d (arena, "qkv", x->format, tokens, 3 * dim);

  monocle_op_depthwise_conv (commands, x, &block->conv1.weight, &block->conv1.bias, y);
  monocle_op_layer_norm (commands, &y_flat, &block->norm1.weight, &block->norm1.bias, EPSILON,
                         &n_flat);
  monocle_op_matmul (commands, &n_flat, &block->qkv.weight, &block->qkv.bias, NULL,
                     MONOCLE_ACTIVATION_NONE, &qkv);
  if (is_spatial)
    {
      MonocleTensor grid
          = monocle_tensor_reshape (&qkv, 3, (guint[]){ x->dims[0], x->dims[1], 3 * dim });

      monocle_op_window_attention (commands, &grid, &block->qkv.bias, config->heads[index],
                                   config->window, n);
    }
  else
    {
      guint groups = config->groups[index];
      MonocleTensor scores = monocle_arena_alloc_1d (
          arena, "channel scores", MONOCLE_FORMAT_F32,
          monocle_op_channel_attention_scratch (gpu, tokens, dim, groups));

      monocle_op_channel_attention (commands, &qkv, groups, &scores, &n_flat);
    }
  monocle_op_matmul (commands, &n_flat, &block->projection.weight, &block->projection.bias, &y_flat,
                     MONOCLE_ACTIVATION_NONE, &y_flat);
  monocle_arena_release (arena, mark);

  monocle_op_depthwise_conv (commands, y, &block->conv2.weight, &block->conv2.bias, x);
  monocle_op_layer_norm (commands, &x_flat, &block->norm2.weight, &block->norm2.bias, EPSILON,
                         &n_flat);
  record_perceptron (block, commands, arena, config->hidden[index], &n_flat, &x_flat);

  monocle_commands_split (commands);
}

MonocleTensor
monocle_davit_record (MonocleDavit *self,
                      MonocleCommands *commands,
                      MonocleArena *arena,
                      MonocleVkGpu *gpu,
                      const MonocleTensor *pixels)
{
  const MonocleDavitConfig *config = &self->config;
  MonocleTensor x = *pixels;

  for (guint i = 0; i < config->n_stages; i++)
    {
      guint height = convolve_side (x.dims[0], config->patch_size[i], config->patch_stride[i],
                                    config->patch_padding[i]);
      guint width = convolve_side (x.dims[1], config->patch_size[i], config->patch_stride[i],
                                   config->patch_padding[i]);
      MonocleTensor grid
          = monocle_arena_alloc_3d (arena, "grid", x.format, height, width, config->dims[i]);
      guint64 mark = monocle_arena_mark (arena);
      MonocleTensor y, n;

      record_embedding (self, i, commands, arena, &x, &grid);
      x = grid;
      y = monocle_arena_alloc_3d (arena, "block", x.format, height, width, config->dims[i]);
      n = monocle_arena_alloc_3d (arena, "normalised", x.format, height, width, config->dims[i]);
      for (guint j = 0; j < config->depths[i]; j++)
        {
          record_block (self, i, &self->stages[i].spatial[j], TRUE, commands, arena, gpu, &x, &y,
                        &n);
          record_block (self, i, &self->stages[i].channel[j], FALSE, commands, arena, gpu, &x, &y,
                        &n);
        }
      /* What a stage works in is given back before the next one. */
      monocle_arena_release (arena, mark);
    }

  return x;
}
