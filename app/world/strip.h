/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Frames side by side as one picture.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * monocle_world_strip_png:
 * @rows: (element-type GPtrArray): of #MonocleImage of one size, at least one row and one of them
 * @scale: pixels of a pixel's side
 *
 * Returns: (transfer full): a PNG file, a row below the other
 */
GBytes *monocle_world_strip_png (GPtrArray *rows, guint scale);

G_END_DECLS
