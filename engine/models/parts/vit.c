/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/vit.h"

#include "engine/nn/block/linear.h"

static const MonocleLayerNames names = {
  .norm_attention = "layernorm_before",
  .attention = "attention.attention",
  .parts = { "query", "key", "value" },
  .attention_end = "attention.output.dense",
  .norm_perceptron = "layernorm_after",
  .perceptron = "intermediate.dense",
  .perceptron_end = "output.dense",
};

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

MonocleValue
monocle_vit (MonocleGraph *graph,
             MonocleScope scope,
             const MonocleVitConfig *config,
             MonocleValue pixels)
{
  MonocleLayersConfig layers = config->layers;
  MonocleValue x = embed (graph, monocle_scope_enter (scope, "embeddings"), config, pixels);

  layers.names = &names;
  x = monocle_layers (graph, monocle_scope_enter (scope, "encoder.layer"), &layers, 1, x);
  return monocle_norm (graph, monocle_scope_enter (scope, "layernorm"), x, layers.epsilon);
}
