/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A grey picture on which things are laid, and what its pixels are then.
 */
#pragma once

#include <math.h>

#include "app/draw/overlay.h"
#include "tests/unit/shape-fixture.h"

#define SIDE 100

typedef struct
{
  cairo_surface_t *surface;
  cairo_t *cr;
  MonocleOverlayOptions options;
} Canvas;

/* A grey picture of SIDE x SIDE pixels, drawn at @scale. */
static inline Canvas *
new_canvas (double scale)
{
  Canvas *canvas = g_new0 (Canvas, 1);
  double side = SIDE * scale;

  canvas->surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) side, (int) side);
  canvas->cr = cairo_create (canvas->surface);
  cairo_set_source_rgb (canvas->cr, 0.5, 0.5, 0.5);
  cairo_paint (canvas->cr);
  canvas->options = (MonocleOverlayOptions) {
    .opacity = MONOCLE_OVERLAY_OPACITY,
    .font_px = 10,
    .line_px = 2,
    .area = { 0, 0, side, side },
    .visible = { 0, 0, side, side },
  };
  cairo_matrix_init_scale (&canvas->options.to_surface, scale, scale);
  return canvas;
}

static inline void
free_canvas (Canvas *canvas)
{
  cairo_destroy (canvas->cr);
  cairo_surface_destroy (canvas->surface);
  g_free (canvas);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Canvas, free_canvas)

static inline void
draw (Canvas *canvas, const MonocleOverlayItem *items, guint n_items)
{
  monocle_overlay_draw (items, n_items, &canvas->options, NULL, canvas->cr);
  g_assert_cmpint (cairo_status (canvas->cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_surface_flush (canvas->surface);
}

static inline guint32
pixel (Canvas *canvas, double x, double y)
{
  const guint8 *data = cairo_image_surface_get_data (canvas->surface);
  gsize stride = (gsize) cairo_image_surface_get_stride (canvas->surface);

  return ((const guint32 *) (gconstpointer) (data + (gsize) y * stride))[(gsize) x] & 0xffffff;
}

static inline guint32
colour_of (guint index)
{
  MonocleColour c = monocle_palette_get (index);

  return (guint32) round (c.red * 255) << 16 | (guint32) round (c.green * 255) << 8
         | (guint32) round (c.blue * 255);
}

#define GREY 0x808080

static inline gboolean
is_near (guint32 a, guint32 b)
{
  for (guint shift = 0; shift < 24; shift += 8)
    if (ABS ((int) (a >> shift & 0xff) - (int) (b >> shift & 0xff)) > 3)
      return FALSE;
  return TRUE;
}

static inline guint
count_changed (Canvas *canvas)
{
  guint n = 0;

  for (int y = 0; y < cairo_image_surface_get_height (canvas->surface); y++)
    for (int x = 0; x < cairo_image_surface_get_width (canvas->surface); x++)
      n += pixel (canvas, x, y) != GREY;
  return n;
}

static inline MonocleObject
new_box (float x1, float y1, float x2, float y2)
{
  return (
      MonocleObject) { .label = (char *) "", .shape = box_shape (x1, y1, x2, y2), .score = NAN };
}

static inline MonocleOverlayItem
new_item (const MonocleObject *object)
{
  return (MonocleOverlayItem) { .shape = object->shape, .colour = 4, .score = NAN, .alpha = 1 };
}

static inline MonocleOverlayItem
new_region (float x1, float y1, float x2, float y2)
{
  return (MonocleOverlayItem) { .shape = box_shape (x1, y1, x2, y2),
                                .role = MONOCLE_OVERLAY_REGION,
                                .colour = MONOCLE_OVERLAY_PLAIN,
                                .score = NAN,
                                .alpha = 1 };
}

static inline guint
count_in_row (Canvas *canvas, guint y, guint32 colour)
{
  guint n = 0;

  for (guint x = 25; x < 75; x++)
    n += is_near (pixel (canvas, x, y), colour);
  return n;
}
