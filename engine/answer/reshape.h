/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shapes made of other shapes, point by point, as somebody does who corrects an outline. Points are
 * counted as monocle_shape_get_points() does.
 */
#pragma once

#include "engine/answer/shape.h"

G_BEGIN_DECLS

/**
 * monocle_reshape_transform:
 * @shape: what
 * @matrix: where points go
 * @width: of the picture in pixels
 * @height: of the picture in pixels
 *
 * As monocle_shape_transform(), but masks stay masks of that picture, as long as it is one that a
 * mask can have.
 *
 * Returns: (transfer full): the shape there
 */
MonocleShape *monocle_reshape_transform (const MonocleShape *shape,
                                         const MonocleMatrix *matrix,
                                         guint width,
                                         guint height);

/**
 * monocle_reshape_get_rotation:
 * @degrees: clockwise
 *
 * Around the middle of what it covers, or of its points where it covers nothing, which stays the
 * middle; so turning there and back leads to where it began.
 *
 * Returns: where points go, for monocle_reshape_transform()
 */
MonocleMatrix monocle_reshape_get_rotation (const MonocleShape *shape, double degrees);

/**
 * monocle_reshape_to_mask:
 * @width: of the picture in pixels
 * @height: of the picture in pixels
 *
 * Returns: (transfer full): the same place as pixels of that picture; as it is where that is none
 *   that a mask can have
 */
MonocleShape *monocle_reshape_to_mask (const MonocleShape *shape, guint width, guint height);

/**
 * monocle_reshape_to_rings:
 *
 * Returns: (transfer full): the same place as outlines; a line closes, points have none
 */
MonocleShape *monocle_reshape_to_rings (const MonocleShape *shape);

/**
 * monocle_reshape_can_edit:
 *
 * Returns: whether points of it can be moved one by one, as what follows does: those of quads,
 *   outlines and lines, and points
 */
gboolean monocle_reshape_can_edit (const MonocleShape *shape);

/**
 * monocle_reshape_move_point:
 * @index: which one
 * @x: where it is to be
 * @y: where it is to be
 *
 * Returns: (transfer full): with that point there
 */
MonocleShape *
monocle_reshape_move_point (const MonocleShape *shape, guint index, double x, double y);

/**
 * monocle_reshape_add_point:
 * @edge: the point at which the edge begins that it is to be on
 * @x: where
 * @y: where
 * @index: (out) (optional): which one it is
 *
 * Returns: (transfer full): with one point more; a quad is an outline then
 */
MonocleShape *
monocle_reshape_add_point (const MonocleShape *shape, guint edge, double x, double y, guint *index);

/**
 * monocle_reshape_remove_point:
 * @index: which one
 *
 * What has three points only goes with it: a hole, a part of several. Lines keep two.
 *
 * Returns: (transfer full) (nullable): without it; %NULL where nothing would be left
 */
MonocleShape *monocle_reshape_remove_point (const MonocleShape *shape, guint index);

/**
 * monocle_reshape_step:
 * @index: a point
 * @step: 1 or -1
 *
 * Returns: the next one along its outline, round and round; of lines and points from the last to
 * the first
 */
guint monocle_reshape_step (const MonocleShape *shape, guint index, int step);

/**
 * monocle_reshape_simplify:
 * @tolerance: in pixels
 *
 * Fewer points, none of those left out farther than @tolerance from the outline that is left: as
 * Douglas and Peucker do it, from the two points of each outline that are farthest from each other.
 * Each outline keeps three, a line its ends.
 *
 * Returns: (transfer full): outlines, or a line; boxes, and points by themselves, stay what they
 * are
 */
MonocleShape *monocle_reshape_simplify (const MonocleShape *shape, double tolerance);

G_END_DECLS
