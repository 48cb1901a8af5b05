/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What answers look like: text, or objects one behind the other, each four tokens of its place,
 * sixteen of its mask, if it has one, and a name:
 * `<loc0256><loc0128><loc0767><loc0895><seg037>...<seg101> cat ; <loc...`.
 */
#pragma once

#include "engine/answer/result.h"
#include "engine/models/paligemma/masks.h"
#include "engine/text/tokenizer.h"

G_BEGIN_DECLS

#define MONOCLE_PALIGEMMA_LOCS 1024

/**
 * MonoclePaligemmaTokens:
 * @first_loc: the first of %MONOCLE_PALIGEMMA_LOCS
 * @first_seg: the first of %MONOCLE_PALIGEMMA_CODES
 */
typedef struct
{
  guint32 first_loc, first_seg;
} MonoclePaligemmaTokens;

/* Finds them. Errors: UNSUPPORTED_MODEL. */
gboolean monocle_paligemma_tokens_find (MonoclePaligemmaTokens *self,
                                        const MonocleTokenizer *tokenizer,
                                        const char *directory,
                                        GError **error);

/**
 * MonoclePaligemmaAnswer:
 * @tokenizer, @tokens: of the model
 * @masks: (nullable): without it what has a mask is a box
 * @whole: whether no more comes
 * @ids, @log_probs: (array length=n_ids): what was written
 * @n_ids: how much
 * @width, @height: of the picture
 */
typedef struct
{
  const MonocleTokenizer *tokenizer;
  const MonoclePaligemmaTokens *tokens;
  const MonoclePaligemmaMasks *masks;
  gboolean whole;
  const guint32 *ids;
  const float *log_probs;
  guint n_ids, width, height;
} MonoclePaligemmaAnswer;

/* (transfer full): its parts; tokens and score are the caller's */
MonocleResult *monocle_paligemma_parse (const MonoclePaligemmaAnswer *answer);

G_END_DECLS
