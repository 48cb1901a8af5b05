/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which tokens are the best candidates, for models whose settings change scores: logits in,
 * candidates out, on the host. Most models only ban tokens, and the device chooses; these few pay
 * for the way of their logits to the host. No model, no device and no text in here.
 *
 * Source: the processors of transformers 5.23 (generation/logits_process.py), in the order of
 * _get_logits_processor().
 */
#pragma once

#include "engine/text/sampler.h"
#include "engine/text/search.h"

G_BEGIN_DECLS

/**
 * MonocleLogitsConfig:
 * @repetition_penalty: scores of tokens that are there already are divided by it if positive, else
 *   multiplied; 1 for off
 * @min_length: tokens, the start id included, before any end token may come
 * @decay_start: tokens, the start id included, behind which end tokens become likelier
 * @decay_factor: by how much more with each token; 1 for off
 * @suppressed: (element-type guint32): tokens that never come
 * @suppressed_first: (element-type guint32): tokens that do not come as the first free one
 * @bad_words: (element-type GArray): sequences of guint32 that never come
 * @renormalize: whether the scores become log-probabilities again when all that is done
 * @together: tokens that no other comes before where one of them is wanted
 * @together_share: it is where they have more than that of all, 0 to 1; 1 for off: what spreads
 *   over many of them would lose against a single other one
 */
typedef struct
{
  double repetition_penalty;
  guint min_length;
  guint decay_start;
  double decay_factor;
  GArray *suppressed;
  GArray *suppressed_first;
  GPtrArray *bad_words;
  gboolean renormalize;
  MonocleIdRange together;
  double together_share;
} MonocleLogitsConfig;

void monocle_logits_config_init (MonocleLogitsConfig *self);
void monocle_logits_config_clear (MonocleLogitsConfig *self);

/**
 * monocle_logits_is_needed:
 * @self: settings
 * @generation: those of the search
 *
 * Returns: whether the device's own choice, with tokens banned, would not do
 */
gboolean monocle_logits_is_needed (const MonocleLogitsConfig *self,
                                   const MonocleGenerationConfig *generation);

/**
 * monocle_logits_choose:
 * @self: settings
 * @generation: those of the search
 * @logits: (array length=vocab_size): of one row; overwritten
 * @ids: (array length=n_ids): the row's tokens, start id first
 * @n_ids: how many
 * @banned: (nullable) (element-type MonocleIdRange): tokens that may not come for other reasons
 * @candidates: (out caller-allocates) (array length=n_candidates): best first; those that are
 *   missing have %MONOCLE_CANDIDATE_NONE
 * @scores: (out caller-allocates) (optional) (array length=n_candidates): what they are ordered by
 * @n_candidates: how many are wanted
 *
 * Beam search ranks by the changed log-probabilities. Greedy search changes the logits, as the
 * reference does, and its candidates keep the log-probability from before; @scores are the changed
 * logits, which are what is drawn from.
 */
void monocle_logits_choose (const MonocleLogitsConfig *self,
                            const MonocleGenerationConfig *generation,
                            float *logits,
                            const guint32 *ids,
                            guint n_ids,
                            GArray *banned,
                            MonocleCandidate *candidates,
                            float *scores,
                            guint n_candidates);

/**
 * monocle_logits_draw:
 * @sampler: draws
 * @logits: (array length=n): of one row; overwritten
 * @n: how many tokens there are
 * @banned: (element-type MonocleIdRange): tokens that may not come
 * @candidate: (out): the one that comes, with what it was worth among all of them, the banned ones
 *   included; %MONOCLE_CANDIDATE_NONE where none can
 *
 * One token of all that may come, however many these are.
 */
void monocle_logits_draw (MonocleSampler *sampler,
                          float *logits,
                          guint n,
                          const GArray *banned,
                          MonocleCandidate *candidate);

G_END_DECLS
