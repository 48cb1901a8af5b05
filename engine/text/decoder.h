/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What writes text, as generation sees it: tokens in, candidates for the next one out. A family
 * puts one together from its parts: it begins with the questions in its own way (an encoder's
 * states, a prompt fed to the cache) and the part that decodes does the steps.
 *
 * Questions are answered in batches, each by a number of beams: row i * n_beams + j is beam j of
 * the batch's question i.
 */
#pragma once

#include <gio/gio.h>

#include "engine/text/search.h"

G_BEGIN_DECLS

/**
 * MonocleDecoderStart:
 * @first: the first question of the batch
 * @n_questions: how many
 * @n_beams: of each
 * @n_candidates: best tokens wanted of each row
 * @first_tokens: (array length=n_questions): the token that each answer is written behind and that
 *   the first step feeds: the start token, which may be replaced, as by the last one of a prompt
 * @cancellable: (nullable)
 */
typedef struct
{
  guint first;
  guint n_questions;
  guint n_beams;
  guint n_candidates;
  guint32 *first_tokens;
  GCancellable *cancellable;
} MonocleDecoderStart;

/**
 * MonocleDecoderStep:
 * @tokens: (array): [rows] the token to feed for each row
 * @beside: (nullable) (array): [rows] their second words, of models whose tokens are two words each
 * @sources: (array): [rows] the row of the step before that each row continues
 * @banned: (nullable) (array): [rows] of GArray of MonocleIdRange: ids left out of the candidates;
 * at most one range for each token so far and %MONOCLE_DECODER_MORE_BANS
 */
typedef struct
{
  const guint32 *tokens;
  const guint32 *beside;
  const guint32 *sources;
  GArray *const *banned;
} MonocleDecoderStep;

/* An n-gram starts at every earlier token at most once; a rule of the answer's form adds these. */
#define MONOCLE_DECODER_MORE_BANS 8

/**
 * MonocleDecoder:
 * @begin: makes ready to answer some of the questions
 * @step: feeds one token to each row. With @candidates, [rows][n_candidates], the best tokens of
 * each are stored; without, they are not needed
 * @read_logits: after a step with candidates: all logits, [rows][vocabulary]
 * @end: (nullable): the batch is answered; called once for each @begin that succeeded
 */
typedef struct
{
  gboolean (*begin) (gpointer self, MonocleDecoderStart *start, GError **error);
  gboolean (*step) (gpointer self,
                    const MonocleDecoderStep *step,
                    MonocleCandidate *candidates,
                    GError **error);
  gboolean (*read_logits) (gpointer self, float *logits, GError **error);
} MonocleDecoder;

G_END_DECLS
