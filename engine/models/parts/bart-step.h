/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * BART's decoder as formulas: one token of each row (a beam of a prompt), over the states that the
 * encoder has left and over what earlier tokens have left in the cache.
 */
#pragma once

#include "engine/models/parts/bart.h"

G_BEGIN_DECLS

/**
 * MonocleBartStep:
 * @ids: U32 [rows], tokens; those of one prompt lie together
 * @lengths: U32 [n_prompts], states that count of each prompt
 * @place, @ancestors: those of the cache
 * @keys, @values: (array): [layers] those of the cache, extended by the step
 * @states: (array): [layers] of [n_prompts * n_states, 2D], as of monocle_bart_state_keys()
 */
typedef struct
{
  MonocleValue ids, lengths, place, ancestors;
  const MonocleTensor *keys, *values, *states;
} MonocleBartStep;

/* [rows, D]. */
MonocleValue
monocle_bart_step (MonocleGraph *graph, const MonocleBart *self, const MonocleBartStep *step);

/* F32 [rows, V], without the bias. */
MonocleValue monocle_bart_logits (MonocleGraph *graph, const MonocleBart *self, MonocleValue x);

/* [V]; 0 where the checkpoint has none. */
MonocleValue monocle_bart_logits_bias (MonocleGraph *graph, const MonocleBart *self);

G_END_DECLS
