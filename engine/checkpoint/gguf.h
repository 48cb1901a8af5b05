/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reader of GGUF, the container of llama.cpp and what is built on it: a list of keys with values
 * (settings, a whole tokenizer), a list of tensors, and their numbers, often in blocks of few bits.
 * What the keys mean is the families' to know.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/checkpoint/checkpoint.h"

G_BEGIN_DECLS

typedef struct _MonocleGguf MonocleGguf;

/**
 * monocle_gguf_open:
 * @path: a file
 * @error: return location
 *
 * Maps it and reads what stands before the numbers.
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE naming the file, and the key or the tensor.
 * Source: docs/gguf.md of the ggml project; versions 2 and 3, little-endian.
 *
 * Returns: (transfer full): the file
 */
MonocleGguf *monocle_gguf_open (const char *path, GError **error);

/**
 * monocle_gguf_parse:
 * @bytes: the whole file; a reference is taken
 * @path: what to call it in errors
 * @error: return location
 *
 * monocle_gguf_open() for bytes.
 *
 * Returns: (transfer full): the file
 */
MonocleGguf *monocle_gguf_parse (GBytes *bytes, const char *path, GError **error);

/**
 * monocle_gguf_free:
 * @self: (nullable) (transfer full): a file
 */
void monocle_gguf_free (MonocleGguf *self);

/**
 * monocle_gguf_get_path:
 * @self: a file
 *
 * Returns: (transfer none): what it is called
 */
const char *monocle_gguf_get_path (const MonocleGguf *self);

/**
 * monocle_gguf_get_settings:
 * @self: a file
 *
 * Its keys as members of an object: numbers, texts, truths, and short lists of numbers. Long lists
 * and what JSON cannot say (texts that are not UTF-8, numbers that are none) are not among them.
 *
 * Returns: (transfer none): for the getters of base/json, which bound and check
 */
JsonObject *monocle_gguf_get_settings (const MonocleGguf *self);

/**
 * monocle_gguf_dup_texts:
 * @self: a file
 * @key: of a list of texts
 * @most: so many are enough
 * @error: return location
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE where there is no such list, or one with more or with
 * what is not UTF-8.
 *
 * Returns: (transfer full): them
 */
GStrv monocle_gguf_dup_texts (const MonocleGguf *self, const char *key, guint most, GError **error);

/**
 * monocle_gguf_dup_integers:
 * @self: a file
 * @key: of a list of integers
 * @most: so many are enough
 * @error: return location
 *
 * Errors: as monocle_gguf_dup_texts()
 *
 * Returns: (transfer full) (element-type gint64): them
 */
GArray *
monocle_gguf_dup_integers (const MonocleGguf *self, const char *key, guint most, GError **error);

/**
 * monocle_gguf_add_tensors:
 * @self: a file
 * @checkpoint: where to add its tensors; keeps a reference to its bytes
 * @error: return location
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE where one is there already.
 */
gboolean
monocle_gguf_add_tensors (const MonocleGguf *self, MonocleCheckpoint *checkpoint, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleGguf, monocle_gguf_free)

G_END_DECLS
