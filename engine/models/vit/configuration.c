/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/vit/configuration.h"

#include "engine/base/json.h"
#include "engine/models/parts/model-config.h"
#include "engine/models/parts/tower.h"

/* Those of the reference's configuration class: what equals them can be missing. */
static const MonocleTower usual = {
  .channels = 768,
  .n_layers = 12,
  .n_heads = 12,
  .hidden = 3072,
  .side = 224,
  .patch = 16,
  .n_channels = 3,
  .epsilon = 1e-12,
  .activation = "gelu",
};

static gboolean
read_tower (MonocleVitConfig *config, JsonObject *root, const char *path, GError **error)
{
  MonocleTower tower = usual;
  gboolean has_bias = TRUE;

  if (!monocle_tower_read_members (&tower, root, path, error)
      || !monocle_json_get_bool (root, path, "qkv_bias", MONOCLE_JSON_OPTIONAL, &has_bias, error)
      || !monocle_tower_take_layers (&tower, MONOCLE_ATTENTION_MASK_NONE, path, &config->layers,
                                     error))
    return FALSE;
  if (tower.n_channels != 3)
    return monocle_config_refuse (path, "“num_channels” must be 3", error);
  if (!has_bias)
    return monocle_config_refuse (path, "“qkv_bias” must be true", error);
  if (tower.side % tower.patch != 0)
    return monocle_config_refuse (path, "“image_size” must be a multiple of “patch_size”", error);
  if (tower.side / tower.patch * (tower.side / tower.patch) >= MONOCLE_TOWER_MAX_TOKENS)
    return monocle_config_refuse (path, "there are too many patches", error);
  config->height = config->width = (guint) tower.side;
  config->patch = (guint) tower.patch;
  config->channels = (guint) tower.channels;
  return TRUE;
}

gboolean
monocle_vit_config_probe (JsonObject *root)
{
  return monocle_config_has_type (root, "vit");
}

void
monocle_vit_config_clear (MonocleVitClassifierConfig *config)
{
  g_clear_pointer (&config->names, g_strfreev);
}

gboolean
monocle_vit_config_load (MonocleVitClassifierConfig *config, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autoptr (JsonObject) root = monocle_json_load (path, error);

  *config = (MonocleVitClassifierConfig){ .n_names = 0 };
  return root && read_tower (&config->tower, root, path, error)
         && monocle_config_read_names (root, path, &config->names, &config->n_names, error);
}
