/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text to token ids and back, as a pipeline that is read from a tokenizer.json: added tokens,
 * normaliser, splitter, model, template; and the decoder. Knows nothing of any model family, so the
 * tokens that a family adds to its vocabulary are handed in by the caller. Immutable once the
 * tokens are added.
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct _MonocleTokenizer MonocleTokenizer;

/**
 * MonocleSpecials:
 * @MONOCLE_SPECIALS_NONE: the ids of the text alone
 * @MONOCLE_SPECIALS_WRAP: begin-of-text before and end-of-text after the ids of the text
 */
typedef enum
{
  MONOCLE_SPECIALS_NONE,
  MONOCLE_SPECIALS_WRAP,
} MonocleSpecials;

/**
 * monocle_tokenizer_load:
 * @directory: a model directory
 * @error: return location
 *
 * Reads `tokenizer.json`; where there is none, `vocab.json` and `merges.txt` with the optional
 * `added_tokens.json` and `tokenizer_config.json`.
 *
 * Errors: BAD_FILE for a missing, corrupt or too large file; UNSUPPORTED_MODEL for a tokenizer that
 * asks for something that is not known.
 *
 * Returns: (transfer full) (nullable): the tokenizer, or %NULL with @error set
 */
MonocleTokenizer *monocle_tokenizer_load (const char *directory, GError **error);

/**
 * monocle_tokenizer_parse:
 * @root: what a tokenizer.json holds
 * @name: what to call it in errors
 * @error: return location
 *
 * See monocle_tokenizer_load().
 *
 * Returns: (transfer full) (nullable): the tokenizer, or %NULL with @error set
 */
MonocleTokenizer *monocle_tokenizer_parse (JsonObject *root, const char *name, GError **error);
void monocle_tokenizer_free (MonocleTokenizer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleTokenizer, monocle_tokenizer_free)

/**
 * monocle_tokenizer_add_tokens:
 * @self: a tokenizer
 * @tokens: (array length=n_tokens): the tokens, in the order of their ids
 * @n_tokens: how many
 *
 * Adds those of @tokens that the vocabulary lacks as special tokens; their ids continue after the
 * largest one. Call before the first encode.
 *
 * Returns: how many were added
 */
guint
monocle_tokenizer_add_tokens (MonocleTokenizer *self, const char *const *tokens, guint n_tokens);

/**
 * monocle_tokenizer_place_tokens:
 * @self: a tokenizer
 * @first: the id of the first of them
 * @tokens: (array length=n_tokens): the tokens, in the order of their ids
 * @n_tokens: how many
 * @strips_right: whether they take blanks behind them along; those before them they do
 *
 * Makes special tokens of them, whatever had these ids or was called so before. Call before the
 * first encode.
 */
void monocle_tokenizer_place_tokens (MonocleTokenizer *self,
                                     guint32 first,
                                     const char *const *tokens,
                                     guint n_tokens,
                                     gboolean strips_right);

/**
 * monocle_tokenizer_encode:
 * @self: a tokenizer
 * @text: UTF-8; invalid bytes count as U+FFFD
 * @specials: whether to wrap the ids
 *
 * Special tokens inside @text are cut out first and stand for themselves.
 *
 * Returns: (transfer full) (element-type guint32): token ids
 */
GArray *
monocle_tokenizer_encode (const MonocleTokenizer *self, const char *text, MonocleSpecials specials);

/**
 * monocle_tokenizer_decode:
 * @self: a tokenizer
 * @ids: (array length=n_ids): token ids; those outside the vocabulary count as nothing
 * @n_ids: how many
 *
 * The text of all tokens, special ones included, as the "decoder" of the files has it. Of a
 * byte-level tokenizer these are their bytes, joined; bytes that are not UTF-8 become U+FFFD, one
 * for each maximal invalid part (Unicode 15, 3.9, "U+FFFD substitution").
 *
 * Returns: (transfer full): UTF-8
 */
char *monocle_tokenizer_decode (const MonocleTokenizer *self, const guint32 *ids, gsize n_ids);

/**
 * monocle_tokenizer_get_bytes:
 * @self: a tokenizer
 * @id: a token id
 * @length: (out): number of bytes
 *
 * The bytes that a token stands for inside a text; they need not be whole characters.
 *
 * Returns: (transfer none) (array length=length) (nullable): bytes, %NULL for an unknown id
 */
const guint8 *monocle_tokenizer_get_bytes (const MonocleTokenizer *self, guint32 id, gsize *length);

/**
 * monocle_tokenizer_find:
 * @self: a tokenizer
 * @token: a token as the files spell it: `<s>`, `Ġcar`
 *
 * Returns: its id, or -1
 */
gint64 monocle_tokenizer_find (const MonocleTokenizer *self, const char *token);

/**
 * monocle_tokenizer_is_special:
 *
 * Returns: whether @id is an added token marked as special
 */
gboolean monocle_tokenizer_is_special (const MonocleTokenizer *self, guint32 id);

/**
 * monocle_tokenizer_get_vocab_size:
 *
 * Returns: the largest id plus one
 */
guint monocle_tokenizer_get_vocab_size (const MonocleTokenizer *self);

G_END_DECLS
