/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a model has read in pictures, in one file beside the indexes: it belongs to a content,
 * whichever model makes vectors of it. Written as an index is.
 *
 *   record  digests of content and model, what the file was like, its path, the text
 */
#pragma once

#include "app/search/index-file.h"

G_BEGIN_DECLS

/**
 * MonocleText:
 * @path: of the picture, absolute, in the file system's encoding
 * @size: of its file, in bytes
 * @mtime: when that was changed, in microseconds
 * @digest: of its content
 * @model: of the one that read it
 * @text: what it read, UTF-8; empty: nothing
 */
typedef struct
{
  const char *path;
  guint64 size;
  gint64 mtime;
  guint8 digest[MONOCLE_INDEX_DIGEST_BYTES];
  guint8 model[MONOCLE_INDEX_DIGEST_BYTES];
  const char *text;
} MonocleText;

typedef struct _MonocleTexts MonocleTexts;

/* (transfer full): where they are kept */
char *monocle_texts_dup_path (void);

/**
 * monocle_texts_open:
 * @writes: as monocle_index_open() has it
 *
 * Errors: as those of monocle_index_open().
 */
MonocleTexts *monocle_texts_open (const char *path, gboolean writes, GError **error);
void monocle_texts_free (MonocleTexts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleTexts, monocle_texts_free)

/* (transfer none) (nullable): where a file lies now that was in its place and no such file */
const char *monocle_texts_get_set_aside (MonocleTexts *self);
/* How many contents there are. */
guint monocle_texts_get_n (MonocleTexts *self);

/* Whether that model has read this very file. */
gboolean monocle_texts_is_read (
    MonocleTexts *self, const char *path, guint64 size, gint64 mtime, const guint8 *model);
/* (transfer none) (nullable): what was read in a content. @model: (nullable): by whom; else by
 * anybody, last */
const char *monocle_texts_find (MonocleTexts *self, const guint8 *digest, const guint8 *model);

/* Errors: %MONOCLE_APP_ERROR_WRITE. */
gboolean monocle_texts_append (MonocleTexts *self, const MonocleText *text, GError **error);

/**
 * monocle_texts_fold:
 *
 * Returns: (transfer full): without differences that nobody means: of case, of how letters are
 * composed, of widths
 */
char *monocle_texts_fold (const char *text);

/**
 * monocle_texts_split:
 * @texts: (array length=n): UTF-8
 *
 * Returns: (transfer full) (array zero-terminated=1): their words, folded, without signs between
 * them
 */
GStrv monocle_texts_split (const char *const *texts, guint n);

/* Whether a folded text has a folded word, whole. Where words are written without blanks between
 * them, anywhere. */
gboolean monocle_texts_has_word (const char *folded, const char *word);

G_END_DECLS
