/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Texts to vectors, one by one or several at once, through the tower of clip-text. The table of
 * tokens stays in the mapped file; what texts came to is remembered.
 */
#pragma once

#include "engine/checkpoint/weights.h"
#include "engine/models/parts/clip-pass.h"
#include "engine/text/tokenizer.h"
#include "engine/vk/compile.h"

G_BEGIN_DECLS

/* Texts that go through the tower at once. A few tokens alone are too thin a product. */
#define MONOCLE_CLIP_BATCH 8

/* (transfer full) (element-type guint32): the tokens that a text becomes, as many as there are
 * places for. @pick: (out): the one that the vector is taken from */
typedef GArray *(*MonocleClipTokenize) (gconstpointer owner, const char *text, guint *pick);

/* What old files say of the token that ends a text: they mean the largest id of the vocabulary. */
#define MONOCLE_CLIP_END_LARGEST 2

/**
 * monocle_clip_words_tokenize:
 * @tokenizer: that of CLIP
 * @text: UTF-8
 * @most: places that there are; a longer text keeps its end
 * @end_id: what ends a text, or %MONOCLE_CLIP_END_LARGEST
 * @pick: (out): where it is
 *
 * As CLIP reads a text.
 *
 * Returns: (transfer full) (element-type guint32): its tokens
 */
GArray *monocle_clip_words_tokenize (
    MonocleTokenizer *tokenizer, const char *text, guint most, guint end_id, guint *pick);

/**
 * MonocleClipWordsConfig:
 * @scope: of the tower and of what comes after it
 * @text: the tower
 * @last: what comes after it
 * @n_words: rows of the table of tokens
 * @few_tokens: 0, or how many most texts are shorter than: a tower takes as long as its longest
 * @tokenize, @owner: how texts are read
 */
typedef struct
{
  MonocleScope scope;
  MonocleClipTextConfig text;
  MonocleClipEnd last;
  guint n_words;
  guint few_tokens;
  MonocleClipTokenize tokenize;
  gconstpointer owner;
} MonocleClipWordsConfig;

typedef struct _MonocleClipWords MonocleClipWords;

/* Declares what it needs; the checkpoint of @weights must outlive it. Errors: UNSUPPORTED_MODEL. */
MonocleClipWords *monocle_clip_words_new (const MonocleClipWordsConfig *config,
                                          MonocleWeights *weights,
                                          GError **error);
void monocle_clip_words_free (MonocleClipWords *self);

/* (transfer none) (element-type MonocleClipPass): that have to be planned and recorded before
 * anything else */
GPtrArray *monocle_clip_words_get_passes (MonocleClipWords *self);

/**
 * monocle_clip_words_compile:
 * @self: recorded
 * @others: (array length=n_others): what else the family has recorded
 * @cancellable, @progress, @user_data, @error: see monocle_vk_compile()
 */
gboolean monocle_clip_words_compile (MonocleClipWords *self,
                                     MonocleCommands *const *others,
                                     guint n_others,
                                     GCancellable *cancellable,
                                     MonocleVkCompileProgress progress,
                                     gpointer user_data,
                                     GError **error);

/* @rows: (out caller-allocates): [n, dims], as the model gives them */
gboolean monocle_clip_words_embed (MonocleClipWords *self,
                                   const char *const *texts,
                                   guint n,
                                   GCancellable *cancellable,
                                   float *rows,
                                   GError **error);

/* Makes the vectors of those that are not known yet. */
gboolean monocle_clip_words_learn (MonocleClipWords *self,
                                   const char *const *texts,
                                   guint n,
                                   GCancellable *cancellable,
                                   GError **error);
/* (transfer none): of a text that was among those just learnt, normalised; until the next call */
const float *monocle_clip_words_find (MonocleClipWords *self, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleClipWords, monocle_clip_words_free)

G_END_DECLS
