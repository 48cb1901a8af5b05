/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From tokens to what they say: words, and boxes with words or without. And where tokens are that
 * are no words. No device in here.
 */
#pragma once

#include "engine/models/parts/extra-places.h"

G_BEGIN_DECLS

/* Places along the longer side of a picture. */
#define MONOCLE_UNIFIEDIO_N_BINS 1000

/**
 * MonocleUnifiedioForm:
 * @MONOCLE_UNIFIEDIO_WORDS: words
 * @MONOCLE_UNIFIEDIO_BOXES: boxes, of which each may have words behind it
 */
typedef enum
{
  MONOCLE_UNIFIEDIO_WORDS,
  MONOCLE_UNIFIEDIO_BOXES,
} MonocleUnifiedioForm;

/**
 * MonocleUnifiedioTokens:
 * @pad: what prompts are filled up with, and answers begin with
 * @end: of an answer
 * @first_place: of %MONOCLE_UNIFIEDIO_N_BINS, of which the last is the top left
 * @picture: before which codes stand
 */
typedef struct
{
  guint32 pad, end;
  guint32 first_place;
  guint32 picture;
} MonocleUnifiedioTokens;

/**
 * monocle_unifiedio_tokens_find:
 * @self: (out caller-allocates): the tokens
 * @tokenizer: that of T5, to which all places are added
 * @n_words: how many the model has
 * @directory: for errors
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL.
 */
gboolean monocle_unifiedio_tokens_find (MonocleUnifiedioTokens *self,
                                        MonocleTokenizer *tokenizer,
                                        guint n_words,
                                        const char *directory,
                                        GError **error);

/* Their numbers. */
extern const MonocleExtraPlaces monocle_unifiedio_places;

/**
 * MonocleUnifiedioAnswer:
 * @tokenizer, @tokens: of the model
 * @form: of the answer
 * @words: (nullable): what boxes are called that have no words of their own
 * @whole: whether no more comes
 * @ids, @log_probs: (array length=n_ids): what was written, behind the start
 * @n_ids: how much
 * @width, @height: of the picture
 */
typedef struct
{
  const MonocleTokenizer *tokenizer;
  const MonocleUnifiedioTokens *tokens;
  MonocleUnifiedioForm form;
  const char *words;
  gboolean whole;
  const guint32 *ids;
  const float *log_probs;
  guint n_ids, width, height;
} MonocleUnifiedioAnswer;

/* (transfer full): its parts; tokens and score are the caller's */
MonocleResult *monocle_unifiedio_parse (const MonocleUnifiedioAnswer *answer);

G_END_DECLS
