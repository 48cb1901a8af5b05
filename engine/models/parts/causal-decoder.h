/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writing with a causal language model (causal): the prompts of several questions are read into a
 * cache (nn/cache), then each gets one token at a time. What all prompts begin with, as the picture
 * that is asked about, is read once, lies there once, and stays for further questions. A step is
 * recorded once and replayed; per step a few numbers go to the device and a few come back.
 */
#pragma once

#include "engine/models/parts/causal.h"
#include "engine/text/decoder.h"

G_BEGIN_DECLS

typedef struct _MonocleCausalDecoder MonocleCausalDecoder;

/* Tokens of a prompt that are read at once, where nobody says otherwise. */
#define MONOCLE_CAUSAL_CHUNK 512

/**
 * MonocleCausalDecoderSize:
 * @n_questions: questions that are answered side by side
 * @n_beams: beams of each
 * @n_candidates: best tokens wanted of each beam
 * @first_places: tokens for which there is room at first; 0: as the cache says
 * @chunk: tokens of a prompt that are read at once; 0: %MONOCLE_CAUSAL_CHUNK
 */
typedef struct
{
  guint n_questions;
  guint n_beams;
  guint n_candidates;
  guint first_places;
  guint chunk;
} MonocleCausalDecoderSize;

/**
 * monocle_causal_decoder_new:
 * @causal, @params: must outlive it
 * @gpu: a device
 * @format: of activations
 * @size: how many at once
 * @seen: (nullable): [n, channels], what ids from the number of words on stand for; read when the
 *   prompts are. Where layers have rows of pictures of their own, those of each are behind it, as
 *   many of each, and at the end one of zeros: see monocle_causal_count_seen()
 * @error: return location
 */
MonocleCausalDecoder *monocle_causal_decoder_new (const MonocleCausal *causal,
                                                  MonocleParams *params,
                                                  MonocleVkGpu *gpu,
                                                  MonocleFormatId format,
                                                  const MonocleCausalDecoderSize *size,
                                                  const MonocleTensor *seen,
                                                  GError **error);
void monocle_causal_decoder_free (MonocleCausalDecoder *self);

/* Rows of @seen for pictures of @n rows, which is a multiple of %MONOCLE_CAUSAL_SEEN. */
guint monocle_causal_count_seen (const MonocleCausalConfig *config, guint n);
#define MONOCLE_CAUSAL_SEEN 64

/* How many rows and columns the picture has that is in @seen, for models that see them. */
void monocle_causal_decoder_set_shape (MonocleCausalDecoder *self, guint n_rows, guint n_columns);

/**
 * monocle_causal_decoder_fork:
 * @self: a decoder
 * @error: return location
 *
 * Returns: (transfer full) (nullable): another one, of all that was read and fed, which goes on by
 *   itself
 */
MonocleCausalDecoder *monocle_causal_decoder_fork (const MonocleCausalDecoder *self,
                                                   GError **error);

/* How many of the best tokens are wanted from now on; what was read stays. */
gboolean
monocle_causal_decoder_set_n_candidates (MonocleCausalDecoder *self, guint n, GError **error);

gboolean monocle_causal_decoder_has_size (const MonocleCausalDecoder *self,
                                          const MonocleCausalDecoderSize *size);

/* Most tokens that a prompt and its answer may have together. */
guint monocle_causal_decoder_get_most_tokens (const MonocleCausalDecoder *self);

/* What reading a beginning of so many tokens, reading so many more of each question, and a step
 * submit; for monocle_vk_compile(). */
gboolean monocle_causal_decoder_get_recordings (MonocleCausalDecoder *self,
                                                guint n_beginning,
                                                guint n_tokens,
                                                MonocleCommands *recordings[3],
                                                GError **error);

/**
 * monocle_causal_decoder_begin:
 * @self: a decoder
 * @ids: (array length=n): what all prompts begin with
 * @n: how many
 * @cancellable: (nullable)
 * @error: return location
 *
 * Forgets all and begins anew.
 */
gboolean monocle_causal_decoder_begin (MonocleCausalDecoder *self,
                                       const guint32 *ids,
                                       guint n,
                                       GCancellable *cancellable,
                                       GError **error);

/* Tokens that the first row holds. */
guint monocle_causal_decoder_get_length (const MonocleCausalDecoder *self);

/* What comes after so many tokens is forgotten, as if it had never been there. */
void monocle_causal_decoder_truncate (MonocleCausalDecoder *self, guint length);

/* Back to that beginning: for other questions. */
void monocle_causal_decoder_return (MonocleCausalDecoder *self);

/**
 * monocle_causal_decoder_read:
 * @self: a decoder
 * @prompts: (array) (element-type GArray): [n_questions] of guint32, what comes next of each
 *   question; any lengths
 * @cancellable: (nullable)
 * @error: return location
 *
 * All beams of a question read the same.
 */
gboolean monocle_causal_decoder_read (MonocleCausalDecoder *self,
                                      GArray *const *prompts,
                                      GCancellable *cancellable,
                                      GError **error);

/* Feeds one token to each row. With @candidates, an array of [rows][n_candidates], the best tokens
 * after it are stored. */
gboolean monocle_causal_decoder_step (MonocleCausalDecoder *self,
                                      const MonocleDecoderStep *step,
                                      MonocleCandidate *candidates,
                                      GError **error);

/* After a step: the logits, [rows, words]. */
gboolean
monocle_causal_decoder_read_logits (MonocleCausalDecoder *self, float *logits, GError **error);

/* Tokens that were read or fed so far, those of rows side by side counted once each. */
guint64 monocle_causal_decoder_get_n_fed (const MonocleCausalDecoder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleCausalDecoder, monocle_causal_decoder_free)

G_END_DECLS
