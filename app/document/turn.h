/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pixels turned by quarters; where things go then says monocle_matrix_turn().
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * monocle_turn_image:
 * @quarters: clockwise; any number, of which four change nothing
 *
 * Errors: as monocle_image_new_from_pixels().
 *
 * Returns: (transfer full) (nullable): the picture turned; itself where there is nothing to turn
 */
MonocleImage *monocle_turn_image (MonocleImage *image, guint quarters, GError **error);

G_END_DECLS
