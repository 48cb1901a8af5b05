/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/causal-asking.h"

#include "engine/base/utf8.h"
#include "engine/text/loops.h"

/* Some questions about a picture on their way through generation. */
typedef struct
{
  MonocleCausalDecoder **decoder; /* the first: see parts/causal-answer */
  MonocleCausalAsker *asker;
  const MonocleCausalSubject *subject;
  const MonocleFamilyQuestion *question;
  GPtrArray *questions; /* of GArray of guint32 */
  MonocleGenerationConfig search;
  MonocleFamilyAnswer *answer;
  GCancellable *halt; /* (nullable): cancelled by the person, or where it goes round in circles */
  guint n_unlooped;   /* tokens of such an answer, or of one that is too long, that are kept; 0: it
                         is neither */
} Asking;

static void
asking_clear (Asking *asking)
{
  g_clear_pointer (&asking->questions, g_ptr_array_unref);
  g_clear_object (&asking->halt);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Asking, asking_clear)

void
monocle_causal_asker_clear (MonocleCausalAsker *self)
{
  g_clear_pointer (&self->decoder, monocle_causal_decoder_free);
}

/* --- reading prompts ---------------------------------------------------------------------- */

/* Tokens of most questions beside the picture. */
#define USUAL_QUESTION 64

static gboolean
ensure_decoder (MonocleCausalAsker *self,
                const MonocleCausalDecoderSize *wanted,
                guint n_prompt,
                GError **error)
{
  MonocleCausalDecoderSize size = *wanted;

  if (self->decoder && monocle_causal_decoder_has_size (self->decoder, &size))
    return TRUE;
  if (self->n_picture > 0)
    n_prompt = MAX (n_prompt, self->n_picture + USUAL_QUESTION);
  size.first_places = monocle_causal_answer_choose_places (&self->causal->config, n_prompt);
  self->begun = 0;
  g_clear_pointer (&self->decoder, monocle_causal_decoder_free);
  self->decoder = monocle_causal_decoder_new (self->causal, self->params, self->gpu,
                                              MONOCLE_FORMAT_F32, &size, self->seen, error);
  return self->decoder != NULL;
}

static guint
find_longest (GArray *const *questions, guint n)
{
  guint longest = 0;

  for (guint i = 0; i < n; i++)
    longest = MAX (longest, questions[i]->len);
  return longest;
}

gboolean
monocle_causal_asker_begin (MonocleCausalAsker *self,
                            const MonocleCausalSubject *subject,
                            GArray *const *questions,
                            const MonocleCausalDecoderSize *size,
                            GCancellable *cancellable,
                            GError **error)
{
  const GArray *beginning = subject->beginning;
  const guint n = size->n_questions;
  g_autoptr (GPtrArray) firsts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);

  /* The last token of each is the first that a step feeds. */
  for (guint i = 0; i < n; i++)
    {
      GArray *first = g_array_copy (questions[i]);

      g_array_set_size (first, first->len - 1);
      g_ptr_array_add (firsts, first);
    }
  if (!ensure_decoder (self, size, beginning->len + find_longest (questions, n), error))
    return FALSE;
  if (self->begun == subject->look)
    monocle_causal_decoder_return (self->decoder);
  else
    {
      self->begun = 0;
      if (!self->verbs->show (self->model, self->decoder, subject->seen, error)
          || !monocle_causal_decoder_begin (self->decoder, (const guint32 *) beginning->data,
                                            beginning->len, cancellable, error))
        return FALSE;
      self->begun = subject->look;
    }
  return monocle_causal_decoder_read (self->decoder, (GArray *const *) firsts->pdata, cancellable,
                                      error);
}

static gboolean
begin (gpointer self, MonocleDecoderStart *start, GError **error)
{
  Asking *asking = self;
  GArray *const *questions = (GArray *const *) asking->questions->pdata + start->first;
  const MonocleCausalDecoderSize size = { .n_questions = start->n_questions,
                                          .n_beams = start->n_beams,
                                          .n_candidates = start->n_candidates };

  for (guint i = 0; i < start->n_questions; i++)
    start->first_tokens[i] = g_array_index (questions[i], guint32, questions[i]->len - 1);
  return monocle_causal_asker_begin (asking->asker, asking->subject, questions, &size,
                                     start->cancellable, error);
}

static const MonocleDecoder decoder = {
  .begin = begin,
  .step = monocle_causal_answer_step,
  .read_logits = monocle_causal_answer_read_logits,
};

/* --- reading answers ---------------------------------------------------------------------- */

guint
monocle_causal_asker_find_end (const MonocleCausalAsker *self,
                               const guint32 *ids,
                               guint n,
                               guint most)
{
  guint n_thoughts;

  if (self->n_thoughts == 0)
    return 0;
  n_thoughts = self->verbs->count_thoughts (self->model, ids, n);
  return n_thoughts < n && n - n_thoughts >= most ? n_thoughts + most : 0;
}

char *
monocle_causal_decode (const MonocleTokenizer *tokenizer,
                       const guint32 *ids,
                       guint n,
                       gboolean is_whole)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (guint i = 0; i < n; i++)
    {
      gsize n_bytes = 0;
      const guint8 *token = monocle_tokenizer_get_bytes (tokenizer, ids[i], &n_bytes);

      if (token && !monocle_tokenizer_is_special (tokenizer, ids[i]))
        g_byte_array_append (bytes, token, (guint) n_bytes);
    }
  return monocle_utf8_dup_written (bytes->data, bytes->len, is_whole);
}

static MonocleResult *
read_answer (
    const Asking *asking, gboolean whole, const guint32 *ids, const float *log_probs, guint n_ids)
{
  return asking->asker->verbs->read (asking->asker->model, asking->question, NULL, whole, ids,
                                     log_probs, n_ids);
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
  g_autoptr (MonocleResult) partial = NULL;

  if (asking->halt)
    asking->n_unlooped = monocle_loops_find (ids + 1, n_ids - 1);
  if (asking->halt && asking->n_unlooped == 0)
    asking->n_unlooped = monocle_causal_asker_find_end (asking->asker, ids + 1, n_ids - 1,
                                                        asking->question->max_tokens);
  if (asking->n_unlooped > 0)
    g_cancellable_cancel (asking->halt);
  if (asking->n_unlooped > 0 || !asking->question->partial)
    return;
  partial = read_answer (asking, whole, ids, log_probs, n_ids);
  asking->question->partial (question, n_ids - 1, partial, asking->question->user_data);
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
  const gboolean loops = asking->n_unlooped > 0;

  g_ptr_array_add (asking->answer->results, read_answer (asking, whole || loops, ids, log_probs,
                                                         loops ? asking->n_unlooped + 1 : n_ids));
}

/* --- questions ---------------------------------------------------------------------------- */

static gboolean
write_questions (Asking *asking, GError **error)
{
  MonocleCausalAsker *self = asking->asker;
  guint n;

  asking->questions = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  for (guint i = 0; i < asking->question->n_prompts; i++)
    g_ptr_array_add (asking->questions,
                     self->verbs->write_question (self->model, asking->question->prompts[i]));
  n = asking->subject->beginning->len
      + find_longest ((GArray *const *) asking->questions->pdata, asking->questions->len);
  return monocle_causal_answer_limit (&self->causal->config, n,
                                      asking->question->max_tokens + self->n_thoughts,
                                      &asking->search, error);
}

static MonocleGeneration
plan (Asking *asking)
{
  const MonocleFamilyQuestion *question = asking->question;

  monocle_causal_answer_plan (&asking->asker->causal->config, asking->asker->ends, &asking->search);
  asking->search.num_beams = question->sampling ? 1 : MAX (question->num_beams, 1);
  return (MonocleGeneration){
    .decoder = &decoder,
    .decoder_self = asking,
    .n_questions = question->n_prompts,
    .search = &asking->search,
    .sampling = question->sampling,
    .certain = question->partial || asking->halt ? tell_certain : NULL,
    .done = tell_done,
    .user_data = asking,
    .cancellable = asking->halt ? asking->halt : question->cancellable,
    .n_at_once = asking->answer ? &asking->answer->n_at_once : NULL,
  };
}

gboolean
monocle_causal_asker_compile (MonocleCausalAsker *self,
                              const MonocleCausalSubject *subject,
                              const MonocleFamilyQuestion *question,
                              MonocleCommands *vision,
                              MonocleVkCompileProgress progress,
                              GError **error)
{
  g_auto (Asking) asking
      = { .decoder = &self->decoder, .asker = self, .subject = subject, .question = question };
  const MonocleGeneration generation = plan (&asking);
  MonocleCausalDecoderSize size = { .n_questions = 1, .n_beams = asking.search.num_beams };
  MonocleCommands *recordings[4] = { vision };
  guint longest;

  if (!write_questions (&asking, error))
    return FALSE;
  /* Regions are asked about side by side; what more of them needs is made as it is needed. */
  longest = ((GArray *) asking.questions->pdata[0])->len;
  size.n_candidates = monocle_generation_get_n_candidates (&generation);
  return ensure_decoder (self, &size, subject->beginning->len + longest, error)
         && monocle_causal_decoder_get_recordings (self->decoder, subject->beginning->len,
                                                   longest - 1, recordings + 1, error)
         && monocle_vk_compile (recordings, G_N_ELEMENTS (recordings), question->cancellable,
                                progress, question->user_data, error);
}

static void
cancel_too (GCancellable *cancellable, gpointer halt)
{
  g_cancellable_cancel (halt);
}

gboolean
monocle_causal_asker_generate (MonocleCausalAsker *self,
                               const MonocleCausalSubject *subject,
                               const MonocleFamilyQuestion *question,
                               MonocleFamilyAnswer *answer,
                               GError **error)
{
  g_auto (Asking) asking = { .decoder = &self->decoder,
                             .asker = self,
                             .subject = subject,
                             .question = question,
                             .answer = answer };
  MonocleGeneration generation;
  gulong connection = 0;
  gboolean done;

  if (question->n_prompts == 1 && (!self->verbs->watches || self->verbs->watches (question)))
    asking.halt = g_cancellable_new ();
  generation = plan (&asking);
  if (!write_questions (&asking, error))
    return FALSE;
  if (asking.halt && question->cancellable)
    connection
        = g_cancellable_connect (question->cancellable, G_CALLBACK (cancel_too), asking.halt, NULL);
  done = monocle_generate (&generation, &answer->stopped, &answer->n_tokens, error);
  g_cancellable_disconnect (question->cancellable, connection);
  if (asking.n_unlooped > 0 && !g_cancellable_is_cancelled (question->cancellable))
    answer->stopped = FALSE;
  return done;
}
