/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Unified-IO 2's checkpoint for a configuration, whose numbers a formula makes of names and places.
 */
#pragma once

#include "checkpoint-file.h"
#include "engine/models/unifiedio2/configuration.h"

G_BEGIN_DECLS

/* (transfer full): the names, as they are stored, and shapes of all but the network of pictures; a
 * GPtrArray of TensorShape. */
GPtrArray *hashed_unifiedio2_list (const MonocleUnifiedio2Config *config);

/* A TensorFill: what the formula gives for a tensor. */
void hashed_unifiedio2_fill (const TensorShape *shape, float *values, gpointer user_data);

/* (transfer full): a tokenizer.model of few pieces, as LLaMA's is made. */
GByteArray *hashed_unifiedio2_make_pieces (guint *n_pieces);

/* How many rows a model has that has so many pieces. */
#define HASHED_UNIFIEDIO2_COUNT_WORDS(n) (((n) + 1225 + 127) / 128 * 128)

/* (transfer full): a config.json of a model with so many words. */
char *hashed_unifiedio2_make_config (guint n_words);

/* A model's folder: pictures are seen as squares of 48 pixels, and drawn of 16 codes. */
void hashed_unifiedio2_write_model (const char *folder);

#define HASHED_UNIFIEDIO2_SIDE  32
#define HASHED_UNIFIEDIO2_CODES 16

G_END_DECLS
