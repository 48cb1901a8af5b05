/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Quarter turns clockwise: of boxes and pixels. @width and @height are always
 * those of the picture before the turn; @quarters may be any number, of which four change nothing.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/* Returns: with x1 <= x2 and y1 <= y2, if anything was turned */
MonocleBox monocle_turn_box (const MonocleBox *box, guint quarters, guint width, guint height);

/**
 * monocle_turn_image:
 *
 * Errors: as monocle_image_new_from_pixels().
 *
 * Returns: (transfer full) (nullable): the picture turned; itself where there is nothing to turn
 */
MonocleImage *monocle_turn_image (MonocleImage *image, guint quarters, GError **error);

G_END_DECLS
