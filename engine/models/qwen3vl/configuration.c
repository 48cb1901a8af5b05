/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/qwen3vl/configuration.h"

#include <math.h>

#include "engine/base/json.h"
#include "engine/models/parts/model-config.h"
#include "engine/models/parts/tower.h"

/* Far above any published model; what they guard against is a product that overflows. */
#define MAX_LAYERS 256
#define MAX_FACTOR 16
#define MAX_FRAMES 16

/* Texts of the published models may be eight times as long, which no device that they run on has
 * memory for. */
#define MOST_POSITIONS 32768

/* Of the tower; it is written nowhere. */
#define EPSILON 1e-6

static const MonocleLayerNames names = {
  .norm_attention = "norm1",
  .attention = "attn.qkv",
  .attention_end = "attn.proj",
  .norm_perceptron = "norm2",
  .perceptron = "mlp.linear_fc1",
  .perceptron_end = "mlp.linear_fc2",
};

gboolean
monocle_qwen3vl_config_probe (JsonObject *root)
{
  return monocle_config_has_type (root, "qwen3_vl");
}

void
monocle_qwen3vl_config_clear (MonocleQwen3vlConfig *config)
{
  g_clear_pointer (&config->ends.ids, g_array_unref);
}

/* --- the tower ---------------------------------------------------------------------------- */

static gboolean
read_deep (MonocleQwen3vlConfig *config, JsonObject *section, const char *where, GError **error)
{
  static const char key[] = "deepstack_visual_indexes";
  g_autoptr (GArray) deep = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (!monocle_json_get_ints (section, where, key, MONOCLE_JSON_OPTIONAL, 0,
                              (gint64) config->layers.n_layers - 1, &deep, error))
    return FALSE;
  if (deep->len > MONOCLE_QWEN3VL_MAX_DEEP)
    return monocle_config_refuse (where, "“deepstack_visual_indexes” has too many layers", error);
  for (guint i = 0; i < deep->len; i++)
    {
      config->deep[i] = (guint) g_array_index (deep, gint64, i);
      if (i > 0 && config->deep[i] <= config->deep[i - 1])
        return monocle_config_refuse (where, "“deepstack_visual_indexes” must rise", error);
    }
  config->n_deep = deep->len;
  return TRUE;
}

static gboolean
take_vision (MonocleQwen3vlConfig *config,
             const MonocleTower *tower,
             gint64 n_positions,
             const char *where,
             GError **error)
{
  if (!monocle_tower_take_layers (tower, MONOCLE_ATTENTION_MASK_NONE, where, &config->layers,
                                  error))
    return FALSE;
  config->layers.names = &names;
  config->channels = (guint) tower->channels;
  config->patch = (guint) tower->patch;
  config->side = (guint) sqrt ((double) n_positions);
  if (tower->n_channels != 3)
    return monocle_config_refuse (where, "“in_channels” must be 3", error);
  if ((gint64) config->side * config->side != n_positions)
    return monocle_config_refuse (where, "“num_position_embeddings” must be a square", error);
  return TRUE;
}

static gboolean
read_vision (MonocleQwen3vlConfig *config, JsonObject *root, const char *path, GError **error)
{
  g_autofree char *where = g_strdup_printf ("%s: vision_config", path);
  JsonObject *section = NULL;
  MonocleTower tower = {
    .channels = 1152,
    .n_layers = 27,
    .n_heads = 16,
    .hidden = 4304,
    .patch = 16,
    .n_channels = 3,
    .epsilon = EPSILON,
    .activation = "gelu_pytorch_tanh",
  };
  gint64 factor = 2, frames = 2, n_positions = 2304;
  const struct
  {
    const char *key;
    gint64 most, *value;
  } numbers[] = {
    { "depth", MAX_LAYERS, &tower.n_layers },
    { "num_heads", MONOCLE_TOWER_MAX_WIDTH, &tower.n_heads },
    { "in_channels", MONOCLE_TOWER_MAX_WIDTH, &tower.n_channels },
    { "spatial_merge_size", MAX_FACTOR, &factor },
    { "temporal_patch_size", MAX_FRAMES, &frames },
    { "num_position_embeddings", MONOCLE_TOWER_MAX_TOKENS, &n_positions },
  };

  if (!monocle_json_get_object (root, path, "vision_config", MONOCLE_JSON_REQUIRED, &section, error)
      || !monocle_tower_read_members (&tower, section, where, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (!monocle_json_get_int (section, where, numbers[i].key, MONOCLE_JSON_OPTIONAL, 1,
                               numbers[i].most, numbers[i].value, error))
      return FALSE;
  config->factor = (guint) factor;
  config->frames = (guint) frames;
  return take_vision (config, &tower, n_positions, where, error)
         && read_deep (config, section, where, error);
}

/* --- the language model ------------------------------------------------------------------- */

/* Newer files have the turns in an object of another name. */
static gboolean
read_axes (MonocleRotaryAxes *axes, JsonObject *section, const char *where, GError **error)
{
  static const char *const objects[] = { "rope_scaling", "rope_parameters" };
  gboolean interleaved = TRUE;
  g_autoptr (GArray) parts = NULL;

  *axes = (MonocleRotaryAxes){ 20, 20 };
  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    {
      g_autofree char *inside = g_strdup_printf ("%s: %s", where, objects[i]);
      JsonObject *turns = NULL;

      if (!monocle_json_get_object (section, where, objects[i], MONOCLE_JSON_OPTIONAL, &turns,
                                    error))
        return FALSE;
      if (turns
          && (!monocle_json_get_bool (turns, inside, "mrope_interleaved", MONOCLE_JSON_OPTIONAL,
                                      &interleaved, error)
              || !monocle_json_get_ints (turns, inside, "mrope_section", MONOCLE_JSON_OPTIONAL, 1,
                                         MONOCLE_TOWER_MAX_WIDTH, &parts, error)))
        return FALSE;
    }
  if (!interleaved)
    return monocle_config_refuse (where, "“mrope_interleaved” must be true", error);
  if (parts && parts->len != MONOCLE_ROTARY_AXES)
    return monocle_config_refuse (where, "“mrope_section” must be three numbers", error);
  if (parts)
    *axes = (MonocleRotaryAxes){ (guint) g_array_index (parts, gint64, 1),
                                 (guint) g_array_index (parts, gint64, 2) };
  return TRUE;
}

static gboolean
read_text (MonocleQwen3vlConfig *config, JsonObject *root, const char *path, GError **error)
{
  g_autofree char *where = g_strdup_printf ("%s: text_config", path);
  JsonObject *section = NULL;
  MonocleCausalConfig *text = &config->text;
  MonocleRotaryAxes axes;
  MonocleCausalText written = {
    .channels = 4096,
    .hidden = 22016,
    .n_layers = 32,
    .n_heads = 32,
    .n_kv_heads = 32,
    .head_width = 128,
    .n_words = 151936,
    .n_positions = 128000,
    .epsilon = 1e-6,
    .base = 500000,
    .activation = "silu",
  };

  if (!monocle_json_get_object (root, path, "text_config", MONOCLE_JSON_REQUIRED, &section, error)
      || !monocle_causal_text_read (&written, section, where, error)
      || !read_axes (&axes, section, where, error))
    return FALSE;
  if (!g_str_equal (written.activation, "silu"))
    return monocle_config_refuse (where, "“hidden_act” must be “silu”", error);
  if (!monocle_causal_text_take (&written, MONOCLE_ACTIVATION_SILU, where, text, error))
    return FALSE;
  if (config->n_deep > text->n_layers)
    return monocle_config_refuse (where, "it has fewer layers than “deepstack_visual_indexes”",
                                  error);
  text->axes = axes;
  text->n_deep = config->n_deep;
  text->norms_heads = TRUE;
  text->n_positions = MIN (text->n_positions, MOST_POSITIONS);
  return TRUE;
}

gboolean
monocle_qwen3vl_config_load (MonocleQwen3vlConfig *config, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autoptr (JsonObject) root = monocle_json_load (path, error);

  *config = (MonocleQwen3vlConfig){ .ends.ids = g_array_new (FALSE, FALSE, sizeof (guint32)) };
  return root && read_vision (config, root, path, error) && read_text (config, root, path, error)
         && monocle_causal_ends_read (&config->ends, config->text.n_words, directory, error);
}
