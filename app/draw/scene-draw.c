/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A scene on surfaces: as vectors above the picture, or all of it as pixels.
 */
#include "config.h"

#include "app/draw/scene.h"

#include <math.h>

#include "app/draw/scene-private.h"
#include "app/pictures/picture.h"

/* Pictures that are too wide for one surface are pieces beside each other in drawings. */
#define PIECE_SIDE 16384

typedef cairo_surface_t Surface;
typedef cairo_t Context;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Surface, cairo_surface_destroy)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Context, cairo_destroy)

/* --- The picture below --- */

/* The part that is taken out, @width x @height pixels large. May borrow the pixels of the image:
 * the scene outlives it. */
static GdkPixbuf *
new_part (const MonocleScene *self, guint width, guint height)
{
  GdkPixbuf *part
      = monocle_picture_new_pixbuf (self->image, self->x, self->y, self->width, self->height);
  GdkPixbuf *scaled;

  if (!part || (width == self->width && height == self->height))
    return part;
  scaled = gdk_pixbuf_scale_simple (part, (int) width, (int) height, GDK_INTERP_BILINEAR);
  g_object_unref (part);
  return scaled;
}

static gboolean
is_whole (const MonocleScene *self)
{
  return self->width == monocle_image_get_width (self->image)
         && self->height == monocle_image_get_height (self->image) && self->out_width == self->width
         && self->out_height == self->height;
}

static void
paint_part (const MonocleScene *self, cairo_t *cr)
{
  g_autoptr (GdkPixbuf) part = new_part (self, self->out_width, self->out_height);

  if (!part)
    return;
  for (guint y = 0; y < self->out_height; y += PIECE_SIDE)
    for (guint x = 0; x < self->out_width; x += PIECE_SIDE)
      {
        guint width = MIN (PIECE_SIDE, self->out_width - x);
        guint height = MIN (PIECE_SIDE, self->out_height - y);
        g_autoptr (Surface) piece = monocle_picture_new_empty (self->image, width, height);

        monocle_picture_fill_pixbuf (part, x, y, piece);
        /* Only of the whole picture: what was cut away must not be in the file. */
        if (is_whole (self) && width == self->width && height == self->height)
          monocle_picture_attach_original (piece, self->image, self->original);
        cairo_set_source_surface (cr, piece, x, y);
        cairo_paint (cr);
      }
}

/* --- What lies on it and below --- */

static void
clip_to_part (const MonocleScene *self, cairo_t *cr)
{
  cairo_rectangle (cr, 0, 0, self->out_width, self->out_height);
  cairo_clip (cr);
}

static void
draw_rest (const MonocleScene *self, cairo_t *cr)
{
  guint n_items;
  const MonocleOverlayItem *items = monocle_scene_get_items (self, &n_items);

  cairo_save (cr);
  clip_to_part (self, cr);
  monocle_overlay_draw (items, n_items, &self->options, self->image, cr);
  cairo_restore (cr);
  if (self->strip.title)
    monocle_text_strip_draw (&self->strip, self->out_height, cr);
}

/* --- Pixels --- */

cairo_surface_t *
monocle_scene_render (const MonocleScene *self, double factor, GError **error)
{
  guint width = (guint) MAX (1, round (self->out_width * factor));
  guint height = (guint) MAX (1, round (self->out_height * factor));
  guint strip = (guint) ceil (self->strip_height * factor);
  g_autoptr (Surface) surface = NULL;
  g_autoptr (Surface) picture = NULL; /* the upper part of it */
  g_autoptr (Context) cr = NULL;
  g_autoptr (GdkPixbuf) part = NULL;

  if (!monocle_picture_check_size (width, (double) height + strip, MONOCLE_PICTURE_MAX_SIDE, error))
    return NULL;

  surface = monocle_picture_new_empty (self->image, width, height + strip);
  part = new_part (self, width, height);
  if (!part)
    {
      monocle_picture_check_status (CAIRO_STATUS_NO_MEMORY, error);
      return NULL;
    }
  picture = cairo_image_surface_create_for_data (
      cairo_image_surface_get_data (surface), cairo_image_surface_get_format (surface), (int) width,
      (int) height, cairo_image_surface_get_stride (surface));
  monocle_picture_fill_pixbuf (part, 0, 0, picture);
  cairo_surface_mark_dirty (surface);
  g_clear_object (&part);

  cr = cairo_create (surface);
  /* The strip may end inside of the last row. */
  cairo_rectangle (cr, 0, height, width, strip);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_fill (cr);
  cairo_scale (cr, (double) width / self->out_width, (double) height / self->out_height);
  draw_rest (self, cr);
  if (!monocle_picture_check_status (cairo_status (cr), error)
      || !monocle_picture_check_status (cairo_surface_status (surface), error))
    return NULL;
  cairo_surface_flush (surface);

  return g_steal_pointer (&surface);
}

/* --- Vectors --- */

void
monocle_scene_draw (const MonocleScene *self, cairo_t *cr)
{
  if (monocle_scene_is_pixels (self))
    {
      g_autoptr (Surface) surface = monocle_scene_render (self, 1, NULL);

      if (surface)
        {
          cairo_set_source_surface (cr, surface, 0, 0);
          cairo_paint (cr);
        }
      return;
    }

  cairo_save (cr);
  clip_to_part (self, cr);
  paint_part (self, cr);
  cairo_restore (cr);
  draw_rest (self, cr);
}
