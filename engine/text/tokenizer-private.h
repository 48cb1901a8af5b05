/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A tokenizer while tokenizer-load.c fills it.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/text/added-tokens.h"
#include "engine/text/merges.h"
#include "engine/text/tokenizer.h"

G_BEGIN_DECLS

/* Ids are below this: four times the largest vocabulary in use. Bounds what a file can make us
 * allocate. */
#define MONOCLE_TOKENIZER_MAX_IDS (1u << 20)

/* An added token is a marker or a word, not a text; and all of them are a list, not a book. */
#define MONOCLE_TOKENIZER_MAX_ADDED_BYTES        512
#define MONOCLE_TOKENIZER_MAX_ADDED_BYTES_IN_ALL (1u << 20)

/* More than any template puts around a text. */
#define MONOCLE_TOKENIZER_MAX_WRAPPING 64

#define MONOCLE_TOKENIZER_NO_ID G_MAXUINT32

struct _MonocleTokenizer
{
  GHashTable *ids;       /* token as the files spell it -> id */
  GArray *entries;       /* Entry by id, in tokenizer.c */
  GByteArray *bytes;     /* what the entries point into */
  guint32 byte_ids[256]; /* the token of each byte alone, or NO_ID */
  MonocleMerges *merges;
  MonocleAddedTokens *added;
  gsize added_bytes;        /* their length in all */
  GArray *before;           /* guint32: what MONOCLE_SPECIALS_WRAP puts before the text */
  GArray *after;            /* and after it */
  gboolean lead_with_space; /* a text that begins without a space gets one */
  gboolean has_splitter;    /* while it is read */
  gboolean keeps_whole;     /* a text is one piece */
  gboolean ignores_merges;  /* a piece that is a token as a whole is that one */
  guint32 unknown;          /* stands for bytes without a token, or NO_ID */
  gboolean fuses_unknown;   /* one for a whole run of them */
};

MonocleTokenizer *monocle_tokenizer_new (void);
void monocle_tokenizer_set_token (MonocleTokenizer *self, const char *token, guint32 id);
void monocle_tokenizer_set_added (MonocleTokenizer *self,
                                  const char *token,
                                  const MonocleAddedToken *added);
/* Fills a new tokenizer from what tokenizer.json holds; @name is the file in errors. */
gboolean
monocle_tokenizer_read (MonocleTokenizer *self, JsonObject *root, const char *name, GError **error);
/* tokenizer-parts.c: all but vocabulary, merges and added tokens; then, once those are there,
 * whether they go together. @model: the root's member of that name. */
gboolean monocle_tokenizer_read_parts (
    MonocleTokenizer *self, JsonObject *root, JsonObject *model, const char *path, GError **error);
gboolean monocle_tokenizer_check_parts (MonocleTokenizer *self,
                                        JsonObject *model,
                                        const char *path,
                                        GError **error);
/* Once the vocabulary is there. */
void monocle_tokenizer_find_byte_ids (MonocleTokenizer *self);

G_END_DECLS
