/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whole pixels of the upright image, measured from its top left edge.
 */
#pragma once

#include "engine/answer/geometry.h"

G_BEGIN_DECLS

/**
 * monocle_coords_truncate:
 *
 * Returns: @pixels cut to a whole number towards zero, as results in the reference's form have them
 */
gint monocle_coords_truncate (float pixels);

G_END_DECLS
