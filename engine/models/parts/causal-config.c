/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/causal-config.h"

#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/models/parts/model-config.h"
#include "engine/models/parts/tower.h"

/* Far above any published model; what they guard against is a product that overflows. */
#define MAX_LAYERS    256
#define MAX_WORDS     (1 << 20)
#define MAX_POSITIONS (1 << 18)
#define MAX_ENDS      8

/* Newer files have the turns in an object of their own. */
static gboolean
read_turns (MonocleCausalText *t, JsonObject *section, const char *where, GError **error)
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
      if (!g_str_equal (type, "default") && !(t->has_axes && g_str_equal (type, "mrope")))
        return monocle_config_refuse (inside, "rotary positions of this type are not known", error);
    }
  return TRUE;
}

gboolean
monocle_causal_text_read (MonocleCausalText *t,
                          JsonObject *section,
                          const char *where,
                          GError **error)
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

gboolean
monocle_causal_text_take (const MonocleCausalText *written,
                          MonocleActivation activation,
                          const char *where,
                          MonocleCausalConfig *text,
                          GError **error)
{
  MonocleCausalText copy = *written, *t = &copy;

  if (t->n_kv_heads == 0)
    t->n_kv_heads = t->n_heads;
  if (t->head_width == 0)
    t->head_width = t->channels / t->n_heads;
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
    .activation = activation,
    .epsilon = (float) t->epsilon,
    .rotary_base = (float) t->base,
  };
  return TRUE;
}

/* --- how answers end ---------------------------------------------------------------------- */

/* One id, or several. */
static gboolean
read_ends (
    MonocleCausalEnds *ends, guint n_words, JsonObject *root, const char *path, GError **error)
{
  static const char key[] = "eos_token_id";
  const gint64 most = (gint64) n_words - 1;
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

      g_array_append_val (ends->ids, id);
    }
  return TRUE;
}

gboolean
monocle_causal_ends_read (MonocleCausalEnds *ends,
                          guint n_words,
                          const char *directory,
                          GError **error)
{
  g_autofree char *path = g_build_filename (directory, "generation_config.json", NULL);
  g_autoptr (JsonObject) root = NULL;

  if (!monocle_file_exists (path))
    return TRUE;
  root = monocle_json_load (path, error);
  return root && monocle_causal_ends_take (ends, n_words, root, path, error);
}

gboolean
monocle_causal_ends_take (
    MonocleCausalEnds *ends, guint n_words, JsonObject *root, const char *path, GError **error)
{
  gint64 pad = 0;

  if (!read_ends (ends, n_words, root, path, error)
      || !monocle_json_get_int (root, path, "pad_token_id", MONOCLE_JSON_OPTIONAL, 0,
                                (gint64) n_words - 1, &pad, error))
    return FALSE;
  ends->pad = (guint) pad;
  return TRUE;
}
