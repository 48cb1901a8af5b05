/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/florence2/configuration.h"

#include <gio/gio.h>

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/models/parts/model-config.h"

/* Far above any published model; what they guard against is a product that overflows. */
#define MAX_WIDTH      65536
#define MAX_LAYERS     256
#define MAX_VOCABULARY 4194304
#define MAX_POSITIONS  1048576

static gboolean
get_uint (JsonObject *object,
          const char *name,
          const char *key,
          MonocleJsonNeed need,
          guint min,
          guint max,
          guint *value,
          GError **error)
{
  gint64 number = *value;

  if (!monocle_json_get_int (object, name, key, need, min, max, &number, error))
    return FALSE;

  *value = number;
  return TRUE;
}

/* An array of numbers, one for each stage; the first one of a configuration says how many stages.
 */
static gboolean
get_stages (JsonObject *object,
            const char *name,
            const char *key,
            guint min,
            guint *values,
            guint *n,
            GError **error)
{
  g_autoptr (GArray) numbers = NULL;

  if (!monocle_json_get_ints (object, name, key, MONOCLE_JSON_REQUIRED, min, MAX_WIDTH, &numbers,
                              error))
    return FALSE;

  if (*n == 0 && numbers->len >= 1 && numbers->len <= MONOCLE_DAVIT_MAX_STAGES)
    *n = numbers->len;
  if (numbers->len != *n)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                   "%s: “%s” has %u values, expected %u", name, key, numbers->len, *n);
      return FALSE;
    }

  for (guint i = 0; i < *n; i++)
    values[i] = g_array_index (numbers, gint64, i);
  return TRUE;
}

static gboolean G_GNUC_PRINTF (3, 4)
    unsupported (GError **error, const char *name, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL, "%s: %s", name,
               message);

  return FALSE;
}

static gboolean
load_prenorm (MonocleDavitConfig *vision, JsonObject *object, const char *name, GError **error)
{
  JsonArray *array = NULL;

  if (!monocle_json_get_array (object, name, "patch_prenorm", MONOCLE_JSON_REQUIRED, &array, error))
    return FALSE;
  if (json_array_get_length (array) != vision->n_stages)
    return unsupported (error, name, "“patch_prenorm” must have %u values", vision->n_stages);

  for (guint i = 0; i < vision->n_stages; i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (json_node_get_value_type (node) != G_TYPE_BOOLEAN)
        return unsupported (error, name, "“patch_prenorm” must hold true and false");
      vision->patch_prenorm[i] = json_node_get_boolean (node);
    }

  return TRUE;
}

static gboolean
load_vision (MonocleDavitConfig *vision, JsonObject *object, const char *name, GError **error)
{
  const char *dims_key = monocle_json_has (object, "embed_dim") ? "embed_dim" : "dim_embed";
  const char *activation = "gelu";
  double mlp_ratio = 4;
  gboolean qkv_bias = TRUE;

  vision->in_channels = 3;
  vision->window = 12;
  if (!get_stages (object, name, dims_key, 4, vision->dims, &vision->n_stages, error)
      || !get_stages (object, name, "depths", 0, vision->depths, &vision->n_stages, error)
      || !get_stages (object, name, "num_heads", 1, vision->heads, &vision->n_stages, error)
      || !get_stages (object, name, "num_groups", 1, vision->groups, &vision->n_stages, error)
      || !get_stages (object, name, "patch_size", 1, vision->patch_size, &vision->n_stages, error)
      || !get_stages (object, name, "patch_stride", 1, vision->patch_stride, &vision->n_stages,
                      error)
      || !get_stages (object, name, "patch_padding", 0, vision->patch_padding, &vision->n_stages,
                      error)
      || !load_prenorm (vision, object, name, error)
      || !get_uint (object, name, "window_size", MONOCLE_JSON_OPTIONAL, 1, 64, &vision->window,
                    error)
      || !get_uint (object, name, "in_channels", MONOCLE_JSON_OPTIONAL, 3, 3, &vision->in_channels,
                    error)
      || !monocle_json_get_double (object, name, "mlp_ratio", MONOCLE_JSON_OPTIONAL, &mlp_ratio,
                                   error)
      || !monocle_json_get_bool (object, name, "qkv_bias", MONOCLE_JSON_OPTIONAL, &qkv_bias, error)
      || !monocle_json_get_string (object, name, "activation_function", MONOCLE_JSON_OPTIONAL,
                                   &activation, error))
    return FALSE;

  if (!g_str_equal (activation, "gelu"))
    return unsupported (error, name, "the activation “%s” is not supported, only gelu", activation);
  if (!qkv_bias)
    return unsupported (error, name, "a tower without qkv biases is not supported");
  if (!(mlp_ratio > 0 && mlp_ratio <= 64))
    return unsupported (error, name, "“mlp_ratio” is %g, expected 0 to 64", mlp_ratio);

  for (guint i = 0; i < vision->n_stages; i++)
    {
      guint dim = vision->dims[i];

      vision->hidden[i] = dim * mlp_ratio;
      if (vision->patch_size[i] > 32 || vision->patch_stride[i] > 32
          || vision->patch_padding[i] > 32 || vision->depths[i] > MAX_LAYERS)
        return unsupported (error, name, "stage %u has a patch or a depth that is too large", i);
      /* Kernels read four channels at once. */
      if (dim % (4 * vision->heads[i]) != 0 || dim % (4 * vision->groups[i]) != 0
          || vision->hidden[i] % 4 != 0 || vision->hidden[i] == 0)
        return unsupported (
            error, name,
            "stage %u: %u channels in %u heads and %u groups; heads and groups must be "
            "multiples of 4 channels wide",
            i, dim, vision->heads[i], vision->groups[i]);
    }

  return TRUE;
}

static gboolean
load_projector (MonocleProjectorConfig *projector,
                JsonObject *object,
                const char *name,
                GError **error)
{
  JsonObject *part = NULL;
  const char *positions = "learned_abs_2d", *frames = "COSINE";
  g_auto (GStrv) sources = NULL;

  projector->n_positions = 50;
  projector->n_frames = 100;
  if (!get_uint (object, name, "max_position_embeddings", MONOCLE_JSON_OPTIONAL, 1, 4096,
                 &projector->n_positions, error)
      || !get_uint (object, name, "max_temporal_embeddings", MONOCLE_JSON_OPTIONAL, 1, 4096,
                    &projector->n_frames, error)
      || !monocle_json_get_object (object, name, "image_pos_embed", MONOCLE_JSON_OPTIONAL, &part,
                                   error)
      || (part
          && (!get_uint (part, name, "max_pos_embeddings", MONOCLE_JSON_OPTIONAL, 1, 4096,
                         &projector->n_positions, error)
              || !monocle_json_get_string (part, name, "type", MONOCLE_JSON_OPTIONAL, &positions,
                                           error))))
    return FALSE;

  part = NULL;
  if (!monocle_json_get_object (object, name, "visual_temporal_embedding", MONOCLE_JSON_OPTIONAL,
                                &part, error)
      || (part
          && (!get_uint (part, name, "max_temporal_embeddings", MONOCLE_JSON_OPTIONAL, 1, 4096,
                         &projector->n_frames, error)
              || !monocle_json_get_string (part, name, "type", MONOCLE_JSON_OPTIONAL, &frames,
                                           error)))
      || !monocle_json_get_strings (object, name, "image_feature_source", MONOCLE_JSON_OPTIONAL,
                                    &sources, error))
    return FALSE;

  if (!g_str_equal (positions, "learned_abs_2d") || !g_str_equal (frames, "COSINE"))
    return unsupported (error, name,
                        "position embeddings “%s” and “%s” are not supported, only learned_abs_2d "
                        "and COSINE",
                        positions, frames);

  if (!sources)
    {
      projector->sources[projector->n_sources++] = MONOCLE_FEATURES_SPATIAL_AVERAGE;
      projector->sources[projector->n_sources++] = MONOCLE_FEATURES_TOKENS;
      return TRUE;
    }

  for (guint i = 0; sources[i]; i++)
    {
      if (projector->n_sources == G_N_ELEMENTS (projector->sources))
        return unsupported (error, name, "“image_feature_source” has too many entries");
      if (g_str_equal (sources[i], "spatial_avg_pool"))
        projector->sources[projector->n_sources++] = MONOCLE_FEATURES_SPATIAL_AVERAGE;
      else if (g_str_equal (sources[i], "temporal_avg_pool")
               || g_str_equal (sources[i], "last_frame"))
        projector->sources[projector->n_sources++] = MONOCLE_FEATURES_TOKENS;
      else
        return unsupported (error, name, "the feature source “%s” is not known", sources[i]);
    }
  if (projector->n_sources == 0)
    return unsupported (error, name, "“image_feature_source” is empty");

  return TRUE;
}

static gboolean
load_text (MonocleBartConfig *text, JsonObject *object, const char *name, GError **error)
{
  const char *activation = "gelu", *type = "bart";
  gboolean scale_embedding = FALSE, normalize_before = FALSE, final_norm = FALSE;
  gboolean fixed_positions = FALSE;

  if (!get_uint (object, name, "d_model", MONOCLE_JSON_REQUIRED, 4, MAX_WIDTH, &text->d_model,
                 error)
      || !get_uint (object, name, "encoder_layers", MONOCLE_JSON_REQUIRED, 0, MAX_LAYERS,
                    &text->encoder_layers, error)
      || !get_uint (object, name, "decoder_layers", MONOCLE_JSON_REQUIRED, 1, MAX_LAYERS,
                    &text->decoder_layers, error)
      || !get_uint (object, name, "encoder_attention_heads", MONOCLE_JSON_REQUIRED, 1, 1024,
                    &text->encoder_heads, error)
      || !get_uint (object, name, "decoder_attention_heads", MONOCLE_JSON_REQUIRED, 1, 1024,
                    &text->decoder_heads, error)
      || !get_uint (object, name, "encoder_ffn_dim", MONOCLE_JSON_REQUIRED, 4, MAX_WIDTH,
                    &text->encoder_hidden, error)
      || !get_uint (object, name, "decoder_ffn_dim", MONOCLE_JSON_REQUIRED, 4, MAX_WIDTH,
                    &text->decoder_hidden, error)
      || !get_uint (object, name, "vocab_size", MONOCLE_JSON_REQUIRED, 4, MAX_VOCABULARY,
                    &text->vocab_size, error)
      || !get_uint (object, name, "max_position_embeddings", MONOCLE_JSON_REQUIRED, 2,
                    MAX_POSITIONS, &text->n_positions, error)
      || !monocle_json_get_string (object, name, "activation_function", MONOCLE_JSON_OPTIONAL,
                                   &activation, error)
      || !monocle_json_get_bool (object, name, "scale_embedding", MONOCLE_JSON_OPTIONAL,
                                 &scale_embedding, error)
      || !monocle_json_get_bool (object, name, "normalize_before", MONOCLE_JSON_OPTIONAL,
                                 &normalize_before, error)
      || !monocle_json_get_bool (object, name, "add_final_layer_norm", MONOCLE_JSON_OPTIONAL,
                                 &final_norm, error)
      || !monocle_json_get_bool (object, name, "static_position_embeddings", MONOCLE_JSON_OPTIONAL,
                                 &fixed_positions, error)
      || !monocle_json_get_string (object, name, "model_type", MONOCLE_JSON_OPTIONAL, &type, error))
    return FALSE;

  if (!g_str_equal (type, "bart") && !g_str_equal (type, "florence2_language"))
    return unsupported (error, name, "a language model “%s” is not supported, only bart", type);

  if (!g_str_equal (activation, "gelu"))
    return unsupported (error, name, "the activation “%s” is not supported, only gelu", activation);
  if (scale_embedding || normalize_before || final_norm || fixed_positions)
    return unsupported (error, name,
                        "scaled embeddings, positions that are not learned, and layers with norms "
                        "in front are not supported");
  if (text->d_model % (4 * text->encoder_heads) != 0
      || text->d_model % (4 * text->decoder_heads) != 0 || text->encoder_hidden % 4 != 0
      || text->decoder_hidden % 4 != 0)
    return unsupported (error, name,
                        "width %u in %u and %u heads; heads must be multiples of 4 channels wide",
                        text->d_model, text->encoder_heads, text->decoder_heads);

  return TRUE;
}

/**
 * monocle_florence2_config_probe:
 * @root: a config.json
 *
 * Returns: whether it says that it is of this family
 */
gboolean
monocle_florence2_config_probe (JsonObject *root)
{
  return monocle_config_has_type (root, "florence2");
}

void
monocle_florence2_config_clear (MonocleFlorence2Config *config)
{
  monocle_logits_config_clear (&config->logits);
  g_clear_pointer (&config->notes, g_ptr_array_unref);
}

/**
 * monocle_florence2_config_load:
 * @config: (out caller-allocates): the configuration; clear it whatever comes back
 * @directory: a model directory
 * @layout: that of its tensors
 * @error: return location for an error
 *
 * Reads config.json and, where it takes effect, generation_config.json: the original wrapper
 * generates with the settings of its text_config whatever that file says.
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL.
 */
gboolean
monocle_florence2_config_load (MonocleFlorence2Config *config,
                               const char *directory,
                               MonocleFlorence2Layout layout,
                               GError **error)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autofree char *text_name = g_strconcat (path, ": text_config", NULL);
  g_autofree char *vision_name = g_strconcat (path, ": vision_config", NULL);
  g_autoptr (JsonObject) root = monocle_json_load (path, error);
  JsonObject *text = NULL, *vision = NULL;
  guint projection_dim;

  memset (config, 0, sizeof *config);
  monocle_logits_config_init (&config->logits);
  config->notes = g_ptr_array_new_with_free_func (g_free);
  config->layout = layout;
  config->tied = TRUE;
  if (!root
      || !monocle_json_get_object (root, path, "text_config", MONOCLE_JSON_REQUIRED, &text, error)
      || !monocle_json_get_object (root, path, "vision_config", MONOCLE_JSON_REQUIRED, &vision,
                                   error)
      || !monocle_json_get_bool (text, text_name, "tie_word_embeddings", MONOCLE_JSON_OPTIONAL,
                                 &config->tied, error)
      || !monocle_json_get_bool (root, path, "tie_word_embeddings", MONOCLE_JSON_OPTIONAL,
                                 &config->tied, error)
      || !load_vision (&config->vision, vision, vision_name, error)
      || !load_projector (&config->projector, vision, vision_name, error)
      || !load_text (&config->text, text, text_name, error))
    return FALSE;

  projection_dim = config->text.d_model;
  if (!get_uint (vision, vision_name, "projection_dim", MONOCLE_JSON_OPTIONAL, 1, MAX_WIDTH,
                 &projection_dim, error))
    return FALSE;
  if (projection_dim != config->text.d_model)
    return unsupported (error, vision_name,
                        "“projection_dim” is %u, but the language model is %u wide", projection_dim,
                        config->text.d_model);

  return monocle_florence2_generation_load (config, directory, text, text_name, error);
}
