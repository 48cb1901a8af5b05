/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OFA's checkpoint for a configuration, whose numbers a formula makes of names and places.
 */
#pragma once

#include "checkpoint-file.h"
#include "engine/models/ofa/configuration.h"

G_BEGIN_DECLS

/* (transfer full): the names and shapes of all that such a model has, under the names of the
 * reference's later port; a GPtrArray of TensorShape. */
GPtrArray *hashed_ofa_list (const MonocleOfaConfig *config);

/* Number @i of the tensor @name: -1 to 1. */
double hashed_ofa_number (const char *name, guint32 i);

/* A TensorFill: what the formula gives for a tensor. */
void hashed_ofa_fill (const TensorShape *shape, float *values, gpointer user_data);

/* A model's folder: a small vocabulary of bytes and a few words, HASHED_OFA_CODES codes, places.
 * @fairseq: under the names of the first publication */
void hashed_ofa_write_model (const char *folder, gboolean fairseq);

#define HASHED_OFA_SIDE  64
#define HASHED_OFA_CODES 32

G_END_DECLS
