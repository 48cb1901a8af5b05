/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/labels/label-file.h"

#include <string.h>

#include "app/base/output.h"
#include "engine/engine.h"

/* --- Reading --- */

gboolean
monocle_label_file_is (JsonObject *root)
{
  g_return_val_if_fail (root, FALSE);

  return json_object_has_member (root, "labels");
}

/* "#rrggbb" */
static guint32
read_colour (const char *text)
{
  char *end;
  guint64 rgb;

  if (!text || strlen (text) != 7 || text[0] != '#')
    return MONOCLE_LABEL_NO_COLOUR;
  rgb = g_ascii_strtoull (text + 1, &end, 16);
  return *end ? MONOCLE_LABEL_NO_COLOUR : (guint32) rgb;
}

static gboolean
find_kind (const char *id, MonocleAttributeKind *kind)
{
  for (guint i = 0; i < MONOCLE_N_ATTRIBUTE_KINDS; i++)
    if (g_str_equal (monocle_attribute_kind_get_id ((MonocleAttributeKind) i), id))
      {
        *kind = (MonocleAttributeKind) i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
read_attribute (MonocleLabelItem *label, JsonObject *object, const char *where, GError **error)
{
  const char *name = NULL, *id = NULL;
  g_auto (GStrv) choices = NULL;
  MonocleAttributeKind kind;
  MonocleAttribute *attribute;

  if (!monocle_json_get_string (object, where, "name", MONOCLE_JSON_REQUIRED, &name, error)
      || !monocle_json_get_string (object, where, "kind", MONOCLE_JSON_REQUIRED, &id, error)
      || !monocle_json_get_strings (object, where, "choices", MONOCLE_JSON_OPTIONAL, &choices,
                                    error))
    return FALSE;
  /* A kind of a later version. */
  if (!find_kind (id, &kind))
    return TRUE;
  attribute = monocle_attribute_new (name, kind, (const char *const *) choices);
  if (!attribute)
    return monocle_file_set_error (error, where, "is no attribute");
  return monocle_label_item_take_attribute (label, attribute)
         || monocle_file_set_error (error, where, "is one attribute too many");
}

static gboolean
read_attributes (MonocleLabelItem *label, JsonObject *object, const char *where, GError **error)
{
  JsonArray *attributes = NULL;

  if (!monocle_json_get_array (object, where, "attributes", MONOCLE_JSON_OPTIONAL, &attributes,
                               error))
    return FALSE;
  for (guint i = 0; attributes && i < json_array_get_length (attributes); i++)
    {
      JsonNode *node = json_array_get_element (attributes, i);
      g_autofree char *there = g_strdup_printf ("%s: attributes[%u]", where, i);

      if (!JSON_NODE_HOLDS_OBJECT (node))
        return monocle_file_set_error (error, there, "is no object");
      if (!read_attribute (label, json_node_get_object (node), there, error))
        return FALSE;
    }
  return TRUE;
}

/* (transfer full) (nullable) */
static MonocleLabelItem *
read_label (JsonObject *object, const char *where, GError **error)
{
  g_autoptr (MonocleLabelItem) label = NULL;
  g_autofree char *clean = NULL;
  const char *name = NULL, *colour = NULL;
  gint64 digit = 0;

  if (!monocle_json_get_string (object, where, "name", MONOCLE_JSON_REQUIRED, &name, error)
      || !monocle_json_get_string (object, where, "colour", MONOCLE_JSON_OPTIONAL, &colour, error)
      || !monocle_json_get_int (object, where, "digit", MONOCLE_JSON_OPTIONAL, 0, 9, &digit, error))
    return NULL;
  clean = monocle_label_clean (name);
  if (!clean)
    {
      monocle_file_set_error (error, where, "\"name\" is empty or too long");
      return NULL;
    }
  label = monocle_label_item_new (clean, read_colour (colour));
  monocle_label_item_set_digit (label, (guint) digit);
  return read_attributes (label, object, where, error) ? g_steal_pointer (&label) : NULL;
}

GPtrArray *
monocle_label_file_read (JsonObject *root, const char *name, GError **error)
{
  g_autoptr (GPtrArray) labels = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  JsonArray *array = NULL;

  g_return_val_if_fail (root && name, NULL);

  if (!monocle_json_get_array (root, name, "labels", MONOCLE_JSON_REQUIRED, &array, error))
    return NULL;
  if (json_array_get_length (array) > MONOCLE_LABEL_SET_MAX)
    {
      monocle_file_set_error (error, name, "has more than %u labels", MONOCLE_LABEL_SET_MAX);
      return NULL;
    }
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      g_autofree char *where = g_strdup_printf ("%s: labels[%u]", name, i);
      g_autoptr (MonocleLabelItem) label = NULL;

      if (!JSON_NODE_HOLDS_OBJECT (node))
        {
          monocle_file_set_error (error, where, "is no object");
          return NULL;
        }
      label = read_label (json_node_get_object (node), where, error);
      if (!label)
        return NULL;
      if (g_hash_table_add (seen, (gpointer) monocle_label_item_get_name (label)))
        g_ptr_array_add (labels, g_steal_pointer (&label));
    }
  return g_steal_pointer (&labels);
}

/* --- Writing --- */

static void
add_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_attribute (JsonBuilder *builder, const MonocleAttribute *attribute)
{
  json_builder_begin_object (builder);
  add_text (builder, "name", attribute->name);
  add_text (builder, "kind", monocle_attribute_kind_get_id (attribute->kind));
  if (attribute->choices)
    {
      json_builder_set_member_name (builder, "choices");
      json_builder_begin_array (builder);
      for (guint i = 0; attribute->choices[i]; i++)
        json_builder_add_string_value (builder, attribute->choices[i]);
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
}

static void
add_label (JsonBuilder *builder, MonocleLabelItem *label)
{
  GPtrArray *attributes = monocle_label_item_get_attributes (label);
  char colour[8];

  g_snprintf (colour, sizeof colour, "#%06x", monocle_label_item_get_rgb (label) & 0xffffff);
  json_builder_begin_object (builder);
  add_text (builder, "name", monocle_label_item_get_name (label));
  add_text (builder, "colour", colour);
  if (monocle_label_item_get_digit (label) > 0)
    {
      json_builder_set_member_name (builder, "digit");
      json_builder_add_int_value (builder, monocle_label_item_get_digit (label));
    }
  if (attributes->len > 0)
    {
      json_builder_set_member_name (builder, "attributes");
      json_builder_begin_array (builder);
      for (guint i = 0; i < attributes->len; i++)
        add_attribute (builder, attributes->pdata[i]);
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
}

static JsonNode *
build (MonocleLabelSet *self, const char *folder)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  if (folder)
    add_text (builder, "folder", folder);
  json_builder_set_member_name (builder, "labels");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self)); i++)
    {
      g_autoptr (MonocleLabelItem) label = g_list_model_get_item (G_LIST_MODEL (self), i);

      add_label (builder, label);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

gboolean
monocle_label_file_write (MonocleLabelSet *self,
                          const char *path,
                          const char *folder,
                          GError **error)
{
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;

  g_return_val_if_fail (MONOCLE_IS_LABEL_SET (self), FALSE);
  g_return_val_if_fail (path, FALSE);

  root = build (self, folder);
  text = json_to_string (root, TRUE);
  line = g_strconcat (text, "\n", NULL);
  return monocle_output_write (path, line, strlen (line), error);
}
