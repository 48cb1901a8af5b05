/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A token of each answer at a time.
 */
#include "config.h"

#include "engine/models/ofa/formulas.h"
#include "engine/nn/block/linear.h"

static MonocleScope
get_scope (void)
{
  return monocle_scope_enter (MONOCLE_SCOPE_ROOT, "decoder");
}

void
monocle_ofa_place (MonocleGraph *graph,
                   const MonocleOfaConfig *config,
                   MonocleOfaKind kind,
                   MonocleValue ids,
                   const MonocleOfaPlaces *places)
{
  MonocleScope scope = get_scope ();
  MonocleValue where = monocle_ofa_embed_places (graph, config, scope, kind, ids);
  const struct
  {
    const char *name;
    const MonocleTensor *tensor;
  } parts[] = {
    { "self_pos_q_linear", &places->queries },
    { "self_pos_k_linear", &places->keys },
    { "cross_pos_q_linear", &places->cross_queries },
  };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    monocle_keep_in (
        graph,
        monocle_linear (graph, monocle_scope_enter (scope, parts[i].name), where, config->d_model),
        parts[i].tensor);
}

/* What is known of places, beside the products of queries and keys: F32 [H, rows, P] of those of
 * the answer, [H, beams, states] of those that were encoded. */
typedef struct
{
  MonocleValue own, cross;
} Scores;

static Scores
score_places (MonocleGraph *g, const MonocleOfaWriter *writer, const MonocleCrossStep *step)
{
  const MonocleOfaConfig *config = writer->config;
  const guint n_heads = config->decoder_heads;
  const float scale = monocle_ofa_get_scale (config->d_model, n_heads);
  const guint n_rows = monocle_graph_get_shape (g, step->ids)->dims[0];
  const guint n_prompts = monocle_graph_get_shape (g, step->lengths)->dims[0];
  MonocleValue keys = monocle_outside (g, &writer->places->keys);
  /* All rows are at one place. */
  MonocleValue cross
      = monocle_rows (g, monocle_cross_step_find_place (g, step, &writer->places->cross_queries), 0,
                      n_rows / n_prompts);

  return (Scores){
    .own
    = monocle_head_scores (g, monocle_cross_step_find_place (g, step, &writer->places->queries),
                           monocle_rows (g, keys, 0, step->keys[0].dims[1]), n_heads, scale),
    .cross = monocle_head_scores (g, cross, monocle_outside (g, step->places), n_heads, scale),
  };
}

static MonocleValue
attend_past (MonocleGraph *g,
             const MonocleOfaWriter *writer,
             const MonocleCrossStep *step,
             guint index,
             MonocleScope layer,
             MonocleValue scores,
             MonocleValue x)
{
  static const char *const parts[] = { "q_proj", "k_proj", "v_proj" };
  const MonocleOfaConfig *config = writer->config;
  const guint n_heads = config->decoder_heads;
  const MonocleCachedAttention geometry = {
    .n_tokens = 1,
    .n_heads = n_heads,
    .scale = monocle_ofa_get_scale (config->d_model, n_heads),
  };
  MonocleValue bias = monocle_relative_bias (
      g, scores, monocle_ofa_get_distances (g, config, get_scope (), writer->kind, index, n_heads),
      FALSE, monocle_outside (g, &writer->places->index), step->place);
  MonocleValue h = monocle_norm (g, monocle_scope_enter (layer, "self_attn_layer_norm"), x,
                                 MONOCLE_OFA_EPSILON);

  h = monocle_linear_with (g, monocle_scope_enter (layer, "self_attn"), h,
                           &(MonocleLinearArgs){ .n = config->d_model,
                                                 .parts = parts,
                                                 .n_parts = G_N_ELEMENTS (parts) });
  h = monocle_cached_attention_with_bias (g, h, monocle_outside (g, &step->keys[index]),
                                          monocle_outside (g, &step->values[index]),
                                          step->ancestors, step->place, bias, &geometry);
  return monocle_ofa_end_attention (g, layer, "self_attn", h, x);
}

static MonocleValue
attend_states (MonocleGraph *g,
               const MonocleOfaConfig *config,
               const MonocleCrossStep *step,
               guint index,
               MonocleScope layer,
               MonocleValue scores,
               MonocleValue x)
{
  MonocleValue states = monocle_outside (g, &step->states[index]);
  const guint d = config->d_model;
  MonocleAttention geometry
      = monocle_cross_step_attend_states (g, step, index, config->decoder_heads);
  MonocleValue h = monocle_norm (g, monocle_scope_enter (layer, "cross_attn_layer_norm"), x,
                                 MONOCLE_OFA_EPSILON);

  geometry.scale = monocle_ofa_get_scale (d, config->decoder_heads);
  h = monocle_linear (g, monocle_scope_enter (layer, "cross_attn.q_proj"), h, d);
  h = monocle_attention_with_bias (g, h, states, states, step->lengths, scores, &geometry);
  return monocle_ofa_end_attention (g, layer, "cross_attn", h, x);
}

static void
name_layer (MonocleGraph *g, MonocleValue x, guint layer)
{
  g_autofree char *name = g_strdup_printf ("decoder_layer%u", layer);

  monocle_name (g, x, name);
}

static MonocleValue
write_step (MonocleGraph *graph, gconstpointer self, const MonocleCrossStep *step)
{
  const MonocleOfaWriter *writer = self;
  const MonocleOfaConfig *config = writer->config;
  MonocleScope scope = get_scope (), layers = monocle_scope_enter (scope, "layers");
  const Scores scores = score_places (graph, writer, step);
  MonocleValue x = monocle_ofa_embed (
      graph, config, scope, step->ids,
      writer->kind == MONOCLE_OFA_TEXT ? "layernorm_embedding" : "code_layernorm_embedding", FALSE);

  name_layer (graph, x, 0);
  for (guint i = 0; i < config->decoder_layers; i++)
    {
      MonocleScope layer = monocle_scope_enter_index (layers, i);

      x = attend_past (graph, writer, step, i, layer, scores.own, x);
      x = attend_states (graph, config, step, i, layer, scores.cross, x);
      x = monocle_ofa_think (graph, layer, x, config->decoder_hidden);
      name_layer (graph, x, i + 1);
    }
  return monocle_norm (graph, monocle_scope_enter (scope, "layer_norm"), x, MONOCLE_OFA_EPSILON);
}

static MonocleValue
write_logits (MonocleGraph *graph, gconstpointer self, MonocleValue x)
{
  const MonocleOfaWriter *writer = self;
  guint n_pieces;
  g_autofree MonocleValue *pieces = monocle_param_table (
      graph, monocle_scope_enter (MONOCLE_SCOPE_ROOT, "encoder.embed_tokens.weight"),
      writer->config->n_words, writer->config->d_model, &n_pieces);

  return monocle_matmul_pieces (graph, x, pieces, n_pieces);
}

static MonocleValue
write_state_keys (MonocleGraph *graph, gconstpointer self, guint layer, MonocleValue states)
{
  static const char *const parts[] = { "k_proj", "v_proj" };
  const MonocleOfaWriter *writer = self;
  MonocleScope scope
      = monocle_scope_enter_index (monocle_scope_enter (get_scope (), "layers"), layer);

  return monocle_linear_with (graph, monocle_scope_enter (scope, "cross_attn"), states,
                              &(MonocleLinearArgs){ .n = writer->config->d_model,
                                                    .parts = parts,
                                                    .n_parts = G_N_ELEMENTS (parts) });
}

MonocleCrossModel
monocle_ofa_get_cross_model (const MonocleOfaWriter *writer)
{
  const MonocleOfaConfig *config = writer->config;

  return (MonocleCrossModel){
    .self = writer,
    .step = write_step,
    .logits = write_logits,
    .state_keys = write_state_keys,
    .n_layers = config->decoder_layers,
    .width = config->d_model,
    .n_words = config->n_words,
    .n_positions = monocle_ofa_count_answer (config, writer->kind),
    .place_width = config->d_model,
  };
}
