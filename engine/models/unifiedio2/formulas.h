/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Unified-IO 2 as formulas: Lu et al. 2023, arXiv 2312.17172. Towers make rows of a picture or a
 * sound, which an encoder reads beside a text; a decoder writes a text, or a picture in codes.
 * Tokens know where they are by turning: words by one number, pieces of pictures by row and column.
 */
#pragma once

#include "engine/checkpoint/weights.h"
#include "engine/models/parts/cross-decoder.h"
#include "engine/models/unifiedio2/configuration.h"

G_BEGIN_DECLS

/* Where the network of pictures is. */
#define MONOCLE_UNIFIEDIO2_VQGAN "target_embedders.image.vqgan"

/* Tokens of pictures that are no codes: what they begin with, and one of no use. */
#define MONOCLE_UNIFIEDIO2_FIRST_CODE 2

/**
 * MonocleUnifiedio2Kind:
 * @MONOCLE_UNIFIEDIO2_TEXT: words and places
 * @MONOCLE_UNIFIEDIO2_PICTURE: codes, row by row
 *
 * What an answer is written in. Each has a table of tokens of its own.
 */
typedef enum
{
  MONOCLE_UNIFIEDIO2_TEXT,
  MONOCLE_UNIFIEDIO2_PICTURE,
} MonocleUnifiedio2Kind;

#define MONOCLE_UNIFIEDIO2_N_KINDS 2

/* The name in the files of what is declared here. (transfer full) */
char *monocle_unifiedio2_rename (const char *name);

/* --- towers (tower.c) --------------------------------------------------------------------- */

/**
 * MonocleUnifiedio2Sense:
 * @MONOCLE_UNIFIEDIO2_IMAGE: pictures
 * @MONOCLE_UNIFIEDIO2_AUDIO: sounds
 *
 * What rows are made of.
 */
typedef enum
{
  MONOCLE_UNIFIEDIO2_IMAGE,
  MONOCLE_UNIFIEDIO2_AUDIO,
} MonocleUnifiedio2Sense;

#define MONOCLE_UNIFIEDIO2_N_SENSES 2

/* Tokens before the patches. */
guint monocle_unifiedio2_count_leading (MonocleUnifiedio2Sense sense);

/**
 * MonocleUnifiedio2Look:
 * @patches: F32 [n, numbers of a patch]
 * @places: F32 [leading + n, channels]: what is added to tokens, as they are in the table
 * @picks: U32 [2 n]: of monocle_unifiedio2_fill_picks()
 * @lengths: U32 [1]: leading tokens and patches that count; 0: all
 */
typedef struct
{
  MonocleValue patches, places, picks, lengths;
} MonocleUnifiedio2Look;

/* Rows of a picture or a sound, [n, d_model]. */
MonocleValue monocle_unifiedio2_look (MonocleGraph *graph,
                                      const MonocleUnifiedio2Config *config,
                                      MonocleUnifiedio2Sense sense,
                                      const MonocleUnifiedio2Look *look);

/* Which rows of what the last layer leaves, and below it the second, lie side by side: of @n
 * patches. @picks: (array): [2 n] */
void monocle_unifiedio2_fill_picks (MonocleUnifiedio2Sense sense, guint n, guint32 *picks);

/* Places of patches as the towers add them. @table: [n_places, channels]; @places: (out
 * caller-allocates): [leading + rows * columns, channels] */
void monocle_unifiedio2_spread_places (const MonocleUnifiedio2Config *config,
                                       MonocleUnifiedio2Sense sense,
                                       const float *table,
                                       float *places);

/* The table that they are made of, by its name. */
MonocleScope monocle_unifiedio2_get_places (MonocleUnifiedio2Sense sense);

/* --- where tokens are (places.c) ---------------------------------------------------------- */

/* Cosine and sine of each turn. @angles: (out caller-allocates): [n, head_width] of words in a row;
 * [rows * columns, head_width] of pieces that are @step apart */
void monocle_unifiedio2_turn_line (const MonocleUnifiedio2Config *config, guint n, float *angles);
void monocle_unifiedio2_turn_grid (
    const MonocleUnifiedio2Config *config, guint rows, guint columns, double step, float *angles);

/* --- reading and writing (formulas.c) ----------------------------------------------------- */

/**
 * MonocleUnifiedio2Prompt:
 * @seen: [n, d_model], the same for all prompts; 0: nothing
 * @ids: U32 [n_prompts, at least words of a prompt]
 * @lengths: U32 [n_prompts]: rows and words that count of each
 * @angles: F32 [n_prompts * n_rows, head_width]
 * @n_rows: rows of what is seen and words of a prompt
 *
 * What is seen, or heard, and texts about it. The reference reads the words first; as where tokens
 * are is said of each, no number depends on that.
 */
typedef struct
{
  MonocleValue seen, ids, lengths, angles;
  guint n_rows;
} MonocleUnifiedio2Prompt;

/* [n_prompts * n_rows, d_model] */
MonocleValue monocle_unifiedio2_encode (MonocleGraph *graph,
                                        const MonocleUnifiedio2Config *config,
                                        const MonocleUnifiedio2Prompt *prompt);

/**
 * MonocleUnifiedio2Writer:
 * @config: of the model
 * @kind: of the answers
 * @angles: F32 [longest answer, head_width]
 * @state_angles: those of what the encoder reads, in the graph that is being written
 */
typedef struct
{
  const MonocleUnifiedio2Config *config;
  MonocleUnifiedio2Kind kind;
  const MonocleTensor *angles;
  MonocleValue state_angles;
} MonocleUnifiedio2Writer;

/* How many tokens its answers have at most. */
guint monocle_unifiedio2_count_answer (const MonocleUnifiedio2Config *config,
                                       MonocleUnifiedio2Kind kind);

/* What a decoder is made of; @writer and what it refers to must outlive it. */
MonocleCrossModel monocle_unifiedio2_get_cross_model (const MonocleUnifiedio2Writer *writer);

/* Declares all parameters but those of the network of pictures, by writing the formulas once, and
 * makes constants part of products. Errors: UNSUPPORTED_MODEL. */
gboolean monocle_unifiedio2_declare (const MonocleUnifiedio2Config *config,
                                     MonocleWeights *weights,
                                     GError **error);

G_END_DECLS
