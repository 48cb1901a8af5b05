/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/causal-answer.h"

#include <math.h>
#include <string.h>

#include "engine/answer/result-private.h"
#include "engine/base/error.h"
#include "engine/nn/cache.h"

/* Room is made in steps of so many tokens. */
#define ROOM 256

static MonocleCausalDecoder *
get_decoder (gpointer self)
{
  return **(MonocleCausalDecoder ***) self;
}

gboolean
monocle_causal_answer_step (gpointer self,
                            const MonocleDecoderStep *step,
                            MonocleCandidate *candidates,
                            GError **error)
{
  return monocle_causal_decoder_step (get_decoder (self), step, candidates, error);
}

gboolean
monocle_causal_answer_read_logits (gpointer self, float *logits, GError **error)
{
  return monocle_causal_decoder_read_logits (get_decoder (self), logits, error);
}

guint
monocle_causal_answer_choose_places (const MonocleCausalConfig *config, guint n_prompt)
{
  guint n = (n_prompt + MONOCLE_CACHE_FIRST_PLACES + ROOM - 1) / ROOM * ROOM;

  return MIN (n, config->n_positions);
}

void
monocle_causal_answer_plan (const MonocleCausalConfig *config,
                            const MonocleCausalEnds *ends,
                            MonocleGenerationConfig *search)
{
  search->forced_bos = search->forced_eos = -1;
  search->n_eos = ends->ids->len;
  memcpy (search->eos, ends->ids->data, ends->ids->len * sizeof (guint32));
  search->pad = ends->pad;
  search->length_penalty = 1;
  search->vocab_size = config->n_words;
}

gboolean
monocle_causal_answer_limit (const MonocleCausalConfig *config,
                             guint n_prompt,
                             guint max_tokens,
                             MonocleGenerationConfig *search,
                             GError **error)
{
  const guint most = config->n_positions;

  if (n_prompt > most)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   "The text is too long: %u tokens with the picture's, the model takes %u",
                   n_prompt, most);
      return FALSE;
    }
  /* The first one counts, and the last one is never fed. */
  search->max_length = MIN (max_tokens, most - n_prompt + 1) + 1;
  return TRUE;
}

void
monocle_causal_answer_set_tokens (MonocleResult *result,
                                  const MonocleTokenizer *tokenizer,
                                  const guint32 *ids,
                                  const float *log_probs,
                                  guint n_ids)
{
  double sum = 0;

  for (guint i = 1; i < n_ids; i++)
    sum += (double) log_probs[i];
  monocle_result_set_tokens (result, ids, n_ids,
                             monocle_tokenizer_decode (tokenizer, ids + 1, n_ids - 1));
  monocle_result_set_score (result, n_ids > 1 ? (float) exp (sum / (n_ids - 1)) : NAN);
}
