/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The vision transformer: Dosovitskiy et al. 2020, arXiv 2010.11929. Patches as tokens, a class
 * token before them, learned positions, layers that normalise first.
 */
#pragma once

#include "engine/checkpoint/weights.h"
#include "engine/models/parts/linear.h"
#include "engine/nn/graph.h"
#include "engine/nn/scope.h"

G_BEGIN_DECLS

/**
 * MonocleVitConfig:
 * @height, @width: of the picture in pixels
 * @patch: side of a patch in pixels; the picture is made of whole ones
 * @channels: of tokens
 * @n_layers, @n_heads: how many; heads share @channels evenly
 * @hidden: width of the perceptrons
 * @epsilon: of normalisations
 */
typedef struct
{
  guint height, width, patch;
  guint channels, n_layers, n_heads, hidden;
  float epsilon;
} MonocleVitConfig;

typedef struct
{
  MonocleLinear norm1, qkv, out;
  MonocleLinear norm2, fc1, fc2;
} MonocleVitLayer;

typedef struct
{
  MonocleVitConfig config;
  MonocleTensor class_token; /* [C] */
  MonocleTensor positions;   /* [1 + N, C] */
  MonocleLinear patches;     /* [C, patch * patch * 3] */
  MonocleVitLayer *layers;   /* [n_layers] */
  MonocleLinear norm;
} MonocleVit;

MonocleVit *monocle_vit_new (const MonocleVitConfig *config);
void monocle_vit_free (MonocleVit *self);

/* Names as published checkpoints have them, within @scope. */
void monocle_vit_declare (MonocleVit *self, MonocleWeights *weights, MonocleScope scope);

/* Tokens of a picture, the class token first: 1 + N. */
guint monocle_vit_count_tokens (const MonocleVit *self);

/* @pixels: [height, width, 3]. Returns: normalised tokens [1 + N, C] */
MonocleValue monocle_vit_see (MonocleVit *self, MonocleGraph *graph, MonocleValue pixels);

G_END_DECLS
