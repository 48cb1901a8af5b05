/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Unified-IO, the first, as formulas: Lu et al. 2022, arXiv 2206.08916. A T5 whose words are also
 * places and codes of pictures. An encoder reads a text and patches of a picture, a decoder writes
 * a text and then a picture. Where tokens are is added to them, and is a product of its own in the
 * scores besides; tables that all layers share say what distances count.
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
 * @patches: F32 [n_patches, %MONOCLE_UNIFIEDIO_PATCH]: rows, columns and channels of each, the same
 *   for all prompts; 0: there is no picture, and what follows of it does not count
 * @image_places, @image_segments: U32 [n_patches], rows of the tables of places, and of kinds
 * @text_places, @text_segments: U32 [n_text], likewise
 * @ids: U32 [n_prompts, at least n_text]
 * @lengths: U32 [n_prompts]: patches and words that count of each
 * @text_index, @image_index: U32 [n, n] of all tokens, of monocle_unifiedio_index()
 * @n_rows: patches and words of a prompt
 *
 * A picture and texts about it. The reference reads the words first; as where tokens are is said of
 * each, no number depends on that.
 */
typedef struct
{
  MonocleValue patches, image_places, image_segments;
  MonocleValue text_places, text_segments, ids, lengths;
  MonocleValue text_index, image_index;
  guint n_rows;
} MonocleUnifiedioPrompt;

/* Where a token is: among words, or among pieces of a picture, row by row. */
typedef struct
{
  gboolean is_image;
  guint place;
} MonocleUnifiedioToken;

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

/**
 * MonocleUnifiedioWriter:
 * @config: of the model
 * @places: of answers
 * @first_token, @n_tokens: what answers are written in, words or codes; 0: in all
 */
typedef struct
{
  const MonocleUnifiedioConfig *config;
  const MonocleUnifiedioPlaces *places;
  guint first_token, n_tokens;
} MonocleUnifiedioWriter;

/* Of one whose answers are written in codes, or in words. What is stored may lie so that all are
 * looked at. */
MonocleUnifiedioWriter monocle_unifiedio_writer_make (const MonocleUnifiedioConfig *config,
                                                      const MonocleUnifiedioPlaces *places,
                                                      gboolean is_codes);

/**
 * monocle_unifiedio_index:
 * @tokens: (array length=n): where they are
 * @n: how many
 * @columns: of the picture
 * @is_causal: whether tokens see none behind them, and distances count finer for that
 * @text_index: (out caller-allocates) (array): [n, n] of the table of texts; G_MAXUINT32: none
 * @image_index: (out caller-allocates) (array): likewise of pictures
 */
void monocle_unifiedio_index (const MonocleUnifiedioToken *tokens,
                              guint n,
                              guint columns,
                              gboolean is_causal,
                              guint32 *text_index,
                              guint32 *image_index);

/* Rows of the tables of places and of kinds, of @tokens. */
void monocle_unifiedio_number (const MonocleUnifiedioConfig *config,
                               const MonocleUnifiedioToken *tokens,
                               guint n,
                               guint32 *places,
                               guint32 *segments);

/* [n_prompts * n_rows, D], the picture before the text. */
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
