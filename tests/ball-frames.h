/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Frames of a person's own: a ball that falls, on white.
 */
#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

/* @frame: from 0 on */
static inline void
test_draw_ball (const char *folder, const char *name, guint frame)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 320, 320);
  cairo_t *cr = cairo_create (surface);

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_arc (cr, 70 + 9.0 * frame, 70 + 0.7 * frame * frame, 40, 0, 2 * G_PI);
  cairo_set_source_rgb (cr, 0.86, 0.24, 0.16);
  cairo_fill (cr);
  cairo_destroy (cr);
  g_assert_cmpint (cairo_surface_write_to_png (surface, path), ==, CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy (surface);
}

G_END_DECLS
