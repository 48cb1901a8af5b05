/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Regions of any shape on a picture, and what became of them.
 */
#pragma once

#include "tests/gui/harness-canvas.h"

/* A triangle whose right angle is at the lower left, and a square with a square hole. */
static const double triangle_points[] = { 200, 200, 400, 400, 200, 400 };
static const double outer_points[] = { 100, 100, 300, 100, 300, 300, 100, 300 };
static const double hole_points[] = { 150, 150, 250, 150, 250, 250, 150, 250 };
static const MonocleRing triangle = { triangle_points, 3, MONOCLE_RING_OUTER };
static const MonocleRing frame[]
    = { { outer_points, 4, MONOCLE_RING_OUTER }, { hole_points, 4, MONOCLE_RING_HOLE } };

/* @shape: (transfer full). The document holds what is returned. */
static inline MonocleAnnotation *
add_shape (MonocleWindow *window, MonocleShape *shape, const char *label)
{
  g_autoptr (MonocleShape) owned = shape;
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_shape (owned);

  monocle_annotation_set_label (region, label);
  monocle_document_add_region (gui_get_document (window), region);
  gui_settle ();
  return region;
}

static inline MonocleAnnotation *
add_rings (MonocleWindow *window, const MonocleRing *rings, guint n_rings, const char *label)
{
  return add_shape (window, monocle_shape_new_rings (rings, n_rings), label);
}

static inline guint
count_points (MonocleAnnotation *region)
{
  guint n;

  monocle_shape_get_points (monocle_annotation_get_shape (region), &n);
  return n;
}

/* Within 3 pixels: the pointer goes by those of the screen. */
static inline void
assert_point (MonocleAnnotation *region, guint index, double x, double y)
{
  guint n;
  const double *points = monocle_shape_get_points (monocle_annotation_get_shape (region), &n);

  g_assert_cmpuint (index, <, n);
  g_assert_cmpfloat_with_epsilon (points[2 * index], x, 3);
  g_assert_cmpfloat_with_epsilon (points[2 * index + 1], y, 3);
}

static inline MonocleShapeKind
get_kind (MonocleAnnotation *region)
{
  return monocle_shape_get_kind (monocle_annotation_get_shape (region));
}

static inline guint
count_selected (MonocleWindow *window)
{
  g_autoptr (GPtrArray) selected
      = monocle_presentation_get_selected_regions (monocle_window_get_presentation (window));

  return selected->len;
}

/* What is seen at a point of the picture, 0xRRGGBB. */
static inline guint32
get_colour_at (MonocleWindow *window, cairo_surface_t *picture, double x, double y)
{
  gui_locate (window, x, y, &x, &y);
  g_assert_true (gtk_widget_translate_coordinates (GTK_WIDGET (gui_get_view (window)),
                                                   GTK_WIDGET (window), x, y, &x, &y));
  return gui_get_pixel (picture, (int) x, (int) y);
}
