/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a text is cut into the pieces that become tokens one by one: the "pre_tokenizer" of a
 * tokenizer.json. One step after the other, each a row of the table in split.c.
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * MonocleSplit:
 * @text: the pieces, a NUL after each
 * @ends: (element-type gsize): where the NUL of each is
 *
 * Pieces of a text, none of them empty.
 */
typedef struct
{
  GString *text;
  GArray *ends;
  gboolean is_first; /* the first piece begins where the whole text does */
} MonocleSplit;

void monocle_split_init (MonocleSplit *self);
void monocle_split_clear (MonocleSplit *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleSplit, monocle_split_clear)

typedef struct _MonocleSplitter MonocleSplitter;

MonocleSplitter *monocle_splitter_new (void);
void monocle_splitter_free (MonocleSplitter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleSplitter, monocle_splitter_free)

/**
 * monocle_splitter_read:
 * @self: without steps
 * @root: a tokenizer.json
 * @path: the file in errors
 *
 * Errors: BAD_FILE, UNSUPPORTED_MODEL.
 */
gboolean
monocle_splitter_read (MonocleSplitter *self, JsonObject *root, const char *path, GError **error);

/**
 * monocle_splitter_add_byte_level:
 * @self: a splitter
 * @leads: whether a text that begins without a space gets one
 * @cuts: whether GPT-2's expression cuts it
 *
 * Adds the step of the type ByteLevel.
 */
void monocle_splitter_add_byte_level (MonocleSplitter *self, gboolean leads, gboolean cuts);

/**
 * monocle_splitter_apply:
 * @self: a splitter
 * @text: valid UTF-8, not empty
 * @n_bytes: its length
 * @is_first: whether it begins where the whole text does
 * @pieces: (inout): empty; gets the pieces
 */
void monocle_splitter_apply (const MonocleSplitter *self,
                             const char *text,
                             gsize n_bytes,
                             gboolean is_first,
                             MonocleSplit *pieces);

G_END_DECLS
