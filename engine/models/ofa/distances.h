/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How far tokens are apart, as rows of the tables that each layer has: those of texts by their
 * order, those of pictures by rows and columns. And where tokens are, as rows of the tables of
 * places.
 */
#pragma once

#include "engine/models/ofa/configuration.h"

G_BEGIN_DECLS

/**
 * MonocleOfaKind:
 * @MONOCLE_OFA_TEXT: words and places
 * @MONOCLE_OFA_CODES: pieces of a picture, row by row
 *
 * What an answer is written in.
 */
typedef enum
{
  MONOCLE_OFA_TEXT,
  MONOCLE_OFA_CODES,
} MonocleOfaKind;

#define MONOCLE_OFA_N_KINDS 2

/* Of pairs that no table says anything of. */
#define MONOCLE_OFA_NO_DISTANCE G_MAXUINT32

/* The row for tokens of a text that are @distance apart: the query's place less the key's. */
guint32 monocle_ofa_distance_in_text (const MonocleOfaConfig *config, gint distance);

/* Likewise of a picture, by rows and columns. */
guint32 monocle_ofa_distance_in_image (const MonocleOfaConfig *config, gint rows, gint columns);

/* The row of the table of places for a piece of a picture. */
guint32 monocle_ofa_place_in_image (const MonocleOfaConfig *config, guint row, guint column);

/**
 * monocle_ofa_index_prompt:
 * @config: the model's
 * @rows, @columns: of the picture, which comes first
 * @n: of all tokens
 * @index: (out caller-allocates) (array): [n, n]
 *
 * Rows of the table of pictures, with that of texts below it.
 */
void monocle_ofa_index_prompt (
    const MonocleOfaConfig *config, guint rows, guint columns, guint n, guint32 *index);

/* Tokens of the longest answer. */
guint monocle_ofa_count_answer (const MonocleOfaConfig *config, MonocleOfaKind kind);

/**
 * monocle_ofa_index_answer:
 * @config: the model's
 * @kind: of the answer
 * @index: (out caller-allocates) (array): [n, n] of the longest answer, rows of the kind's table
 * @places: (out caller-allocates) (array): [n], likewise
 */
void monocle_ofa_index_answer (const MonocleOfaConfig *config,
                               MonocleOfaKind kind,
                               guint32 *index,
                               guint32 *places);

G_END_DECLS
