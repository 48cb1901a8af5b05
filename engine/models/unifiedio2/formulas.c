/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/unifiedio2/formulas.h"

#include <math.h>
#include <string.h>

#include "engine/nn/block/linear.h"

#define EPSILON 1e-6f

char *
monocle_unifiedio2_rename (const char *name)
{
  static const char joined[] = "_in_proj.", norm[] = "norm.weight";
  const char *at = strstr (name, joined);
  const gboolean is_half
      = g_str_has_prefix (name, "encoder.") || g_str_has_prefix (name, "decoder.");

  if (at)
    {
      char *renamed = g_strdup (name);

      renamed[at - name + (gssize) strlen (joined) - 1] = '_';
      return renamed;
    }
  if (is_half && g_str_has_suffix (name, norm))
    return g_strdup_printf ("%.*sscale", (int) (strlen (name) - strlen ("weight")), name);
  return g_strdup (name);
}

/* --- pieces of either half ---------------------------------------------------------------- */

static MonocleScope
enter (const char *name)
{
  return monocle_scope_enter (MONOCLE_SCOPE_ROOT, name);
}

static MonocleScope
enter_layer (const char *half, guint index)
{
  g_autofree char *name = g_strdup_printf ("%s.layers_%u", half, index);

  return enter (name);
}

static guint
count_rows (MonocleGraph *g, MonocleValue x)
{
  return monocle_tensor_count_rows (monocle_graph_get_shape (g, x));
}

static MonocleValue
normalise (MonocleGraph *g, MonocleScope scope, MonocleValue x)
{
  return monocle_norm_rms (g, scope, x, 0, EPSILON);
}

static MonocleValue
multiply (MonocleGraph *g, MonocleScope scope, MonocleValue x, guint n, MonocleValue residual)
{
  return monocle_linear_with (
      g, scope, x, &(MonocleLinearArgs){ .n = n, .residual = residual, .no_bias = TRUE });
}

static MonocleValue
multiply_parts (MonocleGraph *g,
                MonocleScope scope,
                const char *const *parts,
                guint n_parts,
                MonocleValue x,
                guint n)
{
  return monocle_linear_with (
      g, scope, x,
      &(MonocleLinearArgs){ .n = n, .parts = parts, .n_parts = n_parts, .no_bias = TRUE });
}

/* Queries, and keys behind them, each head by itself: normalised, then turned. */
static MonocleValue
place (MonocleGraph *g,
       const MonocleUnifiedio2Config *config,
       MonocleScope scope,
       gboolean has_queries,
       gboolean has_keys,
       MonocleValue x,
       MonocleValue angles)
{
  static const char *const parts[] = { "query_norm", "key_norm" };
  const MonocleHeads heads
      = { config->head_width, has_queries ? config->n_heads : 0, has_keys ? config->n_heads : 0 };
  const MonocleRotary rotary = { .n_heads = heads.n_first + heads.n_second,
                                 .head_width = config->head_width,
                                 .neighbours = TRUE };

  x = monocle_norm_rms_heads (g, scope, parts, x, &heads, 0, EPSILON);
  return monocle_rotary (g, x, angles, &rotary);
}

static MonocleValue
think (MonocleGraph *g, const MonocleUnifiedio2Config *config, MonocleScope layer, MonocleValue x)
{
  static const char *const parts[] = { "wi_0", "wi_1" };
  MonocleScope scope = monocle_scope_enter (layer, "mlp");
  MonocleValue h = normalise (g, monocle_scope_enter (layer, "pre_mlp_norm"), x);

  h = multiply_parts (g, scope, parts, G_N_ELEMENTS (parts), h, config->hidden);
  h = monocle_gate (g, h, 0, MONOCLE_ACTIVATION_SILU);
  return multiply (g, monocle_scope_enter (scope, "wo"), h, config->d_model, x);
}

/* --- tokens ------------------------------------------------------------------------------- */

static MonocleScope
enter_tokens (MonocleUnifiedio2Kind kind)
{
  return enter (kind == MONOCLE_UNIFIEDIO2_TEXT ? "text_token_embedder.weight"
                                                : "image_token_embedder.weight");
}

static guint
count_tokens (const MonocleUnifiedio2Config *config, MonocleUnifiedio2Kind kind)
{
  return kind == MONOCLE_UNIFIEDIO2_TEXT ? config->n_words : config->n_pieces;
}

/* (transfer full) */
static MonocleValue *
get_tokens (MonocleGraph *g,
            const MonocleUnifiedio2Config *config,
            MonocleUnifiedio2Kind kind,
            guint *n_pieces)
{
  return monocle_param_table (g, enter_tokens (kind), count_tokens (config, kind), config->d_model,
                              n_pieces);
}

/* Their rows and that of what they are, @modality. */
static MonocleValue
look_up (MonocleGraph *g,
         const MonocleUnifiedio2Config *config,
         MonocleUnifiedio2Kind kind,
         const char *modality,
         MonocleValue ids)
{
  const guint d = config->d_model;
  guint n_pieces;
  g_autofree MonocleValue *pieces = get_tokens (g, config, kind, &n_pieces);
  MonocleValue x = monocle_embed (g, ids, pieces, n_pieces, 0, 0, FALSE, 0);
  MonocleValue what
      = monocle_param_vector (g, monocle_scope_enter (enter (modality), "modality_embedding"), d);
  const guint n = count_rows (g, x);

  return monocle_add_positions (g, monocle_reshape (g, x, MONOCLE_DIMS (n, 1, d)),
                                monocle_reshape (g, what, MONOCLE_DIMS (1, d)), 0, n, 1);
}

/* --- reading ------------------------------------------------------------------------------ */

static MonocleValue
encode_layer (MonocleGraph *g,
              const MonocleUnifiedio2Config *config,
              MonocleScope layer,
              const MonocleUnifiedio2Prompt *prompt,
              MonocleValue x)
{
  static const char *const parts[] = { "query", "key", "value" };
  MonocleScope scope = monocle_scope_enter (layer, "attention");
  const MonocleAttention geometry = monocle_attention_over_itself (
      count_rows (g, x) / prompt->n_rows, prompt->n_rows, config->d_model, config->n_heads);
  MonocleValue h = normalise (g, monocle_scope_enter (layer, "pre_attention_norm"), x);

  h = multiply_parts (g, scope, parts, G_N_ELEMENTS (parts), h, config->d_model);
  h = place (g, config, scope, TRUE, TRUE, h, prompt->angles);
  h = monocle_attention (g, h, h, h, prompt->lengths, &geometry);
  x = multiply (g, monocle_scope_enter (scope, "out"), h, config->d_model, x);
  x = think (g, config, layer, x);
  monocle_split (g);
  return x;
}

/* What is seen and the words of each prompt. */
static MonocleValue
begin (MonocleGraph *g,
       const MonocleUnifiedio2Config *config,
       const MonocleUnifiedio2Prompt *prompt)
{
  const MonocleTensor shape = *monocle_graph_get_shape (g, prompt->ids);
  const guint n_prompts = shape.dims[0], stride = shape.dims[1];
  const guint n_text = prompt->n_rows - (prompt->seen ? count_rows (g, prompt->seen) : 0);
  MonocleValue ids = monocle_reshape (g, prompt->ids, MONOCLE_DIMS (n_prompts * stride));
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (MonocleValue));

  for (guint i = 0; i < n_prompts; i++)
    {
      MonocleValue text = look_up (g, config, MONOCLE_UNIFIEDIO2_TEXT, "input_embedders.text",
                                   monocle_rows (g, ids, i * stride, n_text));

      if (prompt->seen)
        g_array_append_val (parts, prompt->seen);
      g_array_append_val (parts, text);
    }
  return monocle_join_rows (g, (const MonocleValue *) parts->data, parts->len);
}

MonocleValue
monocle_unifiedio2_encode (MonocleGraph *graph,
                           const MonocleUnifiedio2Config *config,
                           const MonocleUnifiedio2Prompt *prompt)
{
  MonocleValue x = begin (graph, config, prompt);

  for (guint i = 0; i < config->n_encoder_layers; i++)
    x = encode_layer (graph, config, enter_layer ("encoder", i), prompt, x);
  return normalise (graph, enter ("encoder.encoder_norm"), x);
}

/* --- writing ------------------------------------------------------------------------------ */

static MonocleValue
attend_past (MonocleGraph *g,
             const MonocleUnifiedio2Config *config,
             const MonocleCrossStep *step,
             guint index,
             MonocleScope layer,
             MonocleValue angles,
             MonocleValue x)
{
  static const char *const parts[] = { "query", "key", "value" };
  MonocleScope scope = monocle_scope_enter (layer, "self_attention");
  const MonocleCachedAttention geometry = { .n_tokens = 1, .n_heads = config->n_heads };
  MonocleValue h = normalise (g, monocle_scope_enter (layer, "pre_self_attention_norm"), x);

  h = multiply_parts (g, scope, parts, G_N_ELEMENTS (parts), h, config->d_model);
  h = place (g, config, scope, TRUE, TRUE, h, angles);
  h = monocle_cached_attention (g, h, monocle_outside (g, &step->keys[index]),
                                monocle_outside (g, &step->values[index]), step->ancestors,
                                step->place, &geometry);
  return multiply (g, monocle_scope_enter (scope, "out"), h, config->d_model, x);
}

static MonocleValue
attend_states (MonocleGraph *g,
               const MonocleUnifiedio2Config *config,
               const MonocleCrossStep *step,
               guint index,
               MonocleScope layer,
               MonocleValue angles,
               MonocleValue x)
{
  MonocleScope scope = monocle_scope_enter (layer, "encoder_decoder_attention");
  MonocleValue states = monocle_outside (g, &step->states[index]);
  const guint c = config->d_model;
  const MonocleAttention geometry
      = monocle_cross_step_attend_states (g, step, index, config->n_heads);
  MonocleValue h = normalise (g, monocle_scope_enter (layer, "pre_cross_attention_norm"), x);

  h = multiply (g, monocle_scope_enter (scope, "query"), h, c, 0);
  h = place (g, config, scope, TRUE, FALSE, h, angles);
  h = monocle_attention (g, h, states, states, step->lengths, &geometry);
  return multiply (g, monocle_scope_enter (scope, "out"), h, c, x);
}

static MonocleValue
write_step (MonocleGraph *graph, gconstpointer self, const MonocleCrossStep *step)
{
  const MonocleUnifiedio2Writer *writer = self;
  const MonocleUnifiedio2Config *config = writer->config;
  MonocleValue angles = monocle_cross_step_find_place (graph, step, writer->angles);
  MonocleValue x = look_up (graph, config, writer->kind,
                            writer->kind == MONOCLE_UNIFIEDIO2_TEXT ? "target_embedders.text"
                                                                    : "target_embedders.image",
                            step->ids);

  for (guint i = 0; i < config->n_decoder_layers; i++)
    {
      const MonocleScope layer = enter_layer ("decoder", i);

      x = attend_past (graph, config, step, i, layer, angles, x);
      x = attend_states (graph, config, step, i, layer, angles, x);
      x = think (graph, config, layer, x);
    }
  return normalise (graph, enter ("decoder.decoder_norm"), x);
}

static MonocleValue
write_logits (MonocleGraph *graph, gconstpointer self, MonocleValue x)
{
  const MonocleUnifiedio2Writer *writer = self;
  guint n_pieces;
  g_autofree MonocleValue *pieces = get_tokens (graph, writer->config, writer->kind, &n_pieces);

  return monocle_matmul_pieces (graph, x, pieces, n_pieces);
}

static MonocleValue
write_state_keys (MonocleGraph *graph, gconstpointer self, guint layer, MonocleValue states)
{
  static const char *const parts[] = { "key", "value" };
  const MonocleUnifiedio2Writer *writer = self;
  const MonocleScope scope
      = monocle_scope_enter (enter_layer ("decoder", layer), "encoder_decoder_attention");
  MonocleValue h
      = multiply_parts (graph, scope, parts, G_N_ELEMENTS (parts), states, writer->config->d_model);

  return place (graph, writer->config, scope, FALSE, TRUE, h, writer->state_angles);
}

guint
monocle_unifiedio2_count_answer (const MonocleUnifiedio2Config *config, MonocleUnifiedio2Kind kind)
{
  return kind == MONOCLE_UNIFIEDIO2_TEXT ? config->n_text_places
                                         : config->n_codes * config->n_codes;
}

MonocleCrossModel
monocle_unifiedio2_get_cross_model (const MonocleUnifiedio2Writer *writer)
{
  return (MonocleCrossModel){
    .self = writer,
    .step = write_step,
    .logits = write_logits,
    .state_keys = write_state_keys,
    .n_layers = writer->config->n_decoder_layers,
    .width = writer->config->d_model,
    .n_words = count_tokens (writer->config, writer->kind),
    .n_positions = writer->angles->dims[0],
  };
}

/* --- declaring ---------------------------------------------------------------------------- */

/* One patch. */
static gboolean
declare_tower (const MonocleUnifiedio2Config *config,
               MonocleUnifiedio2Sense sense,
               MonocleParams *params,
               GError **error)
{
  const MonocleUnifiedio2Tower *tower
      = sense == MONOCLE_UNIFIEDIO2_IMAGE ? &config->image : &config->audio;
  const guint n_rows = monocle_unifiedio2_count_leading (sense) + 1;
  g_autoptr (MonocleGraph) g = monocle_graph_new ("vision", MONOCLE_FORMAT_F32);
  MonocleUnifiedio2Look look;

  monocle_graph_set_params (g, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  look = (MonocleUnifiedio2Look){
    .patches = monocle_input (g, "patches", MONOCLE_FORMAT_F32, MONOCLE_DIMS (1, tower->patch)),
    .places
    = monocle_input (g, "places", MONOCLE_FORMAT_F32, MONOCLE_DIMS (n_rows, tower->channels)),
    .picks = monocle_input (g, "picks", MONOCLE_FORMAT_U32, MONOCLE_DIMS (2)),
  };
  monocle_unifiedio2_look (g, config, sense, &look);
  return monocle_graph_check (g, error);
}

/* One word, one row. */
static gboolean
declare_encoder (const MonocleUnifiedio2Config *config, MonocleParams *params, GError **error)
{
  g_autoptr (MonocleGraph) g = monocle_graph_new ("encoder", MONOCLE_FORMAT_F32);
  MonocleUnifiedio2Prompt prompt;

  monocle_graph_set_params (g, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  prompt = (MonocleUnifiedio2Prompt){
    .seen = monocle_input (g, "seen", MONOCLE_FORMAT_F32, MONOCLE_DIMS (1, config->d_model)),
    .ids = monocle_input (g, "ids", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1, 1)),
    .lengths = monocle_input (g, "lengths", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1)),
    .angles = monocle_input (g, "angles", MONOCLE_FORMAT_F32, MONOCLE_DIMS (2, config->head_width)),
    .n_rows = 2,
  };
  monocle_unifiedio2_encode (g, config, &prompt);
  return monocle_graph_check (g, error);
}

static gboolean
declare_decoder (const MonocleUnifiedio2Config *config,
                 MonocleUnifiedio2Kind kind,
                 MonocleParams *params,
                 GError **error)
{
  g_autoptr (MonocleGraph) g = monocle_graph_new ("decoder", MONOCLE_FORMAT_F32);
  const MonocleTensor angles = { .n_dims = 2, .dims = { 1, config->head_width } };
  const MonocleUnifiedio2Writer writer
      = { config, kind, &angles,
          monocle_input (g, "angles", MONOCLE_FORMAT_F32, MONOCLE_DIMS (1, config->head_width)) };
  const MonocleCrossModel model = monocle_unifiedio2_get_cross_model (&writer);

  monocle_cross_model_declare (&model, g, params, config->d_model);
  return monocle_graph_check (g, error);
}

gboolean
monocle_unifiedio2_declare (const MonocleUnifiedio2Config *config,
                            MonocleWeights *weights,
                            GError **error)
{
  MonocleParams *params = monocle_weights_get_params (weights);
  g_autofree float *scale = g_new (float, config->d_model);

  if (!declare_tower (config, MONOCLE_UNIFIEDIO2_IMAGE, params, error)
      || (config->hears && !declare_tower (config, MONOCLE_UNIFIEDIO2_AUDIO, params, error))
      || !declare_encoder (config, params, error))
    return FALSE;
  for (guint i = 0; i < MONOCLE_UNIFIEDIO2_N_KINDS; i++)
    if (!declare_decoder (config, i, params, error))
      return FALSE;
  if (!monocle_weights_check (weights, error))
    return FALSE;
  /* Logits are divided by the root of the width. */
  for (guint i = 0; i < config->d_model; i++)
    scale[i] = (float) (1 / sqrt (config->d_model));
  monocle_weights_fold (weights, "decoder.decoder_norm.weight", config->d_model, scale, NULL);
  return TRUE;
}
