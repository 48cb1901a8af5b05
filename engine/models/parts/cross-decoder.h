/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The decoder of a model that has an encoder, one token of every beam at a time. Keys and values of
 * the encoder's states are computed once; those of earlier tokens are in a cache (nn/cache). A
 * step's formulas, which are the model's, are planned and recorded once and replayed; per step a
 * few numbers go to the device and a few come back.
 */
#pragma once

#include "engine/nn/formulas.h"
#include "engine/text/decoder.h"

G_BEGIN_DECLS

/**
 * MonocleCrossStep:
 * @ids: U32 [rows], tokens; those of one prompt lie together
 * @lengths: U32 [n_prompts], states that count of each prompt
 * @place, @ancestors: those of the cache; all rows are at one place
 * @keys, @values: (array): [layers] those of the cache, extended by the step
 * @states: (array): [layers] of [n_prompts * n_states, 2 width], of the model's state_keys()
 * @places: [n_states, place_width], of where states are, the same for all prompts
 */
typedef struct
{
  MonocleValue ids, lengths, place, ancestors;
  const MonocleTensor *keys, *values, *states, *places;
} MonocleCrossStep;

/* How rows attend to the states of their prompts, in layer @index. */
MonocleAttention monocle_cross_step_attend_states (MonocleGraph *graph,
                                                   const MonocleCrossStep *step,
                                                   guint index,
                                                   guint n_heads);

/* Of a table with a row for each place: that of where each row is. */
MonocleValue monocle_cross_step_find_place (MonocleGraph *graph,
                                            const MonocleCrossStep *step,
                                            const MonocleTensor *table);

/**
 * MonocleCrossModel:
 * @self: what its functions are given
 * @step: [rows, width], of one token of each row
 * @logits: F32 [rows, n_words or n_logits], without the bias, of what @step makes
 * @logits_bias: (nullable): F32 [n_words], or 0
 * @state_keys: keys and values of states [.., width] for one layer: [.., 2 width]
 * @n_layers: of the decoder
 * @width: of keys, all heads together
 * @n_words: of its vocabulary
 * @first_logit, @n_logits: of which tokens @logits are, which are without a bias then; others never
 *   come. 0: of all
 * @n_positions: longest text
 * @place_width: columns of what a step knows of where states are; 0: nothing
 *
 * A decoder as formulas.
 */
typedef struct
{
  gconstpointer self;
  MonocleValue (*step) (MonocleGraph *graph, gconstpointer self, const MonocleCrossStep *step);
  MonocleValue (*logits) (MonocleGraph *graph, gconstpointer self, MonocleValue x);
  MonocleValue (*logits_bias) (MonocleGraph *graph, gconstpointer self);
  MonocleValue (*state_keys) (MonocleGraph *graph,
                              gconstpointer self,
                              guint layer,
                              MonocleValue states);
  guint n_layers, width, n_words, n_positions, place_width;
  guint first_logit, n_logits;
} MonocleCrossModel;

/* Declares the parameters of a decoder in @graph, which asks for those of many rows afterwards: one
 * token, of which the cache holds one, and one state of @state_width; 0: whoever encodes declares
 * what makes keys of those. */
void monocle_cross_model_declare (const MonocleCrossModel *self,
                                  MonocleGraph *graph,
                                  MonocleParams *params,
                                  guint state_width);

typedef struct _MonocleCrossDecoder MonocleCrossDecoder;

/**
 * MonocleCrossDecoderSize:
 * @n_prompts: prompts that are answered side by side
 * @n_beams: beams of each
 * @n_states: rows of encoder states of each prompt
 * @n_candidates: best tokens wanted of each beam
 * @n_more_bans: ranges of ids that may be banned beside one for each token so far; 0:
 *   %MONOCLE_DECODER_MORE_BANS
 * @first_places: tokens for which there is room at first; 0: as the cache says
 */
typedef struct
{
  guint n_prompts;
  guint n_beams;
  guint n_states;
  guint n_candidates;
  guint n_more_bans;
  guint first_places;
} MonocleCrossDecoderSize;

/* What @model holds, and @params, must outlive it. */
MonocleCrossDecoder *monocle_cross_decoder_new (const MonocleCrossModel *model,
                                                MonocleParams *params,
                                                MonocleVkGpu *gpu,
                                                MonocleFormatId format,
                                                const MonocleCrossDecoderSize *size,
                                                GError **error);
void monocle_cross_decoder_free (MonocleCrossDecoder *self);
gboolean monocle_cross_decoder_has_size (MonocleCrossDecoder *self,
                                         const MonocleCrossDecoderSize *size);

/* Appends, to the encoder's graph, the keys and values of its states [n_prompts * n_states, D],
 * which lie in the decoder's memory. */
void monocle_cross_decoder_keep_states (MonocleCrossDecoder *self,
                                        MonocleGraph *graph,
                                        MonocleValue states);

/* Likewise what is known of where states are, [n_states, place_width]. */
void monocle_cross_decoder_keep_places (MonocleCrossDecoder *self,
                                        MonocleGraph *graph,
                                        MonocleValue places);

/* What a step submits, without and with candidates; for monocle_vk_compile(). */
void monocle_cross_decoder_get_recordings (MonocleCrossDecoder *self,
                                           MonocleCommands *recordings[2]);

/* Begins new texts. @lengths: states that count of each prompt. */
void monocle_cross_decoder_start (MonocleCrossDecoder *self, const guint32 *lengths);

/* Feeds one token to each row. With @candidates, an array of [rows][n_candidates], the logits are
 * computed and the best tokens are stored; without, only the cache grows. Where none of them has a
 * score that is a number it is %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL. */
gboolean monocle_cross_decoder_step (MonocleCrossDecoder *self,
                                     const MonocleDecoderStep *step,
                                     MonocleCandidate *candidates,
                                     GError **error);

/* After a step with candidates: the logits, [rows, V], the bias included; without end where there
 * are none. */
gboolean
monocle_cross_decoder_read_logits (MonocleCrossDecoder *self, float *logits, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleCrossDecoder, monocle_cross_decoder_free)

G_END_DECLS
