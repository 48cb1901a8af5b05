/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/vit/configuration.h"

#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/models/parts/model-config.h"

/* Far above any published model; what they guard against is a product that overflows. */
#define MAX_SIDE   8192
#define MAX_WIDTH  65536
#define MAX_LAYERS 256
#define MAX_TOKENS 65536

static gboolean
read_number (JsonObject *root,
             const char *path,
             const char *key,
             guint most,
             guint usual,
             guint *value,
             GError **error)
{
  gint64 number = usual;

  if (!monocle_json_get_int (root, path, key, MONOCLE_JSON_OPTIONAL, 1, most, &number, error))
    return FALSE;
  *value = (guint) number;
  return TRUE;
}

/* The defaults are those of the reference's configuration class: what equals them can be missing.
 */
static gboolean
read_tower (MonocleVitConfig *tower, JsonObject *root, const char *path, GError **error)
{
  const char *activation = "gelu";
  gboolean has_bias = TRUE;
  guint side, n_channels;
  double epsilon = 1e-12;

  if (!read_number (root, path, "image_size", MAX_SIDE, 224, &side, error)
      || !read_number (root, path, "patch_size", MAX_SIDE, 16, &tower->patch, error)
      || !read_number (root, path, "num_channels", MAX_WIDTH, 3, &n_channels, error)
      || !read_number (root, path, "hidden_size", MAX_WIDTH, 768, &tower->channels, error)
      || !read_number (root, path, "num_hidden_layers", MAX_LAYERS, 12, &tower->n_layers, error)
      || !read_number (root, path, "num_attention_heads", MAX_WIDTH, 12, &tower->n_heads, error)
      || !read_number (root, path, "intermediate_size", MAX_WIDTH, 3072, &tower->hidden, error)
      || !monocle_json_get_double (root, path, "layer_norm_eps", MONOCLE_JSON_OPTIONAL, &epsilon,
                                   error)
      || !monocle_json_get_string (root, path, "hidden_act", MONOCLE_JSON_OPTIONAL, &activation,
                                   error)
      || !monocle_json_get_bool (root, path, "qkv_bias", MONOCLE_JSON_OPTIONAL, &has_bias, error))
    return FALSE;
  if (n_channels != 3)
    return monocle_config_refuse (path, "“num_channels” must be 3", error);
  if (!g_str_equal (activation, "gelu"))
    return monocle_config_refuse (path, "“hidden_act” must be “gelu”", error);
  if (!has_bias)
    return monocle_config_refuse (path, "“qkv_bias” must be true", error);
  if (tower->channels % 4 != 0 || tower->hidden % 4 != 0 || tower->channels % tower->n_heads != 0
      || tower->channels / tower->n_heads % 4 != 0)
    return monocle_config_refuse (
        path,
        "“hidden_size”, “intermediate_size” and the width of a head must be "
        "multiples of 4",
        error);
  if (side % tower->patch != 0)
    return monocle_config_refuse (path, "“image_size” must be a multiple of “patch_size”", error);
  if (side / tower->patch * (side / tower->patch) >= MAX_TOKENS)
    return monocle_config_refuse (path, "there are too many patches", error);
  if (!(epsilon >= 0 && epsilon < 1))
    return monocle_config_refuse (path, "“layer_norm_eps” must be at least 0 and below 1", error);
  tower->height = tower->width = side;
  tower->epsilon = (float) epsilon;
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
