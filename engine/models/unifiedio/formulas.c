/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/unifiedio/formulas.h"

#include <math.h>

#include "engine/nn/block/linear.h"

#define EPSILON 1e-6f

/* --- layers ------------------------------------------------------------------------------- */

static MonocleScope
enter (const char *path)
{
  return monocle_scope_enter (MONOCLE_SCOPE_ROOT, path);
}

static guint
count_channels (const MonocleUnifiedioConfig *config)
{
  return config->n_heads * config->head_width;
}

static guint
count_tokens (const MonocleUnifiedioConfig *config)
{
  return config->n_words + config->n_codes;
}

static guint
count_rows (MonocleGraph *g, MonocleValue x)
{
  return monocle_tensor_count_rows (monocle_graph_get_shape (g, x));
}

static MonocleValue
normalise (MonocleGraph *g, MonocleScope scope, MonocleValue x)
{
  const guint n = monocle_tensor_get_columns (monocle_graph_get_shape (g, x));

  return monocle_rms_norm (g, x, monocle_param_vector (g, monocle_scope_enter (scope, "scale"), n),
                           0, EPSILON);
}

static MonocleValue
multiply (MonocleGraph *g, MonocleScope scope, MonocleValue x, guint n, MonocleValue residual)
{
  return monocle_linear_with (
      g, scope, x,
      &(MonocleLinearArgs){ .n = n, .residual = residual, .no_bias = TRUE, .is_kernel = TRUE });
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
      &(MonocleLinearArgs){
          .n = n, .parts = parts, .n_parts = n_parts, .no_bias = TRUE, .is_kernel = TRUE });
}

/* Rows of a table [n, D]. */
static MonocleValue
look_up (MonocleGraph *g, MonocleScope scope, guint n, guint d, MonocleValue ids)
{
  MonocleValue table = monocle_param_rows (g, monocle_scope_enter (scope, "embedding"), n, d);

  return monocle_embed (g, ids, &table, 1, 0, 0, FALSE, 0);
}

static MonocleValue
look_up_tokens (MonocleGraph *g, const MonocleUnifiedioConfig *config, MonocleValue ids)
{
  guint n_pieces;
  g_autofree MonocleValue *pieces = monocle_param_table (
      g, enter ("token_embedder.embedding"), count_tokens (config), config->d_model, &n_pieces);

  return monocle_embed (g, ids, pieces, n_pieces, 0, 0, FALSE, 0);
}

/* The tables of a half: what distances count, beside products of places. */
static MonocleValue
add_distances (MonocleGraph *g,
               const MonocleUnifiedioConfig *config,
               MonocleScope half,
               MonocleValue scores,
               MonocleValue text_index,
               MonocleValue image_index,
               MonocleValue place)
{
  MonocleScope tables = monocle_scope_enter (half, "relpos_bias");
  MonocleValue text = monocle_param_rows (g, monocle_scope_enter (tables, "rel_embedding"),
                                          config->n_heads, MONOCLE_UNIFIEDIO_TEXT_DISTANCES);
  MonocleValue image = monocle_param_rows (g, monocle_scope_enter (tables, "image_rel_embedding"),
                                           config->n_heads, MONOCLE_UNIFIEDIO_IMAGE_DISTANCES);

  scores = monocle_relative_bias (g, scores, text, TRUE, text_index, place);
  return monocle_relative_bias (g, scores, image, TRUE, image_index, place);
}

/* Places are scaled as if heads were as wide as the model. */
static float
get_place_scale (const MonocleUnifiedioConfig *config)
{
  return (float) (1 / sqrt (config->d_model / (double) config->n_heads));
}

static MonocleValue
think (MonocleGraph *g, const MonocleUnifiedioConfig *config, MonocleScope layer, MonocleValue x)
{
  static const char *const parts[] = { "wi_0", "wi_1" };
  MonocleScope scope = monocle_scope_enter (layer, "mlp");
  MonocleValue h = normalise (g, monocle_scope_enter (layer, "pre_mlp_layer_norm"), x);

  h = multiply_parts (g, scope, parts, G_N_ELEMENTS (parts), h, config->hidden);
  h = monocle_gate (g, h, 0, MONOCLE_ACTIVATION_GELU_TANH);
  return multiply (g, monocle_scope_enter (scope, "wo"), h, config->d_model, x);
}

/* --- reading ------------------------------------------------------------------------------ */

static MonocleValue
add_kind (MonocleGraph *g,
          const MonocleUnifiedioConfig *config,
          MonocleScope scope,
          MonocleValue x,
          MonocleValue segments,
          MonocleValue places)
{
  MonocleValue kind = look_up (g, monocle_scope_enter (scope, "segment_embedding"),
                               config->n_segments, config->d_model, segments);

  return monocle_add (g, monocle_add (g, x, kind), places);
}

static guint
count_read_places (const MonocleUnifiedioConfig *config)
{
  return config->n_text_places + MONOCLE_UNIFIEDIO_PATCHES * MONOCLE_UNIFIEDIO_PATCHES;
}

static guint
count_written_places (const MonocleUnifiedioConfig *config)
{
  return config->n_text_places + MONOCLE_UNIFIEDIO_CODES * MONOCLE_UNIFIEDIO_CODES;
}

static MonocleValue
encode_layer (MonocleGraph *g,
              const MonocleUnifiedioConfig *config,
              MonocleScope layer,
              const MonocleUnifiedioPrompt *prompt,
              MonocleValue scores,
              MonocleValue x)
{
  static const char *const parts[] = { "query", "key", "value" };
  const guint channels = count_channels (config);
  MonocleScope scope = monocle_scope_enter (layer, "attention");
  MonocleAttention geometry = monocle_attention_over_itself (
      count_rows (g, x) / prompt->n_rows, prompt->n_rows, channels, config->n_heads);
  MonocleValue h = normalise (g, monocle_scope_enter (layer, "pre_attention_layer_norm"), x);

  geometry.scale = 1;
  h = multiply_parts (g, scope, parts, G_N_ELEMENTS (parts), h, channels);
  h = monocle_attention_with_bias (g, h, h, h, prompt->lengths, scores, &geometry);
  x = multiply (g, monocle_scope_enter (scope, "out"), h, config->d_model, x);
  x = think (g, config, layer, x);
  monocle_split (g);
  return x;
}

/* [n_patches, D] */
static MonocleValue
read_image (MonocleGraph *g,
            const MonocleUnifiedioConfig *config,
            MonocleScope scope,
            const MonocleUnifiedioPrompt *prompt,
            MonocleValue places)
{
  MonocleValue x = multiply (g, monocle_scope_enter (scope, "image_projection"), prompt->patches,
                             config->d_model, 0);

  return normalise (g, monocle_scope_enter (scope, "img_emb_pre_ln"),
                    add_kind (g, config, scope, x, prompt->image_segments, places));
}

/* [n_prompts * n_rows, D]: the picture and the words of each prompt. */
static MonocleValue
begin (MonocleGraph *g,
       const MonocleUnifiedioConfig *config,
       MonocleScope scope,
       const MonocleUnifiedioPrompt *prompt,
       MonocleValue text_places,
       MonocleValue image_places)
{
  const MonocleTensor shape = *monocle_graph_get_shape (g, prompt->ids);
  const guint n_prompts = shape.dims[0], stride = shape.dims[1];
  const guint n_text = count_rows (g, text_places);
  MonocleValue ids = monocle_reshape (g, prompt->ids, MONOCLE_DIMS (n_prompts * stride));
  MonocleValue image
      = prompt->patches ? read_image (g, config, scope, prompt, image_places) : (MonocleValue) 0;
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (MonocleValue));

  for (guint i = 0; i < n_prompts; i++)
    {
      MonocleValue text = look_up_tokens (g, config, monocle_rows (g, ids, i * stride, n_text));

      text = normalise (g, monocle_scope_enter (scope, "txt_emb_pre_ln"),
                        add_kind (g, config, scope, text, prompt->text_segments, text_places));
      if (image)
        g_array_append_val (parts, image);
      g_array_append_val (parts, text);
    }
  return monocle_join_rows (g, (const MonocleValue *) parts->data, parts->len);
}

MonocleValue
monocle_unifiedio_encode (MonocleGraph *graph,
                          const MonocleUnifiedioConfig *config,
                          const MonocleUnifiedioPrompt *prompt)
{
  MonocleScope scope = enter ("encoder"), table = monocle_scope_enter (scope, "position_embedding");
  const guint d = config->d_model, channels = count_channels (config);
  const guint n_places = count_read_places (config);
  MonocleValue text = look_up (graph, table, n_places, d, prompt->text_places);
  MonocleValue image = prompt->patches ? look_up (graph, table, n_places, d, prompt->image_places)
                                       : (MonocleValue) 0;
  MonocleValue x = begin (graph, config, scope, prompt, text, image);
  const MonocleValue places[] = { image, text };
  MonocleValue where
      = normalise (graph, monocle_scope_enter (scope, "pe_pre_ln"),
                   image ? monocle_join_rows (graph, places, G_N_ELEMENTS (places)) : text);
  MonocleValue scores = monocle_head_scores (
      graph, multiply (graph, monocle_scope_enter (scope, "position_q_linear"), where, channels, 0),
      multiply (graph, monocle_scope_enter (scope, "position_k_linear"), where, channels, 0),
      config->n_heads, get_place_scale (config));

  scores = add_distances (graph, config, scope, scores, prompt->text_index, prompt->image_index, 0);
  for (guint i = 0; i < config->n_layers; i++)
    {
      g_autofree char *name = g_strdup_printf ("layers_%u", i);

      x = encode_layer (graph, config, monocle_scope_enter (scope, name), prompt, scores, x);
    }
  return normalise (graph, monocle_scope_enter (scope, "encoder_norm"), x);
}

/* --- writing ------------------------------------------------------------------------------ */

void
monocle_unifiedio_place (MonocleGraph *graph,
                         const MonocleUnifiedioConfig *config,
                         MonocleValue rows,
                         MonocleValue segments,
                         const MonocleUnifiedioPlaces *places)
{
  MonocleScope scope = enter ("decoder");
  const guint d = config->d_model, channels = count_channels (config);
  MonocleValue place = look_up (graph, monocle_scope_enter (scope, "position_embedding"),
                                count_written_places (config), d, rows);
  MonocleValue kind = look_up (graph, monocle_scope_enter (scope, "segments_embedding"),
                               config->n_segments, d, segments);
  MonocleValue where = normalise (graph, monocle_scope_enter (scope, "pe_pre_ln"), place);

  monocle_keep_in (graph, monocle_add (graph, place, kind), &places->added);
  monocle_keep_in (
      graph,
      multiply (graph, monocle_scope_enter (scope, "self_position_q_linear"), where, channels, 0),
      &places->queries);
  monocle_keep_in (
      graph,
      multiply (graph, monocle_scope_enter (scope, "self_position_k_linear"), where, channels, 0),
      &places->keys);
}

static MonocleValue
score_places (MonocleGraph *g, const MonocleUnifiedioWriter *writer, const MonocleCrossStep *step)
{
  const MonocleUnifiedioConfig *config = writer->config;
  const MonocleUnifiedioPlaces *places = writer->places;
  MonocleValue keys
      = monocle_rows (g, monocle_outside (g, &places->keys), 0, step->keys[0].dims[1]);
  MonocleValue scores
      = monocle_head_scores (g, monocle_cross_step_find_place (g, step, &places->queries), keys,
                             config->n_heads, get_place_scale (config));

  return add_distances (g, config, enter ("decoder"), scores,
                        monocle_outside (g, &places->text_index),
                        monocle_outside (g, &places->image_index), step->place);
}

static MonocleValue
attend_past (MonocleGraph *g,
             const MonocleUnifiedioConfig *config,
             const MonocleCrossStep *step,
             guint index,
             MonocleScope layer,
             MonocleValue scores,
             MonocleValue x)
{
  static const char *const parts[] = { "query", "key", "value" };
  MonocleScope scope = monocle_scope_enter (layer, "self_attention");
  const MonocleCachedAttention geometry = { .n_tokens = 1, .n_heads = config->n_heads, .scale = 1 };
  MonocleValue h = normalise (g, monocle_scope_enter (layer, "pre_self_attention_layer_norm"), x);

  h = multiply_parts (g, scope, parts, G_N_ELEMENTS (parts), h, count_channels (config));
  h = monocle_cached_attention_with_bias (g, h, monocle_outside (g, &step->keys[index]),
                                          monocle_outside (g, &step->values[index]),
                                          step->ancestors, step->place, scores, &geometry);
  return multiply (g, monocle_scope_enter (scope, "out"), h, config->d_model, x);
}

/* Where they are does not count here, although there are weights for it: the reference leaves them
 * out. */
static MonocleValue
attend_states (MonocleGraph *g,
               const MonocleUnifiedioConfig *config,
               const MonocleCrossStep *step,
               guint index,
               MonocleScope layer,
               MonocleValue x)
{
  MonocleScope scope = monocle_scope_enter (layer, "encoder_decoder_attention");
  MonocleValue states = monocle_outside (g, &step->states[index]);
  MonocleAttention geometry = monocle_cross_step_attend_states (g, step, index, config->n_heads);
  MonocleValue h = normalise (g, monocle_scope_enter (layer, "pre_cross_attention_layer_norm"), x);

  geometry.scale = 1;
  h = multiply (g, monocle_scope_enter (scope, "query"), h, count_channels (config), 0);
  h = monocle_attention (g, h, states, states, step->lengths, &geometry);
  return multiply (g, monocle_scope_enter (scope, "out"), h, config->d_model, x);
}

static MonocleScope
enter_layer (guint index)
{
  g_autofree char *name = g_strdup_printf ("decoder.layers_%u", index);

  return enter (name);
}

static MonocleValue
write_step (MonocleGraph *graph, gconstpointer self, const MonocleCrossStep *step)
{
  const MonocleUnifiedioWriter *writer = self;
  const MonocleUnifiedioConfig *config = writer->config;
  MonocleValue scores = score_places (graph, writer, step);
  MonocleValue x
      = monocle_add (graph, look_up_tokens (graph, config, step->ids),
                     monocle_cross_step_find_place (graph, step, &writer->places->added));

  x = normalise (graph, enter ("decoder.pre_ln"), x);
  for (guint i = 0; i < config->n_layers; i++)
    {
      x = attend_past (graph, config, step, i, enter_layer (i), scores, x);
      x = attend_states (graph, config, step, i, enter_layer (i), x);
      x = think (graph, config, enter_layer (i), x);
    }
  return normalise (graph, enter ("decoder.decoder_norm"), x);
}

static MonocleValue
write_logits (MonocleGraph *graph, gconstpointer self, MonocleValue x)
{
  const MonocleUnifiedioWriter *writer = self;
  const guint first = writer->first_token;
  const guint after
      = writer->n_tokens > 0 ? first + writer->n_tokens : count_tokens (writer->config);
  g_autoptr (GArray) wanted = g_array_new (FALSE, FALSE, sizeof (MonocleValue));
  guint n_pieces, row = 0;
  g_autofree MonocleValue *pieces
      = monocle_param_table (graph, enter ("token_embedder.embedding"),
                             count_tokens (writer->config), writer->config->d_model, &n_pieces);

  for (guint i = 0; i < n_pieces; i++)
    {
      const guint n = count_rows (graph, pieces[i]);
      const guint from = CLAMP (first, row, row + n), to = CLAMP (after, row, row + n);
      MonocleValue piece = pieces[i];

      if (to - from < n && from < to)
        piece = monocle_rows (graph, piece, from - row, to - from);
      if (from < to)
        g_array_append_val (wanted, piece);
      row += n;
    }
  return monocle_matmul_pieces (graph, x, (const MonocleValue *) wanted->data, wanted->len);
}

static MonocleValue
write_state_keys (MonocleGraph *graph, gconstpointer self, guint layer, MonocleValue states)
{
  static const char *const parts[] = { "key", "value" };
  const MonocleUnifiedioWriter *writer = self;

  return multiply_parts (graph,
                         monocle_scope_enter (enter_layer (layer), "encoder_decoder_attention"),
                         parts, G_N_ELEMENTS (parts), states, count_channels (writer->config));
}

MonocleUnifiedioWriter
monocle_unifiedio_writer_make (const MonocleUnifiedioConfig *config,
                               const MonocleUnifiedioPlaces *places,
                               gboolean is_codes)
{
  MonocleUnifiedioWriter self = { config, places, 0, 0 };

  /* In any format that is stored, rows begin where bindings may. */
  if (!is_codes)
    self.n_tokens = config->n_words;
  else if ((guint64) config->n_words * config->d_model * 2 % MONOCLE_TENSOR_ALIGNMENT == 0)
    {
      self.first_token = config->n_words;
      self.n_tokens = config->n_codes;
    }
  return self;
}

MonocleCrossModel
monocle_unifiedio_get_cross_model (const MonocleUnifiedioWriter *writer)
{
  const MonocleUnifiedioConfig *config = writer->config;

  return (MonocleCrossModel){
    .self = writer,
    .step = write_step,
    .logits = write_logits,
    .state_keys = write_state_keys,
    .n_layers = config->n_layers,
    .width = count_channels (config),
    .n_words = count_tokens (config),
    .first_logit = writer->first_token,
    .n_logits = writer->n_tokens,
    .n_positions = writer->places->keys.dims[0],
  };
}

/* --- declaring ---------------------------------------------------------------------------- */

/* One word, one patch. */
static gboolean
declare_encoder (const MonocleUnifiedioConfig *config, MonocleParams *params, GError **error)
{
  g_autoptr (MonocleGraph) g = monocle_graph_new ("encoder", MONOCLE_FORMAT_F32);
  MonocleUnifiedioPrompt prompt;

  monocle_graph_set_params (g, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  prompt = (MonocleUnifiedioPrompt){
    .patches
    = monocle_input (g, "patches", MONOCLE_FORMAT_F32, MONOCLE_DIMS (1, MONOCLE_UNIFIEDIO_PATCH)),
    .image_places = monocle_input (g, "image places", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1)),
    .image_segments = monocle_input (g, "image segments", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1)),
    .text_places = monocle_input (g, "text places", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1)),
    .text_segments = monocle_input (g, "text segments", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1)),
    .ids = monocle_input (g, "ids", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1, 1)),
    .lengths = monocle_input (g, "lengths", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1)),
    .text_index = monocle_input (g, "text index", MONOCLE_FORMAT_U32, MONOCLE_DIMS (2, 2)),
    .image_index = monocle_input (g, "image index", MONOCLE_FORMAT_U32, MONOCLE_DIMS (2, 2)),
    .n_rows = 2,
  };
  monocle_unifiedio_encode (g, config, &prompt);
  return monocle_graph_check (g, error);
}

static MonocleTensor
make_shape (MonocleFormatId format, guint rows, guint columns)
{
  return (MonocleTensor){ .n_dims = 2, .dims = { rows, columns }, .format = format };
}

static gboolean
declare_decoder (const MonocleUnifiedioConfig *config, MonocleParams *params, GError **error)
{
  g_autoptr (MonocleGraph) g = monocle_graph_new ("decoder", MONOCLE_FORMAT_F32);
  const guint c = count_channels (config), d = config->d_model;
  const MonocleUnifiedioPlaces places = {
    .queries = make_shape (MONOCLE_FORMAT_F32, 1, c),
    .keys = make_shape (MONOCLE_FORMAT_F32, 1, c),
    .added = make_shape (MONOCLE_FORMAT_F32, 1, d),
    .text_index = make_shape (MONOCLE_FORMAT_U32, 1, 1),
    .image_index = make_shape (MONOCLE_FORMAT_U32, 1, 1),
  };
  const MonocleUnifiedioWriter writer = { config, &places, 0, 0 };
  const MonocleCrossModel model = monocle_unifiedio_get_cross_model (&writer);

  monocle_cross_model_declare (&model, g, params, d);
  monocle_unifiedio_place (
      g, config, monocle_input (g, "rows", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1)),
      monocle_input (g, "segments", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1)), &places);
  return monocle_graph_check (g, error);
}

gboolean
monocle_unifiedio_declare (const MonocleUnifiedioConfig *config,
                           MonocleWeights *weights,
                           GError **error)
{
  static const char *const unused[]
      = { "decoder.cross_position_q_linear.kernel", "decoder.cross_position_k_linear.kernel" };
  MonocleParams *params = monocle_weights_get_params (weights);
  g_autofree float *scale = g_new (float, config->d_model);

  if (!declare_encoder (config, params, error) || !declare_decoder (config, params, error)
      || !monocle_weights_check (weights, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (unused); i++)
    monocle_weights_ignore (weights, unused[i]);
  /* Logits are divided by the root of the width. */
  for (guint i = 0; i < config->d_model; i++)
    scale[i] = (float) (1 / sqrt (config->d_model));
  monocle_weights_fold (weights, "decoder.decoder_norm.scale", config->d_model, scale, NULL);
  return TRUE;
}
