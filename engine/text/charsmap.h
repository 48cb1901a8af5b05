/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table by which SentencePiece normalises: "precompiled_charsmap", a double array of prefixes
 * and the texts they become.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MonocleCharsmap MonocleCharsmap;

/**
 * monocle_charsmap_new:
 * @base64: the table as a tokenizer.json has it
 *
 * Returns: (transfer full) (nullable): the table, or %NULL if it is broken
 */
MonocleCharsmap *monocle_charsmap_new (const char *base64);
void monocle_charsmap_free (MonocleCharsmap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleCharsmap, monocle_charsmap_free)

/**
 * monocle_charsmap_apply:
 * @self: a table
 * @text: valid UTF-8
 *
 * A short character with its marks is looked up as a whole first, then each character alone. Of the
 * prefixes found it is the shortest one that counts, as in the reference.
 *
 * Returns: (transfer full): what becomes of @text
 */
char *monocle_charsmap_apply (const MonocleCharsmap *self, const char *text);

G_END_DECLS
