/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/clipseg/configuration.h"

#include "engine/base/json.h"
#include "engine/models/parts/model-config.h"
#include "engine/models/parts/tower.h"

static gboolean
take_levels (MonocleClipsegConfig *config,
             const MonocleTower *tower,
             JsonObject *root,
             const char *path,
             GError **error)
{
  static const guint usual[] = { 3, 6, 9 };
  g_autoptr (GArray) levels = NULL;

  if (!monocle_json_get_ints (root, path, "extract_layers", MONOCLE_JSON_OPTIONAL, 0,
                              tower->n_layers - 1, &levels, error))
    return FALSE;
  config->n_levels = levels ? levels->len : G_N_ELEMENTS (usual);
  if (config->n_levels == 0 || config->n_levels > MONOCLE_CLIPSEG_MAX_LEVELS)
    return monocle_config_refuse (path, "“extract_layers” has no layers, or too many", error);
  for (guint i = 0; i < config->n_levels; i++)
    {
      config->levels[i] = levels ? (guint) g_array_index (levels, gint64, i) : usual[i];
      if (i > 0 && config->levels[i] <= config->levels[i - 1])
        return monocle_config_refuse (path, "“extract_layers” must rise", error);
    }
  if (config->levels[config->n_levels - 1] >= tower->n_layers)
    return monocle_config_refuse (path, "“extract_layers” names a layer that is not there", error);
  /* What comes after the last of them nobody listens to. */
  config->vision.layers.n_layers = config->levels[config->n_levels - 1] + 1;
  return TRUE;
}

static gboolean
take_vision (MonocleClipsegConfig *config,
             const MonocleTower *tower,
             JsonObject *root,
             const char *path,
             GError **error)
{
  MonocleClipVisionConfig *vision = &config->vision;

  if (!monocle_tower_take_layers (tower, MONOCLE_ATTENTION_MASK_NONE, path, &vision->layers, error))
    return FALSE;
  if (tower->n_channels != 3)
    return monocle_config_refuse (path, "“num_channels” must be 3", error);
  config->grid = (guint) (tower->side / tower->patch);
  if (config->grid == 0 || config->grid * config->grid >= MONOCLE_TOWER_MAX_TOKENS)
    return monocle_config_refuse (path, "there are no patches, or too many", error);
  vision->patch = (guint) tower->patch;
  vision->channels = (guint) tower->channels;
  return take_levels (config, tower, root, path, error);
}

static gboolean
take_text (MonocleClipsegConfig *config,
           const MonocleTower *tower,
           JsonObject *root,
           const char *path,
           GError **error)
{
  gint64 n_dims = 512;

  if (!monocle_tower_take_layers (tower, MONOCLE_ATTENTION_MASK_CAUSAL, path, &config->text.layers,
                                  error)
      || !monocle_json_get_int (root, path, "projection_dim", MONOCLE_JSON_OPTIONAL, 1,
                                MONOCLE_TOWER_MAX_WIDTH, &n_dims, error))
    return FALSE;
  if (n_dims % 4 != 0)
    return monocle_config_refuse (path, "“projection_dim” must be a multiple of 4", error);
  config->text.n_positions = (guint) tower->n_positions;
  config->text.channels = (guint) tower->channels;
  config->n_words = (guint) tower->n_words;
  config->end_id = (guint) tower->end_id;
  config->n_dims = (guint) n_dims;
  return TRUE;
}

static gboolean
take_decoder (MonocleClipsegConfig *config,
              const MonocleTower *vision,
              JsonObject *root,
              const char *path,
              GError **error)
{
  gint64 width = 64, n_heads = 4, hidden = 2048, conditional = 0;
  MonocleTower tower = *vision;

  if (!monocle_json_get_int (root, path, "reduce_dim", MONOCLE_JSON_OPTIONAL, 1,
                             MONOCLE_TOWER_MAX_WIDTH, &width, error)
      || !monocle_json_get_int (root, path, "decoder_num_attention_heads", MONOCLE_JSON_OPTIONAL, 1,
                                MONOCLE_TOWER_MAX_WIDTH, &n_heads, error)
      || !monocle_json_get_int (root, path, "decoder_intermediate_size", MONOCLE_JSON_OPTIONAL, 1,
                                MONOCLE_TOWER_MAX_WIDTH, &hidden, error)
      || !monocle_json_get_int (root, path, "conditional_layer", MONOCLE_JSON_OPTIONAL, 0,
                                MONOCLE_TOWER_MAX_WIDTH, &conditional, error)
      || !monocle_json_get_bool (root, path, "use_complex_transposed_convolution",
                                 MONOCLE_JSON_OPTIONAL, &config->is_fine, error))
    return FALSE;
  if (conditional != 0)
    return monocle_config_refuse (path, "“conditional_layer” must be 0", error);
  if (config->is_fine && (vision->patch != 16 || width % 8 != 0))
    return monocle_config_refuse (path,
                                  "with “use_complex_transposed_convolution” patches must be of 16 "
                                  "pixels, “reduce_dim” a multiple of 8",
                                  error);
  if (vision->patch % 2 != 0)
    return monocle_config_refuse (path, "“patch_size” must be even", error);
  tower.channels = width;
  tower.n_heads = n_heads;
  tower.hidden = hidden;
  config->width = (guint) width;
  return monocle_tower_take_layers (&tower, MONOCLE_ATTENTION_MASK_NONE, path, &config->decoder,
                                    error);
}

gboolean
monocle_clipseg_config_probe (JsonObject *root)
{
  return monocle_config_has_type (root, "clipseg");
}

gboolean
monocle_clipseg_config_load (MonocleClipsegConfig *config, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autoptr (JsonObject) root = monocle_json_load (path, error);
  MonocleTower text = monocle_tower_clip_text, vision = monocle_tower_clip_vision;

  *config = (MonocleClipsegConfig){ .n_dims = 0 };
  return root && monocle_tower_read (&text, root, path, "text_config", error)
         && monocle_tower_read (&vision, root, path, "vision_config", error)
         && take_text (config, &text, root, path, error)
         && take_vision (config, &vision, root, path, error)
         && take_decoder (config, &vision, root, path, error);
}
