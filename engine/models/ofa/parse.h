/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What answers look like: words, a place of four tokens, or objects one behind the other, each a
 * place and a name: `<bin_12><bin_40><bin_301><bin_522> cat<bin_...`.
 */
#pragma once

#include "engine/answer/result.h"
#include "engine/models/ofa/configuration.h"
#include "engine/text/tokenizer.h"

G_BEGIN_DECLS

/**
 * MonocleOfaForm:
 * @MONOCLE_OFA_WORDS: words
 * @MONOCLE_OFA_BOX: one place
 * @MONOCLE_OFA_OBJECTS: places with names
 */
typedef enum
{
  MONOCLE_OFA_WORDS,
  MONOCLE_OFA_BOX,
  MONOCLE_OFA_OBJECTS,
} MonocleOfaForm;

/**
 * MonocleOfaTokens:
 * @start: what answers are written behind
 * @pad: what prompts are filled up with
 * @end: of an answer
 * @first_code, @n_codes: pieces of pictures
 * @first_bin: of %MONOCLE_OFA_N_BINS
 */
typedef struct
{
  guint32 start, pad, end;
  guint32 first_code, n_codes;
  guint32 first_bin;
} MonocleOfaTokens;

/**
 * monocle_ofa_tokens_find:
 * @self: (out caller-allocates): the tokens
 * @tokenizer: that of the directory; what it lacks of codes and places is added
 * @n_words: how many the model has
 * @directory: for errors
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL.
 */
gboolean monocle_ofa_tokens_find (MonocleOfaTokens *self,
                                  MonocleTokenizer *tokenizer,
                                  guint n_words,
                                  const char *directory,
                                  GError **error);

/* The same of a model that draws: its codes are the last there are, and it has no places. */
gboolean monocle_ofa_tokens_find_codes (MonocleOfaTokens *self,
                                        MonocleTokenizer *tokenizer,
                                        guint n_words,
                                        guint n_codes,
                                        const char *directory,
                                        GError **error);

/**
 * MonocleOfaAnswer:
 * @tokenizer, @tokens: of the model
 * @form: of the answer
 * @phrase: (nullable): what was asked where
 * @whole: whether no more comes
 * @ids, @log_probs: (array length=n_ids): what was written, behind the start
 * @n_ids: how much
 * @width, @height: of the picture
 * @seen_width, @seen_height: what it was brought to
 */
typedef struct
{
  const MonocleTokenizer *tokenizer;
  const MonocleOfaTokens *tokens;
  MonocleOfaForm form;
  const char *phrase;
  gboolean whole;
  const guint32 *ids;
  const float *log_probs;
  guint n_ids, width, height, seen_width, seen_height;
} MonocleOfaAnswer;

/* (transfer full): its parts; tokens and score are the caller's */
MonocleResult *monocle_ofa_parse (const MonocleOfaAnswer *answer);

/* A bin as a pixel of a side of @length pixels, which was brought to @seen. */
double monocle_ofa_bin_to_pixels (guint bin, guint length, guint seen);

G_END_DECLS
