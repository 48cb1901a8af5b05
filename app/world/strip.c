/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/world/strip.h"

#include "app/world/picture.h"

/* Between frames, in pixels. */
#define GAP 2

GBytes *
monocle_world_strip_png (GPtrArray *rows, guint scale)
{
  GPtrArray *first = rows->pdata[0];
  const guint side = scale * monocle_image_get_width (first->pdata[0]) + GAP;
  guint n_columns = 0;
  cairo_surface_t *surface;
  cairo_t *cr;
  GBytes *png;

  for (guint i = 0; i < rows->len; i++)
    n_columns = MAX (n_columns, ((GPtrArray *) rows->pdata[i])->len);
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) (n_columns * side + GAP),
                                        (int) (rows->len * side + GAP));
  cr = cairo_create (surface);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  for (guint i = 0; i < rows->len; i++)
    {
      const GPtrArray *row = rows->pdata[i];

      for (guint k = 0; k < row->len; k++)
        {
          cairo_save (cr);
          cairo_translate (cr, k * side + GAP, i * side + GAP);
          cairo_scale (cr, side - GAP, side - GAP);
          monocle_world_paint_image (cr, row->pdata[k]);
          cairo_restore (cr);
        }
    }
  cairo_destroy (cr);
  png = monocle_world_png_of_surface (surface);
  cairo_surface_destroy (surface);
  return png;
}
