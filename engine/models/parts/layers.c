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

/* Each window is a batch of its own, of which the last tokens may be none. */
static MonocleValue
attend_inside (MonocleGraph *g, const MonocleLayersConfig *config, guint c, MonocleValue qkv)
{
  const MonocleLayerWindows *windows = config->windows;
  const MonocleAttention geometry
      = monocle_attention_over_itself (windows->n, windows->n_each, c, config->n_heads);
  const MonocleValue zeros
      = monocle_rows (g, monocle_reshape (g, windows->zeros, MONOCLE_DIMS (3, c)), 0, 1);
  MonocleValue x;

  qkv = monocle_pick_rows (g, qkv, windows->ids, windows->zeros);
  x = monocle_attention (g, qkv, qkv, qkv, windows->lengths, &geometry);
  return monocle_pick_rows (g, x, windows->back, zeros);
}

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
  if (config->windows)
    return attend_inside (g, config, c, qkv);
  geometry.mask = config->mask;
  return monocle_attention (g, qkv, qkv, qkv, config->lengths, &geometry);
}

static MonocleValue
norm (MonocleGraph *g, MonocleScope scope, const MonocleLayersConfig *config, MonocleValue x)
{
  return config->norms_squares ? monocle_norm_rms (g, scope, x, 0, config->epsilon)
                               : monocle_norm (g, scope, x, config->epsilon);
}

static MonocleValue
think (MonocleGraph *g, MonocleScope scope, const MonocleLayersConfig *config, MonocleValue x)
{
  const MonocleLayerNames *names = config->names;
  const guint n_parts = names->gates[0] ? G_N_ELEMENTS (names->gates) : 0;
  MonocleLinearArgs args = { .n = config->hidden, .parts = names->gates, .n_parts = n_parts };

  scope = monocle_scope_enter (scope, names->perceptron);
  if (n_parts == 0)
    args.activation = config->activation;
  x = monocle_linear_with (g, scope, x, &args);
  return n_parts > 0 ? monocle_gate (g, x, 0, config->activation) : x;
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
  MonocleValue h = norm (g, monocle_scope_enter (scope, names->norm_attention), config, x);

  h = attend (g, scope, config, n_batches, h);
  x = monocle_linear_with (g, monocle_scope_enter (scope, names->attention_end), h,
                           &(MonocleLinearArgs){ .n = c, .residual = x });
  h = norm (g, monocle_scope_enter (scope, names->norm_perceptron), config, x);
  h = think (g, scope, config, h);
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
