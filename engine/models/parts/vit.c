/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/vit.h"

#include "engine/nn/block/linear.h"
#include "engine/nn/formulas.h"

guint
monocle_vit_count_tokens (const MonocleVitConfig *config)
{
  return 1 + config->height / config->patch * (config->width / config->patch);
}

/* The class token, then the patches, all with their positions. */
static MonocleValue
embed (MonocleGraph *g, MonocleScope scope, const MonocleVitConfig *config, MonocleValue pixels)
{
  guint n = monocle_vit_count_tokens (config), c = config->channels;
  MonocleValue patches
      = monocle_convolution (g, monocle_scope_enter (scope, "patch_embeddings.projection"), pixels,
                             c, config->patch, config->patch, 0);
  MonocleValue class_token = monocle_param_vector (g, monocle_scope_enter (scope, "cls_token"), c);
  const MonocleValue tokens[] = { monocle_reshape (g, class_token, MONOCLE_DIMS (1, c)),
                                  monocle_reshape (g, patches, MONOCLE_DIMS (n - 1, c)) };

  return monocle_add_positions (
      g, monocle_join_rows (g, tokens, G_N_ELEMENTS (tokens)),
      monocle_param_rows (g, monocle_scope_enter (scope, "position_embeddings"), n, c), 0, 1, n);
}

static MonocleValue
attend (MonocleGraph *g, MonocleScope scope, const MonocleVitConfig *config, MonocleValue x)
{
  static const char *const parts[] = { "query", "key", "value" };
  guint n = monocle_vit_count_tokens (config), c = config->channels;
  const MonocleAttention geometry = {
    .k_first = c,
    .v_first = 2 * c,
    .q_row_stride = 3 * c,
    .kv_row_stride = 3 * c,
    .q_batch_stride = n * 3 * c,
    .kv_batch_stride = n * 3 * c,
    .n_batches = 1,
    .n_queries = n,
    .n_keys = n,
    .n_heads = config->n_heads,
    .head_width = c / config->n_heads,
  };
  MonocleValue qkv = monocle_linear_with (
      g, scope, x, &(MonocleLinearArgs){ .n = c, .parts = parts, .n_parts = G_N_ELEMENTS (parts) });

  return monocle_attention (g, qkv, qkv, qkv, 0, &geometry);
}

/* x + attention of norm (x), then + perceptron of norm (x). */
static MonocleValue
layer (MonocleGraph *g, MonocleScope scope, const MonocleVitConfig *config, MonocleValue x)
{
  MonocleValue h
      = monocle_norm (g, monocle_scope_enter (scope, "layernorm_before"), x, config->epsilon);

  h = attend (g, monocle_scope_enter (scope, "attention.attention"), config, h);
  x = monocle_linear_with (g, monocle_scope_enter (scope, "attention.output.dense"), h,
                           &(MonocleLinearArgs){ .n = config->channels, .residual = x });
  h = monocle_norm (g, monocle_scope_enter (scope, "layernorm_after"), x, config->epsilon);
  h = monocle_linear_with (
      g, monocle_scope_enter (scope, "intermediate.dense"), h,
      &(MonocleLinearArgs){ .n = config->hidden, .activation = MONOCLE_ACTIVATION_GELU });
  x = monocle_linear_with (g, monocle_scope_enter (scope, "output.dense"), h,
                           &(MonocleLinearArgs){ .n = config->channels, .residual = x });
  monocle_split (g);
  return x;
}

MonocleValue
monocle_vit (MonocleGraph *graph,
             MonocleScope scope,
             const MonocleVitConfig *config,
             MonocleValue pixels)
{
  MonocleScope layers = monocle_scope_enter (scope, "encoder.layer");
  MonocleValue x = embed (graph, monocle_scope_enter (scope, "embeddings"), config, pixels);

  for (guint i = 0; i < config->n_layers; i++)
    x = layer (graph, monocle_scope_enter_index (layers, i), config, x);
  return monocle_norm (graph, monocle_scope_enter (scope, "layernorm"), x, config->epsilon);
}
