/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/layers.h"

#include "engine/nn/block/linear.h"

const MonocleLayerNames monocle_layer_names_clip = {
  .norm_attention = "layer_norm1",
  .attention = "self_attn",
  .parts = { "q_proj", "k_proj", "v_proj" },
  .attention_end = "self_attn.out_proj",
  .norm_perceptron = "layer_norm2",
  .perceptron = "mlp.fc1",
  .perceptron_end = "mlp.fc2",
};

static MonocleValue
attend (MonocleGraph *g,
        MonocleScope scope,
        const MonocleLayersConfig *config,
        guint n_batches,
        MonocleValue x)
{
  const MonocleTensor *shape = monocle_graph_get_shape (g, x);
  guint n = monocle_tensor_count_rows (shape) / n_batches, c = monocle_tensor_get_columns (shape);
  MonocleAttention geometry = monocle_attention_over_itself (n_batches, n, c, config->n_heads);
  const guint n_parts = config->names->parts[0] ? G_N_ELEMENTS (config->names->parts) : 0;
  const MonocleRotary turned
      = { .n_heads = 2 * config->n_heads, .head_width = c / config->n_heads };
  MonocleValue qkv = monocle_linear_with (
      g, monocle_scope_enter (scope, config->names->attention), x,
      &(MonocleLinearArgs){
          .n = n_parts > 0 ? c : 3 * c, .parts = config->names->parts, .n_parts = n_parts });

  if (config->angles)
    qkv = monocle_rotary (g, qkv, config->angles, &turned);
  geometry.mask = config->mask;
  return monocle_attention (g, qkv, qkv, qkv, config->lengths, &geometry);
}

static MonocleValue
layer (MonocleGraph *g,
       MonocleScope scope,
       const MonocleLayersConfig *config,
       guint n_batches,
       MonocleValue x)
{
  const MonocleLayerNames *names = config->names;
  guint c = monocle_tensor_get_columns (monocle_graph_get_shape (g, x));
  MonocleValue h
      = monocle_norm (g, monocle_scope_enter (scope, names->norm_attention), x, config->epsilon);

  h = attend (g, scope, config, n_batches, h);
  x = monocle_linear_with (g, monocle_scope_enter (scope, names->attention_end), h,
                           &(MonocleLinearArgs){ .n = c, .residual = x });
  h = monocle_norm (g, monocle_scope_enter (scope, names->norm_perceptron), x, config->epsilon);
  h = monocle_linear_with (
      g, monocle_scope_enter (scope, names->perceptron), h,
      &(MonocleLinearArgs){ .n = config->hidden, .activation = config->activation });
  x = monocle_linear_with (g, monocle_scope_enter (scope, names->perceptron_end), h,
                           &(MonocleLinearArgs){ .n = c, .residual = x });
  monocle_split (g);
  return x;
}

MonocleValue
monocle_layers (MonocleGraph *graph,
                MonocleScope scope,
                const MonocleLayersConfig *config,
                guint n_batches,
                MonocleValue x)
{
  for (guint i = 0; i < config->n_layers; i++)
    x = layer (graph, monocle_scope_enter_index (scope, config->first + i), config, n_batches, x);
  return x;
}

MonocleValue
monocle_pick_rows (MonocleGraph *graph, MonocleValue x, MonocleValue ids, MonocleValue zeros)
{
  return monocle_embed (graph, ids, &x, 1, zeros, 0, FALSE, 0);
}
