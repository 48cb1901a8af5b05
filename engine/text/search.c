/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/search.h"

#include <math.h>
#include <string.h>

#include "engine/text/ngrams.h"

/* What the reference takes for "no score". All sums stay in single precision, as there. */
#define NO_SCORE -1e9f

/* A sequence of tokens, running or finished. */
typedef struct
{
  guint32 *ids;     /* [max_length] */
  float *log_probs; /* [max_length] */
  guint n_ids;
  float sum;   /* of log_probs; the reference's -1e9 for the beams that double the first one at the
                  start */
  float score; /* normalised; of finished ones */
  gboolean alive;
} Row;

/* One way to continue, over all beams. */
typedef struct
{
  guint32 beam;
  guint32 token;
  float log_prob;
  float sum;
} Step;

struct _MonocleSearch
{
  MonocleGenerationConfig config;
  guint length;
  Row *running;  /* [num_beams], best first */
  Row *next;     /* [num_beams], scratch */
  Row *finished; /* [num_beams], best first */
  guint n_finished;
  Step *steps; /* [n_candidates], best first */
  guint n_steps;
  guint32 *tokens;  /* [num_beams] */
  guint32 *sources; /* [num_beams] */
  gboolean can_improve;
  gboolean done;
  const Row *certain; /* any row that begins with what is certain */
  guint n_certain;
};

guint
monocle_generation_config_get_n_candidates (const MonocleGenerationConfig *self)
{
  return self->num_beams == 1 ? 1 : MAX (2, 1 + self->n_eos) * self->num_beams;
}

void
monocle_hypothesis_clear (MonocleHypothesis *self)
{
  g_clear_pointer (&self->ids, g_free);
  g_clear_pointer (&self->log_probs, g_free);
  self->n_ids = 0;
}

static Row *
new_rows (guint n, guint max_length)
{
  Row *rows = g_new0 (Row, n);

  for (guint i = 0; i < n; i++)
    {
      rows[i].ids = g_new0 (guint32, max_length);
      rows[i].log_probs = g_new0 (float, max_length);
    }
  return rows;
}

static void
free_rows (Row *rows, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_free (rows[i].ids);
      g_free (rows[i].log_probs);
    }
  g_free (rows);
}

/* @to becomes @from with one more token. */
static void
extend_row (Row *to, const Row *from, guint32 token, float log_prob, float sum)
{
  memcpy (to->ids, from->ids, from->n_ids * sizeof (guint32));
  memcpy (to->log_probs, from->log_probs, from->n_ids * sizeof (float));
  to->ids[from->n_ids] = token;
  to->log_probs[from->n_ids] = log_prob;
  to->n_ids = from->n_ids + 1;
  to->sum = sum;
  to->alive = TRUE;
}

/* A sum of log-probabilities as hypotheses of @n_generated tokens are ranked by it. */
static float
normalise (const MonocleSearch *self, float sum, guint n_generated)
{
  return sum / (float) pow (n_generated, self->config.length_penalty);
}

MonocleSearch *
monocle_search_new (const MonocleGenerationConfig *config)
{
  MonocleSearch *self;

  g_return_val_if_fail (config->num_beams >= 1 && config->max_length >= 2, NULL);

  self = g_new0 (MonocleSearch, 1);
  self->config = *config;
  self->length = 1;
  self->running = new_rows (config->num_beams, config->max_length);
  self->next = new_rows (config->num_beams, config->max_length);
  self->finished = new_rows (config->num_beams, config->max_length);
  self->steps = g_new0 (Step, monocle_generation_config_get_n_candidates (&self->config));
  self->tokens = g_new0 (guint32, config->num_beams);
  self->sources = g_new0 (guint32, config->num_beams);
  self->can_improve = TRUE;

  for (guint i = 0; i < config->num_beams; i++)
    {
      self->running[i].ids[0] = config->decoder_start;
      self->running[i].n_ids = 1;
      /* All beams are the same at first: only the first one counts, or all would stay the same. */
      self->running[i].sum = i == 0 ? 0 : NO_SCORE;
      self->running[i].alive = TRUE;
      self->tokens[i] = config->decoder_start;
      self->sources[i] = i;
    }
  self->certain = &self->running[0];
  self->n_certain = 1;
  return self;
}

void
monocle_search_free (MonocleSearch *self)
{
  if (self == NULL)
    return;
  free_rows (self->running, self->config.num_beams);
  free_rows (self->next, self->config.num_beams);
  free_rows (self->finished, self->config.num_beams);
  g_free (self->steps);
  g_free (self->tokens);
  g_free (self->sources);
  g_free (self);
}

/* Keeps as many of the best steps as there are candidates of a beam; of equal ones the first. */
static void
offer_step (MonocleSearch *self, const Step *step)
{
  guint capacity = monocle_generation_config_get_n_candidates (&self->config), i;

  if (self->n_steps == capacity && !(step->sum > self->steps[capacity - 1].sum))
    return;
  if (self->n_steps < capacity)
    self->n_steps++;
  for (i = self->n_steps - 1; i > 0 && step->sum > self->steps[i - 1].sum; i--)
    self->steps[i] = self->steps[i - 1];
  self->steps[i] = *step;
}

static void
collect_steps (MonocleSearch *self, const MonocleCandidate *candidates, guint n_per_beam)
{
  self->n_steps = 0;
  for (guint beam = 0; beam < self->config.num_beams; beam++)
    for (guint i = 0; i < n_per_beam && self->running[beam].alive; i++)
      {
        const MonocleCandidate *candidate = &candidates[beam * n_per_beam + i];
        Step step = {
          .beam = beam,
          .token = candidate->token,
          .log_prob = candidate->log_prob,
          .sum = candidate->log_prob + self->running[beam].sum,
        };

        if (candidate->token >= self->config.vocab_size || !isfinite (candidate->log_prob))
          break;
        offer_step (self, &step);
      }
}

static void
collect_forced_steps (MonocleSearch *self)
{
  gboolean at_end = self->length == self->config.max_length - 1 && self->config.forced_eos >= 0;
  guint32 token = (guint32) (at_end ? self->config.forced_eos : self->config.forced_bos);

  self->n_steps = 0;
  for (guint beam = 0; beam < self->config.num_beams; beam++)
    if (self->running[beam].alive)
      offer_step (self, &(Step){ .beam = beam, .token = token, .sum = self->running[beam].sum });
}

static gboolean
ends (const MonocleSearch *self, const Step *step)
{
  for (guint i = 0; i < self->config.n_eos; i++)
    if (step->token == self->config.eos[i])
      return TRUE;
  return self->length + 1 >= self->config.max_length;
}

static void
finish_row (MonocleSearch *self, const Step *step)
{
  guint capacity = self->config.num_beams, i;
  float score = normalise (self, step->sum, self->length);

  if (self->n_finished == capacity && !(score > self->finished[capacity - 1].score))
    return;
  if (self->n_finished < capacity)
    self->n_finished++;

  Row row = self->finished[self->n_finished - 1];
  for (i = self->n_finished - 1; i > 0 && score > self->finished[i - 1].score; i--)
    self->finished[i] = self->finished[i - 1];
  extend_row (&row, &self->running[step->beam], step->token, step->log_prob, step->sum);
  row.score = score;
  self->finished[i] = row;
}

/* The best steps that do not end become the running beams; places without one die. */
static void
advance_rows (MonocleSearch *self)
{
  guint n = 0;

  for (guint i = 0; i < self->n_steps && n < self->config.num_beams; i++)
    {
      const Step *step = &self->steps[i];

      if (ends (self, step) && self->config.num_beams > 1)
        continue;
      extend_row (&self->next[n], &self->running[step->beam], step->token, step->log_prob,
                  step->sum);
      self->tokens[n] = step->token;
      self->sources[n] = step->beam;
      n++;
    }
  for (; n < self->config.num_beams; n++)
    {
      extend_row (&self->next[n], &self->running[0], self->config.pad, 0, -INFINITY);
      self->next[n].alive = FALSE;
      self->tokens[n] = self->config.pad;
      self->sources[n] = 0;
    }

  Row *rows = self->running;
  self->running = self->next;
  self->next = rows;
}

/* Whether the best running beam could still enter the list of finished ones. */
static gboolean
check_improvement (const MonocleSearch *self)
{
  gboolean to_the_end = self->config.early_stopping == MONOCLE_EARLY_STOPPING_NEVER
                        && self->config.length_penalty > 0;
  guint n_generated = (to_the_end ? self->config.max_length : self->length) - 1;
  float worst = self->n_finished == self->config.num_beams
                    ? self->finished[self->config.num_beams - 1].score
                    : NO_SCORE;

  return self->running[0].alive && normalise (self, self->running[0].sum, n_generated) > worst;
}

/* Log-probabilities are at most 0, so sums only fall: the best score that continuations of @row can
 * reach. */
static float
bound_score (const MonocleSearch *self, const Row *row)
{
  return normalise (self, row->sum,
                    self->config.length_penalty > 0 ? self->config.max_length - 1
                                                    : MAX (self->length, 1));
}

static void
find_certain (MonocleSearch *self)
{
  const Row *best = self->n_finished > 0 ? &self->finished[0] : NULL;
  guint n = self->length;

  if (self->done)
    {
      self->certain = best != NULL ? best : &self->running[0];
      self->n_certain = self->certain->n_ids;
      return;
    }

  self->certain = best;
  if (best != NULL)
    n = best->n_ids;
  for (guint i = 0; i < self->config.num_beams; i++)
    {
      const Row *row = &self->running[i];

      if (!row->alive || (best != NULL && bound_score (self, row) < best->score))
        continue;
      if (self->certain == NULL)
        self->certain = row;
      n = MIN (n, row->n_ids);
      for (guint k = self->n_certain; k < n; k++)
        if (row->ids[k] != self->certain->ids[k])
          n = k;
    }
  self->n_certain = MAX (self->n_certain, n);
}

static void
advance_greedy (MonocleSearch *self)
{
  gboolean ended = self->n_steps == 0 || ends (self, &self->steps[0]);

  if (self->n_steps > 0)
    {
      advance_rows (self);
      self->length++;
    }
  self->done = ended;
}

static void
advance_beams (MonocleSearch *self)
{
  gboolean was_full = self->n_finished == self->config.num_beams;
  gboolean accepts = self->can_improve
                     && !(was_full && self->config.early_stopping == MONOCLE_EARLY_STOPPING_TRUE);
  gboolean all_end = TRUE;

  for (guint i = 0; i < self->n_steps; i++)
    {
      all_end = all_end && ends (self, &self->steps[i]);
      /* The steps after the first num_beams are there to go on with, not to end with. */
      if (accepts && i < self->config.num_beams && ends (self, &self->steps[i]))
        finish_row (self, &self->steps[i]);
    }

  if (!all_end)
    {
      advance_rows (self);
      self->length++;
      self->can_improve = self->can_improve && check_improvement (self);
    }
  self->done = all_end || !self->can_improve
               || (self->n_finished == self->config.num_beams
                   && self->config.early_stopping == MONOCLE_EARLY_STOPPING_TRUE);
}

void
monocle_search_advance (MonocleSearch *self, const MonocleCandidate *candidates, guint n_per_beam)
{
  g_return_if_fail (!self->done);
  g_return_if_fail (candidates != NULL || monocle_search_next_is_forced (self));

  if (monocle_search_next_is_forced (self))
    collect_forced_steps (self);
  else
    collect_steps (self, candidates, n_per_beam);

  if (self->config.num_beams == 1)
    advance_greedy (self);
  else
    advance_beams (self);
  find_certain (self);
}

const guint32 *
monocle_search_get_tokens (const MonocleSearch *self)
{
  return self->tokens;
}

const guint32 *
monocle_search_get_sources (const MonocleSearch *self)
{
  return self->sources;
}

guint
monocle_search_get_length (const MonocleSearch *self)
{
  return self->length;
}

gboolean
monocle_search_next_is_forced (const MonocleSearch *self)
{
  return (self->length == 1 && self->config.forced_bos >= 0)
         || (self->length == self->config.max_length - 1 && self->config.forced_eos >= 0);
}

const guint32 *
monocle_search_get_ids (const MonocleSearch *self, guint beam)
{
  g_return_val_if_fail (beam < self->config.num_beams, NULL);
  return self->running[beam].ids;
}

void
monocle_search_get_banned (const MonocleSearch *self, guint beam, GArray *ids)
{
  g_return_if_fail (beam < self->config.num_beams);

  g_array_set_size (ids, 0);
  if (self->running[beam].alive)
    monocle_ngrams_find_banned (self->running[beam].ids, self->length,
                                self->config.no_repeat_ngram_size, ids);
}

gboolean
monocle_search_is_done (const MonocleSearch *self)
{
  return self->done;
}

guint
monocle_search_get_certain (const MonocleSearch *self, const guint32 **ids, const float **log_probs)
{
  if (ids != NULL)
    *ids = self->certain->ids;
  if (log_probs != NULL)
    *log_probs = self->certain->log_probs;
  return self->n_certain;
}

void
monocle_search_get_best (const MonocleSearch *self, MonocleHypothesis *out)
{
  const Row *row = self->n_finished > 0 ? &self->finished[0] : &self->running[0];

  *out = (MonocleHypothesis){
    .ids = g_memdup2 (row->ids, row->n_ids * sizeof (guint32)),
    .log_probs = g_memdup2 (row->log_probs, row->n_ids * sizeof (float)),
    .n_ids = row->n_ids,
    .sum = row->sum,
    .score = row->n_ids > 1 ? normalise (self, row->sum, row->n_ids - 1) : 0,
  };
}
