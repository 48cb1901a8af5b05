/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/clip/configuration.h"

#include "engine/answer/labels.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/models/parts/model-config.h"
#include "engine/models/parts/tower.h"

/* What labels are put into where nobody says anything: the reference's pipeline has it. */
#define USUAL_WORDING "This is a photo of {}."

static const MonocleTower siglip_text = {
  .channels = 768,
  .n_layers = 12,
  .n_heads = 12,
  .hidden = 3072,
  .n_words = 32000,
  .end_id = 49407,
  .pad_id = 1,
  .n_positions = 64,
  .projection = 0,
  .has_head = TRUE,
  .epsilon = 1e-6,
  .activation = "gelu_pytorch_tanh",
};
static const MonocleTower siglip_vision = {
  .channels = 768,
  .n_layers = 12,
  .n_heads = 12,
  .hidden = 3072,
  .side = 224,
  .patch = 16,
  .n_channels = 3,
  .n_patches = 256,
  .has_head = TRUE,
  .epsilon = 1e-6,
  .activation = "gelu_pytorch_tanh",
};

static gboolean
take_vision (MonocleClipConfig *config, const MonocleTower *tower, const char *path, GError **error)
{
  MonocleClipVisionConfig *vision = &config->vision;
  guint n = (guint) (tower->side / tower->patch);

  if (!monocle_tower_take_layers (tower, MONOCLE_ATTENTION_MASK_NONE, path, &vision->layers, error))
    return FALSE;
  if (tower->n_channels != 3)
    return monocle_config_refuse (path, "“num_channels” must be 3", error);
  if (!tower->has_head)
    return monocle_config_refuse (path, "“vision_use_head” must be true", error);
  vision->patch = (guint) tower->patch;
  vision->channels = (guint) tower->channels;
  vision->pools = config->is_siglip;
  if (vision->is_flexible)
    {
      while (config->n_grid * config->n_grid < (guint) tower->n_patches)
        config->n_grid++;
      if (config->n_grid * config->n_grid != (guint) tower->n_patches)
        return monocle_config_refuse (path, "“num_patches” must be a square", error);
      return TRUE;
    }
  if (n == 0 || n * n >= MONOCLE_TOWER_MAX_TOKENS)
    return monocle_config_refuse (path, "there are no patches, or too many", error);
  /* What is over at the right and below is not looked at, as in the reference. */
  config->side = (guint) tower->side;
  vision->rows = vision->columns = n;
  return TRUE;
}

static gboolean
take_text (MonocleClipConfig *config, const MonocleTower *tower, const char *path, GError **error)
{
  MonocleAttentionMask mask
      = config->is_siglip ? MONOCLE_ATTENTION_MASK_NONE : MONOCLE_ATTENTION_MASK_CAUSAL;

  config->text.n_positions = (guint) tower->n_positions;
  config->text.channels = (guint) tower->channels;
  config->n_words = (guint) tower->n_words;
  config->end_id = (guint) tower->end_id;
  config->pad_id = (guint) tower->pad_id;
  return monocle_tower_take_layers (tower, mask, path, &config->text.layers, error);
}

/* How wide the space is: of SigLIP as wide as the tower of pictures. */
static gboolean
take_dims (MonocleClipConfig *config,
           const MonocleTower *text,
           JsonObject *root,
           const char *path,
           GError **error)
{
  gint64 n_dims = config->is_siglip ? (text->projection ? text->projection : text->channels) : 512;

  if (!config->is_siglip
      && !monocle_json_get_int (root, path, "projection_dim", MONOCLE_JSON_OPTIONAL, 1,
                                MONOCLE_TOWER_MAX_WIDTH, &n_dims, error))
    return FALSE;
  if (n_dims % 4 != 0)
    return monocle_config_refuse (path, "“projection_dim” must be a multiple of 4", error);
  if (config->is_siglip && n_dims != config->vision.channels)
    return monocle_config_refuse (path, "the two towers end in vectors of different widths", error);
  config->n_dims = (guint) n_dims;
  return TRUE;
}

/* model-info.json may say which sentences the model knows labels from. */
static gboolean
read_wording (MonocleClipConfig *config, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "model-info.json", NULL);
  g_autoptr (JsonObject) root = NULL;
  const char *wording = USUAL_WORDING;

  if (monocle_file_exists (path))
    {
      root = monocle_json_load (path, error);
      if (!root
          || !monocle_json_get_string (root, path, "wording", MONOCLE_JSON_OPTIONAL, &wording,
                                       error))
        return FALSE;
      if (!monocle_labels_check_wording (wording, error))
        {
          g_prefix_error (error, "%s: ", path);
          return FALSE;
        }
    }
  config->wording = g_strdup (wording);
  return TRUE;
}

gboolean
monocle_clip_config_probe (JsonObject *root)
{
  return monocle_config_has_type (root, "clip");
}

gboolean
monocle_clip_config_probe_siglip (JsonObject *root)
{
  return monocle_config_has_type (root, "siglip") || monocle_config_has_type (root, "siglip2");
}

void
monocle_clip_config_clear (MonocleClipConfig *config)
{
  g_clear_pointer (&config->wording, g_free);
}

gboolean
monocle_clip_config_load (MonocleClipConfig *config, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autoptr (JsonObject) root = monocle_json_load (path, error);
  MonocleTower text, vision;

  *config = (MonocleClipConfig){ .n_dims = 0 };
  if (!root)
    return FALSE;
  config->is_siglip = monocle_clip_config_probe_siglip (root);
  config->vision.is_flexible = monocle_config_has_type (root, "siglip2");
  text = config->is_siglip ? siglip_text : monocle_tower_clip_text;
  vision = config->is_siglip ? siglip_vision : monocle_tower_clip_vision;
  return monocle_tower_read (&text, root, path, "text_config", error)
         && monocle_tower_read (&vision, root, path, "vision_config", error)
         && take_text (config, &text, path, error) && take_vision (config, &vision, path, error)
         && take_dims (config, &text, root, path, error) && read_wording (config, directory, error);
}
