/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shapes that live as long as the test does, for objects that are written down in a line.
 */
#pragma once

#include "engine/answer/shape.h"

static GPtrArray *kept_shapes;

/* @shape: (transfer full) */
static inline MonocleShape *
keep_shape (MonocleShape *shape)
{
  if (!kept_shapes)
    kept_shapes = g_ptr_array_new ();
  g_ptr_array_add (kept_shapes, shape);
  return shape;
}

static inline MonocleShape *
box_shape (float x1, float y1, float x2, float y2)
{
  return keep_shape (monocle_shape_new_box (&(MonocleBox) { x1, y1, x2, y2 }));
}

static inline MonocleShape *
quad_shape (const double corners[8])
{
  return keep_shape (monocle_shape_new_quad (corners));
}

static inline MonocleShape *
rings_shape (const MonocleRing *rings, guint n_rings)
{
  return keep_shape (monocle_shape_new_rings (rings, n_rings));
}
