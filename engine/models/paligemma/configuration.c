/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/paligemma/configuration.h"

#include <math.h>

#include "engine/base/json.h"
#include "engine/models/parts/model-config.h"
#include "engine/models/parts/tower.h"

/* Where nothing is said. */
#define IMAGE_ID    257152
#define MAX_WORDS   (1 << 20)
#define MAX_WINDOW  (1 << 18)
#define MAX_QUERIES 65536

/* What the second edition has beyond the first. */
typedef struct
{
  double score_cap, logit_cap, query_scalar;
  gint64 window;
} Second;

gboolean
monocle_paligemma_config_probe (JsonObject *root)
{
  return monocle_config_has_type (root, "paligemma");
}

void
monocle_paligemma_config_clear (MonoclePaligemmaConfig *config)
{
  g_clear_pointer (&config->ends.ids, g_array_unref);
}

/* --- the tower ---------------------------------------------------------------------------- */

static gboolean
take_vision (MonoclePaligemmaConfig *config,
             const MonocleTower *tower,
             const char *path,
             GError **error)
{
  MonocleClipVisionConfig *vision = &config->vision;
  guint n = (guint) (tower->side / tower->patch);

  if (!monocle_tower_take_layers (tower, MONOCLE_ATTENTION_MASK_NONE, path, &vision->layers, error))
    return FALSE;
  if (tower->n_channels != 3)
    return monocle_config_refuse (path, "“num_channels” must be 3", error);
  if (n == 0 || tower->side % tower->patch != 0)
    return monocle_config_refuse (path, "“image_size” must be a multiple of “patch_size”", error);
  if (n > MONOCLE_TOWER_MAX_TOKENS / n)
    return monocle_config_refuse (path, "there are too many patches", error);
  config->side = (guint) tower->side;
  config->n_seen = n * n;
  vision->patch = (guint) tower->patch;
  vision->channels = (guint) tower->channels;
  vision->rows = vision->columns = n;
  vision->pools = TRUE;
  return TRUE;
}

/* --- the language model ------------------------------------------------------------------- */

/* Every other layer is bound by the window, the first one too. */
static gboolean
check_layers (JsonObject *section, const char *where, GError **error)
{
  JsonNode *node = json_object_get_member (section, "layer_types");
  JsonArray *types;

  if (!monocle_json_has (section, "layer_types"))
    return TRUE;
  types = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  for (guint i = 0; types && i < json_array_get_length (types); i++)
    {
      JsonNode *type = json_array_get_element (types, i);

      if (json_node_get_value_type (type) != G_TYPE_STRING
          || !g_str_equal (json_node_get_string (type),
                           i % 2 == 0 ? "sliding_attention" : "full_attention"))
        types = NULL;
    }
  if (types)
    return TRUE;
  return monocle_config_refuse (
      where, "“layer_types” must be “sliding_attention” and “full_attention” in turn", error);
}

static gboolean
read_second (Second *second, JsonObject *section, const char *where, GError **error)
{
  if (!monocle_json_get_double (section, where, "attn_logit_softcapping", MONOCLE_JSON_OPTIONAL,
                                &second->score_cap, error)
      || !monocle_json_get_double (section, where, "final_logit_softcapping", MONOCLE_JSON_OPTIONAL,
                                   &second->logit_cap, error)
      || !monocle_json_get_double (section, where, "query_pre_attn_scalar", MONOCLE_JSON_OPTIONAL,
                                   &second->query_scalar, error)
      || !monocle_json_get_int (section, where, "sliding_window", MONOCLE_JSON_OPTIONAL, 1,
                                MAX_WINDOW, &second->window, error)
      || !check_layers (section, where, error))
    return FALSE;
  if (!(second->score_cap > 0 && second->score_cap < 1e6)
      || !(second->logit_cap > 0 && second->logit_cap < 1e6)
      || !(second->query_scalar > 0 && second->query_scalar < MAX_QUERIES))
    return monocle_config_refuse (where,
                                  "“attn_logit_softcapping”, “final_logit_softcapping” and "
                                  "“query_pre_attn_scalar” must be above 0",
                                  error);
  return TRUE;
}

static gboolean
take_text (MonoclePaligemmaConfig *config,
           MonocleCausalText *text,
           JsonObject *section,
           const char *where,
           GError **error)
{
  MonocleCausalConfig *taken = &config->text;

  /* The newer key counts; old files say “gelu” and mean the other. */
  if (!monocle_json_get_string (section, where, "hidden_activation", MONOCLE_JSON_OPTIONAL,
                                &text->activation, error))
    return FALSE;
  if (!g_str_equal (text->activation, "gelu")
      && !g_str_equal (text->activation, "gelu_pytorch_tanh"))
    return monocle_config_refuse (
        where, "“hidden_activation” must be “gelu” or “gelu_pytorch_tanh”", error);
  if (!monocle_causal_text_take (text, MONOCLE_ACTIVATION_GELU_TANH, where, taken, error))
    return FALSE;
  taken->norm_offset = 1;
  taken->word_scale = sqrtf ((float) taken->channels);
  taken->sees_ahead = TRUE;
  return TRUE;
}

static gboolean
load_first (MonoclePaligemmaConfig *config, JsonObject *section, const char *where, GError **error)
{
  MonocleCausalText text = {
    .channels = 3072,
    .hidden = 24576,
    .n_layers = 28,
    .n_heads = 16,
    .n_kv_heads = 16,
    .head_width = 256,
    .n_words = 257216,
    .n_positions = 8192,
    .epsilon = 1e-6,
    .base = 10000,
    .activation = "gelu_pytorch_tanh",
  };

  return monocle_causal_text_read (&text, section, where, error)
         && take_text (config, &text, section, where, error);
}

static gboolean
load_second (MonoclePaligemmaConfig *config, JsonObject *section, const char *where, GError **error)
{
  MonocleCausalText text = {
    .channels = 2304,
    .hidden = 9216,
    .n_layers = 26,
    .n_heads = 8,
    .n_kv_heads = 4,
    .head_width = 256,
    .n_words = 257216,
    .n_positions = 8192,
    .epsilon = 1e-6,
    .base = 10000,
    .activation = "gelu_pytorch_tanh",
  };
  Second second = { .score_cap = 50, .logit_cap = 30, .query_scalar = 256, .window = 4096 };

  if (!monocle_causal_text_read (&text, section, where, error)
      || !read_second (&second, section, where, error)
      || !take_text (config, &text, section, where, error))
    return FALSE;
  config->text.norms_twice = TRUE;
  config->text.score_cap = (float) second.score_cap;
  config->text.logit_cap = (float) second.logit_cap;
  config->text.query_scale = (float) (1 / sqrt (second.query_scalar));
  config->text.window = (guint) second.window;
  return TRUE;
}

static gboolean
load_text (MonoclePaligemmaConfig *config, JsonObject *root, const char *path, GError **error)
{
  g_autofree char *where = g_strdup_printf ("%s: text_config", path);
  JsonObject *section = NULL;
  const char *type = "gemma";

  if (!monocle_json_get_object (root, path, "text_config", MONOCLE_JSON_REQUIRED, &section, error)
      || !monocle_json_get_string (section, where, "model_type", MONOCLE_JSON_OPTIONAL, &type,
                                   error))
    return FALSE;
  if (g_str_equal (type, "gemma"))
    return load_first (config, section, where, error);
  if (g_str_equal (type, "gemma2"))
    return load_second (config, section, where, error);
  return monocle_config_refuse (where, "“model_type” must be “gemma” or “gemma2”", error);
}

static gboolean
read_image_id (MonoclePaligemmaConfig *config, JsonObject *root, const char *path, GError **error)
{
  static const char *const keys[] = { "image_token_index", "image_token_id" };
  gint64 id = IMAGE_ID;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (!monocle_json_get_int (root, path, keys[i], MONOCLE_JSON_OPTIONAL, 0, MAX_WORDS, &id,
                               error))
      return FALSE;
  config->image_id = (guint32) id;
  return TRUE;
}

gboolean
monocle_paligemma_config_load (MonoclePaligemmaConfig *config,
                               const char *directory,
                               GError **error)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autoptr (JsonObject) root = monocle_json_load (path, error);
  MonocleTower vision = {
    .channels = 1152,
    .n_layers = 27,
    .n_heads = 16,
    .hidden = 4304,
    .side = 224,
    .patch = 14,
    .n_channels = 3,
    .epsilon = 1e-6,
    .activation = "gelu_pytorch_tanh",
  };

  *config = (MonoclePaligemmaConfig){ .ends.ids = g_array_new (FALSE, FALSE, sizeof (guint32)) };
  return root && monocle_tower_read (&vision, root, path, "vision_config", error)
         && take_vision (config, &vision, path, error) && load_text (config, root, path, error)
         && read_image_id (config, root, path, error)
         && monocle_causal_ends_read (&config->ends, config->text.n_words, directory, error);
}
