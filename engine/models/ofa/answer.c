/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The family's side of generation: how its questions begin, what its answers may be, and how they
 * are read.
 */
#include "config.h"

#include "engine/models/ofa/private.h"

#include "engine/answer/result-private.h"
#include "engine/base/error.h"
#include "engine/models/parts/causal-answer.h"
#include "engine/models/parts/batches.h"
#include "engine/text/generate.h"

/* Some questions about an image on their way through generation. */
typedef struct
{
  MonocleOfa *model;
  const MonocleOfaSeen *seen;
  const MonocleFamilyQuestion *question;
  const MonocleOfaManner *manner;
  const MonocleOfaTrie *trie; /* (nullable) */
  MonocleOfaTrie *own_trie;   /* (nullable): that, where it is not the model's */
  MonocleGenerationConfig search;
  MonocleFamilyAnswer *answer;
  MonocleGeneration generation; /* while it is compiled for */
} Asking;

static void
asking_clear (Asking *asking)
{
  g_clear_pointer (&asking->own_trie, monocle_ofa_trie_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Asking, asking_clear)

/* --- the decoder -------------------------------------------------------------------------- */

static gboolean
begin (gpointer self, MonocleDecoderStart *start, GError **error)
{
  Asking *asking = self;
  g_auto (MonocleOfaPrompts) prompts = { 0 };
  MonocleCrossDecoderSize size;

  if (!monocle_ofa_prompts_init (&prompts, asking->model, asking->question->prompts + start->first,
                                 start->n_questions, error))
    return FALSE;
  size = monocle_ofa_prompts_get_size (&prompts, start->n_beams, start->n_candidates, asking->trie);
  return monocle_ofa_prompts_encode (asking->model, &asking->seen->rows, &prompts, &size,
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

/* --- what answers may be ------------------------------------------------------------------ */

static void
ban_range (GArray *ranges, guint32 first, guint32 after)
{
  const MonocleIdRange range = { first, after - 1 };

  if (first < after)
    g_array_append_val (ranges, range);
}

/* Places of one length and then the end; or one of the answers that there are. The start, which
 * counts among the ids, belongs to none of them. */
static void
ban (guint question, const guint32 *ids, guint n_ids, GArray *ranges, gpointer user_data)
{
  const Asking *asking = user_data;
  const MonocleOfaTokens *tokens = &asking->model->tokens;
  const guint n_words = asking->model->config.n_words;

  if (asking->trie)
    monocle_ofa_trie_find_banned (asking->trie, ids + 1, n_ids - 1, n_words, ranges);
  else if (n_ids - 1 < asking->manner->n_tokens)
    {
      ban_range (ranges, 0, tokens->first_bin);
      ban_range (ranges, tokens->first_bin + MONOCLE_OFA_N_BINS, n_words);
    }
  else
    {
      ban_range (ranges, 0, tokens->end);
      ban_range (ranges, tokens->end + 1, n_words);
    }
}

/* --- reading answers ---------------------------------------------------------------------- */

static MonocleResult *
read_answer (const Asking *asking,
             guint question,
             gboolean whole,
             const guint32 *ids,
             const float *log_probs,
             guint n_ids)
{
  const MonocleOfa *self = asking->model;
  g_autofree char *phrase
      = monocle_ofa_task_find_phrase (asking->question->task, asking->question->prompts[question]);
  const MonocleOfaAnswer answer = {
    .tokenizer = self->tokenizer,
    .tokens = &self->tokens,
    .form = asking->manner->form,
    .phrase = phrase,
    .whole = whole,
    .ids = ids + 1,
    .log_probs = log_probs + 1,
    .n_ids = n_ids - 1,
    .width = asking->question->width,
    .height = asking->question->height,
    .seen_width = self->pixels.width,
    .seen_height = self->pixels.height,
  };
  MonocleResult *result = monocle_ofa_parse (&answer);

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
  g_autoptr (MonocleResult) partial = read_answer (asking, question, whole, ids, log_probs, n_ids);

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

  g_ptr_array_add (asking->answer->results,
                   read_answer (asking, question, whole, ids, log_probs, n_ids));
}

/* --- questions ---------------------------------------------------------------------------- */

static MonocleGeneration
plan (Asking *asking)
{
  const MonocleOfa *self = asking->model;
  const MonocleFamilyQuestion *question = asking->question;
  const MonocleOfaManner *manner = asking->manner = monocle_ofa_task_get_manner (question->task);

  if (manner->answers)
    asking->own_trie = monocle_ofa_make_trie (self, manner->answers);
  asking->trie = manner->is_closed ? self->answers : asking->own_trie;
  asking->search = (MonocleGenerationConfig){
    .num_beams = question->sampling        ? 1
                 : question->num_beams > 0 ? question->num_beams
                                           : MONOCLE_OFA_USUAL_BEAMS,
    /* The start token counts, and the last token is never fed. */
    .max_length = MIN (question->max_tokens, self->config.n_positions) + 1,
    .no_repeat_ngram_size = manner->no_repeat,
    .forced_bos = -1,
    .forced_eos = -1,
    .eos = { self->tokens.end },
    .n_eos = 1,
    .pad = self->tokens.pad,
    .decoder_start = self->tokens.start,
    .early_stopping = MONOCLE_EARLY_STOPPING_TRUE,
    .length_penalty = manner->length_penalty,
    .vocab_size = self->config.n_words,
  };

  return (MonocleGeneration){
    .decoder = &decoder,
    .decoder_self = asking,
    .n_questions = question->n_prompts,
    .search = &asking->search,
    .sampling = question->sampling,
    .ban = asking->trie || manner->n_tokens > 0 ? ban : NULL,
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
  g_auto (MonocleOfaPrompts) prompts = { 0 };
  MonocleCrossDecoderSize size;

  if (!monocle_ofa_prompts_init (&prompts, asking->model, question->prompts + first, n, error))
    return FALSE;
  size = monocle_ofa_prompts_get_size (&prompts, asking->search.num_beams,
                                       monocle_generation_get_n_candidates (&asking->generation),
                                       asking->trie);
  return monocle_ofa_prompts_compile (asking->model, &prompts, &size, question->cancellable,
                                      progress, question->user_data, error);
}

gboolean
monocle_ofa_compile (gpointer model,
                     const MonocleFamilyQuestion *question,
                     MonocleVkCompileProgress progress,
                     GError **error)
{
  g_auto (Asking) asking = { .model = model, .question = question };

  asking.generation = plan (&asking);
  return monocle_batches_compile (question->n_prompts, compile_batch, &asking, progress, error);
}

gboolean
monocle_ofa_generate (gpointer model,
                      gpointer features,
                      const MonocleFamilyQuestion *question,
                      MonocleFamilyAnswer *answer,
                      GError **error)
{
  g_auto (Asking) asking
      = { .model = model, .seen = features, .question = question, .answer = answer };
  const MonocleGeneration generation = plan (&asking);

  return monocle_generate (&generation, &answer->stopped, &answer->n_tokens, error);
}
