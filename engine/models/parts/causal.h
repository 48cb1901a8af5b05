/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Language models whose tokens see only what came before them, as formulas: root mean square norms,
 * rotary positions, heads that share keys and values, gated perceptrons. Whatever is not text (a
 * picture) enters as rows among those of the tokens. causal-decoder writes with them.
 *
 * Source: Touvron et al. 2023, arXiv 2302.13971; Ainslie et al. 2023, arXiv 2305.13245; Gemma Team
 * 2024, arXiv 2403.08295 and 2408.00118.
 */
#pragma once

#include "engine/checkpoint/weights.h"
#include "engine/nn/graph.h"
#include "engine/nn/ops/rotary.h"
#include "engine/nn/ops/activation.h"
#include "engine/nn/scope.h"

G_BEGIN_DECLS

/**
 * MonocleCausalConfig:
 * @channels: of tokens
 * @hidden: width of the perceptrons
 * @n_layers: how many
 * @n_heads, @head_width: of queries; together they need not be as wide as tokens
 * @n_kv_heads: of keys and values, a divisor of @n_heads
 * @n_words: rows of the tables
 * @n_positions: tokens of the longest text
 * @activation: of the gates
 * @epsilon: of normalisations
 * @rotary_base: of the slowest turn
 * @turns_neighbours: whether the turned channels of a head are neighbours; else its halves
 * @norm_offset: what is added to the weights of normalisations
 * @word_scale: what tokens are multiplied with where they are read, but not the rows of a picture;
 *   0: nothing
 * @query_scale: of queries times keys; 0: one over the root of the width of a head
 * @score_cap, @logit_cap: what these and the logits are kept below, softly; 0: nothing
 * @window: so many places are all that every other layer sees, the first one; 0: none does. What
 *   sees ahead is not bound by it
 * @norms_twice: whether what layers add is normalised before it is added as well
 * @sees_ahead: whether each token of what prompts begin with sees all of that; it is read at once
 * @norms_heads: whether queries and keys are normalised, each head by itself, before they turn
 * @has_biases: whether queries, keys and values have biases; nothing else has
 * @axes: pairs that turn by a row and by a column: places in pictures are three numbers; 0: one
 * @n_deep: so many layers, the first, have rows of pictures of their own, which are added behind
 * them
 * @has_pairs: whether a token is two words, whose rows are added; such are only fed step by step
 *
 * Its dimensions, all of them the family's to say.
 */
typedef struct
{
  guint channels, hidden, n_layers;
  guint n_heads, n_kv_heads, head_width;
  guint n_words, n_positions;
  MonocleActivation activation;
  float epsilon, rotary_base;
  float norm_offset, word_scale, query_scale, score_cap, logit_cap;
  guint window;
  MonocleRotaryAxes axes;
  guint n_deep;
  gboolean norms_twice, norms_heads, sees_ahead, turns_neighbours, has_pairs, has_biases;
} MonocleCausalConfig;

/**
 * MonocleCausal:
 * @config: its dimensions
 * @scope: of its parameters
 * @head: the table of the output: one of its own, or that of the tokens
 */
typedef struct
{
  MonocleCausalConfig config;
  MonocleScope scope;
  MonocleScope head;
} MonocleCausal;

/**
 * MonocleCausalStep:
 * @n_tokens: new ones of each text
 * @n_together: so many of them, the first, see each other
 * @ids: U32 [texts * n_tokens]
 * @positions: U32 [texts * n_tokens], those of the tokens; with axes [texts * n_tokens, 3]
 * @beside: U32 [texts * n_tokens], their second words; 0: they have one
 * @seen: [n, channels], what ids from the number of words on stand for; 0: there are none
 * @deep: (array) (nullable): [n_deep] of [n, channels], what is added behind each of the first
 *   layers; %NULL: there are no pictures
 * @deep_ids: U32 [texts * n_tokens], which rows of that; 0 none, else one more
 * @no_row: F32 [1, channels], nothing but zeros
 * @place, @ancestors: those of the cache
 * @keys, @values: (array): [layers] those of the cache, extended by the step
 */
typedef struct
{
  guint n_tokens, n_together;
  MonocleValue ids, beside, positions, seen;
  const MonocleValue *deep;
  MonocleValue deep_ids, no_row;
  MonocleValue place, ancestors;
  const MonocleTensor *keys, *values;
} MonocleCausalStep;

/* Finds out whether the output has a table of its own, at @head, and declares all parameters under
 * @scope by writing the formulas once, as small as they can be. */
gboolean monocle_causal_declare (MonocleCausal *self,
                                 const MonocleCausalConfig *config,
                                 MonocleWeights *weights,
                                 MonocleScope scope,
                                 MonocleScope head,
                                 GError **error);

/* [texts * n_tokens, channels], normalised. Where several tokens are read at once it can be stopped
 * after every layer. */
MonocleValue monocle_causal_states (MonocleGraph *graph,
                                    const MonocleCausal *self,
                                    const MonocleCausalStep *step);

/* F32 [.., words] */
MonocleValue
monocle_causal_logits (MonocleGraph *graph, const MonocleCausal *self, MonocleValue states);

/* Input: where @n tokens are. */
MonocleValue
monocle_causal_input_positions (MonocleGraph *graph, const MonocleCausalConfig *config, guint n);

/* Whether a place is three numbers; else it is one. */
gboolean monocle_causal_has_axes (const MonocleCausalConfig *config);

/* Columns of a key, all heads together. */
guint monocle_causal_get_key_width (const MonocleCausalConfig *config);

G_END_DECLS
