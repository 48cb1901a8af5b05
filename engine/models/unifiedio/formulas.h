/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Unified-IO, the first, as formulas: Lu et al. 2022, arXiv 2206.08916. A T5 whose words are also
 * places and codes of pictures. An encoder reads a text and patches of a picture, a decoder writes
 * a text and then a picture. Where tokens are is added to them, and is a product of its own in the
 * scores besides; tables that all layers share say what distances count.
 *
 * These are formulas alone: there is no family of them yet.
 */
#pragma once

#include "engine/checkpoint/weights.h"
#include "engine/models/parts/cross-decoder.h"

G_BEGIN_DECLS

/* Channels of a patch, and a row of them in a picture that is read, and of codes in one that is
 * written. */
#define MONOCLE_UNIFIEDIO_PATCH   768
#define MONOCLE_UNIFIEDIO_PATCHES 24
#define MONOCLE_UNIFIEDIO_CODES   16

/* Rows of the tables of distances: of texts, and of pictures. */
#define MONOCLE_UNIFIEDIO_TEXT_DISTANCES  32
#define MONOCLE_UNIFIEDIO_IMAGE_DISTANCES 256

/**
 * MonocleUnifiedioConfig:
 * @d_model: width
 * @n_heads, @head_width: of attention
 * @n_layers: of either half
 * @hidden: of perceptrons
 * @n_words, @n_codes: of the table of tokens, which codes end
 * @n_segments: rows of the tables of kinds: text, picture
 * @n_text_places: of texts, read or written; places of pictures come behind these
 */
typedef struct
{
  guint d_model, n_heads, head_width, n_layers, hidden;
  guint n_words, n_codes, n_segments, n_text_places;
} MonocleUnifiedioConfig;

/**
 * MonocleUnifiedioPrompt:
 * @ids: U32 [n_text]
 * @text_places, @image_places: U32 [n_text], [n_patches], rows of the table of places
 * @text_segments, @image_segments: U32, likewise, of that of kinds
 * @patches: F32 [n_patches, %MONOCLE_UNIFIEDIO_PATCH]: rows, columns and channels of each
 * @text_index, @image_index: U32 [n, n] of all tokens, of monocle_unifiedio_index()
 */
typedef struct
{
  MonocleValue ids, text_places, image_places, text_segments, image_segments, patches;
  MonocleValue text_index, image_index;
} MonocleUnifiedioPrompt;

/**
 * MonocleUnifiedioPlaces:
 * @queries, @keys: [n, C], of where tokens of an answer are, for each other
 * @added: [n, D], what is added to them
 * @text_index, @image_index: U32 [n, n]
 *
 * What is the same for all answers with a text of one length before the picture.
 */
typedef struct
{
  MonocleTensor queries, keys, added, text_index, image_index;
} MonocleUnifiedioPlaces;

typedef struct
{
  const MonocleUnifiedioConfig *config;
  const MonocleUnifiedioPlaces *places;
} MonocleUnifiedioWriter;

/**
 * monocle_unifiedio_index:
 * @n_text: tokens of a text
 * @columns: of the picture behind it
 * @n: of all tokens
 * @is_causal: whether tokens see none behind them, and distances count finer for that
 * @text_index: (out caller-allocates) (array): [n, n] of the table of texts; G_MAXUINT32: none
 * @image_index: (out caller-allocates) (array): likewise of pictures
 */
void monocle_unifiedio_index (guint n_text,
                              guint columns,
                              guint n,
                              gboolean is_causal,
                              guint32 *text_index,
                              guint32 *image_index);

/* [n, D], text before picture. */
MonocleValue monocle_unifiedio_encode (MonocleGraph *graph,
                                       const MonocleUnifiedioConfig *config,
                                       const MonocleUnifiedioPrompt *prompt);

/* Appends what fills queries, keys and what is added of @places: @rows, @segments U32 [n]. */
void monocle_unifiedio_place (MonocleGraph *graph,
                              const MonocleUnifiedioConfig *config,
                              MonocleValue rows,
                              MonocleValue segments,
                              const MonocleUnifiedioPlaces *places);

/* What a decoder is made of; @writer and what it refers to must outlive it. */
MonocleCrossModel monocle_unifiedio_get_cross_model (const MonocleUnifiedioWriter *writer);

/* Declares all parameters, by writing the formulas once, and makes constants part of products.
 * Errors: UNSUPPORTED_MODEL. */
gboolean monocle_unifiedio_declare (const MonocleUnifiedioConfig *config,
                                    MonocleWeights *weights,
                                    GError **error);

G_END_DECLS
