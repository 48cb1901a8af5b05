/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/generate.h"

#include <math.h>

#include "engine/base/error.h"

/* The answers to one batch of questions while they are being written. */
typedef struct
{
  const MonocleGeneration *generation;
  guint first; /* index of the batch's first question */
  guint n_questions;
  guint n_beams;
  guint n_candidates;           /* that a search or a sampler looks at */
  MonocleSearch **searches;     /* [n_questions] */
  MonocleSampler *samplers;     /* [n_questions]; NULL where nothing is drawn */
  guint *n_certain;             /* [n_questions]: tokens told so far */
  guint32 *tokens, *sources;    /* [rows] */
  GArray **banned;              /* [rows] of MonocleIdRange */
  GArray *ngrams;               /* of guint32 */
  float *logits;                /* [rows, vocabulary]; NULL where the device chooses */
  MonocleCandidate *candidates; /* [rows, n_candidates] */
  float *scores;                /* [rows, n_candidates]: what candidates are ordered by */
} Batch;

static void
batch_clear (Batch *batch)
{
  for (guint i = 0; i < batch->n_questions; i++)
    monocle_search_free (batch->searches[i]);
  for (guint i = 0; i < batch->n_questions * batch->n_beams; i++)
    g_array_unref (batch->banned[i]);
  g_free (batch->searches);
  g_free (batch->samplers);
  g_free (batch->n_certain);
  g_free (batch->tokens);
  g_free (batch->sources);
  g_free (batch->banned);
  g_clear_pointer (&batch->ngrams, g_array_unref);
  g_free (batch->candidates);
  g_free (batch->scores);
  g_free (batch->logits);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Batch, batch_clear)

/* Whether the device's own choice, with tokens banned, would not do. */
static gboolean
needs_logits (const MonocleGeneration *self)
{
  return self->draws_from_all
         || (self->logits && monocle_logits_is_needed (self->logits, self->search));
}

/* How many candidates of a row are looked at, whoever chooses them. */
static guint
get_n_wanted (const MonocleGeneration *self)
{
  if (self->draws_from_all)
    return 1;
  return self->sampling ? monocle_sampling_get_n_candidates (self->sampling)
                        : monocle_generation_config_get_n_candidates (self->search);
}

guint
monocle_generation_get_n_candidates (const MonocleGeneration *self)
{
  return needs_logits (self) ? 1 : get_n_wanted (self);
}

static void
batch_init (Batch *batch, const MonocleGeneration *generation, const MonocleDecoderStart *start)
{
  guint n = start->n_questions, rows = n * start->n_beams;

  batch->generation = generation;
  batch->first = start->first;
  batch->n_questions = n;
  batch->n_beams = start->n_beams;
  batch->n_candidates = get_n_wanted (generation);
  batch->searches = g_new0 (MonocleSearch *, n);
  batch->samplers = generation->sampling ? g_new0 (MonocleSampler, n) : NULL;
  batch->n_certain = g_new0 (guint, n);
  batch->tokens = g_new0 (guint32, rows);
  batch->sources = g_new0 (guint32, rows);
  batch->banned = g_new0 (GArray *, rows);
  for (guint i = 0; i < n; i++)
    {
      MonocleGenerationConfig search = *generation->search;

      search.decoder_start = start->first_tokens[i];
      batch->searches[i] = monocle_search_new (&search);
      /* What is drawn for a question does not depend on those beside it. */
      if (batch->samplers)
        monocle_sampler_init (&batch->samplers[i], generation->sampling, start->first + i);
    }
  for (guint i = 0; i < rows; i++)
    batch->banned[i] = g_array_new (FALSE, FALSE, sizeof (MonocleIdRange));
  batch->ngrams = g_array_new (FALSE, FALSE, sizeof (guint32));
  batch->candidates = g_new0 (MonocleCandidate, (gsize) rows * batch->n_candidates);
  batch->scores = g_new0 (float, (gsize) rows * batch->n_candidates);
  if (needs_logits (generation))
    batch->logits = g_new (float, (gsize) rows * generation->search->vocab_size);
}

/* Tells what has become certain. */
static void
batch_emit (Batch *batch)
{
  const MonocleGeneration *generation = batch->generation;

  for (guint i = 0; generation->certain && i < batch->n_questions; i++)
    {
      const guint32 *ids;
      const float *log_probs;
      guint n = monocle_search_get_certain (batch->searches[i], &ids, &log_probs);

      if (n > batch->n_certain[i])
        {
          batch->n_certain[i] = n;
          generation->certain (batch->first + i, FALSE, ids, log_probs, n, generation->user_data);
        }
    }
}

/* What may not come next in beam @beam of question @index. */
static void
batch_ban (Batch *batch, guint index, guint beam, GArray *ranges)
{
  const MonocleGeneration *generation = batch->generation;
  const MonocleSearch *search = batch->searches[index];

  g_array_set_size (batch->ngrams, 0);
  monocle_search_get_banned (search, beam, batch->ngrams);
  for (guint i = 0; i < batch->ngrams->len; i++)
    {
      guint32 id = g_array_index (batch->ngrams, guint32, i);
      MonocleIdRange range = { id, id };

      g_array_append_val (ranges, range);
    }
  if (generation->ban)
    generation->ban (batch->first + index, monocle_search_get_ids (search, beam),
                     monocle_search_get_length (search), ranges, generation->user_data);
}

/* What the next step feeds. Searches that are done keep their rows: they feed padding, and nobody
 * looks at what comes of it. */
static gboolean
batch_collect (Batch *batch, gboolean *chooses, guint *n_open)
{
  guint n = batch->n_beams;

  *chooses = FALSE;
  *n_open = 0;
  for (guint i = 0; i < batch->n_questions; i++)
    {
      const MonocleSearch *search = batch->searches[i];
      gboolean done = monocle_search_is_done (search);
      const guint32 *tokens = monocle_search_get_tokens (search);
      const guint32 *sources = monocle_search_get_sources (search);

      for (guint j = 0; j < n; j++)
        {
          batch->tokens[i * n + j] = done ? batch->generation->search->pad : tokens[j];
          batch->sources[i * n + j] = i * n + (done ? j : sources[j]);
          g_array_set_size (batch->banned[i * n + j], 0);
          if (!done)
            batch_ban (batch, i, j, batch->banned[i * n + j]);
        }
      if (!done)
        {
          (*n_open)++;
          if (!monocle_search_next_is_forced (search))
            *chooses = TRUE;
        }
    }

  return *n_open > 0;
}

/* The only candidate of questions that are open, where it is drawn from all. */
static void
batch_draw_from_all (Batch *batch)
{
  const guint n = batch->generation->search->vocab_size;

  for (guint i = 0; i < batch->n_questions; i++)
    if (!monocle_search_is_done (batch->searches[i]))
      monocle_logits_draw (&batch->samplers[i], batch->logits + (gsize) i * n, n, batch->banned[i],
                           &batch->candidates[i]);
}

/* The candidates of the rows that are open, where settings change scores. */
static gboolean
batch_choose (Batch *batch, GError **error)
{
  const MonocleGeneration *generation = batch->generation;
  guint n = batch->n_beams;

  if (!generation->decoder->read_logits (generation->decoder_self, batch->logits, error))
    return FALSE;
  if (generation->draws_from_all)
    {
      batch_draw_from_all (batch);
      return TRUE;
    }

  for (guint i = 0; i < batch->n_questions; i++)
    for (guint j = 0; j < n && !monocle_search_is_done (batch->searches[i]); j++)
      {
        gsize row = (gsize) i * n + j;

        monocle_logits_choose (generation->logits, generation->search,
                               batch->logits + row * generation->search->vocab_size,
                               monocle_search_get_ids (batch->searches[i], j),
                               monocle_search_get_length (batch->searches[i]), batch->banned[row],
                               batch->candidates + row * batch->n_candidates,
                               batch->scores + row * batch->n_candidates, batch->n_candidates);
      }
  return TRUE;
}

/* Damaged weights make every score NaN, and any choice among those would look like an answer. */
static gboolean
batch_check (const Batch *batch, GError **error)
{
  gsize n = (gsize) batch->n_questions * batch->n_beams
            * monocle_generation_get_n_candidates (batch->generation);

  for (gsize i = 0; i < n; i++)
    if (batch->candidates[i].token != MONOCLE_CANDIDATE_NONE
        && !isnan (batch->candidates[i].log_prob))
      return TRUE;
  g_set_error_literal (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                       "the model's scores are no numbers (NaN): its weights are damaged, or "
                       "too large for the precision that was chosen");
  return FALSE;
}

/* One step of the decoder, and what may come after it. */
static gboolean
batch_step (Batch *batch, gboolean chooses, GError **error)
{
  const MonocleGeneration *generation = batch->generation;
  const MonocleDecoderStep step
      = { .tokens = batch->tokens, .sources = batch->sources, .banned = batch->banned };
  gsize n = (gsize) batch->n_questions * batch->n_beams * batch->n_candidates;

  if (!generation->decoder->step (generation->decoder_self, &step,
                                  chooses ? batch->candidates : NULL, error)
      || (chooses && !batch_check (batch, error)))
    return FALSE;
  if (chooses && batch->logits)
    return batch_choose (batch, error);

  for (gsize i = 0; chooses && i < n; i++)
    batch->scores[i] = batch->candidates[i].log_prob;
  return TRUE;
}

/* The candidate that is drawn for an only beam; the first, which is none, where there is none. */
static const MonocleCandidate *
batch_draw (Batch *batch, guint index)
{
  const MonocleCandidate *candidates = batch->candidates + (gsize) index * batch->n_candidates;
  guint n = 0;

  while (n < batch->n_candidates && candidates[n].token != MONOCLE_CANDIDATE_NONE)
    n++;
  return n > 0
             ? &candidates[monocle_sampler_choose (
                   &batch->samplers[index], batch->scores + (gsize) index * batch->n_candidates, n)]
             : &candidates[0];
}

static void
batch_advance (Batch *batch)
{
  for (guint i = 0; i < batch->n_questions; i++)
    {
      MonocleSearch *search = batch->searches[i];

      if (monocle_search_is_done (search))
        continue;
      if (monocle_search_next_is_forced (search))
        monocle_search_advance (search, NULL, 0);
      else if (batch->samplers && !batch->generation->draws_from_all)
        monocle_search_advance (search, batch_draw (batch, i), 1);
      else
        monocle_search_advance (
            search, batch->candidates + (gsize) i * batch->n_beams * batch->n_candidates,
            batch->n_candidates);
    }
}

static gboolean
batch_run (Batch *batch, gboolean *stopped, guint *n_tokens, GError **error)
{
  const MonocleGeneration *generation = batch->generation;
  gboolean chooses;
  guint n_open;

  while (batch_collect (batch, &chooses, &n_open))
    {
      if (g_cancellable_is_cancelled (generation->cancellable))
        {
          *stopped = TRUE;
          break;
        }
      if (!batch_step (batch, chooses, error))
        return FALSE;
      batch_advance (batch);
      batch_emit (batch);
      *n_tokens += n_open;
    }

  for (guint i = 0; i < batch->n_questions; i++)
    {
      g_auto (MonocleHypothesis) best = { NULL };

      monocle_search_get_best (batch->searches[i], &best);
      generation->done (batch->first + i, monocle_search_is_done (batch->searches[i]), best.ids,
                        best.log_probs, best.n_ids, generation->user_data);
    }
  return TRUE;
}

/* @n: of them, from @first on */
static gboolean
answer_batch (const MonocleGeneration *self,
              guint first,
              guint n,
              gboolean *stopped,
              guint *n_tokens,
              GError **error)
{
  guint32 first_tokens[MONOCLE_GENERATE_MAX_BATCH];
  MonocleDecoderStart start = {
    .first = first,
    .n_questions = n,
    .n_beams = self->search->num_beams,
    .n_candidates = monocle_generation_get_n_candidates (self),
    .first_tokens = first_tokens,
    .cancellable = self->cancellable,
  };
  g_auto (Batch) batch = { NULL };

  for (guint i = 0; i < n; i++)
    first_tokens[i] = self->search->decoder_start;
  if (!self->decoder->begin (self->decoder_self, &start, error))
    return FALSE;

  batch_init (&batch, self, &start);
  return batch_run (&batch, stopped, n_tokens, error);
}

/* Questions that were not begun have answers without a word. */
static void
give_up (const MonocleGeneration *self, guint first)
{
  const guint32 id = self->search->decoder_start;
  const float log_prob = 0;

  for (guint i = first; i < self->n_questions; i++)
    self->done (i, FALSE, &id, &log_prob, 1, self->user_data);
}

gboolean
monocle_generate (const MonocleGeneration *self, gboolean *stopped, guint *n_tokens, GError **error)
{
  guint first = 0, at_once = MONOCLE_GENERATE_MAX_BATCH;

  g_return_val_if_fail (!self->sampling || self->search->num_beams == 1, FALSE);
  g_return_val_if_fail (!self->draws_from_all || self->sampling, FALSE);

  *stopped = FALSE;
  *n_tokens = 0;
  while (first < self->n_questions && !*stopped)
    {
      guint n = MIN (at_once, self->n_questions - first), n_before = *n_tokens;
      g_autoptr (GError) local = NULL;

      if (answer_batch (self, first, n, stopped, n_tokens, &local))
        {
          first += n;
          continue;
        }
      /* Fewer side by side take less memory, and their answers are the same. */
      if (n > 1
          && g_error_matches (local, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY))
        {
          *n_tokens = n_before;
          at_once = n / 2;
          if (self->n_at_once)
            *self->n_at_once = at_once;
          continue;
        }
      /* Stopped between batches, what is answered stays. */
      if (first == 0 || !g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      *stopped = TRUE;
    }
  give_up (self, first);
  return TRUE;
}
