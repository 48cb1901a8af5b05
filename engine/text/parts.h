/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the parts of a tokenizer.json are read: each names its type, a table has a row for each type
 * that is known, a "Sequence" is several of them in order.
 */
#pragma once

#include "engine/base/json.h"

G_BEGIN_DECLS

/**
 * MonocleTokenizerPart:
 * @type: as the file names it
 * @read: reads one part into @target, which the caller of monocle_parts_read() knows
 */
typedef struct
{
  const char *type;
  gboolean (*read) (gpointer target, JsonObject *part, const char *path, GError **error);
} MonocleTokenizerPart;

/**
 * monocle_parts_read:
 * @root: the file
 * @key: the member of @root: "normalizer"
 * @list: the member of a "Sequence" that lists its parts: "normalizers"
 * @rows: (array length=n_rows): what is known
 * @target: handed to the rows
 * @path: the file in errors
 *
 * Reads a part and those in it, in order. No part is fine.
 *
 * Errors: BAD_FILE for a broken part, UNSUPPORTED_MODEL for a type without a row.
 */
gboolean monocle_parts_read (JsonObject *root,
                             const char *key,
                             const char *list,
                             const MonocleTokenizerPart *rows,
                             guint n_rows,
                             gpointer target,
                             const char *path,
                             GError **error);

/**
 * monocle_parts_unsupported:
 *
 * Sets an error of UNSUPPORTED_MODEL that names file and cause.
 *
 * Returns: %FALSE
 */
gboolean monocle_parts_unsupported (GError **error, const char *path, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/**
 * monocle_parts_get_flag:
 *
 * An optional boolean; @value is its default.
 */
gboolean monocle_parts_get_flag (
    JsonObject *part, const char *path, const char *key, gboolean *value, GError **error);

/**
 * monocle_parts_get_choice:
 * @names: (array zero-terminated=1): what the string may be
 * @value: (inout): index in @names, set to the default before
 *
 * An optional string out of a list.
 */
gboolean monocle_parts_get_choice (JsonObject *part,
                                   const char *path,
                                   const char *key,
                                   const char *const *names,
                                   guint *value,
                                   GError **error);

/**
 * monocle_parts_get_text:
 * @need: whether it must be there; where it need not, @value is its default
 * @max_bytes: how long it may be
 *
 * A string that is not too long.
 */
gboolean monocle_parts_get_text (JsonObject *part,
                                 const char *path,
                                 const char *key,
                                 MonocleJsonNeed need,
                                 guint max_bytes,
                                 const char **value,
                                 GError **error);

/**
 * monocle_parts_get_character:
 * @value: (out): the character
 *
 * A required string of one character.
 */
gboolean monocle_parts_get_character (
    JsonObject *part, const char *path, const char *key, gunichar *value, GError **error);

G_END_DECLS
