/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/vit.h"

#include "engine/nn/formulas.h"

MonocleVit *
monocle_vit_new (const MonocleVitConfig *config)
{
  MonocleVit *self = g_new0 (MonocleVit, 1);

  self->config = *config;
  self->layers = g_new0 (MonocleVitLayer, config->n_layers);
  return self;
}

void
monocle_vit_free (MonocleVit *self)
{
  if (!self)
    return;
  g_free (self->layers);
  g_free (self);
}

static void
declare_layer (MonocleVit *self, MonocleVitLayer *layer, MonocleWeights *weights, MonocleScope scope)
{
  const MonocleScope attention = monocle_scope_enter (scope, "attention.attention");
  const MonocleScope parts[] = { monocle_scope_enter (attention, "query"),
                                 monocle_scope_enter (attention, "key"),
                                 monocle_scope_enter (attention, "value") };
  const char *const names[] = { parts[0].path, parts[1].path, parts[2].path };
  guint c = self->config.channels, hidden = self->config.hidden;

  monocle_linear_declare_norm (&layer->norm1, weights, c,
                               monocle_scope_enter (scope, "layernorm_before").path);
  monocle_linear_declare_stacked (&layer->qkv, weights, MONOCLE_WEIGHT_PRODUCT, c, c, names,
                                  G_N_ELEMENTS (names));
  monocle_linear_declare (&layer->out, weights, MONOCLE_WEIGHT_PRODUCT, c, c,
                          monocle_scope_enter (scope, "attention.output.dense").path);
  monocle_linear_declare_norm (&layer->norm2, weights, c,
                               monocle_scope_enter (scope, "layernorm_after").path);
  monocle_linear_declare (&layer->fc1, weights, MONOCLE_WEIGHT_PRODUCT, hidden, c,
                          monocle_scope_enter (scope, "intermediate.dense").path);
  monocle_linear_declare (&layer->fc2, weights, MONOCLE_WEIGHT_PRODUCT, c, hidden,
                          monocle_scope_enter (scope, "output.dense").path);
}

void
monocle_vit_declare (MonocleVit *self, MonocleWeights *weights, MonocleScope scope)
{
  const MonocleVitConfig *config = &self->config;
  MonocleScope embeddings = monocle_scope_enter (scope, "embeddings");
  MonocleScope patches = monocle_scope_enter (embeddings, "patch_embeddings.projection");
  MonocleScope layers = monocle_scope_enter (scope, "encoder.layer");

  monocle_weights_add_vector (weights, &self->class_token, config->channels,
                              monocle_scope_enter (embeddings, "cls_token").path);
  monocle_weights_add_matrix (weights, &self->positions, MONOCLE_WEIGHT_ROWS,
                              monocle_vit_count_tokens (self), config->channels,
                              monocle_scope_enter (embeddings, "position_embeddings").path);
  monocle_weights_add_convolution (weights, &self->patches.weight, config->channels, 3,
                                   config->patch, monocle_scope_enter (patches, "weight").path);
  monocle_weights_add_vector (weights, &self->patches.bias, config->channels,
                              monocle_scope_enter (patches, "bias").path);
  for (guint i = 0; i < config->n_layers; i++)
    declare_layer (self, &self->layers[i], weights, monocle_scope_enter_index (layers, i));
  monocle_linear_declare_norm (&self->norm, weights, config->channels,
                               monocle_scope_enter (scope, "layernorm").path);
}

guint
monocle_vit_count_tokens (const MonocleVit *self)
{
  return 1 + self->config.height / self->config.patch * (self->config.width / self->config.patch);
}

static MonocleValue
norm (const MonocleVit *self, MonocleGraph *g, const MonocleLinear *by, MonocleValue x)
{
  return monocle_layer_norm (g, x, monocle_outside (g, &by->weight), monocle_outside (g, &by->bias),
                             self->config.epsilon);
}

/* @residual: 0 where there is none */
static MonocleValue
linear (MonocleGraph *g,
        const MonocleLinear *by,
        MonocleValue x,
        MonocleValue residual,
        MonocleActivation activation)
{
  return monocle_matmul (g, x, monocle_outside (g, &by->weight), monocle_outside (g, &by->bias),
                         residual, activation);
}

static MonocleValue
attend (const MonocleVit *self, MonocleGraph *g, MonocleValue qkv)
{
  guint n = monocle_vit_count_tokens (self), c = self->config.channels;
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
    .n_heads = self->config.n_heads,
    .head_width = c / self->config.n_heads,
  };

  return monocle_attention (g, qkv, qkv, qkv, 0, &geometry);
}

/* x + attention of norm (x), then + perceptron of norm (x). */
static MonocleValue
layer (const MonocleVit *self, MonocleGraph *g, const MonocleVitLayer *by, MonocleValue x)
{
  MonocleValue h = norm (self, g, &by->norm1, x);

  h = attend (self, g, linear (g, &by->qkv, h, 0, MONOCLE_ACTIVATION_NONE));
  x = linear (g, &by->out, h, x, MONOCLE_ACTIVATION_NONE);
  h = norm (self, g, &by->norm2, x);
  h = linear (g, &by->fc1, h, 0, MONOCLE_ACTIVATION_GELU);
  return linear (g, &by->fc2, h, x, MONOCLE_ACTIVATION_NONE);
}

MonocleValue
monocle_vit_see (MonocleVit *self, MonocleGraph *graph, MonocleValue pixels)
{
  guint n = monocle_vit_count_tokens (self);
  MonocleValue patches = monocle_im2col (graph, pixels, self->config.patch, self->config.patch, 0);
  MonocleValue tokens[2];
  MonocleValue x;

  tokens[0] = monocle_reshape (graph, monocle_outside (graph, &self->class_token),
                               MONOCLE_DIMS (1, self->config.channels));
  tokens[1] = linear (graph, &self->patches, patches, 0, MONOCLE_ACTIVATION_NONE);
  x = monocle_add_positions (graph, monocle_join_rows (graph, tokens, G_N_ELEMENTS (tokens)),
                             monocle_outside (graph, &self->positions), 0, 1, n);
  for (guint i = 0; i < self->config.n_layers; i++)
    {
      x = layer (self, graph, &self->layers[i], x);
      monocle_split (graph);
    }
  return norm (self, graph, &self->norm, x);
}
