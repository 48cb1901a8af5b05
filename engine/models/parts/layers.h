/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Layers of a transformer that normalise first: x + attention of norm (x), then + perceptron of
 * norm (x). Vision transformers and the text towers beside them are made of these, under the names
 * that each has published them with.
 */
#pragma once

#include "engine/nn/formulas.h"
#include "engine/nn/scope.h"

G_BEGIN_DECLS

/**
 * MonocleLayerNames:
 * @norm_attention, @norm_perceptron: what comes before either
 * @attention: scope of @parts, which make queries, keys and values; without parts it makes all
 * @attention_end: after the attention
 * @perceptron, @perceptron_end: its two halves
 * @gates: (nullable): below @perceptron, what makes the gate and what goes through it
 *
 * What the parameters of a layer are called, within it.
 */
typedef struct
{
  const char *norm_attention, *attention, *parts[3], *attention_end;
  const char *norm_perceptron, *perceptron, *perceptron_end, *gates[2];
} MonocleLayerNames;

/* Those of CLIP and all that came after it. */
extern const MonocleLayerNames monocle_layer_names_clip;

/**
 * MonocleLayerWindows:
 * @n, @n_each: how many, and tokens of the largest
 * @ids: U32 [n * n_each], the tokens of each, in any order; any where there are fewer
 * @lengths: U32 [n], tokens of each
 * @back: U32 [T], where each token lies in @ids
 * @zeros: F32 [1, 3 C], nothing but zeros
 *
 * Groups of tokens that see each other and no others.
 */
typedef struct
{
  guint n, n_each;
  MonocleValue ids, lengths, back, zeros;
} MonocleLayerWindows;

/**
 * MonocleLayersConfig:
 * @names: of their parameters
 * @first: the number of the first layer
 * @n_layers, @n_heads: how many; heads share the channels evenly
 * @hidden: width of the perceptrons
 * @activation: of the perceptrons
 * @mask: of the attention
 * @epsilon: of normalisations
 * @norms_squares: whether norms are by the mean square and have no biases
 * @angles: F32 [n_batches * T, width of a head], by which heads are turned; 0: they are not
 * @lengths: U32 [n_batches], tokens that may be seen; 0: all
 * @windows: (nullable): of all tokens; %NULL: all tokens of a batch see each other
 */
typedef struct
{
  const MonocleLayerNames *names;
  guint first, n_layers, n_heads, hidden;
  MonocleActivation activation;
  MonocleAttentionMask mask;
  float epsilon;
  gboolean norms_squares;
  MonocleValue angles, lengths;
  const MonocleLayerWindows *windows;
} MonocleLayersConfig;

/* x [n_batches * T, C] to the same, layer i with the parameters of @scope's member @first + i. Can
 * be stopped after every layer. */
MonocleValue monocle_layers (MonocleGraph *graph,
                             MonocleScope scope,
                             const MonocleLayersConfig *config,
                             guint n_batches,
                             MonocleValue x);

/* Rows of x [T, C], any of them and in any order: ids U32 [n], result [n, C]. @zeros: F32 [1, C],
 * nothing but zeros */
MonocleValue
monocle_pick_rows (MonocleGraph *graph, MonocleValue x, MonocleValue ids, MonocleValue zeros);

G_END_DECLS
