/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tokens that are cut out of a text before it is split and merged: markers, locations, padding.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleAddedToken:
 * @id: its id
 * @special: a marker rather than text
 * @single_word: only where no word character touches it
 * @strip_left: takes the white space before it along
 * @strip_right: takes the white space after it along
 * @early: looked for before the others (`"normalized": false` in the file)
 */
typedef struct
{
  guint32 id;
  gboolean special;
  gboolean single_word;
  gboolean strip_left;
  gboolean strip_right;
  gboolean early;
} MonocleAddedToken;

typedef struct _MonocleAddedTokens MonocleAddedTokens;

MonocleAddedTokens *monocle_added_tokens_new (void);
void monocle_added_tokens_free (MonocleAddedTokens *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleAddedTokens, monocle_added_tokens_free)

/**
 * monocle_added_tokens_add:
 * @self: a set
 * @content: what it looks like in the text, normalised unless it is early; UTF-8, not empty
 * @token: copied; replaces one of the same content
 */
void monocle_added_tokens_add (MonocleAddedTokens *self,
                               const char *content,
                               const MonocleAddedToken *token);

/**
 * monocle_added_tokens_find:
 *
 * Returns: (transfer none) (nullable): the token with this content
 */
const MonocleAddedToken *monocle_added_tokens_find (const MonocleAddedTokens *self,
                                                    const char *content);

/**
 * MonocleAddedTokensVisit:
 * @id: the token, or -1 for text between tokens
 * @text: the text between tokens
 * @n_bytes: its length, at least 1
 */
typedef void (*MonocleAddedTokensVisit) (gint64 id,
                                         const char *text,
                                         gsize n_bytes,
                                         gpointer user_data);

/**
 * MonocleAddedTokensPass:
 * @MONOCLE_ADDED_TOKENS_EARLY: those that are looked for in the text as it is
 * @MONOCLE_ADDED_TOKENS_LATE: those that are looked for in the normalised text
 */
typedef enum
{
  MONOCLE_ADDED_TOKENS_EARLY,
  MONOCLE_ADDED_TOKENS_LATE,
} MonocleAddedTokensPass;

/**
 * monocle_added_tokens_split:
 * @self: a set
 * @pass: which of its tokens
 * @text: valid UTF-8
 * @n_bytes: its length
 * @visit: (scope call): called for each part in order
 * @user_data: for @visit
 *
 * Finds the leftmost token, of several the longest; then the next one after it.
 */
void monocle_added_tokens_split (const MonocleAddedTokens *self,
                                 MonocleAddedTokensPass pass,
                                 const char *text,
                                 gsize n_bytes,
                                 MonocleAddedTokensVisit visit,
                                 gpointer user_data);

G_END_DECLS
