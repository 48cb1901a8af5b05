/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/export/private.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/base/error.h"
#include "app/pictures/picture.h"

/* Pictures that are too wide for one surface are pieces beside each other in vector files. */
#define PIECE_SIDE 16384
/* What cairo says of a pixel at 96 a screen inch, in points; and the longest page that viewers of
 * PDF take. */
#define POINTS_PER_PIXEL 0.75
#define MAX_PAGE_POINTS  14400.0
#define WEBP_MAX_SIDE    16383

static gboolean
check_status (cairo_status_t status, GError **error)
{
  if (status == CAIRO_STATUS_SUCCESS)
    return TRUE;

  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE,
               _ ("The picture could not be drawn: %s"), cairo_status_to_string (status));
  return FALSE;
}

/* --- The picture below --- */

/* The part that is taken out, as large as it will be. May borrow the pixels of the image: the job
 * outlives it. */
static GdkPixbuf *
new_part (const MonocleExportJob *job, guint width, guint height)
{
  GdkPixbuf *part
      = monocle_picture_new_pixbuf (job->image, job->x, job->y, job->width, job->height);
  GdkPixbuf *scaled;

  if (!part || (width == job->width && height == job->height))
    return part;
  scaled = gdk_pixbuf_scale_simple (part, (int) width, (int) height, GDK_INTERP_BILINEAR);
  g_object_unref (part);
  return scaled;
}

static gboolean
is_whole (const MonocleExportJob *job)
{
  return job->width == monocle_image_get_width (job->image)
         && job->height == monocle_image_get_height (job->image) && job->out_width == job->width
         && job->out_height == job->height;
}

static void
paint_part (const MonocleExportJob *job, cairo_t *cr)
{
  g_autoptr (GdkPixbuf) part = new_part (job, job->out_width, job->out_height);

  if (!part)
    return;
  for (guint y = 0; y < job->out_height; y += PIECE_SIDE)
    for (guint x = 0; x < job->out_width; x += PIECE_SIDE)
      {
        guint width = MIN (PIECE_SIDE, job->out_width - x);
        guint height = MIN (PIECE_SIDE, job->out_height - y);
        g_autoptr (Surface) piece = monocle_picture_new_empty (job->image, width, height);

        monocle_picture_fill_pixbuf (part, x, y, piece);
        /* Only of the whole picture: what was cut away must not be in the file. */
        if (is_whole (job) && width == job->width && height == job->height)
          monocle_picture_attach_original (piece, job->image, job->original);
        cairo_set_source_surface (cr, piece, x, y);
        cairo_paint (cr);
      }
}

/* --- What lies on it --- */

static void
draw_overlay (const MonocleExportJob *job, cairo_t *cr)
{
  g_autofree MonocleOverlayItem *items
      = g_new0 (MonocleOverlayItem, job->objects->len + job->regions->len + 1);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  MonocleOverlayOptions options = {
    .style = job->style,
    .opacity = job->opacity,
    .font_px = job->font_px,
    .show_labels = job->show_labels,
    .dashes = job->dashes,
    .area = { 0, 0, job->out_width, job->out_height },
    .visible = { 0, 0, job->out_width, job->out_height },
  };
  guint n = 0;

  for (guint i = 0; i < job->objects->len; i++)
    {
      const MonocleExportObject *object = &g_array_index (job->objects, MonocleExportObject, i);
      const char *label = object->label;

      if (!*label)
        {
          g_ptr_array_add (names, g_strdup_printf ("%u", object->number));
          label = names->pdata[names->len - 1];
        }
      items[n++] = (MonocleOverlayItem){ .shape = object->shape,
                                         .colour = object->colour,
                                         .label = label,
                                         .score = object->score,
                                         .alpha = 1 };
    }
  for (guint i = 0; job->show_regions && i < job->regions->len; i++)
    {
      const MonocleExportRegion *region = &g_array_index (job->regions, MonocleExportRegion, i);

      items[n++] = (MonocleOverlayItem){ .shape = region->shape,
                                         .role = MONOCLE_OVERLAY_REGION,
                                         .colour = region->colour,
                                         .label = region->text,
                                         .score = region->score,
                                         .alpha = 1 };
    }

  cairo_matrix_init_scale (&options.to_surface, (double) job->out_width / job->width,
                           (double) job->out_height / job->height);
  cairo_matrix_translate (&options.to_surface, -(double) job->x, -(double) job->y);
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, job->out_width, job->out_height);
  cairo_clip (cr);
  monocle_overlay_draw (items, n, &options, job->image, cr);
  cairo_restore (cr);
}

/* --- Pixels --- */

static gboolean
check_sides (double width, double height, guint limit, GError **error)
{
  if (width <= limit && height <= limit)
    return TRUE;

  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
               _ ("A picture of %.0f × %.0f pixels is too large for this format, which takes %u "
                  "each way. Choose a smaller size, or SVG."),
               width, height, limit);
  return FALSE;
}

Surface *
monocle_export_picture_render (const MonocleExportJob *job, double factor, GError **error)
{
  guint width = (guint) MAX (1, round (job->out_width * factor));
  guint height = (guint) MAX (1, round (job->out_height * factor));
  guint strip = (guint) ceil (job->strip_height * factor);
  g_autoptr (Surface) surface = NULL;
  g_autoptr (Surface) picture = NULL; /* the upper part of it */
  g_autoptr (Context) cr = NULL;
  g_autoptr (GdkPixbuf) part = NULL;

  if (!check_sides (width, (double) height + strip, MONOCLE_PICTURE_MAX_SIDE, error))
    return NULL;

  surface = monocle_picture_new_empty (job->image, width, height + strip);
  part = new_part (job, width, height);
  if (!part)
    {
      check_status (CAIRO_STATUS_NO_MEMORY, error);
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
  cairo_scale (cr, (double) width / job->out_width, (double) height / job->out_height);
  draw_overlay (job, cr);
  if (job->strip_title)
    monocle_export_strip_draw (job, job->out_height, cr);
  if (!check_status (cairo_status (cr), error)
      || !check_status (cairo_surface_status (surface), error))
    return NULL;
  cairo_surface_flush (surface);

  return g_steal_pointer (&surface);
}

/* @to may be where @pixel came from. */
static void
unpack (guint32 pixel, guint n_channels, guint8 *to)
{
  const guint alpha = pixel >> 24;

  for (guint c = 0; c < 3; c++)
    {
      const guint value = pixel >> (16 - 8 * c) & 0xff;

      to[c] = (guint8) (n_channels == 3 ? value
                        : alpha > 0     ? MIN ((value * 255 + alpha / 2) / alpha, 255)
                                        : 0);
    }
  if (n_channels == 4)
    to[3] = (guint8) alpha;
}

static void
free_surface (guchar *pixels, gpointer surface)
{
  cairo_surface_destroy (surface);
}

GdkPixbuf *
monocle_export_picture_to_pixbuf (Surface *surface)
{
  const gboolean has_alpha = cairo_image_surface_get_format (surface) == CAIRO_FORMAT_ARGB32;
  const guint n_channels = has_alpha ? 4 : 3;
  guint8 *data = cairo_image_surface_get_data (surface);
  const int stride = cairo_image_surface_get_stride (surface);
  const int width = cairo_image_surface_get_width (surface);
  const int height = cairo_image_surface_get_height (surface);

  for (int y = 0; y < height; y++)
    {
      guint8 *row = data + (gssize) y * stride;

      for (int x = 0; x < width; x++)
        {
          guint32 pixel;

          memcpy (&pixel, row + 4 * x, 4);
          unpack (pixel, n_channels, row + n_channels * (guint) x);
        }
    }
  return gdk_pixbuf_new_from_data (data, GDK_COLORSPACE_RGB, has_alpha, 8, width, height, stride,
                                   free_surface, surface);
}

/* Formats without alpha show white. */
static GdkPixbuf *
put_on_white (GdkPixbuf *pixbuf)
{
  return gdk_pixbuf_composite_color_simple (pixbuf, gdk_pixbuf_get_width (pixbuf),
                                            gdk_pixbuf_get_height (pixbuf), GDK_INTERP_NEAREST, 255,
                                            8, 0xffffff, 0xffffff);
}

static gboolean
append_to_array (const char *data, gsize length, GError **error, gpointer array)
{
  if (length > G_MAXUINT - ((GByteArray *) array)->len)
    {
      check_status (CAIRO_STATUS_NO_MEMORY, error);
      return FALSE;
    }
  g_byte_array_append (array, (const guint8 *) data, (guint) length);
  return TRUE;
}

GBytes *
monocle_export_picture_encode_pixbuf (GdkPixbuf *pixbuf,
                                      const char *format,
                                      guint quality,
                                      GError **error)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (GdkPixbuf) opaque = NULL;
  g_autofree char *value = g_strdup_printf ("%u", quality);
  char *keys[] = { NULL, NULL }, *values[] = { value, NULL };
  g_autoptr (GError) cause = NULL;

  if (strcmp (format, "png") != 0)
    keys[0] = (char *) "quality";
  if (strcmp (format, "webp") == 0
      && !check_sides (gdk_pixbuf_get_width (pixbuf), gdk_pixbuf_get_height (pixbuf), WEBP_MAX_SIDE,
                       error))
    return NULL;
  if (strcmp (format, "jpeg") == 0 && gdk_pixbuf_get_has_alpha (pixbuf))
    {
      pixbuf = opaque = put_on_white (pixbuf);
      if (!pixbuf)
        {
          check_status (CAIRO_STATUS_NO_MEMORY, error);
          return NULL;
        }
    }
  if (!gdk_pixbuf_save_to_callbackv (pixbuf, append_to_array, file, format, keys,
                                     keys[0] ? values : keys, &cause))
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE,
                   _ ("The picture could not be encoded: %s"), cause->message);
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&file));
}

static GBytes *
encode_pixels (const MonocleExportJob *job, const char *format, GError **error)
{
  Surface *surface = monocle_export_picture_render (job, 1, error);
  g_autoptr (GdkPixbuf) pixbuf = surface ? monocle_export_picture_to_pixbuf (surface) : NULL;

  return pixbuf ? monocle_export_picture_encode_pixbuf (pixbuf, format, job->quality, error) : NULL;
}

/* --- Vectors --- */

void
monocle_export_picture_draw (const MonocleExportJob *job, cairo_t *cr)
{
  /* What is blurred must not lie unblurred inside the file: there it is all pixels. */
  if (job->style == MONOCLE_OVERLAY_STYLE_BLUR && job->objects->len > 0)
    {
      g_autoptr (Surface) surface = monocle_export_picture_render (job, 1, NULL);

      if (surface)
        {
          cairo_set_source_surface (cr, surface, 0, 0);
          cairo_paint (cr);
        }
      return;
    }

  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, job->out_width, job->out_height);
  cairo_clip (cr);
  paint_part (job, cr);
  cairo_restore (cr);
  draw_overlay (job, cr);
  if (job->strip_title)
    monocle_export_strip_draw (job, job->out_height, cr);
}

static cairo_status_t
append_vectors (void *array, const unsigned char *data, unsigned int length)
{
  return append_to_array ((const char *) data, length, NULL, array) ? CAIRO_STATUS_SUCCESS
                                                                    : CAIRO_STATUS_WRITE_ERROR;
}

static GBytes *
encode_vectors (const MonocleExportJob *job, gboolean pdf, GError **error)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();
  double width = job->out_width, height = (double) job->out_height + job->strip_height;
  double scale = pdf ? MIN (POINTS_PER_PIXEL, MAX_PAGE_POINTS / MAX (width, height)) : 1;
  g_autoptr (Surface) surface = NULL;
  g_autoptr (Context) cr = NULL;

  if (job->style == MONOCLE_OVERLAY_STYLE_BLUR && job->objects->len > 0
      && !check_sides (width, height, MONOCLE_PICTURE_MAX_SIDE, error))
    return NULL;

  if (pdf)
    {
      surface = cairo_pdf_surface_create_for_stream (append_vectors, file, width * scale,
                                                     height * scale);
      cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, "Monocle");
    }
  else
    {
      surface = cairo_svg_surface_create_for_stream (append_vectors, file, width, height);
      cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
    }
  cr = cairo_create (surface);
  cairo_scale (cr, scale, scale);
  monocle_export_picture_draw (job, cr);
  cairo_show_page (cr);
  cairo_surface_finish (surface);
  if (!check_status (cairo_status (cr), error)
      || !check_status (cairo_surface_status (surface), error))
    return NULL;

  return g_byte_array_free_to_bytes (g_steal_pointer (&file));
}

GBytes *
monocle_export_picture_encode (const MonocleExportJob *job,
                               const MonocleExportFormat *format,
                               GError **error)
{
  if (strcmp (format->id, "svg") == 0 || strcmp (format->id, "pdf") == 0)
    return encode_vectors (job, format->id[0] == 'p', error);
  return encode_pixels (job, format->id, error);
}
