/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/bart-encoder.h"

#include "engine/nn/block/linear.h"

/* [B * S, D] = norm (image vectors, then embedded tokens, both with positions). */
static MonocleValue
begin (MonocleGraph *g,
       const MonocleBart *self,
       MonocleScope scope,
       MonocleValue image,
       MonocleValue ids,
       guint n_rows)
{
  const MonocleTensor *shape = monocle_graph_get_shape (g, ids);
  guint n_prompts = shape->dims[0], stride = shape->dims[1];
  guint n_image = monocle_graph_get_shape (g, image)->dims[0];
  MonocleValue all_ids, x;

  all_ids = monocle_reshape (g, ids, MONOCLE_DIMS (n_prompts * stride));
  x = monocle_add_positions (g, image, monocle_bart_positions (g, self, scope),
                             MONOCLE_BART_POSITION_OFFSET, n_prompts, n_rows);
  for (guint i = 0; i < n_prompts; i++)
    {
      MonocleValue these = monocle_rows (g, all_ids, i * stride, n_rows - n_image);
      MonocleValue text = monocle_bart_embed (g, self, MONOCLE_BART_FEEDS_ENCODER, scope, these,
                                              n_image, TRUE, 0);

      x = monocle_put_rows (g, x, text, i * n_rows + n_image);
    }
  return monocle_norm (g, monocle_scope_enter (scope, "layernorm_embedding"), x,
                       MONOCLE_BART_EPSILON);
}

static MonocleValue
encode_layer (MonocleGraph *g,
              const MonocleBartConfig *config,
              MonocleScope scope,
              const MonocleAttention *geometry,
              MonocleValue lengths,
              MonocleValue x)
{
  MonocleScope attention = monocle_scope_enter (scope, "self_attn");
  MonocleValue qkv = monocle_bart_attend (g, attention, x);
  MonocleValue h = monocle_attention (g, qkv, qkv, qkv, lengths, geometry);

  x = monocle_bart_end_sublayer (g, monocle_scope_enter (attention, "out_proj"),
                                 monocle_scope_enter (scope, "self_attn_layer_norm"), h, x);
  x = monocle_bart_perceptron (g, scope, x, config->encoder_hidden);
  monocle_split (g);

  return x;
}

MonocleValue
monocle_bart_encode (MonocleGraph *g,
                     const MonocleBart *self,
                     MonocleValue image,
                     MonocleValue ids,
                     MonocleValue lengths,
                     guint n_rows)
{
  const MonocleBartConfig *config = &self->config;
  MonocleScope scope = monocle_scope_enter (self->scope, "model.encoder");
  MonocleScope layers = monocle_scope_enter (scope, "layers");
  const MonocleAttention geometry = monocle_attention_over_itself (
      monocle_graph_get_shape (g, ids)->dims[0], n_rows, config->d_model, config->encoder_heads);
  MonocleValue x = begin (g, self, scope, image, ids, n_rows);

  monocle_name (g, x, MONOCLE_BART_ENCODER_INPUT);
  for (guint i = 0; i < config->encoder_layers; i++)
    x = encode_layer (g, config, monocle_scope_enter_index (layers, i), &geometry, lengths, x);
  return x;
}
