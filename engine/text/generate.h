/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers, token by token: questions in batches, a search or a sampler for each, what may not come
 * next, what is certain meanwhile, stopping. Knows decoders (decoder.h) and no model, device or
 * family: what is asked and how answers are read is the caller's.
 */
#pragma once

#include "engine/text/decoder.h"
#include "engine/text/logits.h"
#include "engine/text/sampler.h"

G_BEGIN_DECLS

/* Questions answered side by side. More would only take memory: the weights are read once for all
 * of them already. */
#define MONOCLE_GENERATE_MAX_BATCH 8

/**
 * MonocleGenerateBan:
 * @question: which one
 * @ids: (array length=n_ids): what is written so far, first token first
 * @n_ids: how many
 * @ranges: (element-type MonocleIdRange): gets what may not come next; at most
 *   %MONOCLE_DECODER_MORE_BANS, or as many more as the decoder was made for
 * @user_data: what was passed beside the function
 */
typedef void (*MonocleGenerateBan) (
    guint question, const guint32 *ids, guint n_ids, GArray *ranges, gpointer user_data);

/**
 * MonocleGenerateTell:
 * @question: which one
 * @whole: whether it is the whole answer
 * @ids: (array length=n_ids): first token first
 * @log_probs: (array length=n_ids): of each
 * @n_ids: how many
 * @user_data: what was passed beside the function
 */
typedef void (*MonocleGenerateTell) (guint question,
                                     gboolean whole,
                                     const guint32 *ids,
                                     const float *log_probs,
                                     guint n_ids,
                                     gpointer user_data);

/**
 * MonocleGeneration:
 * @decoder: writes
 * @decoder_self: its self
 * @n_questions: how many
 * @search: beams, lengths, ends
 * @logits: (nullable): settings that change scores
 * @sampling: (nullable): draws instead of taking the best; @search has one beam then
 * @draws_from_all: whether those that are drawn are any of all tokens that may come, instead of the
 *   likeliest few that the device chooses
 * @ban: (nullable): what the form of an answer forbids
 * @certain: (nullable): called with what has become certain of an answer, whenever that is more
 * @done: called once for each question, in order: with the answer, or if it was stopped with what
 *   there is of it
 * @user_data: for the three
 * @cancellable: (nullable): looked at before each token
 * @n_at_once: (out) (optional): how many questions were answered side by side where there was too
 *   little memory for as many as usual; else it is left alone
 */
typedef struct
{
  const MonocleDecoder *decoder;
  gpointer decoder_self;
  guint n_questions;
  const MonocleGenerationConfig *search;
  const MonocleLogitsConfig *logits;
  const MonocleSampling *sampling;
  gboolean draws_from_all;
  MonocleGenerateBan ban;
  MonocleGenerateTell certain;
  MonocleGenerateTell done;
  gpointer user_data;
  GCancellable *cancellable;
  guint *n_at_once;
} MonocleGeneration;

/**
 * monocle_generation_get_n_candidates:
 *
 * Returns: how many candidates of each row the decoder will be asked for
 */
guint monocle_generation_get_n_candidates (const MonocleGeneration *self);

/**
 * monocle_generate:
 * @self: what to write
 * @stopped: (out): whether it was cancelled while answering
 * @n_tokens: (out): steps, times questions that were open in them
 * @error: place for an error
 *
 * Returns: whether all could be asked; stopping is no error once an answer has begun
 */
gboolean monocle_generate (const MonocleGeneration *self,
                           gboolean *stopped,
                           guint *n_tokens,
                           GError **error);

G_END_DECLS
