/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The family's side of generation: how its questions begin, what its answers may look like, and how
 * they are read.
 */
#include "config.h"

#include "engine/models/florence2/private.h"

#include "engine/base/error.h"
#include "engine/models/florence2/tasks.h"
#include "engine/models/florence2/parse.h"
#include "engine/models/parts/batches.h"
#include "engine/text/generate.h"

/* Some questions about an image on their way through generation. */
typedef struct
{
  MonocleFlorence2 *model;
  MonocleFlorence2Features *features;
  const MonocleFamilyQuestion *question;
  MonocleGenerationConfig search;
  MonocleFamilyAnswer *answer;
  MonocleGeneration generation; /* while it is compiled for */
} Asking;

static gboolean
begin (gpointer self, MonocleDecoderStart *start, GError **error)
{
  Asking *asking = self;
  g_auto (MonocleFlorence2Prompts) prompts = { 0 };

  return monocle_florence2_prompts_init (&prompts, asking->model,
                                         asking->question->prompts + start->first,
                                         start->n_questions, error)
         && monocle_florence2_prompts_encode (asking->model, &asking->features->image, &prompts,
                                              start->n_beams, start->n_candidates,
                                              start->cancellable, NULL, error);
}

static gboolean
step (gpointer self, const MonocleDecoderStep *step, MonocleCandidate *candidates, GError **error)
{
  Asking *asking = self;

  return monocle_cross_decoder_step (asking->model->decoder, step, candidates, error);
}

static gboolean
read_logits (gpointer self, float *logits, GError **error)
{
  Asking *asking = self;

  return monocle_cross_decoder_read_logits (asking->model->decoder, logits, error);
}

static const MonocleDecoder decoder = { .begin = begin, .step = step, .read_logits = read_logits };

static void
ban (guint question, const guint32 *ids, guint n_ids, GArray *ranges, gpointer user_data)
{
  Asking *asking = user_data;
  const MonocleTask *task = asking->question->task;

  monocle_grammar_find_banned (&asking->model->grammar, monocle_florence2_task_get_grammar (task),
                               monocle_florence2_task_reads (task), ids, n_ids, ranges);
}

static MonocleResult *
parse (Asking *asking, gboolean whole, const guint32 *ids, const float *log_probs, guint n_ids)
{
  const MonocleParseRequest request = {
    .tokenizer = asking->model->tokenizer,
    .answer = monocle_florence2_task_get_grammar (asking->question->task),
    .extent = whole ? MONOCLE_PARSE_WHOLE : MONOCLE_PARSE_PREFIX,
    .ids = ids,
    .log_probs = log_probs,
    .n_ids = n_ids,
    .width = asking->question->width,
    .height = asking->question->height,
    .ignored_phrases = monocle_florence2_get_ignored_phrases (),
  };

  return monocle_parse (&request);
}

static void
tell_certain (guint question,
              gboolean whole,
              const guint32 *ids,
              const float *log_probs,
              guint n_ids,
              gpointer user_data)
{
  Asking *asking = user_data;
  g_autoptr (MonocleResult) partial = parse (asking, whole, ids, log_probs, n_ids);

  asking->question->partial (question, n_ids, partial, asking->question->user_data);
}

static void
tell_done (guint question,
           gboolean whole,
           const guint32 *ids,
           const float *log_probs,
           guint n_ids,
           gpointer user_data)
{
  Asking *asking = user_data;

  g_ptr_array_add (asking->answer->results, parse (asking, whole, ids, log_probs, n_ids));
}

static MonocleGeneration
plan (Asking *asking)
{
  const MonocleFlorence2Config *config = &asking->model->config;
  const MonocleFamilyQuestion *question = asking->question;

  asking->search = config->generation;
  if (question->num_beams > 0)
    asking->search.num_beams = question->num_beams;
  if (question->sampling)
    asking->search.num_beams = 1;
  /* The start token counts, and the last token is never fed, so the table of positions suffices. */
  asking->search.max_length = MIN (question->max_tokens, config->text.n_positions) + 1;

  return (MonocleGeneration){
    .decoder = &decoder,
    .decoder_self = asking,
    .n_questions = question->n_prompts,
    .search = &asking->search,
    .logits = &config->logits,
    .sampling = question->sampling,
    .ban = config->constrained_grammar ? ban : NULL,
    .certain = question->partial ? tell_certain : NULL,
    .done = tell_done,
    .user_data = asking,
    .cancellable = question->cancellable,
    .n_at_once = asking->answer ? &asking->answer->n_at_once : NULL,
  };
}

/* For @n questions from @first on, side by side. */
static gboolean
compile_batch (
    gpointer data, guint first, guint n, MonocleVkCompileProgress progress, GError **error)
{
  const Asking *asking = data;
  const MonocleFamilyQuestion *question = asking->question;
  g_auto (MonocleFlorence2Prompts) prompts = { 0 };

  return monocle_florence2_prompts_init (&prompts, asking->model, question->prompts + first, n,
                                         error)
         && monocle_florence2_prompts_compile (
             asking->model, &prompts, asking->search.num_beams,
             monocle_generation_get_n_candidates (&asking->generation), question->cancellable,
             progress, question->user_data, error);
}

gboolean
monocle_florence2_compile (gpointer model,
                           const MonocleFamilyQuestion *question,
                           MonocleVkCompileProgress progress,
                           GError **error)
{
  Asking asking = { .model = model, .question = question };

  asking.generation = plan (&asking);
  return monocle_batches_compile (question->n_prompts, compile_batch, &asking, progress, error);
}

gboolean
monocle_florence2_generate (gpointer model,
                            gpointer features,
                            const MonocleFamilyQuestion *question,
                            MonocleFamilyAnswer *answer,
                            GError **error)
{
  Asking asking = { .model = model, .features = features, .question = question, .answer = answer };
  const MonocleGeneration generation = plan (&asking);

  return monocle_generate (&generation, &answer->stopped, &answer->n_tokens, error);
}
