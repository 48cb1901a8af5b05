/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OFA as formulas: Wang et al. 2022, arXiv 2202.03052. Layers normalise before, after attention and
 * inside of the perceptron (Shleifer et al. 2021). Where tokens are is no part of them: it is a
 * product of its own in the scores, the same for all layers, to which each layer adds what its
 * table says of the distance.
 */
#pragma once

#include "engine/checkpoint/weights.h"
#include "engine/models/ofa/distances.h"
#include "engine/models/parts/cross-decoder.h"

G_BEGIN_DECLS

#define MONOCLE_OFA_EPSILON 1e-5f

/**
 * MonocleOfaPrompt:
 * @image: [n_image, D] of monocle_ofa_look(), or 0
 * @image_places: U32 [n_image], rows of the table of places in pictures, or 0
 * @text_places: U32 [n_rows - n_image], rows of the table of places in texts
 * @ids: U32 [n_prompts, stride]
 * @lengths: U32 [n_prompts], tokens that count of each, with those of the picture
 * @index: U32 [n_rows, n_rows] of monocle_ofa_index_prompt()
 * @n_rows: tokens of each prompt
 */
typedef struct
{
  MonocleValue image, image_places, text_places, ids, lengths, index;
  guint n_rows;
} MonocleOfaPrompt;

/**
 * MonocleOfaPlaces:
 * @queries, @keys: [n, D], of where tokens of an answer are, for each other
 * @cross_queries: [n, D], for what was encoded
 * @index: U32 [n, n] of monocle_ofa_index_answer()
 *
 * What is the same for all answers of a kind; n is the longest.
 */
typedef struct
{
  MonocleTensor queries, keys, cross_queries, index;
} MonocleOfaPlaces;

/* What the decoder's formulas know. */
typedef struct
{
  const MonocleOfaConfig *config;
  MonocleOfaKind kind;
  const MonocleOfaPlaces *places;
} MonocleOfaWriter;

/* Pixels [H, W, 3] to [H / 16 * W / 16, D]. */
MonocleValue
monocle_ofa_look (MonocleGraph *graph, const MonocleOfaConfig *config, MonocleValue pixels);

/* [n_prompts * n_rows, D]. @places: (out): [n_rows, D], what the decoder knows of where they are */
MonocleValue monocle_ofa_encode (MonocleGraph *graph,
                                 const MonocleOfaConfig *config,
                                 const MonocleOfaPrompt *prompt,
                                 MonocleValue *places);

/* Appends what fills queries and keys of @places: @ids U32 [n]. */
void monocle_ofa_place (MonocleGraph *graph,
                        const MonocleOfaConfig *config,
                        MonocleOfaKind kind,
                        MonocleValue ids,
                        const MonocleOfaPlaces *places);

/* What a decoder is made of; @writer and what it refers to must outlive it. */
MonocleCrossModel monocle_ofa_get_cross_model (const MonocleOfaWriter *writer);

/* Declares all parameters, by writing the formulas once, as small as they can be.
 * Errors: UNSUPPORTED_MODEL. */
gboolean
monocle_ofa_declare (const MonocleOfaConfig *config, MonocleWeights *weights, GError **error);

/* Once all is declared and checked: constants that stand beside a product become part of it. */
gboolean monocle_ofa_fold (const MonocleOfaConfig *config, MonocleWeights *weights, GError **error);

/* --- parts of both halves --- */

/* One over the root of the width of content and place together. */
float monocle_ofa_get_scale (guint d_model, guint n_heads);
/* Rows of the words' table, normalised by the layer of that name. @with_type: adds the type of
 * texts, which the encoder has */
MonocleValue monocle_ofa_embed (MonocleGraph *graph,
                                const MonocleOfaConfig *config,
                                MonocleScope half,
                                MonocleValue ids,
                                const char *norm,
                                gboolean with_type);
/* Rows of a table of places, normalised: U32 [n] to [n, D]. */
MonocleValue monocle_ofa_embed_places (MonocleGraph *graph,
                                       const MonocleOfaConfig *config,
                                       MonocleScope half,
                                       MonocleOfaKind kind,
                                       MonocleValue ids);
/* The table of a layer, [N, H]. */
MonocleValue monocle_ofa_get_distances (MonocleGraph *graph,
                                        const MonocleOfaConfig *config,
                                        MonocleScope half,
                                        MonocleOfaKind kind,
                                        guint layer,
                                        guint n_heads);
/* x + what attention comes to, normalised. @name: of the attention in the layer */
MonocleValue monocle_ofa_end_attention (
    MonocleGraph *graph, MonocleScope layer, const char *name, MonocleValue h, MonocleValue x);
/* x + the perceptron of a layer. */
MonocleValue
monocle_ofa_think (MonocleGraph *graph, MonocleScope layer, MonocleValue x, guint hidden);

G_END_DECLS
