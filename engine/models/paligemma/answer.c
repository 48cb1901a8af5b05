/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The family's side of generation: how its questions begin, and how its answers are read.
 */
#include "config.h"

#include "engine/answer/result-private.h"
#include "engine/base/error.h"
#include "engine/models/paligemma/private.h"
#include "engine/models/parts/causal-answer.h"
#include "engine/models/parts/rows.h"

/* A question about a picture on its way through generation. */
typedef struct
{
  MonocleCausalDecoder **decoder; /* the first: see parts/causal-answer */
  MonoclePaligemma *model;
  const MonocleSeen *seen;
  const MonocleFamilyQuestion *question;
  guint index; /* of the prompt */
  GArray *ids; /* of guint32 */
  MonocleGenerationConfig search;
  MonocleFamilyAnswer *answer;
} Asking;

static void
asking_clear (Asking *asking)
{
  g_clear_pointer (&asking->ids, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Asking, asking_clear)

/* --- reading prompts ---------------------------------------------------------------------- */

static gboolean
ensure_decoder (MonoclePaligemma *self,
                const MonocleCausalDecoderSize *wanted,
                guint n_prompt,
                GError **error)
{
  MonocleCausalDecoderSize size = *wanted;

  if (self->decoder && monocle_causal_decoder_has_size (self->decoder, &size))
    return TRUE;
  size.first_places = monocle_causal_answer_choose_places (&self->config.text, n_prompt);
  g_clear_pointer (&self->decoder, monocle_causal_decoder_free);
  self->decoder = monocle_causal_decoder_new (&self->causal, self->params, self->gpu,
                                              MONOCLE_FORMAT_F32, &size, &self->seen, error);
  return self->decoder != NULL;
}

gboolean
monocle_paligemma_begin (MonoclePaligemma *self,
                         const MonocleSeen *seen,
                         const GArray *ids,
                         const MonocleCausalDecoderSize *size,
                         GCancellable *cancellable,
                         GError **error)
{
  if (!ensure_decoder (self, size, ids->len, error)
      || !monocle_rows_copy (&seen->rows, self->gpu, "image rows", self->seen_buffer, 0, error)
      || !monocle_causal_decoder_begin (self->decoder, (const guint32 *) ids->data, ids->len,
                                        cancellable, error))
    return FALSE;
  /* The last one saw all of it and is fed once more: what it comes to is what is wanted. */
  monocle_causal_decoder_truncate (self->decoder, ids->len - 1);
  return TRUE;
}

static gboolean
begin (gpointer self, MonocleDecoderStart *start, GError **error)
{
  Asking *asking = self;
  const MonocleCausalDecoderSize size
      = { .n_questions = 1, .n_beams = start->n_beams, .n_candidates = start->n_candidates };

  start->first_tokens[0] = g_array_index (asking->ids, guint32, asking->ids->len - 1);
  return monocle_paligemma_begin (asking->model, asking->seen, asking->ids, &size,
                                  start->cancellable, error);
}

static const MonocleDecoder decoder = {
  .begin = begin,
  .step = monocle_causal_answer_step,
  .read_logits = monocle_causal_answer_read_logits,
};

/* --- reading answers ---------------------------------------------------------------------- */

/* Of tokens of which the first belongs to the question. */
static MonocleResult *
read_answer (
    const Asking *asking, gboolean whole, const guint32 *ids, const float *log_probs, guint n_ids)
{
  const MonoclePaligemma *self = asking->model;
  const MonoclePaligemmaAnswer answer = {
    .tokenizer = self->tokenizer,
    .tokens = &self->tokens,
    .masks = self->masks,
    .whole = whole,
    .ids = ids + 1,
    .log_probs = log_probs + 1,
    .n_ids = n_ids - 1,
    .width = asking->question->width,
    .height = asking->question->height,
  };
  MonocleResult *result = monocle_paligemma_parse (&answer);

  monocle_causal_answer_set_tokens (result, self->tokenizer, ids, log_probs, n_ids);
  return result;
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
  g_autoptr (MonocleResult) partial = read_answer (asking, whole, ids, log_probs, n_ids);

  asking->question->partial (asking->index, n_ids - 1, partial, asking->question->user_data);
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

  g_ptr_array_add (asking->answer->results, read_answer (asking, whole, ids, log_probs, n_ids));
}

/* --- questions ---------------------------------------------------------------------------- */

static MonocleGeneration
plan (Asking *asking)
{
  const MonocleFamilyQuestion *question = asking->question;
  const MonoclePaligemmaConfig *config = &asking->model->config;
  MonocleGenerationConfig *search = &asking->search;

  monocle_causal_answer_plan (&config->text, &config->ends, search);
  search->num_beams = question->sampling ? 1 : MAX (question->num_beams, 1);
  return (MonocleGeneration){
    .decoder = &decoder,
    .decoder_self = asking,
    .n_questions = 1,
    .search = search,
    .sampling = question->sampling,
    .certain = question->partial ? tell_certain : NULL,
    .done = tell_done,
    .user_data = asking,
    .cancellable = question->cancellable,
  };
}

static gboolean
write_question (Asking *asking, GError **error)
{
  const MonocleFamilyQuestion *question = asking->question;

  g_clear_pointer (&asking->ids, g_array_unref);
  asking->ids = monocle_paligemma_write_question (asking->model, question->prompts[asking->index]);
  return monocle_causal_answer_limit (&asking->model->config.text, asking->ids->len,
                                      question->max_tokens, &asking->search, error);
}

gboolean
monocle_paligemma_compile (gpointer model,
                           const MonocleFamilyQuestion *question,
                           MonocleVkCompileProgress progress,
                           GError **error)
{
  MonoclePaligemma *self = model;
  g_auto (Asking) asking = { .decoder = &self->decoder, .model = self, .question = question };
  const MonocleGeneration generation = plan (&asking);
  MonocleCausalDecoderSize size = { .n_questions = 1, .n_beams = asking.search.num_beams };
  MonocleCommands *recordings[4] = { self->sight.recording.commands };
  guint n_prompt;

  if (!write_question (&asking, error))
    return FALSE;
  n_prompt = asking.ids->len;
  size.n_candidates = monocle_generation_get_n_candidates (&generation);
  return ensure_decoder (self, &size, n_prompt, error)
         && monocle_causal_decoder_get_recordings (self->decoder, n_prompt, 1, recordings + 1,
                                                   error)
         && monocle_vk_compile (recordings, G_N_ELEMENTS (recordings), question->cancellable,
                                progress, question->user_data, error);
}

/* Masks are what is asked for: boxes alone would be another answer. */
static gboolean
check_masks (const MonoclePaligemma *self, const MonocleTask *task, GError **error)
{
  if (self->masks || task->kind != MONOCLE_TASK_OUTLINE)
    return TRUE;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
               "%s: outlines need the file %s beside the model, which is published with "
               "big_vision; without it there are boxes: ask for %s",
               self->directory, MONOCLE_PALIGEMMA_MASKS_FILE, "find-words");
  return FALSE;
}

gboolean
monocle_paligemma_generate (gpointer model,
                            gpointer features,
                            const MonocleFamilyQuestion *question,
                            MonocleFamilyAnswer *answer,
                            GError **error)
{
  MonoclePaligemma *self = model;
  g_auto (Asking) asking = {
    .decoder = &self->decoder,
    .model = self,
    .seen = features,
    .question = question,
    .answer = answer,
  };
  gboolean done = check_masks (model, question->task, error);

  /* One after the other: they share nothing but the picture. */
  for (; done && asking.index < question->n_prompts && !answer->stopped; asking.index++)
    {
      const MonocleGeneration generation = plan (&asking);
      guint n_tokens = 0;

      done = write_question (&asking, error)
             && monocle_generate (&generation, &answer->stopped, &n_tokens, error);
      answer->n_tokens += n_tokens;
    }
  return done;
}
