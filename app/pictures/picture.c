/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/pictures/picture.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/base/error.h"

/* Where the bytes of pixels are: from one pixel to the next and from one row to the next. */
typedef struct
{
  const guint8 *rgb;
  gsize step, row;
  const guint8 *alpha; /* (nullable) */
  gsize alpha_step, alpha_row;
} Source;

static guint32
multiply (const guint8 *rgb, guint alpha)
{
  guint32 pixel = alpha << 24;

  for (guint c = 0; c < 3; c++)
    pixel |= (guint32) ((rgb[c] * alpha + 127) / 255) << (16 - 8 * c);
  return pixel;
}

static void
fill (const Source *source, cairo_surface_t *surface)
{
  const guint width = (guint) cairo_image_surface_get_width (surface);
  const guint height = (guint) cairo_image_surface_get_height (surface);
  const gsize stride = (gsize) cairo_image_surface_get_stride (surface);
  guint8 *data;

  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    return;
  cairo_surface_flush (surface);
  data = cairo_image_surface_get_data (surface);
  for (guint y = 0; y < height; y++)
    {
      const guint8 *from = source->rgb + y * source->row;
      const guint8 *alpha = source->alpha ? source->alpha + y * source->alpha_row : NULL;
      guint32 *row = (guint32 *) (gpointer) (data + y * stride);

      for (guint x = 0; x < width; x++, from += source->step)
        row[x] = alpha ? multiply (from, alpha[x * source->alpha_step])
                       : 0xff000000u | (guint32) from[0] << 16 | (guint32) from[1] << 8 | from[2];
    }
  cairo_surface_mark_dirty (surface);
}

void
monocle_picture_fill (const MonocleImage *image, guint x, guint y, cairo_surface_t *surface)
{
  const gsize width = monocle_image_get_width (image);
  const guint8 *alpha = monocle_image_get_alpha (image);

  fill (&(Source){ .rgb = monocle_image_get_pixels (image) + 3 * (y * width + x),
                   .step = 3,
                   .row = 3 * width,
                   .alpha = alpha ? alpha + y * width + x : NULL,
                   .alpha_step = 1,
                   .alpha_row = width },
        surface);
}

void
monocle_picture_fill_pixbuf (GdkPixbuf *pixbuf, guint x, guint y, cairo_surface_t *surface)
{
  const gsize step = (gsize) gdk_pixbuf_get_n_channels (pixbuf);
  const gsize row = (gsize) gdk_pixbuf_get_rowstride (pixbuf);
  const guint8 *rgb = gdk_pixbuf_read_pixels (pixbuf) + y * row + x * step;

  fill (&(Source){ .rgb = rgb,
                   .step = step,
                   .row = row,
                   .alpha = step == 4 ? rgb + 3 : NULL,
                   .alpha_step = step,
                   .alpha_row = row },
        surface);
}

cairo_surface_t *
monocle_picture_new_empty (const MonocleImage *image, guint width, guint height)
{
  return cairo_image_surface_create (monocle_image_get_alpha (image) ? CAIRO_FORMAT_ARGB32
                                                                     : CAIRO_FORMAT_RGB24,
                                     (int) width, (int) height);
}

cairo_surface_t *
monocle_picture_new_surface (const MonocleImage *image)
{
  cairo_surface_t *surface = monocle_picture_new_empty (image, monocle_image_get_width (image),
                                                        monocle_image_get_height (image));

  monocle_picture_fill (image, 0, 0, surface);
  return surface;
}

GdkPixbuf *
monocle_picture_new_pixbuf (const MonocleImage *image, guint x, guint y, guint width, guint height)
{
  const gsize row = monocle_image_get_width (image), at = y * row + x;
  const guint8 *rgb = monocle_image_get_pixels (image) + 3 * at;
  const guint8 *alpha = monocle_image_get_alpha (image);
  GdkPixbuf *pixbuf;
  gsize rowstride;

  if (!alpha)
    return gdk_pixbuf_new_from_data (rgb, GDK_COLORSPACE_RGB, FALSE, 8, (int) width, (int) height,
                                     (int) (3 * row), NULL, NULL);
  pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, TRUE, 8, (int) width, (int) height);
  if (!pixbuf)
    return NULL;
  rowstride = (gsize) gdk_pixbuf_get_rowstride (pixbuf);
  for (gsize j = 0; j < height; j++)
    for (gsize i = 0; i < width; i++)
      {
        guint8 *to = gdk_pixbuf_get_pixels (pixbuf) + j * rowstride + 4 * i;

        memcpy (to, rgb + 3 * (j * row + i), 3);
        to[3] = alpha[at + j * row + i];
      }
  return pixbuf;
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
monocle_picture_take_surface (cairo_surface_t *surface)
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

/* --- What can go wrong --- */

gboolean
monocle_picture_check_size (double width, double height, guint limit, GError **error)
{
  if (width <= limit && height <= limit)
    return TRUE;

  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
               _ ("A picture of %.0f × %.0f pixels is too large for this format, which takes %u "
                  "each way. Choose a smaller size, or SVG."),
               width, height, limit);
  return FALSE;
}

gboolean
monocle_picture_check_status (cairo_status_t status, GError **error)
{
  if (status == CAIRO_STATUS_SUCCESS)
    return TRUE;

  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE,
               _ ("The picture could not be drawn: %s"), cairo_status_to_string (status));
  return FALSE;
}

/* --- The original --- */

/* Where the coded data that begins at @at ends: at the next marker that is not part of it. */
static gsize
skip_scan (const guint8 *data, gsize size, gsize at)
{
  while (at + 1 < size
         && (data[at] != 0xff || data[at + 1] == 0 || data[at + 1] == 0xff
             || (data[at + 1] >= 0xd0 && data[at + 1] <= 0xd7)))
    at++;
  return at + 1 < size ? at : size;
}

static gboolean
is_needed (const guint8 *segment, guint8 marker, gsize length)
{
  /* JFIF and Adobe say how the colours are meant, as does a profile. */
  if (marker == 0xe0 || marker == 0xee)
    return TRUE;
  if (marker == 0xe2)
    return length > 16 && memcmp (segment + 4, "ICC_PROFILE", 12) == 0;
  return marker != 0xfe && (marker < 0xe0 || marker > 0xef);
}

/* A JPEG without what it says about itself: camera, place, thumbnails, and what phones put behind
 * its end. %NULL when it is none. */
static GBytes *
strip_jpeg (const guint8 *data, gsize size)
{
  g_autoptr (GByteArray) stripped = NULL;
  gboolean has_scan = FALSE;
  gsize at = 2;

  if (size < 4 || data[0] != 0xff || data[1] != 0xd8)
    return NULL;

  stripped = g_byte_array_new ();
  g_byte_array_append (stripped, data, 2);
  while (at + 4 <= size && data[at] == 0xff && data[at + 1] != 0xd9)
    {
      guint8 marker = data[at + 1];
      gsize length = 2 + ((gsize) data[at + 2] << 8 | data[at + 3]);

      if (length < 4 || length > size - at)
        return NULL;
      if (marker == 0xda)
        {
          length = skip_scan (data, size, at + length) - at;
          has_scan = TRUE;
        }
      if (is_needed (data + at, marker, length))
        g_byte_array_append (stripped, data + at, (guint) length);
      at += length;
    }
  if (!has_scan)
    return NULL;
  g_byte_array_append (stripped, (const guint8 *) "\xff\xd9", 2);
  return g_byte_array_free_to_bytes (g_steal_pointer (&stripped));
}

static gboolean
same_pixels (const MonocleImage *a, const MonocleImage *b)
{
  guint width = monocle_image_get_width (a), height = monocle_image_get_height (a);

  return width == monocle_image_get_width (b) && height == monocle_image_get_height (b)
         && !monocle_image_get_alpha (b)
         && memcmp (monocle_image_get_pixels (a), monocle_image_get_pixels (b),
                    3 * (gsize) width * height)
                == 0;
}

void
monocle_picture_attach_original (cairo_surface_t *surface, const MonocleImage *image, GFile *source)
{
  g_autoptr (GFileInfo) info = NULL;
  g_autofree char *contents = NULL;
  gsize size;
  g_autoptr (GBytes) jpeg = NULL;
  g_autoptr (MonocleImage) decoded = NULL;

  /* Only what is near: a drawing does not wait for a network. */
  if (!source || !g_file_is_native (source))
    return;
  info = g_file_query_info (source, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, NULL,
                            NULL);
  if (!info || g_file_info_get_size (info) > MONOCLE_IMAGE_MAX_FILE_BYTES
      || !g_file_load_contents (source, NULL, &contents, &size, NULL, NULL))
    return;
  jpeg = strip_jpeg ((const guint8 *) contents, size);
  if (!jpeg)
    return;
  decoded = monocle_image_new_from_bytes (jpeg, "JPEG", NULL);
  if (!decoded || !same_pixels (decoded, image))
    return;

  if (cairo_surface_set_mime_data (surface, CAIRO_MIME_TYPE_JPEG, g_bytes_get_data (jpeg, NULL),
                                   g_bytes_get_size (jpeg), (cairo_destroy_func_t) g_bytes_unref,
                                   jpeg)
      == CAIRO_STATUS_SUCCESS)
    g_steal_pointer (&jpeg);
}
