/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Location bins and pixels. An image side is cut into 1000 bins; a location token names one. A bin
 * stands for its centre. Pixels are those of the upright image, measured from its top left edge.
 */
#pragma once

#include "engine/answer/geometry.h"

G_BEGIN_DECLS

#define MONOCLE_COORDS_BINS 1000

/**
 * monocle_coords_to_bin:
 * @pixels: a coordinate in pixels
 * @side: the image's width or height in pixels, at least 1
 *
 * Returns: the bin that holds @pixels, clamped to 0..999
 *
 * Source: clamp (floor (pixels / (side / 1000)), 0, 999), in single precision.
 */
guint monocle_coords_to_bin (float pixels, guint side);

/**
 * monocle_coords_from_bin:
 * @bin: a bin; larger ones than 999 are taken as they are
 * @side: the image's width or height in pixels, at least 1
 *
 * Returns: the centre of the bin in pixels
 *
 * Source: (bin + 0.5) * (side / 1000), in single precision.
 */
float monocle_coords_from_bin (guint64 bin, guint side);

/**
 * monocle_coords_truncate:
 *
 * Returns: @pixels cut to a whole number towards zero, as results in the reference's form have them
 */
gint monocle_coords_truncate (float pixels);

/**
 * monocle_coords_box_to_text:
 * @box: a box in pixels
 * @width: of the image in pixels
 * @height: of the image in pixels
 *
 * Returns: (transfer full): four location tokens: `<loc_x1><loc_y1><loc_x2><loc_y2>`
 */
char *monocle_coords_box_to_text (const MonocleBox *box, guint width, guint height);

G_END_DECLS
