/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON from strangers: json-glib behind a check of the text (size, UTF-8, nesting, escapes), and
 * typed getters whose errors name file and key. Used for every configuration file, tokenizers, the
 * headers of checkpoints, and annotations. It does not write JSON.
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * MONOCLE_JSON_MAX_BYTES:
 *
 * The largest JSON file that is read, in bytes.
 */
#define MONOCLE_JSON_MAX_BYTES (G_GUINT64_CONSTANT (256) * 1024 * 1024)

/**
 * MonocleJsonNeed:
 * @MONOCLE_JSON_REQUIRED: absent or null is an error
 * @MONOCLE_JSON_OPTIONAL: when absent or null, the output is left as it was: set the default first
 */
typedef enum
{
  MONOCLE_JSON_REQUIRED,
  MONOCLE_JSON_OPTIONAL,
} MonocleJsonNeed;

/**
 * monocle_json_load:
 * @path: a file name
 * @error: return location
 *
 * Reads a file whose root is a JSON object.
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE when it cannot be read, is larger than
 * MONOCLE_JSON_MAX_BYTES, is not UTF-8 or no JSON, or is nested too deeply.
 *
 * Returns: (transfer full): the root object
 */
JsonObject *monocle_json_load (const char *path, GError **error);

/**
 * monocle_json_parse:
 * @text: (array length=size): bytes, no terminator needed
 * @size: how many
 * @name: what to call them in errors, such as the file's path
 * @error: return location
 *
 * monocle_json_load() for bytes.
 *
 * Returns: (transfer full): the root object
 */
JsonObject *monocle_json_parse (const char *text, gsize size, const char *name, GError **error);

/**
 * monocle_json_has:
 * @object: an object
 * @key: a member's name
 *
 * Returns: whether the member is there and not null
 */
gboolean monocle_json_has (JsonObject *object, const char *key);

/**
 * monocle_json_get_int:
 * @object: an object
 * @name: the file, and for a nested object where it is in it ("config.json: text_config")
 * @key: a member's name
 * @need: whether it must be there
 * @min: smallest value accepted
 * @max: largest value accepted
 * @value: (inout): the value; 3.0 is an integer too
 * @error: return location
 *
 * Errors, here and in the other getters: MONOCLE_ENGINE_ERROR_BAD_FILE when the member is absent
 * though required, has another type, or is out of range. @value is untouched then.
 *
 * Returns: whether @value can be used
 */
gboolean monocle_json_get_int (JsonObject *object,
                               const char *name,
                               const char *key,
                               MonocleJsonNeed need,
                               gint64 min,
                               gint64 max,
                               gint64 *value,
                               GError **error);

/**
 * monocle_json_get_double:
 * @value: (inout): the value, finite; a JSON integer is accepted
 *
 * See monocle_json_get_int().
 */
gboolean monocle_json_get_double (JsonObject *object,
                                  const char *name,
                                  const char *key,
                                  MonocleJsonNeed need,
                                  double *value,
                                  GError **error);

/**
 * monocle_json_get_bool:
 * @value: (inout): the value
 *
 * See monocle_json_get_int().
 */
gboolean monocle_json_get_bool (JsonObject *object,
                                const char *name,
                                const char *key,
                                MonocleJsonNeed need,
                                gboolean *value,
                                GError **error);

/**
 * monocle_json_get_flag:
 * @value: (inout): the value
 *
 * What is optional, and true or false, or 1 or 0. See monocle_json_get_int().
 */
gboolean monocle_json_get_flag (
    JsonObject *object, const char *name, const char *key, gboolean *value, GError **error);

/**
 * monocle_json_get_string:
 * @value: (inout) (transfer none): the value, owned by @object
 *
 * See monocle_json_get_int().
 */
gboolean monocle_json_get_string (JsonObject *object,
                                  const char *name,
                                  const char *key,
                                  MonocleJsonNeed need,
                                  const char **value,
                                  GError **error);

/**
 * monocle_json_get_object:
 * @value: (inout) (transfer none): the value, owned by @object
 *
 * See monocle_json_get_int().
 */
gboolean monocle_json_get_object (JsonObject *object,
                                  const char *name,
                                  const char *key,
                                  MonocleJsonNeed need,
                                  JsonObject **value,
                                  GError **error);

/**
 * monocle_json_get_array:
 * @value: (inout) (transfer none): the value, owned by @object
 *
 * See monocle_json_get_int().
 */
gboolean monocle_json_get_array (JsonObject *object,
                                 const char *name,
                                 const char *key,
                                 MonocleJsonNeed need,
                                 JsonArray **value,
                                 GError **error);

/**
 * monocle_json_get_ints:
 * @values: (inout) (transfer container) (element-type gint64): a GArray of gint64; replaced, so an
 *   array that was there is released
 *
 * An array of integers, each within [@min, @max]. See monocle_json_get_int().
 */
gboolean monocle_json_get_ints (JsonObject *object,
                                const char *name,
                                const char *key,
                                MonocleJsonNeed need,
                                gint64 min,
                                gint64 max,
                                GArray **values,
                                GError **error);

/**
 * monocle_json_get_doubles:
 * @values: (out caller-allocates) (array length=n): the values
 * @n: how many the array must have
 *
 * An array of exactly @n finite numbers. See monocle_json_get_int().
 */
gboolean monocle_json_get_doubles (JsonObject *object,
                                   const char *name,
                                   const char *key,
                                   MonocleJsonNeed need,
                                   double *values,
                                   guint n,
                                   GError **error);

/**
 * monocle_json_read_numbers:
 * @node: a node
 * @name: the file, and where in it
 * @key: what to call @node in errors
 * @n: how many there must be; 0: any number
 * @values: (element-type double): what they are appended to
 * @error: return location
 *
 * An array of finite numbers. See monocle_json_get_int().
 */
gboolean monocle_json_read_numbers (
    JsonNode *node, const char *name, const char *key, guint n, GArray *values, GError **error);

/**
 * monocle_json_get_strings:
 * @values: (inout) (transfer full): a NULL-terminated copy; replaced, so an array that was there
 *   is freed
 *
 * An array of strings. See monocle_json_get_int().
 */
gboolean monocle_json_get_strings (JsonObject *object,
                                   const char *name,
                                   const char *key,
                                   MonocleJsonNeed need,
                                   GStrv *values,
                                   GError **error);

G_END_DECLS
