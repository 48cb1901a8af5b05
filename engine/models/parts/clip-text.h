/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The text towers beside clip-vision. The table of tokens is most of such a model and a text reads
 * a few rows of it: the host gathers those, and the table stays where it is.
 */
#pragma once

#include "engine/models/parts/layers.h"

G_BEGIN_DECLS

/**
 * MonocleClipTextConfig:
 * @n_positions: tokens that a text can have
 * @channels: of tokens
 * @layers: what it is made of
 */
typedef struct
{
  guint n_positions, channels;
  MonocleLayersConfig layers;
} MonocleClipTextConfig;

/**
 * monocle_clip_text:
 * @graph: a graph
 * @scope: of the tower
 * @config: its shape
 * @n: how many texts
 * @n_tokens: of each, at most as many as there are positions
 *
 * Inputs: "words" F32 [n * n_tokens, C], the tokens' rows of the table, one text below the other;
 * "picks" U32 [n], which of the rows each text ends with; "zeros" F32 [1, C].
 *
 * Returns: [n, C]: that row of each text, normalised
 */
MonocleValue monocle_clip_text (MonocleGraph *graph,
                                MonocleScope scope,
                                const MonocleClipTextConfig *config,
                                guint n,
                                guint n_tokens);

G_END_DECLS
