/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which token comes next: greedy and beam search as a state machine on the host. The decoder feeds
 * it candidates and asks what to feed next; there is no model, no device and no text in here.
 *
 *   s = monocle_search_new (&config);
 *   while (!monocle_search_is_done (s))
 *     {
 *       feed get_tokens (s), with the cache rows of get_sources (s), at position get_length (s) - 1
 *       if (monocle_search_next_is_forced (s))
 *         monocle_search_advance (s, NULL, 0);
 *       else
 *         {
 *           take the n best tokens of each beam, those of get_banned () left out
 *           monocle_search_advance (s, candidates, n);
 *         }
 *     }
 *
 * Source: the token ids equal those of transformers 5.23 (generation/utils.py) for the same
 * log-probabilities, for greedy and beam search.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleEarlyStopping:
 * @MONOCLE_EARLY_STOPPING_FALSE: stop when the best running beam, divided by its present length,
 * cannot enter the full list of finished hypotheses
 * @MONOCLE_EARLY_STOPPING_TRUE: stop as soon as the list of finished hypotheses is full
 * @MONOCLE_EARLY_STOPPING_NEVER: as FALSE, but divided by the largest length it could reach
 */
typedef enum
{
  MONOCLE_EARLY_STOPPING_FALSE,
  MONOCLE_EARLY_STOPPING_TRUE,
  MONOCLE_EARLY_STOPPING_NEVER,
} MonocleEarlyStopping;

#define MONOCLE_GENERATION_MAX_EOS 8

/**
 * MonocleGenerationConfig:
 * @num_beams: beams that run side by side, at least 1; 1 is greedy search
 * @max_length: tokens in all, the start id included; at least 2
 * @no_repeat_ngram_size: no n-gram of this size occurs twice; 0 for off
 * @forced_bos: first generated token, or -1
 * @forced_eos: token at the last place of a sequence of @max_length, or -1
 * @eos: (array length=n_eos): each of them ends a hypothesis
 * @n_eos: how many; with none a hypothesis ends at @max_length
 * @pad: fed by beams that have died; never part of a result
 * @decoder_start: the start id
 * @early_stopping: when beam search ends
 * @length_penalty: a hypothesis is ranked by sum of log-probabilities / (generated tokens ^ this)
 * @vocab_size: ids are below this
 */
typedef struct
{
  guint num_beams;
  guint max_length;
  guint no_repeat_ngram_size;
  gint forced_bos;
  gint forced_eos;
  guint32 eos[MONOCLE_GENERATION_MAX_EOS];
  guint n_eos;
  guint pad;
  guint decoder_start;
  MonocleEarlyStopping early_stopping;
  double length_penalty;
  guint vocab_size;
} MonocleGenerationConfig;

/**
 * MonocleCandidate:
 * @token: a token id; %MONOCLE_CANDIDATE_NONE where there are no more
 * @log_prob: natural log-softmax over the whole vocabulary, before anything is banned
 */
typedef struct
{
  guint32 token;
  float log_prob;
} MonocleCandidate;

#define MONOCLE_CANDIDATE_NONE G_MAXUINT32

/**
 * MonocleIdRange:
 *
 * Token ids from @first to @last, both included.
 */
typedef struct
{
  guint32 first, last;
} MonocleIdRange;

/**
 * MonocleHypothesis:
 * @ids: (array length=n_ids): start id first, end id last where it has ended
 * @log_probs: (array length=n_ids): of each id; 0 for the start id and forced ones
 * @n_ids: how many
 * @sum: sum of @log_probs, added in order in single precision
 * @score: @sum / ((@n_ids - 1) ^ length penalty)
 */
typedef struct
{
  guint32 *ids;
  float *log_probs;
  guint n_ids;
  float sum;
  float score;
} MonocleHypothesis;

/**
 * monocle_generation_config_get_n_candidates:
 *
 * Returns: how many candidates of each beam a search wants: so many that all beams go on even if
 * every end token is among them, twice the beams at least; 1 if greedy
 */
guint monocle_generation_config_get_n_candidates (const MonocleGenerationConfig *self);

void monocle_hypothesis_clear (MonocleHypothesis *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleHypothesis, monocle_hypothesis_clear)

typedef struct _MonocleSearch MonocleSearch;

/**
 * monocle_search_new:
 * @config: copied
 *
 * Returns: (transfer full): a search at length 1: every beam holds the start id
 */
MonocleSearch *monocle_search_new (const MonocleGenerationConfig *config);
void monocle_search_free (MonocleSearch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleSearch, monocle_search_free)

/**
 * monocle_search_get_tokens:
 *
 * Returns: (transfer none): [num_beams] the last token of each running beam, to be fed next;
 *   valid until the next advance
 */
const guint32 *monocle_search_get_tokens (const MonocleSearch *self);

/**
 * monocle_search_get_sources:
 *
 * Returns: (transfer none): [num_beams] the beam of the step before that each running beam
 * continues; valid until the next advance
 */
const guint32 *monocle_search_get_sources (const MonocleSearch *self);

/**
 * monocle_search_get_length:
 *
 * Returns: tokens in each running beam, the start id included
 */
guint monocle_search_get_length (const MonocleSearch *self);

/**
 * monocle_search_get_ids:
 *
 * Returns: (transfer none): [length] the tokens of running beam @beam, start id first; valid until
 *   the next advance
 */
const guint32 *monocle_search_get_ids (const MonocleSearch *self, guint beam);

/**
 * monocle_search_next_is_forced:
 *
 * Returns: whether the next token is given, so that the logits of this step are not needed (keys
 * and values of the cache still are)
 */
gboolean monocle_search_next_is_forced (const MonocleSearch *self);

/**
 * monocle_search_get_banned:
 * @self: a search
 * @beam: a running beam
 * @ids: (element-type guint32): emptied and filled; may name a token twice
 *
 * Tokens that would repeat an n-gram of @beam. They must not be among its candidates; the
 * log-probabilities of the others stay as they are.
 */
void monocle_search_get_banned (const MonocleSearch *self, guint beam, GArray *ids);

/**
 * monocle_search_advance:
 * @self: a search that is not done
 * @candidates: (nullable) (array): [num_beams][@n_per_beam], best first; %NULL when the next token
 * is forced
 * @n_per_beam: candidates of each beam; fewer than wanted make the search narrower
 *
 * Takes one step. Candidates outside the vocabulary or with a log-probability that is not a number
 * end their beam's list, as %MONOCLE_CANDIDATE_NONE does.
 */
void
monocle_search_advance (MonocleSearch *self, const MonocleCandidate *candidates, guint n_per_beam);

gboolean monocle_search_is_done (const MonocleSearch *self);

/**
 * monocle_search_get_certain:
 * @self: a search
 * @ids: (out) (optional) (transfer none): start id first
 * @log_probs: (out) (optional) (transfer none): of each id
 *
 * The prefix on which every hypothesis that can still win agrees. It only ever grows, so it is safe
 * to show. When the search is done it is the whole best hypothesis.
 *
 * Returns: number of ids; the pointers are valid until the next advance
 */
guint monocle_search_get_certain (const MonocleSearch *self,
                                  const guint32 **ids,
                                  const float **log_probs);

/**
 * monocle_search_get_best:
 * @self: a search
 * @out: (out caller-allocates): clear with monocle_hypothesis_clear()
 *
 * The best finished hypothesis, or where none has finished yet (a cancelled run) the best running
 * one.
 */
void monocle_search_get_best (const MonocleSearch *self, MonocleHypothesis *out);

G_END_DECLS
