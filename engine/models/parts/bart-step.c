/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/bart-step.h"

#include "engine/nn/block/linear.h"

static MonocleValue
attend_past (MonocleGraph *g,
             const MonocleBart *self,
             const MonocleCrossStep *step,
             guint index,
             MonocleScope layer,
             MonocleValue x)
{
  MonocleScope scope = monocle_scope_enter (layer, "self_attn");
  MonocleValue qkv = monocle_bart_attend (g, scope, x);
  const MonocleCachedAttention geometry = { .n_tokens = 1, .n_heads = self->config.decoder_heads };
  MonocleValue h = monocle_cached_attention (g, qkv, monocle_outside (g, &step->keys[index]),
                                             monocle_outside (g, &step->values[index]),
                                             step->ancestors, step->place, &geometry);

  return monocle_bart_end_sublayer (g, monocle_scope_enter (scope, "out_proj"),
                                    monocle_scope_enter (layer, "self_attn_layer_norm"), h, x);
}

static MonocleValue
attend_states (MonocleGraph *g,
               const MonocleBart *self,
               const MonocleCrossStep *step,
               guint index,
               MonocleScope layer,
               MonocleValue x)
{
  MonocleScope scope = monocle_scope_enter (layer, "encoder_attn");
  MonocleValue states = monocle_outside (g, &step->states[index]);
  const MonocleAttention geometry
      = monocle_cross_step_attend_states (g, step, index, self->config.decoder_heads);
  MonocleValue q
      = monocle_linear (g, monocle_scope_enter (scope, "q_proj"), x, self->config.d_model);
  MonocleValue h = monocle_attention (g, q, states, states, step->lengths, &geometry);

  return monocle_bart_end_sublayer (g, monocle_scope_enter (scope, "out_proj"),
                                    monocle_scope_enter (layer, "encoder_attn_layer_norm"), h, x);
}

MonocleValue
monocle_bart_step (MonocleGraph *graph, const MonocleBart *self, const MonocleCrossStep *step)
{
  MonocleScope scope = monocle_scope_enter (self->scope, "model.decoder");
  MonocleScope layers = monocle_scope_enter (scope, "layers");
  MonocleValue x = monocle_bart_embed (graph, self, MONOCLE_BART_FEEDS_DECODER, scope, step->ids, 0,
                                       FALSE, step->place);

  x = monocle_norm (graph, monocle_scope_enter (scope, "layernorm_embedding"), x,
                    MONOCLE_BART_EPSILON);
  for (guint i = 0; i < self->config.decoder_layers; i++)
    {
      MonocleScope layer = monocle_scope_enter_index (layers, i);

      x = attend_past (graph, self, step, i, layer, x);
      x = attend_states (graph, self, step, i, layer, x);
      x = monocle_bart_perceptron (graph, layer, x, self->config.decoder_hidden);
    }
  return x;
}

MonocleValue
monocle_bart_logits (MonocleGraph *graph, const MonocleBart *self, MonocleValue x)
{
  guint n_pieces;
  g_autofree MonocleValue *pieces
      = monocle_bart_get_table (graph, self, MONOCLE_BART_HEAD, &n_pieces);

  return monocle_matmul_pieces (graph, x, pieces, n_pieces);
}

MonocleValue
monocle_bart_logits_bias (MonocleGraph *graph, const MonocleBart *self)
{
  MonocleScope scope = monocle_scope_enter (self->scope, "final_logits_bias");

  return self->has_logits_bias ? monocle_param_row (graph, scope, self->config.vocab_size) : 0;
}

static MonocleValue
write_step (MonocleGraph *graph, gconstpointer model, const MonocleCrossStep *step)
{
  return monocle_bart_step (graph, model, step);
}

static MonocleValue
write_logits (MonocleGraph *graph, gconstpointer model, MonocleValue x)
{
  return monocle_bart_logits (graph, model, x);
}

static MonocleValue
write_logits_bias (MonocleGraph *graph, gconstpointer model)
{
  return monocle_bart_logits_bias (graph, model);
}

static MonocleValue
write_state_keys (MonocleGraph *graph, gconstpointer model, guint layer, MonocleValue states)
{
  return monocle_bart_state_keys (graph, model, layer, states);
}

MonocleCrossModel
monocle_bart_get_cross_model (const MonocleBart *self)
{
  return (MonocleCrossModel){
    .self = self,
    .step = write_step,
    .logits = write_logits,
    .logits_bias = write_logits_bias,
    .state_keys = write_state_keys,
    .n_layers = self->config.decoder_layers,
    .width = self->config.d_model,
    .n_words = self->config.vocab_size,
    .n_positions = self->config.n_positions,
  };
}
