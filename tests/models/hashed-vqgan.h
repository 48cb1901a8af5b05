/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a checkpoint holds of pictures as codes.
 */
#pragma once

#include "checkpoint-file.h"
#include "engine/models/parts/vqgan.h"

G_BEGIN_DECLS

/* Adds the names, those of the ports, and shapes of all that such a network has below @scope. */
void hashed_vqgan_list (GPtrArray *shapes, const char *scope, const MonocleVqganConfig *config);

G_END_DECLS
