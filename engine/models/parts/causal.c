/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/causal.h"

#include "engine/nn/block/linear.h"

guint
monocle_causal_get_key_width (const MonocleCausalConfig *config)
{
  return config->n_kv_heads * config->head_width;
}

gboolean
monocle_causal_has_axes (const MonocleCausalConfig *config)
{
  return config->axes.n_second > 0;
}

static MonocleValue
embed (MonocleGraph *g, const MonocleCausal *self, const MonocleCausalStep *step)
{
  guint n;
  g_autofree MonocleValue *words
      = monocle_param_table (g, monocle_scope_enter (self->scope, "embed_tokens.weight"),
                             self->config.n_words, self->config.channels, &n);
  g_autofree MonocleValue *pieces = g_new (MonocleValue, n + 1);
  const float scale = self->config.word_scale > 0 ? self->config.word_scale : 1;
  MonocleValue x;

  for (guint i = 0; i < n; i++)
    pieces[i] = words[i];
  pieces[n] = step->seen;
  x = monocle_embed_scaled (g, step->ids, pieces, step->seen ? n + 1 : n, n, scale);
  if (!step->beside)
    return x;
  return monocle_add_positions (g, monocle_embed_scaled (g, step->beside, words, n, n, scale), x, 0,
                                1, monocle_tensor_count_rows (monocle_graph_get_shape (g, x)));
}

static MonocleValue
norm (MonocleGraph *g, const MonocleCausal *self, MonocleScope scope, MonocleValue x)
{
  return monocle_norm_rms (g, scope, x, self->config.norm_offset, self->config.epsilon);
}

/* x + what a half of a layer ends with; its norm, if there is one, is of that name. */
static MonocleValue
add (MonocleGraph *g,
     const MonocleCausal *self,
     MonocleScope end,
     MonocleScope last_norm,
     MonocleValue h,
     MonocleValue x)
{
  const guint n = self->config.channels;

  if (!self->config.norms_twice)
    return monocle_linear_with (g, end, h,
                                &(MonocleLinearArgs){ .n = n, .residual = x, .no_bias = TRUE });
  h = monocle_linear_with (g, end, h, &(MonocleLinearArgs){ .n = n, .no_bias = TRUE });
  h = norm (g, self, last_norm, h);
  return monocle_add_positions (g, h, x, 0, 1,
                                monocle_tensor_count_rows (monocle_graph_get_shape (g, x)));
}

/* x + attention over the past */
static MonocleValue
attend (MonocleGraph *g,
        const MonocleCausal *self,
        const MonocleCausalStep *step,
        MonocleValue angles,
        guint index,
        MonocleScope layer,
        MonocleValue x)
{
  static const char *const parts[] = { "q_proj", "k_proj", "v_proj" };
  const MonocleCausalConfig *config = &self->config;
  MonocleScope scope = monocle_scope_enter (layer, "self_attn");
  const MonocleLinearArgs args = {
    .n = config->n_heads * config->head_width,
    .n_others = monocle_causal_get_key_width (config),
    .parts = parts,
    .n_parts = G_N_ELEMENTS (parts),
    .no_bias = !config->has_biases,
  };
  const MonocleRotary turned = { .n_heads = config->n_heads + config->n_kv_heads,
                                 .head_width = config->head_width,
                                 .neighbours = config->turns_neighbours };
  const MonocleCachedAttention geometry = { .n_tokens = step->n_tokens,
                                            .n_heads = config->n_heads,
                                            .n_kv_heads = config->n_kv_heads,
                                            .scale = config->query_scale,
                                            .cap = config->score_cap,
                                            .n_together = step->n_together,
                                            .window = index % 2 == 0 ? config->window : 0 };
  MonocleValue h = norm (g, self, monocle_scope_enter (layer, "input_layernorm"), x);

  h = monocle_linear_with (g, scope, h, &args);
  if (config->norms_heads)
    h = monocle_norm_rms_heads (
        g, scope, (const char *const[]){ "q_norm", "k_norm" }, h,
        &(MonocleHeads){ config->head_width, config->n_heads, config->n_kv_heads },
        config->norm_offset, config->epsilon);
  h = monocle_rotary (g, h, angles, &turned);
  h = monocle_cached_attention (g, h, monocle_outside (g, &step->keys[index]),
                                monocle_outside (g, &step->values[index]), step->ancestors,
                                step->place, &geometry);
  return add (g, self, monocle_scope_enter (scope, "o_proj"),
              monocle_scope_enter (layer, "post_attention_layernorm"), h, x);
}

/* x + gated perceptron */
static MonocleValue
think (MonocleGraph *g, const MonocleCausal *self, MonocleScope layer, MonocleValue x)
{
  static const char *const parts[] = { "gate_proj", "up_proj" };
  MonocleScope scope = monocle_scope_enter (layer, "mlp");
  const MonocleLinearArgs args = {
    .n = self->config.hidden, .parts = parts, .n_parts = G_N_ELEMENTS (parts), .no_bias = TRUE
  };
  /* Where there are two, that is what the norm before the sum is called. */
  const char *first
      = self->config.norms_twice ? "pre_feedforward_layernorm" : "post_attention_layernorm";
  MonocleValue h = norm (g, self, monocle_scope_enter (layer, first), x);

  h = monocle_gate (g, monocle_linear_with (g, scope, h, &args), 0, self->config.activation);
  return add (g, self, monocle_scope_enter (scope, "down_proj"),
              monocle_scope_enter (layer, "post_feedforward_layernorm"), h, x);
}

/* x + what a layer has of pictures */
static MonocleValue
add_deep (MonocleGraph *g, const MonocleCausalStep *step, guint index, MonocleValue x)
{
  const MonocleValue pieces[] = { step->no_row, step->deep[index] };
  MonocleValue rows = monocle_embed (g, step->deep_ids, pieces, 2, 0, 0, FALSE, 0);

  return monocle_add_positions (g, rows, x, 0, 1,
                                monocle_tensor_count_rows (monocle_graph_get_shape (g, x)));
}

MonocleValue
monocle_causal_input_positions (MonocleGraph *graph, const MonocleCausalConfig *config, guint n)
{
  return monocle_input (graph, "positions", MONOCLE_FORMAT_U32,
                        monocle_causal_has_axes (config) ? MONOCLE_DIMS (n, MONOCLE_ROTARY_AXES)
                                                         : MONOCLE_DIMS (n));
}

static MonocleValue
find_angles (MonocleGraph *g, const MonocleCausalConfig *config, MonocleValue positions)
{
  return monocle_causal_has_axes (config)
             ? monocle_rotary_angles_of_axes (g, positions, config->head_width, config->rotary_base,
                                              &config->axes)
             : monocle_rotary_angles (g, positions, config->head_width, config->rotary_base);
}

/* So that it can be compared. */
static void
name_layer (MonocleGraph *g, guint index, MonocleValue x)
{
  g_autofree char *name = g_strdup_printf ("layer%u", index);

  monocle_name (g, x, name);
}

MonocleValue
monocle_causal_states (MonocleGraph *graph,
                       const MonocleCausal *self,
                       const MonocleCausalStep *step)
{
  const MonocleCausalConfig *config = &self->config;
  MonocleScope layers = monocle_scope_enter (self->scope, "layers");
  MonocleValue x = embed (graph, self, step);
  MonocleValue angles = find_angles (graph, config, step->positions);

  for (guint i = 0; i < config->n_layers; i++)
    {
      MonocleScope layer = monocle_scope_enter_index (layers, i);

      x = attend (graph, self, step, angles, i, layer, x);
      x = think (graph, self, layer, x);
      if (step->deep && i < config->n_deep)
        x = add_deep (graph, step, i, x);
      name_layer (graph, i, x);
      if (step->n_tokens > 1)
        monocle_split (graph);
    }
  return norm (graph, self, monocle_scope_enter (self->scope, "norm"), x);
}

MonocleValue
monocle_causal_logits (MonocleGraph *graph, const MonocleCausal *self, MonocleValue states)
{
  guint n;
  g_autofree MonocleValue *pieces
      = monocle_param_table (graph, self->head, self->config.n_words, self->config.channels, &n);

  MonocleValue logits = monocle_matmul_pieces (graph, states, pieces, n);

  return self->config.logit_cap > 0 ? monocle_soft_cap (graph, logits, self->config.logit_cap)
                                    : logits;
}

/* One token, for which the cache has one place. */
static gboolean
write_once (const MonocleCausal *self, MonocleParams *params, GError **error)
{
  g_autoptr (MonocleGraph) g = monocle_graph_new ("decoder", MONOCLE_FORMAT_F32);
  guint n = self->config.n_layers;
  g_autofree MonocleTensor *keys = g_new0 (MonocleTensor, n);
  g_autofree MonocleTensor *values = g_new0 (MonocleTensor, n);
  const MonocleCausalStep step = {
    .n_tokens = 1,
    .ids = monocle_input (g, "ids", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1)),
    .beside = self->config.has_pairs
                  ? monocle_input (g, "beside", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1))
                  : 0,
    .positions = monocle_causal_input_positions (g, &self->config, 1),
    .place = monocle_input (g, "place", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1)),
    .ancestors = monocle_input (g, "ancestors", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1, 1)),
    .keys = keys,
    .values = values,
  };

  for (guint i = 0; i < n; i++)
    keys[i] = values[i]
        = (MonocleTensor){ .n_dims = 3,
                           .dims = { 1, 1, monocle_causal_get_key_width (&self->config) } };
  monocle_graph_set_params (g, params, MONOCLE_PARAM_FOR_FEW_ROWS);
  monocle_causal_logits (g, self, monocle_causal_states (g, self, &step));
  return monocle_graph_check (g, error);
}

gboolean
monocle_causal_declare (MonocleCausal *self,
                        const MonocleCausalConfig *config,
                        MonocleWeights *weights,
                        MonocleScope scope,
                        MonocleScope head,
                        GError **error)
{
  MonocleScope own = monocle_scope_enter (head, "weight");
  gboolean is_right;

  self->config = *config;
  self->scope = scope;
  self->head = monocle_weights_find (weights, own.path)
                   ? own
                   : monocle_scope_enter (scope, "embed_tokens.weight");
  monocle_weights_declare_words (weights, TRUE);
  is_right = write_once (self, monocle_weights_get_params (weights), error);
  monocle_weights_declare_words (weights, FALSE);
  return is_right;
}
