/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/smolvlm/configuration.h"

#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/models/parts/model-config.h"
#include "engine/models/parts/tower.h"

/* Far above any published model; what they guard against is a product that overflows. */
#define MAX_LAYERS    256
#define MAX_WORDS     (1 << 20)
#define MAX_POSITIONS (1 << 18)
#define MAX_FACTOR    64
#define MAX_ENDS      8

/* The language model as it is written down, with what the reference's class fills in. */
typedef struct
{
  gint64 channels, hidden, n_layers, n_heads, n_kv_heads, head_width;
  gint64 n_words, n_positions;
  double epsilon, base;
  const char *activation;
} Text;

gboolean
monocle_smolvlm_config_probe (JsonObject *root)
{
  return monocle_config_has_type (root, "idefics3") || monocle_config_has_type (root, "smolvlm");
}

void
monocle_smolvlm_config_clear (MonocleSmolvlmConfig *config)
{
  g_clear_pointer (&config->ends, g_array_unref);
}

/* --- the tower ---------------------------------------------------------------------------- */

static gboolean
take_vision (MonocleSmolvlmConfig *config,
             const MonocleTower *tower,
             JsonObject *root,
             const char *path,
             GError **error)
{
  MonocleClipVisionConfig *vision = &config->vision;
  guint n = (guint) (tower->side / tower->patch);
  gint64 factor = 2;

  if (!monocle_tower_take_layers (tower, MONOCLE_ATTENTION_MASK_NONE, path, &vision->layers, error)
      || !monocle_json_get_int (root, path, "scale_factor", MONOCLE_JSON_OPTIONAL, 1, MAX_FACTOR,
                                &factor, error))
    return FALSE;
  if (tower->n_channels != 3)
    return monocle_config_refuse (path, "“num_channels” must be 3", error);
  if (n == 0 || n % factor != 0)
    return monocle_config_refuse (
        path, "the patches of a side must be a multiple of “scale_factor”", error);
  if (n > MONOCLE_TOWER_MAX_TOKENS / n)
    return monocle_config_refuse (path, "there are too many patches", error);
  config->side = (guint) tower->side;
  config->factor = (guint) factor;
  config->n_seen = n / config->factor * (n / config->factor);
  vision->patch = (guint) tower->patch;
  vision->channels = (guint) tower->channels;
  vision->rows = vision->columns = n;
  vision->pools = TRUE;
  return TRUE;
}

/* --- the language model ------------------------------------------------------------------- */

/* Newer files have the turns in an object of their own. */
static gboolean
read_turns (Text *t, JsonObject *section, const char *where, GError **error)
{
  static const char *const names[] = { "rope_scaling", "rope_parameters" };

  if (!monocle_json_get_double (section, where, "rope_theta", MONOCLE_JSON_OPTIONAL, &t->base,
                                error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *inside = g_strdup_printf ("%s: %s", where, names[i]);
      JsonObject *turns = NULL;
      const char *type = "default";

      if (!monocle_json_get_object (section, where, names[i], MONOCLE_JSON_OPTIONAL, &turns, error))
        return FALSE;
      if (!turns)
        continue;
      if (!monocle_json_get_double (turns, inside, "rope_theta", MONOCLE_JSON_OPTIONAL, &t->base,
                                    error)
          || !monocle_json_get_string (turns, inside, "type", MONOCLE_JSON_OPTIONAL, &type, error)
          || !monocle_json_get_string (turns, inside, "rope_type", MONOCLE_JSON_OPTIONAL, &type,
                                       error))
        return FALSE;
      if (!g_str_equal (type, "default"))
        return monocle_config_refuse (inside, "rotary positions of this type are not known", error);
    }
  return TRUE;
}

static gboolean
read_text (Text *t, JsonObject *section, const char *where, GError **error)
{
  const struct
  {
    const char *key;
    gint64 most, *value;
  } numbers[] = {
    { "hidden_size", MONOCLE_TOWER_MAX_WIDTH, &t->channels },
    { "intermediate_size", MONOCLE_TOWER_MAX_WIDTH, &t->hidden },
    { "num_hidden_layers", MAX_LAYERS, &t->n_layers },
    { "num_attention_heads", MONOCLE_TOWER_MAX_WIDTH, &t->n_heads },
    { "num_key_value_heads", MONOCLE_TOWER_MAX_WIDTH, &t->n_kv_heads },
    { "head_dim", MONOCLE_TOWER_MAX_WIDTH, &t->head_width },
    { "vocab_size", MAX_WORDS, &t->n_words },
    { "max_position_embeddings", MAX_POSITIONS, &t->n_positions },
  };
  static const char *const biases[] = { "attention_bias", "mlp_bias" };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (!monocle_json_get_int (section, where, numbers[i].key, MONOCLE_JSON_OPTIONAL, 1,
                               numbers[i].most, numbers[i].value, error))
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (biases); i++)
    {
      gboolean has = FALSE;

      if (!monocle_json_get_bool (section, where, biases[i], MONOCLE_JSON_OPTIONAL, &has, error))
        return FALSE;
      if (has)
        return monocle_config_refuse (where, "a language model with biases is not known", error);
    }
  return monocle_json_get_double (section, where, "rms_norm_eps", MONOCLE_JSON_OPTIONAL,
                                  &t->epsilon, error)
         && monocle_json_get_string (section, where, "hidden_act", MONOCLE_JSON_OPTIONAL,
                                     &t->activation, error)
         && read_turns (t, section, where, error);
}

static gboolean
take_text (MonocleCausalConfig *text, Text *t, const char *where, GError **error)
{
  if (t->n_kv_heads == 0)
    t->n_kv_heads = t->n_heads;
  if (t->head_width == 0)
    t->head_width = t->channels / t->n_heads;
  if (!g_str_equal (t->activation, "silu"))
    return monocle_config_refuse (where, "“hidden_act” must be “silu”", error);
  if (t->channels % 4 != 0 || t->hidden % 4 != 0 || t->head_width % 4 != 0 || t->head_width == 0)
    return monocle_config_refuse (where,
                                  "“hidden_size”, “intermediate_size” and the width of a head must "
                                  "be multiples of 4",
                                  error);
  if (t->n_heads % t->n_kv_heads != 0 || t->n_heads * t->head_width > MONOCLE_TOWER_MAX_WIDTH)
    return monocle_config_refuse (
        where, "“num_key_value_heads” must divide “num_attention_heads”, and both must be few",
        error);
  if (!(t->epsilon >= 0 && t->epsilon < 1) || !(t->base > 1 && t->base < 1e9))
    return monocle_config_refuse (
        where, "“rms_norm_eps” must be at least 0 and below 1, “rope_theta” above 1", error);
  *text = (MonocleCausalConfig){
    .channels = (guint) t->channels,
    .hidden = (guint) t->hidden,
    .n_layers = (guint) t->n_layers,
    .n_heads = (guint) t->n_heads,
    .n_kv_heads = (guint) t->n_kv_heads,
    .head_width = (guint) t->head_width,
    .n_words = (guint) t->n_words,
    .n_positions = (guint) t->n_positions,
    .activation = MONOCLE_ACTIVATION_SILU,
    .epsilon = (float) t->epsilon,
    .rotary_base = (float) t->base,
  };
  return TRUE;
}

/* --- how answers end ---------------------------------------------------------------------- */

/* One id, or several. */
static gboolean
read_ends (MonocleSmolvlmConfig *config, JsonObject *root, const char *path, GError **error)
{
  static const char key[] = "eos_token_id";
  const gint64 most = (gint64) config->text.n_words - 1;
  JsonNode *node = json_object_get_member (root, key);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 one = 0;

  if (!monocle_json_has (root, key))
    return TRUE;
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      if (!monocle_json_get_ints (root, path, key, MONOCLE_JSON_REQUIRED, 0, most, &ids, error))
        return FALSE;
    }
  else
    {
      if (!monocle_json_get_int (root, path, key, MONOCLE_JSON_REQUIRED, 0, most, &one, error))
        return FALSE;
      g_array_append_val (ids, one);
    }
  if (ids->len > MAX_ENDS - 1)
    return monocle_config_refuse (path, "“eos_token_id” has too many ids", error);
  for (guint i = 0; i < ids->len; i++)
    {
      guint32 id = (guint32) g_array_index (ids, gint64, i);

      g_array_append_val (config->ends, id);
    }
  return TRUE;
}

static gboolean
read_generation (MonocleSmolvlmConfig *config, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "generation_config.json", NULL);
  g_autoptr (JsonObject) root = NULL;
  gint64 pad = 0;

  if (!monocle_file_exists (path))
    return TRUE;
  root = monocle_json_load (path, error);
  if (!root || !read_ends (config, root, path, error)
      || !monocle_json_get_int (root, path, "pad_token_id", MONOCLE_JSON_OPTIONAL, 0,
                                (gint64) config->text.n_words - 1, &pad, error))
    return FALSE;
  config->pad = (guint) pad;
  return TRUE;
}

gboolean
monocle_smolvlm_config_load (MonocleSmolvlmConfig *config, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autofree char *where = g_strdup_printf ("%s: text_config", path);
  g_autoptr (JsonObject) root = monocle_json_load (path, error);
  JsonObject *section = NULL;
  MonocleTower vision = {
    .channels = 1152,
    .n_layers = 12,
    .n_heads = 16,
    .hidden = 3072,
    .side = 224,
    .patch = 32,
    .n_channels = 3,
    .epsilon = 1e-6,
    .activation = "gelu_pytorch_tanh",
  };
  Text text = {
    .channels = 4096,
    .hidden = 11008,
    .n_layers = 32,
    .n_heads = 32,
    .n_words = 32000,
    .n_positions = 2048,
    .epsilon = 1e-6,
    .base = 10000,
    .activation = "silu",
  };

  *config = (MonocleSmolvlmConfig){ .ends = g_array_new (FALSE, FALSE, sizeof (guint32)) };
  return root && monocle_tower_read (&vision, root, path, "vision_config", error)
         && take_vision (config, &vision, root, path, error)
         && monocle_json_get_object (root, path, "text_config", MONOCLE_JSON_REQUIRED, &section,
                                     error)
         && read_text (&text, section, where, error)
         && take_text (&config->text, &text, where, error)
         && read_generation (config, directory, error);
}
