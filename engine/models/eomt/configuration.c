/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/eomt/configuration.h"

#include "engine/base/json.h"
#include "engine/models/parts/model-config.h"
#include "engine/models/parts/tower.h"

/* Far above any published model; what they guard against is a product that overflows. */
#define MAX_QUERIES   4096
#define MAX_REGISTERS 1024
#define MAX_RATIO     64

/* Masks are drawn in one piece, and read back. */
#define MAX_MASK_SIDE 2048

/* Those of the reference's configuration class: what equals them can be missing. */
static const MonocleTower usual = {
  .channels = 1024,
  .n_layers = 24,
  .n_heads = 16,
  .hidden = 4096,
  .side = 640,
  .patch = 16,
  .n_channels = 3,
  .epsilon = 1e-6,
  .activation = "gelu",
};

static const MonocleLayerNames layer_names = {
  .norm_attention = "norm1",
  .attention = "attention",
  .parts = { "q_proj", "k_proj", "v_proj" },
  .attention_end = "attention.out_proj",
  .norm_perceptron = "norm2",
  .perceptron = "mlp.fc1",
  .perceptron_end = "mlp.fc2",
};

static gboolean
read_tower (MonocleEomtConfig *config, JsonObject *root, const char *path, GError **error)
{
  MonocleTower tower = usual;
  gint64 ratio = usual.hidden / usual.channels;
  gboolean is_gated = FALSE;

  if (!monocle_tower_read_members (&tower, root, path, error)
      || !monocle_json_get_int (root, path, "mlp_ratio", MONOCLE_JSON_OPTIONAL, 1, MAX_RATIO,
                                &ratio, error)
      || !monocle_json_get_bool (root, path, "use_swiglu_ffn", MONOCLE_JSON_OPTIONAL, &is_gated,
                                 error))
    return FALSE;
  tower.hidden = tower.channels * ratio;
  if (!monocle_tower_take_layers (&tower, MONOCLE_ATTENTION_MASK_NONE, path, &config->layers,
                                  error))
    return FALSE;
  if (tower.n_channels != 3)
    return monocle_config_refuse (path, "“num_channels” must be 3", error);
  if (is_gated)
    return monocle_config_refuse (path, "“use_swiglu_ffn” must be false", error);
  if (tower.side % tower.patch != 0)
    return monocle_config_refuse (path, "“image_size” must be a multiple of “patch_size”", error);
  if (tower.side / tower.patch * (tower.side / tower.patch) >= MONOCLE_TOWER_MAX_TOKENS)
    return monocle_config_refuse (path, "there are too many patches", error);
  config->layers.names = &layer_names;
  config->side = (guint) tower.side;
  config->patch = (guint) tower.patch;
  config->channels = (guint) tower.channels;
  return TRUE;
}

static gboolean
read_heads (MonocleEomtConfig *config, JsonObject *root, const char *path, GError **error)
{
  const struct
  {
    const char *key;
    guint usual, least, most, *value;
  } numbers[] = {
    { "num_queries", 200, 1, MAX_QUERIES, &config->n_queries },
    { "num_register_tokens", 4, 1, MAX_REGISTERS, &config->n_registers },
    { "num_blocks", 4, 1, config->layers.n_layers, &config->n_asking },
    { "num_upscale_blocks", 2, 1, MONOCLE_EOMT_MAX_FINER, &config->n_finer },
  };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      gint64 number = numbers[i].usual;

      if (!monocle_json_get_int (root, path, numbers[i].key, MONOCLE_JSON_OPTIONAL,
                                 numbers[i].least, numbers[i].most, &number, error))
        return FALSE;
      *numbers[i].value = (guint) number;
    }
  if (config->n_asking > config->layers.n_layers)
    return monocle_config_refuse (path, "“num_blocks” is more than there are layers", error);
  if (monocle_eomt_get_mask_side (config) > MAX_MASK_SIDE)
    return monocle_config_refuse (path, "masks would be too large", error);
  return TRUE;
}

gboolean
monocle_eomt_config_probe (JsonObject *root)
{
  return monocle_config_has_type (root, "eomt");
}

void
monocle_eomt_config_clear (MonocleEomtConfig *config)
{
  g_clear_pointer (&config->names, g_strfreev);
}

gboolean
monocle_eomt_config_load (MonocleEomtConfig *config, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autoptr (JsonObject) root = monocle_json_load (path, error);

  *config = (MonocleEomtConfig){ .n_names = 0 };
  return root && read_tower (config, root, path, error) && read_heads (config, root, path, error)
         && monocle_config_read_names (root, path, &config->names, &config->n_names, error);
}
