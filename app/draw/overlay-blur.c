/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Objects that must not be recognised: a few averages of their pixels, drawn softly. What was there
 * cannot be worked out from these, at no zoom. See overlay-private.h.
 */
#include "config.h"

#include <math.h>

#include "app/draw/overlay-private.h"

/* Along the longer side of what the object covers of the picture. */
#define MAX_CELLS 6
/* In pixels of the picture: small objects have fewer. */
#define MIN_CELL 8.0
/* Pixels along a side of a cell that are looked at: of large ones not all. */
#define MAX_SAMPLES 16

/* From what shapes count in to pixels of the image. */
static MonocleMatrix
get_turn (const MonocleOverlayCanvas *canvas)
{
  const guint quarters = canvas->options->quarters;
  guint width = monocle_image_get_width (canvas->image);
  guint height = monocle_image_get_height (canvas->image);

  return monocle_matrix_turn (quarters, quarters % 2 ? height : width,
                              quarters % 2 ? width : height);
}

/* What the object covers of the picture, in its pixels. */
static gboolean
find_cover (const MonocleOverlayCanvas *canvas,
            const MonocleOverlayThing *thing,
            MonocleRect *cover)
{
  const MonocleImage *image = canvas->image;
  const MonocleRect bounds = monocle_shape_get_bounds (thing->item->shape);
  const MonocleMatrix turn = get_turn (canvas);
  const MonocleRect r = monocle_matrix_map_rect (&turn, &bounds);
  double right, bottom;

  cover->x = MAX (0, floor (r.x));
  cover->y = MAX (0, floor (r.y));
  right = MIN (monocle_image_get_width (image), ceil (r.x + r.width));
  bottom = MIN (monocle_image_get_height (image), ceil (r.y + r.height));
  cover->width = right - cover->x;
  cover->height = bottom - cover->y;
  return cover->width >= 1 && cover->height >= 1;
}

/* On white where the picture is see-through: the cover itself must not be. */
static guint32
average (const MonocleImage *image, double x1, double y1, double x2, double y2)
{
  guint width = monocle_image_get_width (image), height = monocle_image_get_height (image);
  const guint8 *pixels = monocle_image_get_pixels (image);
  const guint8 *alpha = monocle_image_get_alpha (image);
  guint nx = (guint) CLAMP (ceil (x2 - x1), 1, MAX_SAMPLES);
  guint ny = (guint) CLAMP (ceil (y2 - y1), 1, MAX_SAMPLES);
  guint64 sums[3] = { 0 };
  guint n = nx * ny;

  for (guint j = 0; j < ny; j++)
    for (guint i = 0; i < nx; i++)
      {
        gsize x = (gsize) MIN (x1 + (x2 - x1) * (i + 0.5) / nx, width - 1);
        gsize y = (gsize) MIN (y1 + (y2 - y1) * (j + 0.5) / ny, height - 1);
        const guint8 *p = pixels + 3 * (y * width + x);
        const guint a = alpha ? alpha[y * width + x] : 255;

        for (guint c = 0; c < 3; c++)
          sums[c] += (p[c] * a + 255 * (255 - a) + 127) / 255;
      }
  return 0xff000000u | (guint32) ((sums[0] + n / 2) / n) << 16
         | (guint32) ((sums[1] + n / 2) / n) << 8 | (guint32) ((sums[2] + n / 2) / n);
}

/* The averages as a tiny picture. */
static cairo_surface_t *
new_cells (const MonocleImage *image, const MonocleRect *cover)
{
  double cell = MAX (MAX (cover->width, cover->height) / MAX_CELLS, MIN_CELL);
  guint columns = (guint) MAX (1, round (cover->width / cell));
  guint rows = (guint) MAX (1, round (cover->height / cell));
  double w = cover->width / columns, h = cover->height / rows;
  cairo_surface_t *surface
      = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) columns, (int) rows);
  gsize stride = (gsize) cairo_image_surface_get_stride (surface);
  guint8 *data = cairo_image_surface_get_data (surface);

  if (!data)
    return surface;
  for (guint row = 0; row < rows; row++)
    for (guint column = 0; column < columns; column++)
      ((guint32 *) (gpointer) (data + row * stride))[column]
          = average (image, cover->x + column * w, cover->y + row * h, cover->x + (column + 1) * w,
                     cover->y + (row + 1) * h);
  cairo_surface_mark_dirty (surface);
  return surface;
}

void
monocle_overlay_draw_blur (const MonocleOverlayCanvas *canvas, const MonocleOverlayThing *thing)
{
  cairo_t *cr = canvas->cr;
  MonocleRect cover;

  cairo_save (cr);
  cairo_new_path (cr);
  cairo_set_fill_rule (cr, CAIRO_FILL_RULE_WINDING);
  monocle_overlay_trace (canvas, thing);
  if (canvas->image && find_cover (canvas, thing, &cover))
    {
      cairo_surface_t *cells = new_cells (canvas->image, &cover);
      cairo_pattern_t *pattern = cairo_pattern_create_for_surface (cells);
      const MonocleMatrix turn = get_turn (canvas);
      cairo_matrix_t to_shapes = canvas->options->to_surface, to_image, to_cells;

      /* From the surface to the shapes to the image to the cells. */
      cairo_matrix_init (&to_image, turn.xx, turn.yx, turn.xy, turn.yy, turn.x0, turn.y0);
      if (cairo_matrix_invert (&to_shapes) == CAIRO_STATUS_SUCCESS)
        {
          cairo_matrix_multiply (&to_image, &to_shapes, &to_image);
          cairo_matrix_init_scale (&to_cells, cairo_image_surface_get_width (cells) / cover.width,
                                   cairo_image_surface_get_height (cells) / cover.height);
          cairo_matrix_translate (&to_cells, -cover.x, -cover.y);
          cairo_matrix_multiply (&to_cells, &to_image, &to_cells);
          cairo_pattern_set_matrix (pattern, &to_cells);
        }
      cairo_pattern_set_filter (pattern, CAIRO_FILTER_BILINEAR);
      cairo_pattern_set_extend (pattern, CAIRO_EXTEND_PAD);
      cairo_set_source (cr, pattern);
      cairo_pattern_destroy (pattern);
      cairo_surface_destroy (cells);
    }
  else
    cairo_set_source_rgb (cr, 0.25, 0.25, 0.27);
  /* Always all of it: neither fading in nor dimming may show what is below. Pixels at the edge are
   * covered whole as well. */
  cairo_fill_preserve (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  cairo_restore (cr);
}
