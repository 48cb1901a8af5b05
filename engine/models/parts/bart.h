/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * BART, the language model: what its halves share, bart-encoder and bart-step. Layers are
 * post-norm. Source: Lewis et al. 2019, arXiv 1910.13461; Vaswani et al. 2017 for the layers.
 */
#pragma once

#include "engine/checkpoint/weights.h"
#include "engine/nn/graph.h"
#include "engine/nn/scope.h"

G_BEGIN_DECLS

#define MONOCLE_BART_EPSILON 1e-5f

/* The position tables have two rows in front that are never used. */
#define MONOCLE_BART_POSITION_OFFSET 2

/* Its dimensions, all of them the family's to say. */
typedef struct
{
  guint d_model;
  guint encoder_layers, encoder_heads, encoder_hidden;
  guint decoder_layers, decoder_heads, decoder_hidden;
  guint vocab_size;
  guint n_positions; /* longest sequence; the tables have two rows more */
} MonocleBartConfig;

/* What tables of tokens are for: each can be stored apart from the others. */
typedef enum
{
  MONOCLE_BART_FEEDS_ENCODER,
  MONOCLE_BART_FEEDS_DECODER,
  MONOCLE_BART_HEAD,
} MonocleBartTable;
#define MONOCLE_BART_N_TABLES 3

typedef struct
{
  MonocleBartConfig config;
  MonocleScope scope;                         /* of its parameters */
  MonocleScope tables[MONOCLE_BART_N_TABLES]; /* mostly one for all */
  guint n_tables;                             /* that differ */
  gboolean has_logits_bias;
} MonocleBart;

/* Finds out what is stored, and declares all parameters under @scope by writing the formulas once,
 * as small as they can be. */
gboolean monocle_bart_declare (MonocleBart *self,
                               const MonocleBartConfig *config,
                               MonocleWeights *weights,
                               MonocleScope scope,
                               GError **error);

/* The pieces of a table, as monocle_param_table() has them. */
MonocleValue *monocle_bart_get_table (MonocleGraph *graph,
                                      const MonocleBart *self,
                                      MonocleBartTable table,
                                      guint *n_pieces);

/* Tokens of the table that feeds a half, whose scope is @half, with their positions: [T, D]. The
 * rest as in monocle_embed(), positions counted from the first one that is used. */
MonocleValue monocle_bart_embed (MonocleGraph *graph,
                                 const MonocleBart *self,
                                 MonocleBartTable table,
                                 MonocleScope half,
                                 MonocleValue ids,
                                 guint first_position,
                                 gboolean position_per_row,
                                 MonocleValue place);

/* The position table of a half. */
MonocleValue
monocle_bart_positions (MonocleGraph *graph, const MonocleBart *self, MonocleScope half);

/* The queries, keys and values of a layer's own attention, side by side: [.., 3D]. */
MonocleValue monocle_bart_attend (MonocleGraph *graph, MonocleScope attention, MonocleValue x);

/* norm (x + linear (h)): the end of every sublayer. */
MonocleValue monocle_bart_end_sublayer (
    MonocleGraph *graph, MonocleScope linear, MonocleScope norm, MonocleValue h, MonocleValue x);

/* A layer's perceptron: a sublayer. */
MonocleValue
monocle_bart_perceptron (MonocleGraph *graph, MonocleScope layer, MonocleValue x, guint hidden);

/* The keys and values of states [.., D] for one layer of the decoder: [.., 2D]. */
MonocleValue monocle_bart_state_keys (MonocleGraph *graph,
                                      const MonocleBart *self,
                                      guint layer,
                                      MonocleValue states);

G_END_DECLS
