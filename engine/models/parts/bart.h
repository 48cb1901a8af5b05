/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * BART, the language model: its weights. What is computed with them is in bart-encoder and
 * bart-decoder. Layers are post-norm. Source: Lewis et al. 2019, arXiv 1910.13461; Vaswani et al.
 * 2017 for the layers.
 */
#pragma once

#include "engine/models/parts/linear.h"
#include "engine/nn/graph.h"

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

/* Attention: Q, K and V of the same input stacked, then the output. */
typedef struct
{
  MonocleLinear qkv, out, norm;
} MonocleBartSelfAttention;

typedef struct
{
  MonocleBartSelfAttention attention;
  struct
  {
    MonocleLinear q, out, norm;
  } cross;
  MonocleLinear fc1, fc2, norm;
} MonocleBartDecoderLayer;

/* A row [D] for each token, in as many pieces as one binding allows. */
typedef struct
{
  MonocleTensor *pieces; /* [n_pieces] of [V, D] */
  guint n_pieces;
} MonocleBartTable;

/* What tables are for: each can be stored apart from the others. */
#define MONOCLE_BART_N_TABLES 3

typedef struct
{
  MonocleBartConfig config;
  MonocleBartTable tables[MONOCLE_BART_N_TABLES]; /* mostly one for all */
  guint n_tables;
  const MonocleBartTable *encoder_embedding, *decoder_embedding, *head;
  MonocleTensor logits_bias;       /* [V]; no buffer where the checkpoint has none */
  MonocleScope scope;              /* of its parameters */
  MonocleTensor decoder_positions; /* [n_positions + 2, D] */
  MonocleLinear decoder_norm;
  MonocleBartDecoderLayer *decoder; /* [decoder_layers] */
} MonocleBart;

MonocleBart *monocle_bart_new (const MonocleBartConfig *config);
void monocle_bart_free (MonocleBart *self);

/* Declares all parameters, under @scope: those of the decoder as tensors, those of the encoder and
 * of its states' keys and values by writing their formulas once. */
gboolean monocle_bart_declare (MonocleBart *self,
                               MonocleWeights *weights,
                               MonocleScope scope,
                               GError **error);

/* The keys and values of states [.., D] for one layer of the decoder: [.., 2D]. */
MonocleValue monocle_bart_state_keys (MonocleGraph *graph,
                                      const MonocleBart *self,
                                      guint layer,
                                      MonocleValue states);

/* y [T, D] = embeddings of the ids + positions, in pieces of the vocabulary; arguments as in
 * monocle_op_embed(). */
void monocle_bart_record_embedding (const MonocleBartTable *table,
                                    MonocleCommands *commands,
                                    const MonocleTensor *ids,
                                    const MonocleTensor *positions,
                                    guint first_position,
                                    gboolean position_per_row,
                                    const MonocleTensor *place,
                                    const MonocleTensor *y);

/* x = norm (x + linear (h)): the end of every sublayer. @t is scratch like x. */
void monocle_bart_record_residual (MonocleCommands *commands,
                                   const MonocleTensor *h,
                                   const MonocleLinear *linear,
                                   const MonocleLinear *norm,
                                   const MonocleTensor *x,
                                   const MonocleTensor *t);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleBart, monocle_bart_free)

G_END_DECLS
