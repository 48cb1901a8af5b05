/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From tokens back to text: the "decoder" of a tokenizer.json. One step after the other, each a row
 * of the table in decode.c.
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct _MonocleTokenDecoder MonocleTokenDecoder;

MonocleTokenDecoder *monocle_token_decoder_new (void);
void monocle_token_decoder_free (MonocleTokenDecoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleTokenDecoder, monocle_token_decoder_free)

/**
 * monocle_token_decoder_read:
 * @self: a new one, which reads tokens as byte-level ones; it stays so if the file says nothing
 * @root: a tokenizer.json
 * @path: the file in errors
 *
 * Errors: BAD_FILE, UNSUPPORTED_MODEL.
 */
gboolean monocle_token_decoder_read (MonocleTokenDecoder *self,
                                     JsonObject *root,
                                     const char *path,
                                     GError **error);

/**
 * monocle_token_decoder_joins_bytes:
 *
 * Returns: whether a text is just what monocle_token_decoder_spell() says of its tokens, joined
 */
gboolean monocle_token_decoder_joins_bytes (const MonocleTokenDecoder *self);

/**
 * monocle_token_decoder_spell:
 * @self: a decoder
 * @token: as the files spell it
 * @bytes: gets the bytes that it stands for inside a text
 */
void
monocle_token_decoder_spell (const MonocleTokenDecoder *self, const char *token, GByteArray *bytes);

/**
 * monocle_token_decoder_apply:
 * @self: a decoder
 * @tokens: (element-type utf8): tokens as the files spell them
 *
 * Returns: (transfer full): the text
 */
char *monocle_token_decoder_apply (const MonocleTokenDecoder *self, const GPtrArray *tokens);

G_END_DECLS
