/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A `tokenizer.model` of SentencePiece, put as the "model" of a tokenizer.json has it, so that one
 * reader checks both.
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * monocle_sentencepiece_load:
 * @path: the file
 * @error: return location
 *
 * Byte-pair encoding alone, whose texts are taken as they are but for blanks, which are `▁`. What
 * a piece is worth is its rank: two pieces are merged where the better of those that they could
 * become is.
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL for other kinds.
 *
 * Returns: (transfer full) (nullable): an object with "type", "vocab", "merges" and the like
 */
JsonObject *monocle_sentencepiece_load (const char *path, GError **error);

/* The same of bytes. @name: for errors */
JsonObject *
monocle_sentencepiece_parse (const guint8 *bytes, gsize n_bytes, const char *name, GError **error);

G_END_DECLS
