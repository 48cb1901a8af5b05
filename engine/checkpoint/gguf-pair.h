/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model as GGUF files: one of the language model, and one of what sees for it, whose name begins
 * with "mmproj" by custom. Which is which their keys say.
 */
#pragma once

#include "engine/checkpoint/gguf.h"

G_BEGIN_DECLS

/**
 * MonocleGgufPair:
 * @text: the language model, with the tokenizer
 * @vision: what makes of pictures what it reads
 */
typedef struct
{
  MonocleGguf *text;
  MonocleGguf *vision;
} MonocleGgufPair;

/**
 * monocle_gguf_pair_is_one:
 * @path: a file or a folder
 *
 * Returns: whether a model there would be one of GGUF files: it is such a file by its name, or a
 *   folder with such files and no other weights
 */
gboolean monocle_gguf_pair_is_one (const char *path);

/**
 * monocle_gguf_pair_open:
 * @path: the file of the language model, or a folder with one
 * @error: return location
 *
 * Of several files that see, the one that fits counts whose name has most in common with the
 * language model's; of those the largest, which is the most exact.
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE, also where one is missing or nobody can say which is
 * meant.
 *
 * Returns: (transfer full): both
 */
MonocleGgufPair *monocle_gguf_pair_open (const char *path, GError **error);

/**
 * monocle_gguf_pair_peek:
 * @path: a file
 * @sees: (out): whether it is what sees for a language model, and not one
 * @error: return location
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE.
 *
 * Returns: whether it is a GGUF file at all
 */
gboolean monocle_gguf_pair_peek (const char *path, gboolean *sees, GError **error);

/**
 * monocle_gguf_pair_open_files:
 * @text: the file of the language model
 * @vision: of what sees for it, wherever it lies
 * @error: return location
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE, also where they do not belong together.
 *
 * Returns: (transfer full): both
 */
MonocleGgufPair *
monocle_gguf_pair_open_files (const char *text, const char *vision, GError **error);

/* (transfer none): what makes rows of pictures is called; empty: it does not say */
const char *monocle_gguf_pair_get_projector (const MonocleGgufPair *self);

/**
 * monocle_gguf_pair_free:
 * @self: (nullable) (transfer full): a pair
 */
void monocle_gguf_pair_free (MonocleGgufPair *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleGgufPair, monocle_gguf_pair_free)

G_END_DECLS
