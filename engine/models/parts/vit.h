/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The vision transformer: Dosovitskiy et al. 2020, arXiv 2010.11929. Patches as tokens, a class
 * token before them, learned positions, layers that normalise first.
 */
#pragma once

#include "engine/models/parts/layers.h"

G_BEGIN_DECLS

/**
 * MonocleVitConfig:
 * @height, @width: of the picture in pixels
 * @patch: side of a patch in pixels; the picture is made of whole ones
 * @channels: of tokens
 * @layers: what is piled up, under this tower's own names
 */
typedef struct
{
  guint height, width, patch;
  guint channels;
  MonocleLayersConfig layers;
} MonocleVitConfig;

/* Tokens of a picture, the class token first: 1 + N. */
guint monocle_vit_count_tokens (const MonocleVitConfig *config);

/* Pixels [height, width, 3] to normalised tokens [1 + N, C], with parameters of the names that
 * published checkpoints have, within @scope. Can be stopped after every layer. */
MonocleValue monocle_vit (MonocleGraph *graph,
                          MonocleScope scope,
                          const MonocleVitConfig *config,
                          MonocleValue pixels);

G_END_DECLS
