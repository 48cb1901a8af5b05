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

G_END_DECLS
