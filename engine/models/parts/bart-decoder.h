/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * BART's decoder, one token of every beam at a time. Keys and values of the encoder's states are
 * computed once; those of earlier tokens are in a cache (nn/cache). A step's formulas (bart-step)
 * are planned and recorded once and replayed; per step a few numbers go to the device and a few
 * come back.
 */
#pragma once

#include "engine/models/parts/bart.h"
#include "engine/text/decoder.h"

G_BEGIN_DECLS

typedef struct _MonocleBartDecoder MonocleBartDecoder;

/**
 * MonocleBartDecoderSize:
 * @n_prompts: prompts that are answered side by side
 * @n_beams: beams of each
 * @n_states: rows of encoder states of each prompt
 * @n_candidates: best tokens wanted of each beam
 * @first_places: tokens for which there is room at first; 0: as the cache says
 */
typedef struct
{
  guint n_prompts;
  guint n_beams;
  guint n_states;
  guint n_candidates;
  guint first_places;
} MonocleBartDecoderSize;

/* @bart and @params must outlive it. */
MonocleBartDecoder *monocle_bart_decoder_new (const MonocleBart *bart,
                                              MonocleParams *params,
                                              MonocleVkGpu *gpu,
                                              MonocleFormatId format,
                                              const MonocleBartDecoderSize *size,
                                              GError **error);
void monocle_bart_decoder_free (MonocleBartDecoder *self);
gboolean monocle_bart_decoder_has_size (MonocleBartDecoder *self,
                                        const MonocleBartDecoderSize *size);

/* Appends, to the encoder's graph, the keys and values of its states [n_prompts * n_states, D],
 * which lie in the decoder's memory. */
void monocle_bart_decoder_keep_states (MonocleBartDecoder *self,
                                       MonocleGraph *graph,
                                       MonocleValue states);

/* What a step submits, without and with candidates; for monocle_vk_compile(). */
void monocle_bart_decoder_get_recordings (MonocleBartDecoder *self, MonocleCommands *recordings[2]);

/* Begins new texts. @lengths: states that count of each prompt. */
void monocle_bart_decoder_start (MonocleBartDecoder *self, const guint32 *lengths);

/* Feeds one token to each row. With @candidates, an array of [rows][n_candidates], the logits are
 * computed and the best tokens are stored; without, only the cache grows. Where none of them has a
 * score that is a number it is %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL. */
gboolean monocle_bart_decoder_step (MonocleBartDecoder *self,
                                    const MonocleDecoderStep *step,
                                    MonocleCandidate *candidates,
                                    GError **error);

/* After a step with candidates: the logits, [rows, V], the bias included. */
gboolean monocle_bart_decoder_read_logits (MonocleBartDecoder *self, float *logits, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleBartDecoder, monocle_bart_decoder_free)

G_END_DECLS
