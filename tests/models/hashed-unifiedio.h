/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Unified-IO's checkpoint for a configuration, whose numbers a formula makes of names and places.
 */
#pragma once

#include "checkpoint-file.h"
#include "engine/models/unifiedio/configuration.h"

G_BEGIN_DECLS

/* (transfer full): the names and shapes of all of the language model; a GPtrArray of TensorShape.
 */
GPtrArray *hashed_unifiedio_list (const MonocleUnifiedioConfig *config);

/* A TensorFill: what the formula gives for a tensor. */
void hashed_unifiedio_fill (const TensorShape *shape, float *values, gpointer user_data);

/* Pieces of the vocabulary, and codes, of the model below. */
#define HASHED_UNIFIEDIO_PIECES 50
#define HASHED_UNIFIEDIO_WORDS  1200
#define HASHED_UNIFIEDIO_CODES  64

/* A model's folder: a vocabulary of letters, of which files have three tokens more, as T5's have
 * some; the weights as "tiny_1000k.bin", as flax writes them. */
void hashed_unifiedio_write_model (const char *folder);

G_END_DECLS
