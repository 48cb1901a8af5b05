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

/* Some questions about an image on their way through generation. */
typedef struct
{
  MonocleCrossAsking cross; /* the first: generation sees it alone */
  MonocleFlorence2 *model;
} Asking;

static void
ban (guint question, const guint32 *ids, guint n_ids, GArray *ranges, gpointer user_data)
{
  Asking *asking = user_data;
  const MonocleTask *task = asking->cross.question->task;

  monocle_grammar_find_banned (&asking->model->grammar, monocle_florence2_task_get_grammar (task),
                               monocle_florence2_task_reads (task), ids, n_ids, ranges);
}

static MonocleResult *
read_answer (MonocleCrossAsking *cross,
             guint question,
             MonocleCrossExtent extent,
             const guint32 *ids,
             const float *log_probs,
             guint n_ids)
{
  const MonocleParseRequest request = {
    .tokenizer = ((Asking *) cross)->model->tokenizer,
    .answer = monocle_florence2_task_get_grammar (cross->question->task),
    .extent = extent == MONOCLE_CROSS_WHOLE ? MONOCLE_PARSE_WHOLE : MONOCLE_PARSE_PREFIX,
    .ids = ids,
    .log_probs = log_probs,
    .n_ids = n_ids,
    .width = cross->question->width,
    .height = cross->question->height,
    .ignored_phrases = monocle_florence2_get_ignored_phrases (),
  };

  return monocle_parse (&request);
}

static MonocleGeneration
plan (Asking *asking)
{
  const MonocleFlorence2Config *config = &asking->model->config;
  const MonocleFamilyQuestion *question = asking->cross.question;
  MonocleGenerationConfig *search = &asking->cross.search;
  MonocleGeneration generation = monocle_cross_asking_plan (&asking->cross);

  *search = config->generation;
  if (question->num_beams > 0)
    search->num_beams = question->num_beams;
  if (question->sampling)
    search->num_beams = 1;
  /* The start token counts, and the last token is never fed, so the table of positions suffices. */
  search->max_length = MIN (question->max_tokens, config->text.n_positions) + 1;

  generation.logits = &config->logits;
  generation.ban = config->constrained_grammar ? ban : NULL;
  return generation;
}

gboolean
monocle_florence2_compile (gpointer model,
                           const MonocleFamilyQuestion *question,
                           MonocleVkCompileProgress progress,
                           GError **error)
{
  MonocleFlorence2 *self = model;
  Asking asking
      = { .cross = { .asker = &self->asker, .question = question, .image = &self->vision.image },
          .model = self };
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
  const MonocleSeen *seen = features;
  Asking asking = { .cross = { .asker = &self->asker,
                               .question = question,
                               .image = &seen->rows,
                               .answer = answer,
                               .read = read_answer,
                               .counts_start = TRUE },
                    .model = self };
  const MonocleGeneration generation = plan (&asking);

  return monocle_cross_asking_generate (&asking.cross, &generation, error);
}
