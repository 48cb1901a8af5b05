/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON from strangers: json-glib behind a check of the text, and typed getters. See json.h.
 *
 * json-glib recurses once a level, accepts comments, asserts that escaped surrogates come in pairs,
 * and does not look at what follows the value. So the text is looked over first; what passes can
 * neither exhaust the stack nor abort, and is all there is.
 */
#include "config.h"

#include "engine/base/json.h"

#include <math.h>
#include <string.h>

#include "engine/base/file.h"

/* Real configuration files nest five levels; tokenizers, eight. */
#define MAX_DEPTH 64
/* Fewer fit into 64 bits. */
#define MIN_WIDE_DIGITS 19
/* Up to here a double is one whole number and no other. */
#define MAX_EXACT 9007199254740992.0

static int
hex4 (const char *p, const char *end)
{
  int value = 0;
  if (end - p < 4)
    return -1;
  for (int i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (p[i]);
      if (digit < 0)
        return -1;
      value = value * 16 + digit;
    }
  return value;
}

/* Checks the escape at @p, which points behind the backslash. NULL when it is bad. */
static const char *
skip_escape (const char *p, const char *end)
{
  int code, low;
  if (p == end || strchr ("\"\\/bfnrtu", *p) == NULL || *p == '\0')
    return NULL;
  if (*p++ != 'u')
    return p;
  code = hex4 (p, end);
  /* An escaped NUL would silently cut the string; a low surrogate may not come first. */
  if (code <= 0 || (code >= 0xdc00 && code <= 0xdfff))
    return NULL;
  p += 4;
  if (code < 0xd800 || code > 0xdfff)
    return p;
  if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
    return NULL;
  low = hex4 (p + 2, end);
  return low >= 0xdc00 && low <= 0xdfff ? p + 6 : NULL;
}

/* Says what keeps @text from being handed to the parser, or NULL. */
static const char *
find_fault (const char *text, gsize size)
{
  const char *p = text, *end = text + size;
  int depth = 0;
  gboolean has_ended = FALSE;

  while (p < end)
    {
      char c = *p++;
      if (has_ended && !g_ascii_isspace (c))
        return "not JSON: something follows its end";
      if (c == '"')
        {
          for (;;)
            {
              if (p == end)
                return "it is cut off: a string does not end";
              c = *p++;
              if (c == '"')
                break;
              if (c == '\\' && (p = skip_escape (p, end)) == NULL)
                return "a string has a bad escape";
            }
        }
      else if (c == '{' || c == '[')
        {
          if (++depth > MAX_DEPTH)
            return "nested more than " G_STRINGIFY (MAX_DEPTH) " levels deep";
        }
      else if (c == '}' || c == ']')
        has_ended = --depth <= 0;
      else if (!g_ascii_isalnum (c) && (c == '\0' || strchr (" \t\r\n,:+-._", c) == NULL))
        return "not JSON";
    }
  return depth > 0 ? "it is cut off: a bracket is not closed" : NULL;
}

/* json-glib makes -1 of integers beyond 64 bits, which "model_max_length" often is. With an
 * exponent they are what they say, and no integers. NULL where there are none. */
static char *
widen_integers (const char *text, gsize size, gsize *new_size)
{
  const char *p = text, *end = text + size, *copied = text;
  GString *wide = NULL;

  while (p < end)
    {
      const char *start = p;
      guint64 value;

      if (*p == '"')
        {
          for (p++; p < end && *p != '"'; p++)
            p += *p == '\\';
          p++;
          continue;
        }
      while (p < end && g_ascii_isdigit (*p))
        p++;
      if (p - start >= MIN_WIDE_DIGITS && (p == end || !strchr (".eE", *p)))
        {
          g_autofree char *digits = g_strndup (start, (gsize) (p - start));

          if (g_ascii_string_to_unsigned (digits, 10, 0, G_MAXINT64, &value, NULL))
            continue;
          if (!wide)
            wide = g_string_sized_new (size + 2);
          g_string_append_len (wide, copied, p - copied);
          g_string_append (wide, "e0");
          copied = p;
        }
      /* What follows digits is no integer of its own: a fraction, an exponent. */
      else if (p > start)
        while (p < end && (g_ascii_isdigit (*p) || strchr (".eE+-", *p)))
          p++;
      else
        p++;
    }
  if (!wide)
    return NULL;
  g_string_append_len (wide, copied, end - copied);
  *new_size = wide->len;
  return g_string_free (wide, FALSE);
}

JsonObject *
monocle_json_parse (const char *text, gsize size, const char *name, GError **error)
{
  g_autofree char *wide = NULL;
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) local = NULL;
  const char *fault;
  JsonNode *root;

  g_return_val_if_fail (text != NULL || size == 0, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  if (size == 0 || size > MONOCLE_JSON_MAX_BYTES)
    {
      monocle_file_set_error (error, name, "%s",
                              size == 0 ? "no JSON: it is empty" : "JSON of more than 256 MiB");
      return NULL;
    }
  /* Editors leave a byte order mark; it harms nobody. */
  if (size > 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    {
      text += 3;
      size -= 3;
    }
  fault = g_utf8_validate_len (text, size, NULL) ? find_fault (text, size) : "not valid UTF-8";
  if (fault != NULL)
    {
      const char *what = text[0] != '{' ? monocle_file_recognise (text, size) : NULL;

      if (what != NULL)
        monocle_file_set_error (error, name, "is %s", what);
      else
        monocle_file_set_error (error, name, "bad JSON: %s", fault);
      return NULL;
    }
  wide = widen_integers (text, size, &size);
  parser = json_parser_new ();
  if (!json_parser_load_from_data (parser, wide ? wide : text, (gssize) size, &local))
    {
      monocle_file_set_error (error, name, "bad JSON: %s", local->message);
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      monocle_file_set_error (error, name, "bad JSON: expected an object {...} at the root");
      return NULL;
    }
  return json_node_dup_object (root);
}

JsonObject *
monocle_json_load (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  const char *text;
  gsize size;

  g_return_val_if_fail (path != NULL, NULL);

  bytes = monocle_file_read (path, MONOCLE_JSON_MAX_BYTES, error);
  if (bytes == NULL)
    return NULL;
  text = g_bytes_get_data (bytes, &size);
  return monocle_json_parse (text, size, path, error);
}

gboolean
monocle_json_has (JsonObject *object, const char *key)
{
  JsonNode *node = json_object_get_member (object, key);
  return node != NULL && !JSON_NODE_HOLDS_NULL (node);
}

/* The member, or NULL with *ok saying whether that is all right. */
static JsonNode *
find (JsonObject *object,
      const char *name,
      const char *key,
      MonocleJsonNeed need,
      gboolean *ok,
      GError **error)
{
  *ok = TRUE;
  if (monocle_json_has (object, key))
    return json_object_get_member (object, key);
  if (need == MONOCLE_JSON_REQUIRED)
    {
      monocle_file_set_error (error, name, "key \"%s\" is missing", key);
      *ok = FALSE;
    }
  return NULL;
}

static gboolean
node_is (JsonNode *node, GType type)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

static gboolean
wrong_type (const char *name, const char *key, const char *expected, GError **error)
{
  return monocle_file_set_error (error, name, "key \"%s\": expected %s", key, expected);
}

static gboolean
read_double (JsonNode *node, double *value)
{
  double v;

  if (!node_is (node, G_TYPE_DOUBLE) && !node_is (node, G_TYPE_INT64))
    return FALSE;
  v = json_node_get_double (node);
  if (!isfinite (v))
    return FALSE;
  *value = v;
  return TRUE;
}

/* Tables of numbers write 3 as 3.0. */
static gboolean
read_int (JsonNode *node, gint64 *value)
{
  double number;

  if (node_is (node, G_TYPE_INT64))
    {
      *value = json_node_get_int (node);
      return TRUE;
    }
  if (!read_double (node, &number) || number != floor (number) || fabs (number) > MAX_EXACT)
    return FALSE;
  *value = (gint64) number;
  return TRUE;
}

static gboolean
int_of_node (JsonNode *node,
             const char *name,
             const char *key,
             gint64 min,
             gint64 max,
             gint64 *value,
             GError **error)
{
  gint64 v;

  if (!read_int (node, &v))
    return wrong_type (name, key, "an integer", error);
  if (v < min || v > max)
    return monocle_file_set_error (error, name,
                                   "key \"%s\" is %" G_GINT64_FORMAT ", expected %" G_GINT64_FORMAT
                                   " to %" G_GINT64_FORMAT,
                                   key, v, min, max);
  *value = v;
  return TRUE;
}

gboolean
monocle_json_get_int (JsonObject *object,
                      const char *name,
                      const char *key,
                      MonocleJsonNeed need,
                      gint64 min,
                      gint64 max,
                      gint64 *value,
                      GError **error)
{
  gboolean ok;
  JsonNode *node = find (object, name, key, need, &ok, error);
  return node == NULL ? ok : int_of_node (node, name, key, min, max, value, error);
}

gboolean
monocle_json_get_double (JsonObject *object,
                         const char *name,
                         const char *key,
                         MonocleJsonNeed need,
                         double *value,
                         GError **error)
{
  gboolean ok;
  JsonNode *node = find (object, name, key, need, &ok, error);
  if (node == NULL)
    return ok;
  return read_double (node, value) || wrong_type (name, key, "a finite number", error);
}

gboolean
monocle_json_get_bool (JsonObject *object,
                       const char *name,
                       const char *key,
                       MonocleJsonNeed need,
                       gboolean *value,
                       GError **error)
{
  gboolean ok;
  JsonNode *node = find (object, name, key, need, &ok, error);
  if (node == NULL)
    return ok;
  if (!node_is (node, G_TYPE_BOOLEAN))
    return wrong_type (name, key, "true or false", error);
  *value = json_node_get_boolean (node);
  return TRUE;
}

gboolean
monocle_json_get_flag (
    JsonObject *object, const char *name, const char *key, gboolean *value, GError **error)
{
  gboolean ok;
  JsonNode *node = find (object, name, key, MONOCLE_JSON_OPTIONAL, &ok, error);
  gint64 number = 0;

  if (node == NULL)
    return ok;
  if (node_is (node, G_TYPE_BOOLEAN))
    number = json_node_get_boolean (node);
  else if (!read_int (node, &number) || number < 0 || number > 1)
    return wrong_type (name, key, "true, false, 1 or 0", error);
  *value = number != 0;
  return TRUE;
}

gboolean
monocle_json_get_string (JsonObject *object,
                         const char *name,
                         const char *key,
                         MonocleJsonNeed need,
                         const char **value,
                         GError **error)
{
  gboolean ok;
  JsonNode *node = find (object, name, key, need, &ok, error);
  if (node == NULL)
    return ok;
  if (!node_is (node, G_TYPE_STRING))
    return wrong_type (name, key, "a string", error);
  *value = json_node_get_string (node);
  return TRUE;
}

gboolean
monocle_json_get_object (JsonObject *object,
                         const char *name,
                         const char *key,
                         MonocleJsonNeed need,
                         JsonObject **value,
                         GError **error)
{
  gboolean ok;
  JsonNode *node = find (object, name, key, need, &ok, error);
  if (node == NULL)
    return ok;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return wrong_type (name, key, "an object", error);
  *value = json_node_get_object (node);
  return TRUE;
}

gboolean
monocle_json_get_array (JsonObject *object,
                        const char *name,
                        const char *key,
                        MonocleJsonNeed need,
                        JsonArray **value,
                        GError **error)
{
  gboolean ok;
  JsonNode *node = find (object, name, key, need, &ok, error);
  if (node == NULL)
    return ok;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return wrong_type (name, key, "an array", error);
  *value = json_node_get_array (node);
  return TRUE;
}

gboolean
monocle_json_get_ints (JsonObject *object,
                       const char *name,
                       const char *key,
                       MonocleJsonNeed need,
                       gint64 min,
                       gint64 max,
                       GArray **values,
                       GError **error)
{
  g_autoptr (GArray) found = NULL;
  JsonArray *array = NULL;

  if (!monocle_json_get_array (object, name, key, need, &array, error))
    return FALSE;
  if (array == NULL)
    return TRUE;
  found = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      gint64 v;
      if (!int_of_node (json_array_get_element (array, i), name, key, min, max, &v, error))
        return FALSE;
      g_array_append_val (found, v);
    }
  g_clear_pointer (values, g_array_unref);
  *values = g_steal_pointer (&found);
  return TRUE;
}

gboolean
monocle_json_read_numbers (
    JsonNode *node, const char *name, const char *key, guint n, GArray *values, GError **error)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint length = array ? json_array_get_length (array) : 0;

  if (array == NULL)
    return wrong_type (name, key, "an array of numbers", error);
  if (n > 0 && length != n)
    return monocle_file_set_error (error, name, "key \"%s\" has %u numbers, expected %u", key,
                                   length, n);
  for (guint i = 0; i < length; i++)
    {
      double value;

      if (!read_double (json_array_get_element (array, i), &value))
        return wrong_type (name, key, "finite numbers only", error);
      g_array_append_val (values, value);
    }
  return TRUE;
}

gboolean
monocle_json_get_doubles (JsonObject *object,
                          const char *name,
                          const char *key,
                          MonocleJsonNeed need,
                          double *values,
                          guint n,
                          GError **error)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (double));
  gboolean ok;
  JsonNode *node = find (object, name, key, need, &ok, error);

  if (node == NULL)
    return ok;
  if (!monocle_json_read_numbers (node, name, key, n, found, error))
    return FALSE;
  memcpy (values, found->data, n * sizeof *values);
  return TRUE;
}

gboolean
monocle_json_get_strings (JsonObject *object,
                          const char *name,
                          const char *key,
                          MonocleJsonNeed need,
                          GStrv *values,
                          GError **error)
{
  g_autoptr (GStrvBuilder) found = NULL;
  JsonArray *array = NULL;

  if (!monocle_json_get_array (object, name, key, need, &array, error))
    return FALSE;
  if (array == NULL)
    return TRUE;
  found = g_strv_builder_new ();
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      if (!node_is (node, G_TYPE_STRING))
        return wrong_type (name, key, "an array of strings", error);
      g_strv_builder_add (found, json_node_get_string (node));
    }
  g_strfreev (*values);
  *values = g_strv_builder_end (found);
  return TRUE;
}
