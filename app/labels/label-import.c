/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/labels/label-import.h"

#include <string.h>

#include "app/base/yaml.h"
#include "app/labels/label-file.h"
#include "app/labels/label-set.h"
#include "engine/engine.h"

/* Lists of names are small; COCO has them beside all its annotations. */
#define MAX_BYTES MONOCLE_JSON_MAX_BYTES
/* Numbers of names that anybody would use. */
#define MAX_NUMBER 1000000

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

/* --- data.yaml --- */

static gboolean
read_number (const MonocleYamlEntry *entry, guint i, guint64 *number)
{
  *number = i;
  return entry->kind == MONOCLE_YAML_LIST
         || g_ascii_string_to_unsigned (entry->keys->pdata[i], 10, 0, MAX_NUMBER, number, NULL);
}

/* @names: number -> name */
static gboolean
take_name (GTree *names, const MonocleYamlEntry *entry, guint i, const char *file, GError **error)
{
  const guint line = g_array_index (entry->lines, guint, i);
  g_autofree char *clean = monocle_label_clean (entry->values->pdata[i]);
  guint64 number;

  if (!read_number (entry, i, &number))
    return monocle_yaml_fail (file, line, "the number of a name was expected", error);
  if (!clean)
    return monocle_yaml_fail (file, line, "a name is empty, too long, or no text", error);
  if (g_tree_lookup (names, GUINT_TO_POINTER ((guint) number)))
    return monocle_yaml_fail (file, line, "a number has two names", error);
  if (g_tree_nnodes (names) >= MONOCLE_LABEL_SET_MAX)
    return monocle_yaml_fail (file, line, "there are more names than anybody could use", error);
  g_tree_insert (names, GUINT_TO_POINTER ((guint) number), g_steal_pointer (&clean));
  return TRUE;
}

static gboolean
add_name (gpointer number, gpointer name, gpointer names)
{
  g_strv_builder_add (names, name);
  return FALSE;
}

static int
compare_numbers (gconstpointer a, gconstpointer b, gpointer data)
{
  const guint left = GPOINTER_TO_UINT (a), right = GPOINTER_TO_UINT (b);

  return left < right ? -1 : left > right;
}

static GPtrArray *
read_yaml (const char *text, const char *file, GError **error)
{
  g_autoptr (GTree) names = g_tree_new_full (compare_numbers, NULL, NULL, g_free);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (MonocleYamlEntry) entry = NULL;
  g_auto (GStrv) ordered = NULL;

  if (!monocle_yaml_read (text, file, "names", &entry, error))
    return NULL;
  if (!entry)
    monocle_file_set_error (error, file, "has no line that begins with “names:”");
  else if (entry->kind == MONOCLE_YAML_TEXT)
    monocle_yaml_fail (file, entry->line, "names were expected, as a list or numbered", error);
  else if (entry->values->len == 0)
    monocle_file_set_error (error, file, "has no names");
  if (!entry || entry->kind == MONOCLE_YAML_TEXT || entry->values->len == 0)
    return NULL;
  for (guint i = 0; i < entry->values->len; i++)
    if (!take_name (names, entry, i, file, error))
      return NULL;
  g_tree_foreach (names, add_name, builder);
  ordered = g_strv_builder_end (builder);
  return make_labels ((const char *const *) ordered);
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
    return read_yaml (start, name, error);
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
