/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Boxes in pixels of the upright image, measured from its top left edge.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleBox:
 *
 * Pixel edges of the upright image: left, top, right, bottom.
 */
typedef struct
{
  float x1, y1, x2, y2;
} MonocleBox;

/**
 * monocle_coords_truncate:
 *
 * Returns: @pixels cut to a whole number towards zero, as results in the reference's form have them
 */
gint monocle_coords_truncate (float pixels);

G_END_DECLS
