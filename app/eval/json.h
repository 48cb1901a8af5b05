/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Annotation files from strangers: JSON that is looked over before json-glib sees it, and members
 * by type, with errors that say where.
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * MONOCLE_EVAL_MAX_FILE_BYTES:
 *
 * The largest file of annotations.
 */
#define MONOCLE_EVAL_MAX_FILE_BYTES (256 * 1024 * 1024)

/**
 * monocle_eval_json_read:
 * @path: a file name
 * @size: (out): of what is returned
 * @error: return location
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE where it is no regular file, too large or no UTF-8.
 *
 * Returns: (transfer full) (nullable): the text, with a 0 behind it
 */
char *monocle_eval_json_read (const char *path, gsize *size, GError **error);

/**
 * monocle_eval_json_find_fault:
 * @text: UTF-8
 * @size: of @text in bytes
 *
 * json-glib recurses once a level, knows comments, aborts on some escapes and does not look at what
 * follows the value: so the text is looked over first.
 *
 * Returns: (nullable): what keeps @text from being handed to it
 */
const char *monocle_eval_json_find_fault (const char *text, gsize size);

/**
 * monocle_eval_json_parse:
 * @text: UTF-8
 * @size: of @text in bytes
 * @where: what to call it in errors: a file, or a file and a line
 * @error: return location
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE where it is no JSON object.
 *
 * Returns: (transfer full) (nullable): the object
 */
JsonObject *
monocle_eval_json_parse (const char *text, gsize size, const char *where, GError **error);

/* Sets MONOCLE_ENGINE_ERROR_BAD_FILE: "@where: message". Returns %FALSE. */
gboolean monocle_eval_json_fail (GError **error, const char *where, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/**
 * MonocleEvalNeed:
 * @MONOCLE_EVAL_REQUIRED: it is an error where it is not there
 * @MONOCLE_EVAL_OPTIONAL: the value stays what it was where it is not there, or null
 */
typedef enum
{
  MONOCLE_EVAL_REQUIRED,
  MONOCLE_EVAL_OPTIONAL,
} MonocleEvalNeed;

gboolean monocle_eval_json_get_int (JsonObject *object,
                                    const char *where,
                                    const char *key,
                                    MonocleEvalNeed need,
                                    gint64 *value,
                                    GError **error);
/* What is optional, and true or false, or 1 or 0. */
gboolean monocle_eval_json_get_flag (
    JsonObject *object, const char *where, const char *key, gboolean *value, GError **error);
/* Finite. */
gboolean monocle_eval_json_get_double (JsonObject *object,
                                       const char *where,
                                       const char *key,
                                       MonocleEvalNeed need,
                                       double *value,
                                       GError **error);
/* @value: (out) (transfer none); at most MONOCLE_EVAL_TEXT_MAX_BYTES long. */
gboolean monocle_eval_json_get_string (JsonObject *object,
                                       const char *where,
                                       const char *key,
                                       MonocleEvalNeed need,
                                       const char **value,
                                       GError **error);
/* @value: (out) (transfer none) */
gboolean monocle_eval_json_get_array (JsonObject *object,
                                      const char *where,
                                      const char *key,
                                      MonocleEvalNeed need,
                                      JsonArray **value,
                                      GError **error);
/* An array of @n finite numbers, or of any number of them where @n is 0. Appended to @values. */
gboolean monocle_eval_json_get_numbers (
    JsonNode *node, const char *where, const char *key, guint n, GArray *values, GError **error);

G_END_DECLS
