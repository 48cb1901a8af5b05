/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The family's side of generation: how its questions begin, and how its answers are read.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/answer/result-private.h"
#include "engine/base/error.h"
#include "engine/models/paligemma/private.h"
#include "engine/nn/cache.h"
#include "engine/text/generate.h"

/* Room is made in steps of so many tokens. */
#define ROOM 256

/* A question about a picture on its way through generation. */
typedef struct
{
  MonoclePaligemma *model;
  const MonoclePaligemmaSeen *seen;
  const MonocleFamilyQuestion *question;
  guint index; /* of the prompt */
  GArray *ids; /* of guint32 */
  MonocleGenerationConfig search;
  MonocleFamilyAnswer *answer;
} Asking;

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
  size.first_places = MIN ((n_prompt + MONOCLE_CACHE_FIRST_PLACES + ROOM - 1) / ROOM * ROOM,
                           self->config.text.n_positions);
  g_clear_pointer (&self->decoder, monocle_causal_decoder_free);
  self->decoder = monocle_causal_decoder_new (&self->causal, self->params, self->gpu,
                                              MONOCLE_FORMAT_F32, &size, &self->seen, error);
  return self->decoder != NULL;
}

static gboolean
show (MonoclePaligemma *self, const MonoclePaligemmaSeen *seen, GError **error)
{
  g_autoptr (MonocleCommands) commands = monocle_commands_new (self->gpu, "image rows");

  monocle_commands_copy (commands, seen->buffer, 0, self->seen_buffer, 0,
                         monocle_tensor_get_size_bytes (&seen->rows));
  return monocle_commands_submit (commands, NULL, NULL, NULL, error);
}

gboolean
monocle_paligemma_begin (MonoclePaligemma *self,
                         const MonoclePaligemmaSeen *seen,
                         const GArray *ids,
                         const MonocleCausalDecoderSize *size,
                         GCancellable *cancellable,
                         GError **error)
{
  if (!ensure_decoder (self, size, ids->len, error) || !show (self, seen, error)
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

static gboolean
step (gpointer self, const MonocleDecoderStep *step, MonocleCandidate *candidates, GError **error)
{
  return monocle_causal_decoder_step (((Asking *) self)->model->decoder, step, candidates, error);
}

static gboolean
read_logits (gpointer self, float *logits, GError **error)
{
  return monocle_causal_decoder_read_logits (((Asking *) self)->model->decoder, logits, error);
}

static void
end (gpointer self)
{
  g_autofree char *timing
      = monocle_causal_decoder_describe_timing (((Asking *) self)->model->decoder);

  if (timing)
    g_message ("\n%s", timing);
}

static const MonocleDecoder decoder
    = { .begin = begin, .step = step, .read_logits = read_logits, .end = end };

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
  double sum = 0;

  for (guint i = 1; i < n_ids; i++)
    sum += (double) log_probs[i];
  monocle_result_set_tokens (result, ids, n_ids,
                             monocle_tokenizer_decode (self->tokenizer, ids + 1, n_ids - 1));
  monocle_result_set_score (result, n_ids > 1 ? (float) exp (sum / (n_ids - 1)) : NAN);
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

  search->forced_bos = search->forced_eos = -1;
  search->n_eos = config->ends.ids->len;
  memcpy (search->eos, config->ends.ids->data, config->ends.ids->len * sizeof (guint32));
  search->pad = config->ends.pad;
  search->length_penalty = 1;
  search->vocab_size = config->text.n_words;
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
  const guint most = asking->model->config.text.n_positions;
  guint n;

  g_clear_pointer (&asking->ids, g_array_unref);
  asking->ids
      = monocle_paligemma_write_question (asking->model, asking->question->prompts[asking->index]);
  n = asking->ids->len;
  if (n > most)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   "The text is too long: %u tokens with the picture's, the model takes %u", n,
                   most);
      return FALSE;
    }
  /* The first one counts, and the last one is never fed. */
  asking->search.max_length = MIN (asking->question->max_tokens, most - n + 1) + 1;
  return TRUE;
}

gboolean
monocle_paligemma_compile (gpointer model,
                           const MonocleFamilyQuestion *question,
                           MonocleVkCompileProgress progress,
                           GError **error)
{
  MonoclePaligemma *self = model;
  Asking asking = { .model = model, .question = question };
  const MonocleGeneration generation = plan (&asking);
  MonocleCausalDecoderSize size = { .n_questions = 1, .n_beams = asking.search.num_beams };
  MonocleCommands *recordings[4] = { self->picture.commands };
  g_autoptr (GArray) ids = NULL;
  gboolean is_written;

  is_written = write_question (&asking, error);
  ids = asking.ids;
  if (!is_written)
    return FALSE;
  size.n_candidates = monocle_generation_get_n_candidates (&generation);
  return ensure_decoder (self, &size, ids->len, error)
         && monocle_causal_decoder_get_recordings (self->decoder, ids->len, 1, recordings + 1,
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
  Asking asking = { .model = model, .seen = features, .question = question, .answer = answer };
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
  g_clear_pointer (&asking.ids, g_array_unref);
  return done;
}
