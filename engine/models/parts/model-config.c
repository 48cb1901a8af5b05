/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/model-config.h"

#include "engine/base/error.h"
#include "engine/base/json.h"

/* Far above any published model. */
#define MAX_NAMES 65536

gboolean
monocle_config_refuse (const char *path, const char *what, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL, "%s: %s", shown,
               what);
  return FALSE;
}

gboolean
monocle_config_has_type (JsonObject *root, const char *type)
{
  const char *found = NULL;

  return monocle_json_get_string (root, "", "model_type", MONOCLE_JSON_REQUIRED, &found, NULL)
         && g_str_equal (found, type);
}

gboolean
monocle_config_read_names (
    JsonObject *root, const char *path, GStrv *names, guint *n, GError **error)
{
  g_autofree char *where = g_strdup_printf ("%s: id2label", path);
  g_autoptr (GStrvBuilder) found = g_strv_builder_new ();
  JsonObject *table = NULL;
  guint all = 2;

  if (!monocle_json_get_object (root, path, "id2label", MONOCLE_JSON_OPTIONAL, &table, error))
    return FALSE;
  if (table)
    all = json_object_get_size (table);
  if (all == 0 || all > MAX_NAMES)
    return monocle_config_refuse (path, "“id2label” has no names, or too many", error);
  for (guint i = 0; i < all; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);
      g_autofree char *unnamed = g_strdup_printf ("LABEL_%u", i);
      const char *name = unnamed;

      if (table
          && !monocle_json_get_string (table, where, key, MONOCLE_JSON_REQUIRED, &name, error))
        return FALSE;
      g_strv_builder_add (found, name);
    }
  *names = g_strv_builder_end (found);
  *n = all;
  return TRUE;
}
