/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/eval/json.h"

#include <math.h>
#include <string.h>

#include "app/eval/text.h"
#include "engine/engine.h"

/* Annotations nest six levels. */
#define MAX_DEPTH 32

#define MAX_MESSAGE_CHARACTERS 300

/* Up to here a double is one whole number and no other. */
#define MAX_EXACT 9007199254740992.0

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

gboolean
monocle_eval_json_fail (GError **error, const char *where, const char *format, ...)
{
  g_autofree char *message = NULL, *valid = NULL, *line = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  valid = g_utf8_make_valid (message, -1);
  line = g_utf8_substring (valid, 0, MIN (g_utf8_strlen (valid, -1), MAX_MESSAGE_CHARACTERS));
  for (char *c = line; *c; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE, "%s: %s", where, line);
  return FALSE;
}

char *
monocle_eval_json_read (const char *path, gsize *size, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) local = NULL;
  g_autoptr (GFileInfo) info
      = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                           G_FILE_QUERY_INFO_NONE, NULL, &local);
  g_autofree char *text = NULL;

  if (!info)
    {
      monocle_eval_json_fail (error, path, "%s",
                              g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
                                  ? "no such file"
                                  : local->message);
      return NULL;
    }
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    monocle_eval_json_fail (error, path, "is no regular file");
  else if (g_file_info_get_size (info) > MONOCLE_EVAL_MAX_FILE_BYTES)
    monocle_eval_json_fail (error, path, "is larger than 256 MiB");
  else if (!g_file_get_contents (path, &text, size, &local))
    monocle_eval_json_fail (error, path, "%s", local->message);
  else if (*size > MONOCLE_EVAL_MAX_FILE_BYTES || !g_utf8_validate_len (text, *size, NULL))
    monocle_eval_json_fail (error, path, "is no UTF-8 text");
  else
    {
      if (g_str_has_prefix (text, BYTE_ORDER_MARK))
        {
          *size -= strlen (BYTE_ORDER_MARK);
          memmove (text, text + strlen (BYTE_ORDER_MARK), *size + 1);
        }
      return g_steal_pointer (&text);
    }
  return NULL;
}

static gint
read_hex (const char *p, const char *end)
{
  gint value = 0;

  if (end - p < 4)
    return -1;
  for (guint i = 0; i < 4; i++)
    {
      gint digit = g_ascii_xdigit_value (p[i]);

      if (digit < 0)
        return -1;
      value = 16 * value + digit;
    }
  return value;
}

/* What follows a backslash; %NULL where that is no escape. Surrogates have to come in pairs, and a
 * NUL would cut the text. */
static const char *
skip_escape (const char *p, const char *end)
{
  gint code, low;

  if (p == end || !*p || !strchr ("\"\\/bfnrtu", *p))
    return NULL;
  if (*p++ != 'u')
    return p;
  code = read_hex (p, end);
  if (code <= 0 || (code >= 0xdc00 && code <= 0xdfff))
    return NULL;
  p += 4;
  if (code < 0xd800 || code > 0xdfff)
    return p;
  if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
    return NULL;
  low = read_hex (p + 2, end);
  return low >= 0xdc00 && low <= 0xdfff ? p + 6 : NULL;
}

static const char *
skip_string (const char *p, const char *end)
{
  while (p && p < end && *p != '"')
    p = *p == '\\' ? skip_escape (p + 1, end) : p + 1;
  return p && p < end ? p + 1 : NULL;
}

const char *
monocle_eval_json_find_fault (const char *text, gsize size)
{
  const char *p = text, *end = text + size;
  guint depth = 0;
  gboolean has_ended = FALSE;

  while (p < end)
    {
      char c = *p++;

      if (has_ended && !g_ascii_isspace (c))
        return "not JSON: something follows its end";
      if (c == '"')
        {
          p = skip_string (p, end);
          if (!p)
            return "a string has no end or a bad escape";
        }
      else if (c == '{' || c == '[')
        {
          if (++depth > MAX_DEPTH)
            return "nested too deeply";
        }
      else if (c == '}' || c == ']')
        {
          depth -= depth > 0;
          has_ended = depth == 0;
        }
      else if (!g_ascii_isalnum (c) && (c == '\0' || !strchr (" \t\r\n,:+-.", c)))
        return "not JSON";
    }
  return NULL;
}

JsonObject *
monocle_eval_json_parse (const char *text, gsize size, const char *where, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) local = NULL;
  const char *fault = monocle_eval_json_find_fault (text, size);
  JsonNode *root;

  if (fault)
    {
      monocle_eval_json_fail (error, where, "bad JSON: %s", fault);
      return NULL;
    }
  if (!json_parser_load_from_data (parser, text, (gssize) size, &local))
    {
      monocle_eval_json_fail (error, where, "bad JSON: %s", local->message);
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (!root || !JSON_NODE_HOLDS_OBJECT (root))
    {
      monocle_eval_json_fail (error, where, "expected a JSON object {...}");
      return NULL;
    }
  return json_node_dup_object (root);
}

/* %NULL where it is not there, which is an error if it is required. */
static JsonNode *
find (JsonObject *object,
      const char *where,
      const char *key,
      MonocleEvalNeed need,
      gboolean *ok,
      GError **error)
{
  JsonNode *node = json_object_get_member (object, key);

  *ok = TRUE;
  if (node && !JSON_NODE_HOLDS_NULL (node))
    return node;
  if (need == MONOCLE_EVAL_REQUIRED)
    *ok = monocle_eval_json_fail (error, where, "key \"%s\" is missing", key);
  return NULL;
}

static gboolean
holds (JsonNode *node, GType type)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

static gboolean
read_double (JsonNode *node, double *value)
{
  if (!holds (node, G_TYPE_DOUBLE) && !holds (node, G_TYPE_INT64))
    return FALSE;
  *value = json_node_get_double (node);
  return isfinite (*value);
}

/* Tables of numbers write 3 as 3.0. */
static gboolean
read_int (JsonNode *node, gint64 *value)
{
  double number;

  if (holds (node, G_TYPE_INT64))
    {
      *value = json_node_get_int (node);
      return TRUE;
    }
  if (!read_double (node, &number) || number != floor (number) || fabs (number) > MAX_EXACT)
    return FALSE;
  *value = (gint64) number;
  return TRUE;
}

gboolean
monocle_eval_json_get_int (JsonObject *object,
                           const char *where,
                           const char *key,
                           MonocleEvalNeed need,
                           gint64 *value,
                           GError **error)
{
  gboolean ok;
  JsonNode *node = find (object, where, key, need, &ok, error);

  if (!node)
    return ok;
  if (!read_int (node, value))
    return monocle_eval_json_fail (error, where, "\"%s\" is no whole number", key);
  return TRUE;
}

gboolean
monocle_eval_json_get_flag (
    JsonObject *object, const char *where, const char *key, gboolean *value, GError **error)
{
  gboolean ok;
  JsonNode *node = find (object, where, key, MONOCLE_EVAL_OPTIONAL, &ok, error);
  gint64 number = 0;

  if (!node)
    return ok;
  if (holds (node, G_TYPE_BOOLEAN))
    number = json_node_get_boolean (node);
  else if (!read_int (node, &number) || number < 0 || number > 1)
    return monocle_eval_json_fail (error, where, "\"%s\" is neither true, false, 1 nor 0", key);
  *value = number != 0;
  return TRUE;
}

gboolean
monocle_eval_json_get_double (JsonObject *object,
                              const char *where,
                              const char *key,
                              MonocleEvalNeed need,
                              double *value,
                              GError **error)
{
  gboolean ok;
  JsonNode *node = find (object, where, key, need, &ok, error);

  if (!node)
    return ok;
  if (!read_double (node, value))
    return monocle_eval_json_fail (error, where, "\"%s\" is no number", key);
  return TRUE;
}

gboolean
monocle_eval_json_get_string (JsonObject *object,
                              const char *where,
                              const char *key,
                              MonocleEvalNeed need,
                              const char **value,
                              GError **error)
{
  gboolean ok;
  JsonNode *node = find (object, where, key, need, &ok, error);

  if (!node)
    return ok;
  if (!holds (node, G_TYPE_STRING))
    return monocle_eval_json_fail (error, where, "\"%s\" is no text", key);
  if (strlen (json_node_get_string (node)) > MONOCLE_EVAL_TEXT_MAX_BYTES)
    return monocle_eval_json_fail (error, where, "\"%s\" is longer than %d bytes", key,
                                   MONOCLE_EVAL_TEXT_MAX_BYTES);
  *value = json_node_get_string (node);
  return TRUE;
}

gboolean
monocle_eval_json_get_array (JsonObject *object,
                             const char *where,
                             const char *key,
                             MonocleEvalNeed need,
                             JsonArray **value,
                             GError **error)
{
  gboolean ok;
  JsonNode *node = find (object, where, key, need, &ok, error);

  if (!node)
    return ok;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return monocle_eval_json_fail (error, where, "\"%s\" is no array", key);
  *value = json_node_get_array (node);
  return TRUE;
}

gboolean
monocle_eval_json_get_numbers (
    JsonNode *node, const char *where, const char *key, guint n, GArray *values, GError **error)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (!array || (n > 0 && json_array_get_length (array) != n))
    return n > 0 ? monocle_eval_json_fail (error, where, "\"%s\" is no array of %u numbers", key, n)
                 : monocle_eval_json_fail (error, where, "\"%s\" is no array of numbers", key);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      double value;

      if (!read_double (json_array_get_element (array, i), &value))
        return monocle_eval_json_fail (error, where, "\"%s\" holds something that is no number",
                                       key);
      g_array_append_val (values, value);
    }
  return TRUE;
}
