/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/parts.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/base/file.h"

/* More than any tokenizer chains. */
#define MAX_PARTS 64

typedef struct
{
  const char *key, *list;
  const MonocleTokenizerPart *rows;
  guint n_rows;
  gpointer target;
  const char *path;
  guint n_read;
} Reading;

gboolean
monocle_parts_unsupported (GError **error, const char *path, const char *format, ...)
{
  g_autofree char *what = NULL;
  g_autoptr (GError) worded = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  /* Quotes the file: made printable as everywhere. */
  monocle_file_set_error (&worded, path, "%s: this tokenizer cannot be used", what);
  g_set_error_literal (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                       worded->message);
  return FALSE;
}

static gboolean
read_part (Reading *self, JsonNode *node, GError **error)
{
  JsonArray *parts = NULL;
  const char *type = NULL;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    {
      monocle_file_set_error (error, self->path, "key \"%s\": a part is no object", self->key);
      return FALSE;
    }
  JsonObject *part = json_node_get_object (node);
  if (!monocle_json_get_string (part, self->path, "type", MONOCLE_JSON_REQUIRED, &type, error))
    return FALSE;

  if (!g_str_equal (type, "Sequence"))
    {
      if (++self->n_read > MAX_PARTS)
        return monocle_parts_unsupported (error, self->path, "key \"%s\": more than %d parts",
                                          self->key, MAX_PARTS);
      for (guint i = 0; i < self->n_rows; i++)
        if (g_str_equal (type, self->rows[i].type))
          return self->rows[i].read (self->target, part, self->path, error);
      return monocle_parts_unsupported (error, self->path, "key \"%s\": the type “%s” is not known",
                                        self->key, type);
    }
  if (!monocle_json_get_array (part, self->path, self->list, MONOCLE_JSON_REQUIRED, &parts, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (parts); i++)
    if (!read_part (self, json_array_get_element (parts, i), error))
      return FALSE;
  return TRUE;
}

gboolean
monocle_parts_read (JsonObject *root,
                    const char *key,
                    const char *list,
                    const MonocleTokenizerPart *rows,
                    guint n_rows,
                    gpointer target,
                    const char *path,
                    GError **error)
{
  Reading reading = {
    .key = key, .list = list, .rows = rows, .n_rows = n_rows, .target = target, .path = path
  };

  return !monocle_json_has (root, key)
         || read_part (&reading, json_object_get_member (root, key), error);
}

gboolean
monocle_parts_get_flag (
    JsonObject *part, const char *path, const char *key, gboolean *value, GError **error)
{
  return monocle_json_get_bool (part, path, key, MONOCLE_JSON_OPTIONAL, value, error);
}

gboolean
monocle_parts_get_choice (JsonObject *part,
                          const char *path,
                          const char *key,
                          const char *const *names,
                          guint *value,
                          GError **error)
{
  const char *name = names[*value];

  if (!monocle_json_get_string (part, path, key, MONOCLE_JSON_OPTIONAL, &name, error))
    return FALSE;
  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_equal (name, names[i]))
      {
        *value = i;
        return TRUE;
      }
  return monocle_parts_unsupported (error, path, "key \"%s\": “%s” is not known", key, name);
}

gboolean
monocle_parts_get_text (JsonObject *part,
                        const char *path,
                        const char *key,
                        MonocleJsonNeed need,
                        guint max_bytes,
                        const char **value,
                        GError **error)
{
  return monocle_json_get_string (part, path, key, need, value, error)
         && (strlen (*value) <= max_bytes
             || monocle_parts_unsupported (error, path, "key \"%s\": longer than %u bytes", key,
                                           max_bytes));
}

gboolean
monocle_parts_get_character (
    JsonObject *part, const char *path, const char *key, gunichar *value, GError **error)
{
  const char *text = NULL;

  if (!monocle_json_get_string (part, path, key, MONOCLE_JSON_REQUIRED, &text, error))
    return FALSE;
  if (text[0] == '\0' || *g_utf8_next_char (text) != '\0')
    {
      monocle_file_set_error (error, path, "key \"%s\": expected one character", key);
      return FALSE;
    }
  *value = g_utf8_get_char (text);
  return TRUE;
}
