/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A tokenizer while its files are read.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/text/added-tokens.h"
#include "engine/text/decode.h"
#include "engine/text/normalise.h"
#include "engine/text/split.h"
#include "engine/text/template.h"
#include "engine/text/token-model.h"
#include "engine/text/tokenizer.h"

G_BEGIN_DECLS

/* Ids are below this: four times the largest vocabulary in use. Bounds what a file can make us
 * allocate. */
#define MONOCLE_TOKENIZER_MAX_IDS (1u << 20)

/* An added token is a marker or a word, not a text; and all of them are a list, not a book. */
#define MONOCLE_TOKENIZER_MAX_ADDED_BYTES        512
#define MONOCLE_TOKENIZER_MAX_ADDED_BYTES_IN_ALL (1u << 20)

#define MONOCLE_TOKENIZER_NO_ID G_MAXUINT32

struct _MonocleTokenizer
{
  GStringChunk *texts; /* tokens as the files spell them */
  GHashTable *ids;     /* those -> id */
  GArray *entries;     /* Entry by id, in tokenizer.c */
  GByteArray *bytes;   /* what the entries point into */
  MonocleAddedTokens *added;
  gsize added_bytes; /* their length in all */

  MonocleNormaliser *normaliser;
  MonocleSplitter *splitter;
  const MonocleTokenModel *model;
  gpointer state; /* the model's */
  MonocleTemplate around;
  MonocleTokenDecoder *decoder;
};

MonocleTokenizer *monocle_tokenizer_new (void);
void monocle_tokenizer_set_token (MonocleTokenizer *self, const char *token, guint32 id);
void monocle_tokenizer_set_added (MonocleTokenizer *self,
                                  const char *token,
                                  const MonocleAddedToken *added);
/* Appends the tokens `<0x0A>` of the bytes of @text, if there is one for each. */
gboolean monocle_tokenizer_append_bytes (const MonocleTokenizer *self,
                                         const char *text,
                                         gsize n_bytes,
                                         GArray *ids);

/* tokenizer-read.c: fills a new tokenizer from what tokenizer.json holds; @name is the file in
 * errors. */
gboolean
monocle_tokenizer_read (MonocleTokenizer *self, JsonObject *root, const char *name, GError **error);

/* tokenizer-clip.c: the same from vocab.json and merges.txt of CLIP's. */
gboolean
monocle_tokenizer_read_clip (MonocleTokenizer *self, const char *directory, GError **error);

/* For the models. The "vocab" of @model: token -> id. */
gboolean monocle_tokenizer_read_vocabulary (MonocleTokenizer *self,
                                            JsonObject *model,
                                            const char *path,
                                            GError **error);
gboolean monocle_tokenizer_read_tokens (MonocleTokenizer *self,
                                        JsonObject *vocabulary,
                                        const char *path,
                                        GError **error);
gboolean
monocle_tokenizer_check_size (const MonocleTokenizer *self, const char *path, GError **error);
/* Called when the added tokens are there. */
gboolean monocle_tokenizer_read_unknown (
    const MonocleTokenizer *self, const char *token, guint32 *id, const char *path, GError **error);

/* For the files beside tokenizer.json. @object: an added token with its flags. */
gboolean monocle_tokenizer_read_added (
    MonocleTokenizer *self, JsonObject *object, guint32 id, const char *path, GError **error);
gboolean monocle_tokenizer_check_added (const MonocleTokenizer *self,
                                        const char *content,
                                        const char *path,
                                        GError **error);
/* NULL, or FALSE, if the node is something else. */
const char *monocle_tokenizer_peek_string (JsonNode *node);
gboolean monocle_tokenizer_peek_id (JsonNode *node, guint32 *id);

G_END_DECLS
