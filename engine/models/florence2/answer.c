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
#include "engine/text/generate.h"

/* Some questions about an image on their way through generation. */
typedef struct
{
  MonocleCrossAsking cross; /* the first: generation sees it alone */
  MonocleFlorence2 *model;
  const MonocleFamilyQuestion *question;
  MonocleGenerationConfig search;
  MonocleFamilyAnswer *answer;
} Asking;

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
    .decoder = &monocle_cross_asking_decoder,
    .decoder_self = &asking->cross,
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

gboolean
monocle_florence2_compile (gpointer model,
                           const MonocleFamilyQuestion *question,
                           MonocleVkCompileProgress progress,
                           GError **error)
{
  MonocleFlorence2 *self = model;
  Asking asking = { .cross = { &self->asker, question, &self->vision.image },
                    .model = self,
                    .question = question };
  const MonocleGeneration generation = plan (&asking);

  return monocle_cross_asking_compile (&asking.cross, &generation, &self->vision.commands, 1,
                                       progress, error);
}

gboolean
monocle_florence2_generate (gpointer model,
                            gpointer features,
                            const MonocleFamilyQuestion *question,
                            MonocleFamilyAnswer *answer,
                            GError **error)
{
  MonocleFlorence2 *self = model;
  MonocleFlorence2Features *seen = features;
  Asking asking = { .cross = { &self->asker, question, &seen->image },
                    .model = self,
                    .question = question,
                    .answer = answer };
  const MonocleGeneration generation = plan (&asking);

  return monocle_generate (&generation, &answer->stopped, &answer->n_tokens, error);
}
