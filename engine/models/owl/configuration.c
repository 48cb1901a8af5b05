/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/owl/configuration.h"

#include "engine/base/json.h"
#include "engine/models/parts/model-config.h"
#include "engine/models/parts/tower.h"

gboolean
monocle_owl_config_probe (JsonObject *root)
{
  return monocle_config_has_type (root, "owlvit");
}

gboolean
monocle_owl_config_probe_second (JsonObject *root)
{
  return monocle_config_has_type (root, "owlv2");
}

static gboolean
take_vision (MonocleOwlConfig *config, const MonocleTower *tower, const char *path, GError **error)
{
  MonocleClipVisionConfig *vision = &config->vision;
  guint n = (guint) (tower->side / tower->patch);

  if (!monocle_tower_take_layers (tower, MONOCLE_ATTENTION_MASK_NONE, path, &vision->layers, error))
    return FALSE;
  if (tower->n_channels != 3)
    return monocle_config_refuse (path, "“num_channels” must be 3", error);
  if (tower->side % tower->patch != 0)
    return monocle_config_refuse (path, "“image_size” must be a multiple of “patch_size”", error);
  if (n * n >= MONOCLE_TOWER_MAX_TOKENS)
    return monocle_config_refuse (path, "there are too many patches", error);
  config->side = (guint) tower->side;
  vision->patch = (guint) tower->patch;
  vision->channels = (guint) tower->channels;
  vision->rows = vision->columns = n;
  vision->first_norm = "pre_layernorm";
  return TRUE;
}

static gboolean
take_text (MonocleOwlConfig *config,
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
  if (n_dims != tower->channels)
    return monocle_config_refuse (path, "“projection_dim” must be as wide as the tower of words",
                                  error);
  config->text.n_positions = (guint) tower->n_positions;
  config->text.channels = (guint) tower->channels;
  config->n_words = (guint) tower->n_words;
  config->n_dims = (guint) n_dims;
  return TRUE;
}

gboolean
monocle_owl_config_load (MonocleOwlConfig *config, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autoptr (JsonObject) root = monocle_json_load (path, error);
  MonocleTower text = monocle_tower_clip_text, vision = monocle_tower_clip_vision;

  *config = (MonocleOwlConfig){ .n_dims = 0 };
  if (!root)
    return FALSE;
  config->is_second = monocle_owl_config_probe_second (root);
  config->root = config->is_second ? "owlv2" : "owlvit";
  /* Where the reference's classes differ from those of CLIP. */
  text.n_positions = 16;
  vision.side = 768;
  vision.patch = config->is_second ? 16 : 32;
  return monocle_tower_read (&text, root, path, "text_config", error)
         && monocle_tower_read (&vision, root, path, "vision_config", error)
         && take_text (config, &text, root, path, error)
         && take_vision (config, &vision, path, error);
}
