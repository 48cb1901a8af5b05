/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is the same wherever a causal model answers: what generation asks of its decoder, where
 * answers end, and what tokens are worth. How a question is written and an answer is read is the
 * family's.
 */
#pragma once

#include "engine/answer/result.h"
#include "engine/models/parts/causal-config.h"
#include "engine/models/parts/causal-decoder.h"
#include "engine/text/generate.h"
#include "engine/text/tokenizer.h"

G_BEGIN_DECLS

/* Verbs of a MonocleDecoder. The first member of @self is a MonocleCausalDecoder **: where the
 * decoder is kept, as another size of questions makes it anew. */
gboolean monocle_causal_answer_step (gpointer self,
                                     const MonocleDecoderStep *step,
                                     MonocleCandidate *candidates,
                                     GError **error);
gboolean monocle_causal_answer_read_logits (gpointer self, float *logits, GError **error);

/* The room that a question of so many tokens has at first; most answers are short. */
guint monocle_causal_answer_choose_places (const MonocleCausalConfig *config, guint n_prompt);

/* Of @search what the model's files say; the rest stays. */
void monocle_causal_answer_plan (const MonocleCausalConfig *config,
                                 const MonocleCausalEnds *ends,
                                 MonocleGenerationConfig *search);

/**
 * monocle_causal_answer_limit:
 * @config: of the model
 * @n_prompt: tokens of the longest question, with the picture's
 * @max_tokens: of an answer, at most
 * @search: (inout): how long it may be
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_REQUEST where the question alone is too long.
 */
gboolean monocle_causal_answer_limit (const MonocleCausalConfig *config,
                                      guint n_prompt,
                                      guint max_tokens,
                                      MonocleGenerationConfig *search,
                                      GError **error);

/* The tokens of an answer and how likely they are together. @ids: (array length=n_ids): of which
 * the first belongs to the question */
void monocle_causal_answer_set_tokens (MonocleResult *result,
                                       const MonocleTokenizer *tokenizer,
                                       const guint32 *ids,
                                       const float *log_probs,
                                       guint n_ids);

G_END_DECLS
