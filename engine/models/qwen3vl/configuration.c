/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/qwen3vl/configuration.h"

#include <math.h>

#include "engine/base/json.h"
#include "engine/models/parts/model-config.h"
#include "engine/models/parts/tower.h"

/* Far above any published model; what they guard against is a product that overflows. */
#define MAX_LAYERS MONOCLE_QWEN3VL_MAX_LAYERS
#define MAX_FACTOR 16
#define MAX_FRAMES 16
#define MAX_WINDOW 65536

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

static const MonocleLayerNames older_names = {
  .norm_attention = "norm1",
  .attention = "attn.qkv",
  .attention_end = "attn.proj",
  .norm_perceptron = "norm2",
  .perceptron = "mlp",
  .gates = { "gate_proj", "up_proj" },
  .perceptron_end = "mlp.down_proj",
};

static gboolean
is_older (JsonObject *root)
{
  return monocle_config_has_type (root, "qwen2_5_vl");
}

gboolean
monocle_qwen3vl_config_probe (JsonObject *root)
{
  return monocle_config_has_type (root, "qwen3_vl") || is_older (root)
         || monocle_config_has_type (root, MONOCLE_QWEN3VL_GGUF)
         || monocle_config_has_type (root, MONOCLE_QWEN3VL_OLDER_GGUF);
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

/* Windows are whole tokens of the language model. */
static gboolean
read_windows (MonocleQwen3vlConfig *config, JsonObject *section, const char *where, GError **error)
{
  g_autoptr (GArray) layers = g_array_new (FALSE, FALSE, sizeof (gint64));
  const guint unit = config->patch * config->factor;
  gint64 window = 112;

  if (!monocle_json_get_int (section, where, "window_size", MONOCLE_JSON_OPTIONAL, 1, MAX_WINDOW,
                             &window, error)
      || !monocle_json_get_ints (section, where, "fullatt_block_indexes", MONOCLE_JSON_REQUIRED, 0,
                                 (gint64) config->layers.n_layers - 1, &layers, error))
    return FALSE;
  if (window % unit != 0)
    return monocle_config_refuse (
        where, "“window_size” must be a multiple of “patch_size” times “spatial_merge_size”",
        error);
  config->window = (guint) window / config->patch;
  for (guint i = 0; i < layers->len; i++)
    config->sees_all[g_array_index (layers, gint64, i)] = TRUE;
  return TRUE;
}

static gboolean
take_vision (MonocleQwen3vlConfig *config,
             const MonocleTower *tower,
             gint64 n_positions,
             const char *where,
             GError **error)
{
  MonocleTower plain = *tower;

  if (config->is_older)
    {
      if (!g_str_equal (tower->activation, "silu"))
        return monocle_config_refuse (where, "“hidden_act” must be “silu”", error);
      plain.activation = "gelu";
    }
  if (!monocle_tower_take_layers (&plain, MONOCLE_ATTENTION_MASK_NONE, where, &config->layers,
                                  error))
    return FALSE;
  if (config->is_older)
    {
      config->layers.activation = MONOCLE_ACTIVATION_SILU;
      config->layers.norms_squares = TRUE;
      n_positions = 0;
    }
  config->layers.names = config->is_older ? &older_names : &names;
  config->channels = (guint) tower->channels;
  config->patch = (guint) tower->patch;
  config->side = (guint) sqrt ((double) n_positions);
  if (tower->n_channels != 3)
    return monocle_config_refuse (where, "“in_channels” must be 3", error);
  if (config->channels / config->layers.n_heads % 4 != 0)
    return monocle_config_refuse (where, "the width of a head must be a multiple of 4", error);
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
    .activation = config->is_older ? "silu" : "gelu_pytorch_tanh",
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
    { "in_chans", MONOCLE_TOWER_MAX_WIDTH, &tower.n_channels },
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
         && (config->is_older ? read_windows (config, section, where, error)
                              : read_deep (config, section, where, error));
}

/* --- the language model ------------------------------------------------------------------- */

/* Newer files have the turns in an object of another name. */
static gboolean
read_axes (MonocleRotaryAxes *axes,
           gboolean in_blocks,
           JsonObject *section,
           const char *where,
           GError **error)
{
  static const char *const objects[] = { "rope_scaling", "rope_parameters" };
  gboolean interleaved = !in_blocks;
  g_autoptr (GArray) parts = NULL;

  *axes = in_blocks ? (MonocleRotaryAxes){ 24, 24, TRUE } : (MonocleRotaryAxes){ 20, 20, FALSE };
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
  if (interleaved == in_blocks)
    return monocle_config_refuse (
        where, in_blocks ? "“mrope_interleaved” must be false" : "“mrope_interleaved” must be true",
        error);
  if (parts && parts->len != MONOCLE_ROTARY_AXES)
    return monocle_config_refuse (where, "“mrope_section” must be three numbers", error);
  if (parts)
    *axes = (MonocleRotaryAxes){ (guint) g_array_index (parts, gint64, 1),
                                 (guint) g_array_index (parts, gint64, 2), in_blocks };
  return TRUE;
}

/* What the network cannot be told. */
static gboolean
check_older (JsonObject *section,
             const MonocleCausalConfig *text,
             const MonocleRotaryAxes *axes,
             const char *where,
             GError **error)
{
  gboolean slides = FALSE;

  if (!monocle_json_get_bool (section, where, "use_sliding_window", MONOCLE_JSON_OPTIONAL, &slides,
                              error))
    return FALSE;
  if (slides)
    return monocle_config_refuse (where, "“use_sliding_window” must be false", error);
  if (axes->n_second + axes->n_third > text->head_width / 2)
    return monocle_config_refuse (where, "“mrope_section” is wider than a head", error);
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
    .base = config->is_older ? 1000000 : 500000,
    .activation = "silu",
    .has_axes = config->is_older,
  };

  if (!monocle_json_get_object (root, path, "text_config",
                                config->is_older ? MONOCLE_JSON_OPTIONAL : MONOCLE_JSON_REQUIRED,
                                &section, error))
    return FALSE;
  /* Old files have it among everything else. */
  if (!section)
    section = root;
  if (config->is_older)
    written.head_width = 0;
  if (!monocle_causal_text_read (&written, section, where, error)
      || !read_axes (&axes, config->is_older, section, where, error))
    return FALSE;
  if (!g_str_equal (written.activation, "silu"))
    return monocle_config_refuse (where, "“hidden_act” must be “silu”", error);
  if (!monocle_causal_text_take (&written, MONOCLE_ACTIVATION_SILU, where, text, error))
    return FALSE;
  if (config->n_deep > text->n_layers)
    return monocle_config_refuse (where, "it has fewer layers than “deepstack_visual_indexes”",
                                  error);
  if (config->is_older && !check_older (section, text, &axes, where, error))
    return FALSE;
  text->axes = axes;
  text->n_deep = config->n_deep;
  text->norms_heads = !config->is_older;
  text->has_biases = config->is_older;
  text->n_positions = MIN (text->n_positions, MOST_POSITIONS);
  return TRUE;
}

gboolean
monocle_qwen3vl_config_read (MonocleQwen3vlConfig *config,
                             JsonObject *root,
                             const char *path,
                             GError **error)
{
  *config = (MonocleQwen3vlConfig){ .ends.ids = g_array_new (FALSE, FALSE, sizeof (guint32)),
                                    .is_older = is_older (root) };
  return read_vision (config, root, path, error) && read_text (config, root, path, error);
}

gboolean
monocle_qwen3vl_config_load (MonocleQwen3vlConfig *config, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autoptr (JsonObject) root = monocle_json_load (path, error);

  return root && monocle_qwen3vl_config_read (config, root, path, error)
         && monocle_causal_ends_read (&config->ends, config->text.n_words, directory, error);
}
