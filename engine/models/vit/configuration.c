/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/vit/configuration.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"

/* Far above any published model; what they guard against is a product that overflows. */
#define MAX_SIDE   8192
#define MAX_WIDTH  65536
#define MAX_LAYERS 256
#define MAX_NAMES  65536
#define MAX_TOKENS 65536

static gboolean
unsupported (const char *path, GError **error, const char *what)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL, "%s: %s", shown,
               what);
  return FALSE;
}

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
    return unsupported (path, error, "“num_channels” must be 3");
  if (!g_str_equal (activation, "gelu"))
    return unsupported (path, error, "“hidden_act” must be “gelu”");
  if (!has_bias)
    return unsupported (path, error, "“qkv_bias” must be true");
  if (tower->channels % 4 != 0 || tower->hidden % 4 != 0 || tower->channels % tower->n_heads != 0
      || tower->channels / tower->n_heads % 4 != 0)
    return unsupported (path, error,
                        "“hidden_size”, “intermediate_size” and the width of a head must be "
                        "multiples of 4");
  if (side % tower->patch != 0)
    return unsupported (path, error, "“image_size” must be a multiple of “patch_size”");
  if (side / tower->patch * (side / tower->patch) >= MAX_TOKENS)
    return unsupported (path, error, "there are too many patches");
  if (!(epsilon >= 0 && epsilon < 1))
    return unsupported (path, error, "“layer_norm_eps” must be at least 0 and below 1");
  tower->height = tower->width = side;
  tower->epsilon = (float) epsilon;
  return TRUE;
}

/* Without a table there are two, as in the reference. */
static gboolean
read_names (MonocleVitClassifierConfig *config, JsonObject *root, const char *path, GError **error)
{
  g_autofree char *where = g_strdup_printf ("%s: id2label", path);
  JsonObject *table = NULL;
  guint n = 2;

  if (!monocle_json_get_object (root, path, "id2label", MONOCLE_JSON_OPTIONAL, &table, error))
    return FALSE;
  if (table)
    n = json_object_get_size (table);
  if (n == 0 || n > MAX_NAMES)
    return unsupported (path, error, "“id2label” has no names, or too many");
  config->names = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);
      g_autofree char *unnamed = g_strdup_printf ("LABEL_%u", i);
      const char *name = unnamed;

      if (table
          && !monocle_json_get_string (table, where, key, MONOCLE_JSON_REQUIRED, &name, error))
        return FALSE;
      config->names[config->n_names++] = g_strdup (name);
    }
  return TRUE;
}

gboolean
monocle_vit_config_probe (JsonObject *root)
{
  const char *type = NULL;

  return monocle_json_get_string (root, "", "model_type", MONOCLE_JSON_REQUIRED, &type, NULL)
         && g_str_equal (type, "vit");
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
         && read_names (config, root, path, error);
}
