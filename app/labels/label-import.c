/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/labels/label-import.h"

#include <string.h>

#include "app/labels/label-file.h"
#include "app/labels/label-set.h"
#include "app/labels/label-yaml.h"
#include "engine/engine.h"

/* Lists of names are small; COCO has them beside all its annotations. */
#define MAX_BYTES MONOCLE_JSON_MAX_BYTES

/* Once each. @label: (transfer full) */
static void
take (GPtrArray *labels, GHashTable *seen, MonocleLabelItem *label)
{
  if (g_hash_table_add (seen, (gpointer) monocle_label_item_get_name (label)))
    g_ptr_array_add (labels, label);
  else
    g_object_unref (label);
}

static GPtrArray *
make_labels (const char *const *names)
{
  GPtrArray *labels = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; names[i]; i++)
    take (labels, seen, monocle_label_item_new (names[i], MONOCLE_LABEL_NO_COLOUR));
  return labels;
}

/* --- A name a line --- */

static GPtrArray *
read_text (const char *text, const char *name, GError **error)
{
  g_auto (GStrv) lines = monocle_labels_parse (text);

  for (guint i = 0; lines[i]; i++)
    {
      char *clean = monocle_label_clean (lines[i]);

      if (i >= MONOCLE_LABEL_SET_MAX || !clean)
        {
          g_free (clean);
          monocle_file_set_error (error, name,
                                  clean ? "has more than %u names" : "name %u is too long",
                                  clean ? MONOCLE_LABEL_SET_MAX : i + 1);
          return NULL;
        }
      g_free (lines[i]);
      lines[i] = clean;
    }
  if (!lines[0])
    {
      monocle_file_set_error (error, name, "has no names");
      return NULL;
    }
  return make_labels ((const char *const *) lines);
}

/* --- COCO --- */

/* `color` of panoptic categories; others have none. */
static guint32
read_colour (JsonObject *category, const char *where)
{
  g_autoptr (GArray) parts = NULL;

  if (!monocle_json_get_ints (category, where, "color", MONOCLE_JSON_OPTIONAL, 0, 255, &parts, NULL)
      || !parts || parts->len != 3)
    return MONOCLE_LABEL_NO_COLOUR;
  return (guint32) (g_array_index (parts, gint64, 0) << 16 | g_array_index (parts, gint64, 1) << 8
                    | g_array_index (parts, gint64, 2));
}

/* (transfer full) (nullable) */
static MonocleLabelItem *
read_category (JsonNode *node, const char *where, GError **error)
{
  const char *text = NULL;
  g_autofree char *clean = NULL;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      monocle_file_set_error (error, where, "is no object");
      return NULL;
    }
  if (!monocle_json_get_string (json_node_get_object (node), where, "name", MONOCLE_JSON_REQUIRED,
                                &text, error))
    return NULL;
  clean = monocle_label_clean (text);
  if (!clean)
    {
      monocle_file_set_error (error, where, "\"name\" is empty or too long");
      return NULL;
    }
  return monocle_label_item_new (clean, read_colour (json_node_get_object (node), where));
}

static GPtrArray *
read_coco (JsonObject *root, const char *name, GError **error)
{
  g_autoptr (GPtrArray) labels = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  JsonArray *categories = NULL;
  guint n;

  if (!monocle_json_get_array (root, name, "categories", MONOCLE_JSON_REQUIRED, &categories, error))
    return NULL;
  n = json_array_get_length (categories);
  if (n == 0 || n > MONOCLE_LABEL_SET_MAX)
    {
      monocle_file_set_error (error, name, "\"categories\" has %u names, expected 1 to %u", n,
                              MONOCLE_LABEL_SET_MAX);
      return NULL;
    }
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *where = g_strdup_printf ("%s: categories[%u]", name, i);
      MonocleLabelItem *label
          = read_category (json_array_get_element (categories, i), where, error);

      if (!label)
        return NULL;
      take (labels, seen, label);
    }
  return g_steal_pointer (&labels);
}

static GPtrArray *
read_json (const char *text, gsize size, const char *name, GError **error)
{
  g_autoptr (JsonObject) root = monocle_json_parse (text, size, name, error);

  if (!root)
    return NULL;
  return monocle_label_file_is (root) ? monocle_label_file_read (root, name, error)
                                      : read_coco (root, name, error);
}

/* --- Which it is --- */

static gboolean
ends_with (const char *name, const char *suffix)
{
  const gsize n = strlen (name), n_suffix = strlen (suffix);

  return n >= n_suffix && g_ascii_strcasecmp (name + n - n_suffix, suffix) == 0;
}

GPtrArray *
monocle_label_import_parse (const char *text, gsize size, const char *name, GError **error)
{
  g_autofree char *copy = NULL;
  const char *start;

  g_return_val_if_fail (text || size == 0, NULL);
  g_return_val_if_fail (name, NULL);

  if (!g_utf8_validate_len (text, size, NULL) || size == 0)
    {
      monocle_file_set_error (error, name, "is no text");
      return NULL;
    }
  copy = g_strndup (text, size);
  /* Windows writes a mark in front of text. */
  start = g_str_has_prefix (copy, "\xef\xbb\xbf") ? copy + 3 : copy;
  if (ends_with (name, ".yaml") || ends_with (name, ".yml"))
    {
      g_auto (GStrv) names = monocle_label_yaml_read (start, name, error);

      return names ? make_labels ((const char *const *) names) : NULL;
    }
  if (start[strspn (start, " \t\r\n")] == '{' || ends_with (name, ".json"))
    return read_json (copy, size, name, error);
  return read_text (start, name, error);
}

GPtrArray *
monocle_label_import_load (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  const char *data;
  gsize size;

  g_return_val_if_fail (path, NULL);

  bytes = monocle_file_read (path, MAX_BYTES, error);
  if (!bytes)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  return monocle_label_import_parse (data, size, path, error);
}
