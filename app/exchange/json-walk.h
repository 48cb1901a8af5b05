/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON that is too large to be held: what is at its top is handed over piece by piece, as text that
 * monocle_json_parse() then looks at.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleJsonPiece:
 * @key: (nullable): which member of the object at the top; %NULL where that is an array
 * @index: which element of that member's array; -1: the member is none, and @text is all of it
 * @text: (array length=size): a value
 */
typedef gboolean (*MonocleJsonPiece) (const char *key,
                                      gint64 index,
                                      const char *text,
                                      gsize size,
                                      gpointer user_data,
                                      GError **error);

/**
 * monocle_json_walk:
 * @text: (array length=size): an object or an array
 * @name: the file
 * @piece: takes what is in it
 *
 * Only brackets and strings are looked at: what pieces hold is not checked.
 *
 * Errors: of @piece; where brackets do not match or are too deep, with the byte at which it is.
 */
gboolean monocle_json_walk (const char *text,
                            gsize size,
                            const char *name,
                            MonocleJsonPiece piece,
                            gpointer user_data,
                            GError **error);

/**
 * monocle_json_find_int:
 * @text: (array length=size): an object
 * @key: of it
 * @value: (out): a whole number
 *
 * For finding out what is meant before all of it is read.
 *
 * Returns: whether it is there
 */
gboolean monocle_json_find_int (const char *text, gsize size, const char *key, gint64 *value);

G_END_DECLS
