/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Several shapes as one, and one as the parts of it that hang together.
 */
#pragma once

#include "engine/answer/shape.h"

G_BEGIN_DECLS

/**
 * monocle_parts_touch:
 *
 * Returns: whether the two have a point in common, be it on their edges; what lies in the hole of
 *   another does not touch it
 */
gboolean monocle_parts_touch (const MonocleShape *a, const MonocleShape *b);

/**
 * monocle_parts_merge:
 * @shapes: (element-type MonocleShape): at least one
 * @width: of the picture in pixels
 * @height: of the picture in pixels
 *
 * Outlines that do not touch each other stay outlines, points are points together; everything else
 * becomes pixels.
 *
 * Returns: (transfer full) (nullable): all that they cover; %NULL where they have nothing in common
 *   that could say it, as points and outlines, or the picture is one that a mask cannot have
 */
MonocleShape *monocle_parts_merge (GPtrArray *shapes, guint width, guint height);

/**
 * monocle_parts_cut:
 * @hole: outlines
 *
 * Returns: (transfer full) (nullable): @shape without what @hole covers: pixels where they were
 *   pixels, else outlines; %NULL where that takes nothing away, or leaves nothing
 */
MonocleShape *monocle_parts_cut (const MonocleShape *shape, const MonocleShape *hole);

/**
 * monocle_parts_split:
 *
 * Pixels hang together where they touch, be it at their corners. Holes stay with what they are in.
 *
 * Returns: (transfer full) (element-type MonocleShape): its parts, at least one
 */
GPtrArray *monocle_parts_split (const MonocleShape *shape);

G_END_DECLS
