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

/* Some questions about an image on their way through generation. */
typedef struct
{
  MonocleCrossAsking cross; /* the first: what generation is given */
  MonocleOfa *model;
  const MonocleOfaManner *manner;
  const MonocleOfaTrie *trie; /* (nullable) */
  MonocleOfaTrie *own_trie;   /* (nullable): that, where it is not the model's */
} Asking;

static void
asking_clear (Asking *asking)
{
  g_clear_pointer (&asking->own_trie, monocle_ofa_trie_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Asking, asking_clear)

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
read_answer (MonocleCrossAsking *cross,
             guint question,
             MonocleCrossExtent extent,
             const guint32 *ids,
             const float *log_probs,
             guint n_ids)
{
  const Asking *asking = (const Asking *) cross;
  const MonocleOfa *self = asking->model;
  g_autofree char *phrase
      = monocle_ofa_task_find_phrase (cross->question->task, cross->question->prompts[question]);
  const MonocleOfaAnswer answer = {
    .tokenizer = self->tokenizer,
    .tokens = &self->tokens,
    .form = asking->manner->form,
    .phrase = phrase,
    .whole = extent == MONOCLE_CROSS_WHOLE,
    .ids = ids + 1,
    .log_probs = log_probs + 1,
    .n_ids = n_ids - 1,
    .width = cross->question->width,
    .height = cross->question->height,
    .seen_width = self->pixels.width,
    .seen_height = self->pixels.height,
  };
  MonocleResult *result = monocle_ofa_parse (&answer);

  monocle_causal_answer_set_tokens (result, self->tokenizer, ids, log_probs, n_ids);
  return result;
}

/* --- questions ---------------------------------------------------------------------------- */

static MonocleGeneration
plan (Asking *asking)
{
  const MonocleOfa *self = asking->model;
  const MonocleFamilyQuestion *question = asking->cross.question;
  MonocleGeneration generation = monocle_cross_asking_plan (&asking->cross);
  const MonocleOfaManner *manner = asking->manner = monocle_ofa_task_get_manner (question->task);

  if (manner->answers)
    asking->own_trie = monocle_ofa_make_trie (self, manner->answers);
  asking->trie = manner->is_closed ? self->answers : asking->own_trie;
  asking->cross.n_more_bans = asking->trie ? monocle_ofa_trie_count_ranges (asking->trie) : 0;
  asking->cross.search = (MonocleGenerationConfig){
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

  generation.ban = asking->trie || manner->n_tokens > 0 ? ban : NULL;
  return generation;
}

gboolean
monocle_ofa_compile (gpointer model,
                     const MonocleFamilyQuestion *question,
                     MonocleVkCompileProgress progress,
                     GError **error)
{
  MonocleOfa *self = model;
  g_auto (Asking) asking
      = { .cross = { .asker = &self->asker, .question = question, .image = &self->sight.rows },
          .model = self };
  const MonocleGeneration generation = plan (&asking);
  MonocleCommands *recordings[] = { self->sight.recording.commands, self->placing.commands };

  return monocle_cross_asking_compile (&asking.cross, &generation, recordings,
                                       G_N_ELEMENTS (recordings), progress, error);
}

gboolean
monocle_ofa_generate (gpointer model,
                      gpointer features,
                      const MonocleFamilyQuestion *question,
                      MonocleFamilyAnswer *answer,
                      GError **error)
{
  MonocleOfa *self = model;
  const MonocleSeen *seen = features;
  g_auto (Asking) asking = { .cross = { .asker = &self->asker,
                                        .question = question,
                                        .image = &seen->rows,
                                        .answer = answer,
                                        .read = read_answer },
                             .model = self };
  const MonocleGeneration generation = plan (&asking);

  return monocle_cross_asking_generate (&asking.cross, &generation, error);
}
