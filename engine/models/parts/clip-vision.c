/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/clip-vision.h"

#include "engine/nn/block/linear.h"

static guint
count_patches (const MonocleClipVisionConfig *config)
{
  return config->rows * config->columns;
}

/* [n * patches, C] */
static MonocleValue
embed_patches (MonocleGraph *g,
               MonocleScope scope,
               const MonocleClipVisionConfig *config,
               guint n,
               MonocleValue pixels)
{
  guint c = config->channels;
  MonocleScope patches = monocle_scope_enter (scope, "patch_embedding");
  /* Flexible ones store the same weights as a plain matrix over (y, x, channel). */
  MonocleValue x
      = config->is_flexible
            ? monocle_linear (g, patches,
                              monocle_im2col (g, pixels, config->patch, config->patch, 0), c)
            : monocle_patches (g, patches, pixels, c, config->patch, config->pools);

  return monocle_reshape (g, x, MONOCLE_DIMS (n, count_patches (config), c));
}

/* Patches with their positions, and the class token of each picture behind them: what comes first
 * does not matter to attention without a mask. */
static MonocleValue
embed_with_class (MonocleGraph *g,
                  MonocleScope scope,
                  const MonocleClipVisionConfig *config,
                  guint n,
                  MonocleValue patches)
{
  guint n_patches = count_patches (config), c = config->channels;
  MonocleValue positions = monocle_param_rows (
      g, monocle_scope_enter (scope, "position_embedding.weight"), 1 + n_patches, c);
  MonocleValue token = monocle_param_vector (g, monocle_scope_enter (scope, "class_embedding"), c);
  MonocleValue x = monocle_add_positions (g, patches, positions, 1, n, n_patches + 1);

  token = monocle_add_positions (g, monocle_reshape (g, token, MONOCLE_DIMS (1, c)), positions, 0,
                                 1, 1);
  for (guint i = 0; i < n; i++)
    x = monocle_put_rows (g, x, token, i * (n_patches + 1) + n_patches);
  return x;
}

static MonocleValue
embed_without_class (MonocleGraph *g,
                     MonocleScope scope,
                     const MonocleClipVisionConfig *config,
                     guint n,
                     MonocleValue patches)
{
  guint n_patches = count_patches (config), c = config->channels;
  MonocleValue positions
      = config->is_flexible
            ? monocle_input (g, "positions", MONOCLE_FORMAT_F32, MONOCLE_DIMS (n_patches, c))
            : monocle_param_rows (g, monocle_scope_enter (scope, "position_embedding.weight"),
                                  n_patches, c);

  return monocle_add_positions (g, patches, positions, 0, n, n_patches);
}

/* One learned query over all tokens of each picture. */
static MonocleValue
pool (MonocleGraph *g,
      MonocleScope scope,
      const MonocleClipVisionConfig *config,
      guint n,
      MonocleValue x)
{
  guint c = config->channels, n_patches = count_patches (config);
  const MonocleAttention geometry = {
    .k_first = c,
    .v_first = 2 * c,
    .q_row_stride = 3 * c,
    .kv_row_stride = 3 * c,
    .kv_batch_stride = n_patches * 3 * c,
    .n_batches = n,
    .n_queries = 1,
    .n_keys = n_patches,
    .n_heads = config->layers.n_heads,
    .head_width = c / config->layers.n_heads,
  };
  MonocleScope attention = monocle_scope_enter (scope, "attention");
  MonocleValue w = monocle_param_matrix (g, monocle_scope_enter (attention, "in_proj_weight"),
                                         MONOCLE_PARAM_MATRIX, 3 * c, c);
  MonocleValue b = monocle_param_vector (g, monocle_scope_enter (attention, "in_proj_bias"), 3 * c);
  MonocleValue probe = monocle_param_vector (g, monocle_scope_enter (scope, "probe"), c);
  MonocleValue q = monocle_matmul (g, monocle_reshape (g, probe, MONOCLE_DIMS (1, c)), w, b, 0,
                                   MONOCLE_ACTIVATION_NONE);
  MonocleValue kv = monocle_matmul (g, x, w, b, 0, MONOCLE_ACTIVATION_NONE);
  MonocleValue y = monocle_attention (g, q, kv, kv, 0, &geometry);
  MonocleValue h;

  y = monocle_linear (g, monocle_scope_enter (attention, "out_proj"), y, c);
  h = monocle_norm (g, monocle_scope_enter (scope, "layernorm"), y, config->layers.epsilon);
  h = monocle_linear_with (
      g, monocle_scope_enter (scope, "mlp.fc1"), h,
      &(MonocleLinearArgs){ .n = config->layers.hidden, .activation = config->layers.activation });
  return monocle_linear_with (g, monocle_scope_enter (scope, "mlp.fc2"), h,
                              &(MonocleLinearArgs){ .n = c, .residual = y });
}

static MonocleValue
read_pixels (MonocleGraph *g, MonocleScope scope, const MonocleClipVisionConfig *config, guint n)
{
  MonocleValue pixels = monocle_input (
      g, "pixels", MONOCLE_FORMAT_F32,
      MONOCLE_DIMS (n * config->rows * config->patch, config->columns * config->patch, 3));

  return embed_patches (g, monocle_scope_enter (scope, "embeddings"), config, n, pixels);
}

MonocleValue
monocle_clip_vision_tokens (MonocleGraph *graph,
                            MonocleScope scope,
                            const MonocleClipVisionConfig *config,
                            guint n)
{
  /* CLIP's name is spelt so. */
  const char *first_norm = config->first_norm ? config->first_norm : "pre_layrnorm";
  MonocleValue x = read_pixels (graph, scope, config, n);

  x = embed_with_class (graph, monocle_scope_enter (scope, "embeddings"), config, n, x);
  x = monocle_norm (graph, monocle_scope_enter (scope, first_norm), x, config->layers.epsilon);
  return monocle_layers (graph, monocle_scope_enter (scope, "encoder.layers"), &config->layers, n,
                         x);
}

MonocleValue
monocle_clip_vision_patches (MonocleGraph *graph,
                             MonocleScope scope,
                             const MonocleClipVisionConfig *config,
                             guint n)
{
  MonocleValue x = read_pixels (graph, scope, config, n);

  x = embed_without_class (graph, monocle_scope_enter (scope, "embeddings"), config, n, x);
  x = monocle_layers (graph, monocle_scope_enter (scope, "encoder.layers"), &config->layers, n, x);
  return monocle_norm (graph, monocle_scope_enter (scope, "post_layernorm"), x,
                       config->layers.epsilon);
}

MonocleValue
monocle_clip_vision (MonocleGraph *graph,
                     MonocleScope scope,
                     const MonocleClipVisionConfig *config,
                     guint n)
{
  MonocleScope last = monocle_scope_enter (scope, "post_layernorm");
  MonocleValue x, picks, zeros;

  if (config->pools)
    return pool (graph, monocle_scope_enter (scope, "head"), config, n,
                 monocle_clip_vision_patches (graph, scope, config, n));

  picks = monocle_input (graph, "picks", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n));
  zeros = monocle_input (graph, "zeros", MONOCLE_FORMAT_F32, MONOCLE_DIMS (1, config->channels));
  x = monocle_clip_vision_tokens (graph, scope, config, n);
  x = monocle_pick_rows (graph, x, picks, zeros);
  return monocle_norm (graph, last, x, config->layers.epsilon);
}

void
monocle_clip_vision_fill_picks (const MonocleClipVisionConfig *config, guint n, guint32 *picks)
{
  guint n_patches = count_patches (config);

  for (guint i = 0; i < n; i++)
    picks[i] = i * (n_patches + 1) + n_patches;
}
