/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * BART's decoder as formulas: one token of each row (a beam of a prompt), over the states that the
 * encoder has left and over what earlier tokens have left in the cache.
 */
#pragma once

#include "engine/models/parts/bart.h"
#include "engine/models/parts/cross-decoder.h"

G_BEGIN_DECLS

/* What a decoder is made of; @self must outlive it. */
MonocleCrossModel monocle_bart_get_cross_model (const MonocleBart *self);

/* [rows, D]. */
MonocleValue
monocle_bart_step (MonocleGraph *graph, const MonocleBart *self, const MonocleCrossStep *step);

/* F32 [rows, V], without the bias. */
MonocleValue monocle_bart_logits (MonocleGraph *graph, const MonocleBart *self, MonocleValue x);

/* [V]; 0 where the checkpoint has none. */
MonocleValue monocle_bart_logits_bias (MonocleGraph *graph, const MonocleBart *self);

G_END_DECLS
