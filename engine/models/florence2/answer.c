/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/florence2/private.h"

#include "engine/models/florence2/tasks.h"
#include "engine/text/parse.h"

/* Questions answered side by side. More would only take memory: the weights are read once for all
 * of them already. */
#define MAX_BATCH 8

/* The answers to one batch of prompts while they are being written. */
typedef struct
{
  MonocleFlorence2 *model;
  const MonocleFamilyQuestion *question;
  guint first; /* index of the batch's first prompt */
  guint n_prompts;
  guint n_beams;
  guint n_candidates;
  MonocleSearch **searches;     /* [n_prompts] */
  guint *n_certain;             /* [n_prompts]: tokens told so far */
  guint32 *tokens, *sources;    /* [rows] */
  GArray **banned;              /* [rows] of MonocleIdRange */
  GArray *ngrams;               /* of guint32 */
  float *logits;                /* [rows, vocabulary]; NULL where the device chooses */
  MonocleCandidate *candidates; /* [rows, n_candidates] */
} Batch;

static void
batch_clear (Batch *batch)
{
  for (guint i = 0; i < batch->n_prompts; i++)
    monocle_search_free (batch->searches[i]);
  for (guint i = 0; i < batch->n_prompts * batch->n_beams; i++)
    g_array_unref (batch->banned[i]);
  g_free (batch->searches);
  g_free (batch->n_certain);
  g_free (batch->tokens);
  g_free (batch->sources);
  g_free (batch->banned);
  g_array_unref (batch->ngrams);
  g_free (batch->candidates);
  g_free (batch->logits);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Batch, batch_clear)

static void
batch_init (Batch *batch,
            MonocleFlorence2 *model,
            const MonocleFamilyQuestion *question,
            guint first,
            guint n_prompts,
            const MonocleGenerationConfig *generation)
{
  guint rows = n_prompts * generation->num_beams;

  batch->model = model;
  batch->question = question;
  batch->first = first;
  batch->n_prompts = n_prompts;
  batch->n_beams = generation->num_beams;
  batch->searches = g_new0 (MonocleSearch *, n_prompts);
  batch->n_certain = g_new0 (guint, n_prompts);
  batch->tokens = g_new0 (guint32, rows);
  batch->sources = g_new0 (guint32, rows);
  batch->banned = g_new0 (GArray *, rows);
  for (guint i = 0; i < n_prompts; i++)
    batch->searches[i] = monocle_search_new (generation);
  for (guint i = 0; i < rows; i++)
    batch->banned[i] = g_array_new (FALSE, FALSE, sizeof (MonocleIdRange));
  batch->ngrams = g_array_new (FALSE, FALSE, sizeof (guint32));
  batch->n_candidates = monocle_search_get_n_candidates (batch->searches[0]);
  batch->candidates = g_new0 (MonocleCandidate, (gsize) rows * batch->n_candidates);
  if (monocle_logits_is_needed (&model->config.logits, generation))
    batch->logits = g_new (float, (gsize) rows * generation->vocab_size);
}

static MonocleResult *
parse (const Batch *batch,
       MonocleParseExtent extent,
       const guint32 *ids,
       const float *log_probs,
       guint n)
{
  const MonocleParseRequest request = {
    .tokenizer = batch->model->tokenizer,
    .answer = monocle_florence2_task_get_answer (batch->question->task),
    .extent = extent,
    .ids = ids,
    .log_probs = log_probs,
    .n_ids = n,
    .width = batch->question->width,
    .height = batch->question->height,
    .ignored_phrases = monocle_florence2_get_ignored_phrases (),
  };

  return monocle_parse (&request);
}

/* Tells what has become certain. */
static void
batch_emit (Batch *batch)
{
  if (!batch->question->partial)
    return;

  for (guint i = 0; i < batch->n_prompts; i++)
    {
      const guint32 *ids;
      const float *log_probs;
      guint n = monocle_search_get_certain (batch->searches[i], &ids, &log_probs);

      if (n > batch->n_certain[i])
        {
          g_autoptr (MonocleResult) partial
              = parse (batch, MONOCLE_PARSE_PREFIX, ids, log_probs, n);

          batch->n_certain[i] = n;
          batch->question->partial (batch->first + i, n, partial, batch->question->user_data);
        }
    }
}

/* What may not come next in beam @beam. */
static void
batch_ban (Batch *batch, const MonocleSearch *search, guint beam, GArray *ranges)
{
  const MonocleFlorence2 *model = batch->model;

  g_array_set_size (batch->ngrams, 0);
  monocle_search_get_banned (search, beam, batch->ngrams);
  for (guint i = 0; i < batch->ngrams->len; i++)
    {
      guint32 id = g_array_index (batch->ngrams, guint32, i);
      MonocleIdRange range = { id, id };

      g_array_append_val (ranges, range);
    }
  if (model->config.constrained_grammar)
    monocle_grammar_find_banned (&model->grammar, monocle_florence2_task_get_answer (batch->question->task),
                                 monocle_florence2_task_reads (batch->question->task),
                                 monocle_search_get_ids (search, beam),
                                 monocle_search_get_length (search), ranges);
}

/* What the next step feeds. Searches that are done keep their rows: they feed padding, and nobody
 * looks at what comes of it. */
static gboolean
batch_collect (Batch *batch, gboolean *needs_logits, guint *n_open)
{
  guint n = batch->n_beams;

  *needs_logits = FALSE;
  *n_open = 0;
  for (guint i = 0; i < batch->n_prompts; i++)
    {
      const MonocleSearch *search = batch->searches[i];
      gboolean done = monocle_search_is_done (search);
      const guint32 *tokens = monocle_search_get_tokens (search);
      const guint32 *sources = monocle_search_get_sources (search);

      for (guint j = 0; j < n; j++)
        {
          batch->tokens[i * n + j] = done ? batch->model->config.generation.pad : tokens[j];
          batch->sources[i * n + j] = i * n + (done ? j : sources[j]);
          g_array_set_size (batch->banned[i * n + j], 0);
          if (!done)
            batch_ban (batch, search, j, batch->banned[i * n + j]);
        }
      if (!done)
        {
          (*n_open)++;
          if (!monocle_search_next_is_forced (search))
            *needs_logits = TRUE;
        }
    }

  return *n_open > 0;
}

static void
batch_advance (Batch *batch)
{
  for (guint i = 0; i < batch->n_prompts; i++)
    {
      MonocleSearch *search = batch->searches[i];

      if (monocle_search_is_done (search))
        continue;
      if (monocle_search_next_is_forced (search))
        monocle_search_advance (search, NULL, 0);
      else
        monocle_search_advance (
            search, batch->candidates + (gsize) i * batch->n_beams * batch->n_candidates,
            batch->n_candidates);
    }
}

/* The candidates of the rows that are open, where settings change scores. */
static gboolean
batch_choose (Batch *batch, GError **error)
{
  const MonocleFlorence2Config *config = &batch->model->config;
  MonocleGenerationConfig generation = config->generation;
  guint n = batch->n_beams;

  if (!monocle_bart_decoder_read_logits (batch->model->decoder, batch->logits, error))
    return FALSE;

  generation.num_beams = n;
  for (guint i = 0; i < batch->n_prompts; i++)
    for (guint j = 0; j < n && !monocle_search_is_done (batch->searches[i]); j++)
      {
        gsize row = (gsize) i * n + j;

        monocle_logits_choose (&config->logits, &generation,
                               batch->logits + row * generation.vocab_size,
                               monocle_search_get_ids (batch->searches[i], j),
                               monocle_search_get_length (batch->searches[i]), batch->banned[row],
                               batch->candidates + row * batch->n_candidates, batch->n_candidates);
      }
  return TRUE;
}

/* One step of the decoder, and what may come after it. */
static gboolean
batch_step (Batch *batch, gboolean needs_logits, GError **error)
{
  const MonocleBartStep step
      = { .tokens = batch->tokens, .sources = batch->sources, .banned = batch->banned };

  return monocle_bart_decoder_step (batch->model->decoder, &step,
                                    needs_logits ? batch->candidates : NULL, error)
         && (!needs_logits || !batch->logits || batch_choose (batch, error));
}

static gboolean
batch_run (Batch *batch, MonocleFamilyAnswer *answer, GError **error)
{
  MonocleBartDecoder *decoder = batch->model->decoder;
  gboolean needs_logits;
  guint n_open;

  while (batch_collect (batch, &needs_logits, &n_open))
    {
      if (g_cancellable_is_cancelled (batch->question->cancellable))
        {
          answer->stopped = TRUE;
          break;
        }
      if (!batch_step (batch, needs_logits, error))
        return FALSE;
      batch_advance (batch);
      batch_emit (batch);
      answer->n_tokens += n_open;
    }

  for (guint i = 0; i < batch->n_prompts; i++)
    {
      g_auto (MonocleHypothesis) best = { NULL };

      monocle_search_get_best (batch->searches[i], &best);
      g_ptr_array_add (answer->results,
                       parse (batch, answer->stopped ? MONOCLE_PARSE_PREFIX : MONOCLE_PARSE_WHOLE,
                              best.ids, best.log_probs, best.n_ids));
    }

  monocle_florence2_log_timing (monocle_bart_decoder_describe_timing (decoder));
  return TRUE;
}

static gboolean
answer_batch (MonocleFlorence2 *self,
              MonocleFlorence2Features *features,
              const MonocleFamilyQuestion *question,
              const MonocleGenerationConfig *generation,
              guint first,
              guint n,
              MonocleFamilyAnswer *answer,
              GError **error)
{
  g_auto (MonocleFlorence2Prompts) prompts = { 0 };
  g_auto (Batch) batch = { NULL };

  batch_init (&batch, self, question, first, n, generation);
  return monocle_florence2_prompts_init (&prompts, self, question->prompts + first, n, error)
         && monocle_florence2_prompts_encode (
             self, &features->image, &prompts, generation->num_beams,
             batch.logits ? 1 : batch.n_candidates, question->cancellable, NULL, error)
         && batch_run (&batch, answer, error);
}

static MonocleGenerationConfig
get_generation (const MonocleFlorence2 *self, const MonocleFamilyQuestion *question)
{
  MonocleGenerationConfig generation = self->config.generation;

  if (question->num_beams > 0)
    generation.num_beams = question->num_beams;
  /* The start token counts, and the last token is never fed, so the table of positions suffices. */
  generation.max_length = MIN (question->max_tokens, self->config.text.n_positions) + 1;
  return generation;
}

gboolean
monocle_florence2_compile (gpointer model,
                           const MonocleFamilyQuestion *question,
                           MonocleVkCompileProgress progress,
                           GError **error)
{
  MonocleFlorence2 *self = model;
  const MonocleGenerationConfig generation = get_generation (self, question);
  guint n = MIN (MAX_BATCH, question->n_prompts);
  g_auto (MonocleFlorence2Prompts) prompts = { 0 };
  g_auto (Batch) batch = { NULL };

  batch_init (&batch, self, question, 0, n, &generation);
  return monocle_florence2_prompts_init (&prompts, self, question->prompts, n, error)
         && monocle_florence2_prompts_compile (self, &prompts, generation.num_beams,
                                               batch.n_candidates, question->cancellable, progress,
                                               question->user_data, error);
}

gboolean
monocle_florence2_generate (gpointer model,
                            gpointer features,
                            const MonocleFamilyQuestion *question,
                            MonocleFamilyAnswer *answer,
                            GError **error)
{
  MonocleFlorence2 *self = model;
  const MonocleGenerationConfig generation = get_generation (self, question);

  for (guint first = 0; first < question->n_prompts && !answer->stopped; first += MAX_BATCH)
    if (!answer_batch (self, features, question, &generation, first,
                       MIN (MAX_BATCH, question->n_prompts - first), answer, error))
      return FALSE;

  return TRUE;
}
