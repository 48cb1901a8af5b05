/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/logits.h"

#include <math.h>
#include <string.h>

void
monocle_logits_config_init (MonocleLogitsConfig *self)
{
  *self = (MonocleLogitsConfig){
    .repetition_penalty = 1,
    .decay_factor = 1,
    .together_share = 1,
    .suppressed = g_array_new (FALSE, FALSE, sizeof (guint32)),
    .suppressed_first = g_array_new (FALSE, FALSE, sizeof (guint32)),
    .bad_words = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref),
  };
}

void
monocle_logits_config_clear (MonocleLogitsConfig *self)
{
  g_clear_pointer (&self->suppressed, g_array_unref);
  g_clear_pointer (&self->suppressed_first, g_array_unref);
  g_clear_pointer (&self->bad_words, g_ptr_array_unref);
}

static gboolean
is_one (double factor)
{
  return !(factor < 1) && !(factor > 1);
}

gboolean
monocle_logits_is_needed (const MonocleLogitsConfig *self,
                          const MonocleGenerationConfig *generation)
{
  return !is_one (self->repetition_penalty) || self->min_length > 0 || !is_one (self->decay_factor)
         || self->suppressed->len > 0 || self->suppressed_first->len > 0 || self->bad_words->len > 0
         || self->renormalize || self->together_share < 1 || generation->n_eos > 1;
}

/* What is subtracted from scores to make them log-probabilities. */
static float
find_log_sum (const float *scores, guint n)
{
  float largest = -INFINITY;
  double sum = 0;

  for (guint i = 0; i < n; i++)
    largest = MAX (largest, scores[i]);
  if (!isfinite (largest))
    return 0;
  for (guint i = 0; i < n; i++)
    sum += (double) expf (scores[i] - largest);
  return largest + (float) log (sum);
}

static void
subtract (float *scores, guint n, float what)
{
  for (guint i = 0; i < n; i++)
    scores[i] -= what;
}

static void
ban (float *scores, guint n, guint32 token)
{
  if (token < n)
    scores[token] = -INFINITY;
}

static void
ban_all (float *scores, guint n, const GArray *tokens)
{
  for (guint i = 0; i < tokens->len; i++)
    ban (scores, n, g_array_index (tokens, guint32, i));
}

/* @ranges: (nullable) */
static void
ban_ranges (float *scores, guint n, const GArray *ranges)
{
  for (guint i = 0; ranges && i < ranges->len; i++)
    {
      const MonocleIdRange *range = &g_array_index (ranges, MonocleIdRange, i);

      for (guint32 id = range->first; id <= range->last && id < n; id++)
        ban (scores, n, id);
    }
}

/* Each token once, however often it is there. */
static void
penalise (const MonocleLogitsConfig *self, float *scores, guint n, const guint32 *ids, guint n_ids)
{
  float penalty = (float) self->repetition_penalty;
  g_autofree float *before = g_new (float, n_ids);

  for (guint i = 0; i < n_ids; i++)
    before[i] = ids[i] < n ? scores[ids[i]] : 0;
  for (guint i = 0; i < n_ids; i++)
    if (ids[i] < n)
      scores[ids[i]] = before[i] < 0 ? before[i] * penalty : before[i] / penalty;
}

/* All but those that have more than their share together. */
static void
ban_others (const MonocleLogitsConfig *self, float *scores, guint n)
{
  const guint first = MIN (self->together.first, n), end = MIN (self->together.last, n - 1) + 1;
  const float log_sum = find_log_sum (scores, n);
  double share = 0;

  for (guint i = first; i < end; i++)
    share += exp ((double) (scores[i] - log_sum));
  for (guint i = 0; share > self->together_share && i < n; i++)
    if (i < first || i >= end)
      scores[i] = -INFINITY;
}

/* The last token of each sequence whose others are there already. */
static void
ban_bad_words (
    const MonocleLogitsConfig *self, float *scores, guint n, const guint32 *ids, guint n_ids)
{
  for (guint i = 0; i < self->bad_words->len; i++)
    {
      const GArray *word = g_ptr_array_index (self->bad_words, i);
      guint n_before = word->len - 1;

      if (n_before <= n_ids
          && memcmp (ids + n_ids - n_before, word->data, n_before * sizeof *ids) == 0)
        ban (scores, n, g_array_index (word, guint32, n_before));
    }
}

static void
change_ends (const MonocleLogitsConfig *self,
             const MonocleGenerationConfig *generation,
             float *scores,
             guint n_ids)
{
  for (guint i = 0; i < generation->n_eos; i++)
    {
      guint32 eos = generation->eos[i];

      if (n_ids < self->min_length)
        ban (scores, generation->vocab_size, eos);
      else if (!is_one (self->decay_factor) && n_ids > self->decay_start && isfinite (scores[eos]))
        scores[eos] += fabsf (scores[eos])
                       * (float) (pow (self->decay_factor, n_ids - self->decay_start) - 1);
    }
}

static void
change_scores (const MonocleLogitsConfig *self,
               const MonocleGenerationConfig *generation,
               float *scores,
               const guint32 *ids,
               guint n_ids,
               GArray *banned)
{
  guint n = generation->vocab_size;
  guint first_free = generation->forced_bos >= 0 ? 2 : 1;

  if (self->together_share < 1)
    ban_others (self, scores, n);
  if (!is_one (self->repetition_penalty))
    penalise (self, scores, n, ids, n_ids);
  ban_bad_words (self, scores, n, ids, n_ids);
  change_ends (self, generation, scores, n_ids);
  ban_all (scores, n, self->suppressed);
  if (n_ids == first_free)
    ban_all (scores, n, self->suppressed_first);
  ban_ranges (scores, n, banned);
  if (self->renormalize)
    subtract (scores, n, find_log_sum (scores, n));
}

/* Of equal ones the first is better. */
static void
pick (const float *scores, guint n, MonocleCandidate *candidates, guint n_candidates)
{
  guint n_found = 0;

  for (guint i = 0; i < n_candidates; i++)
    candidates[i] = (MonocleCandidate){ .token = MONOCLE_CANDIDATE_NONE };
  for (guint token = 0; token < n; token++)
    {
      guint i;

      if (!isfinite (scores[token])
          || (n_found == n_candidates && !(scores[token] > candidates[n_candidates - 1].log_prob)))
        continue;
      n_found = MIN (n_found + 1, n_candidates);
      for (i = n_found - 1; i > 0 && scores[token] > candidates[i - 1].log_prob; i--)
        candidates[i] = candidates[i - 1];
      candidates[i] = (MonocleCandidate){ .token = token, .log_prob = scores[token] };
    }
}

void
monocle_logits_choose (const MonocleLogitsConfig *self,
                       const MonocleGenerationConfig *generation,
                       float *logits,
                       const guint32 *ids,
                       guint n_ids,
                       GArray *banned,
                       MonocleCandidate *candidates,
                       float *scores,
                       guint n_candidates)
{
  guint n = generation->vocab_size;
  float log_sum = find_log_sum (logits, n);
  g_autofree float *raw = NULL;

  if (generation->num_beams > 1)
    subtract (logits, n, log_sum);
  else
    raw = g_memdup2 (logits, n * sizeof *logits);

  change_scores (self, generation, logits, ids, n_ids, banned);
  pick (logits, n, candidates, n_candidates);
  for (guint i = 0; scores && i < n_candidates; i++)
    scores[i] = candidates[i].log_prob;
  for (guint i = 0; raw && i < n_candidates; i++)
    if (candidates[i].token != MONOCLE_CANDIDATE_NONE)
      candidates[i].log_prob = raw[candidates[i].token] - log_sum;
}

void
monocle_logits_draw (MonocleSampler *sampler,
                     float *logits,
                     guint n,
                     const GArray *banned,
                     MonocleCandidate *candidate)
{
  const float log_sum = find_log_sum (logits, n);
  guint token;

  ban_ranges (logits, n, banned);
  token = monocle_sampler_choose_of_all (sampler, logits, n);
  *candidate = token < n ? (MonocleCandidate){ token, logits[token] - log_sum }
                         : (MonocleCandidate){ MONOCLE_CANDIDATE_NONE, 0 };
}
