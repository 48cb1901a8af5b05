/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/picture.h"

#include <string.h>

void
monocle_picture_fill (
    const guint8 *rgb, gsize rowstride, guint width, guint height, cairo_surface_t *surface)
{
  guint8 *data;
  gsize stride;

  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    return;

  cairo_surface_flush (surface);
  data = cairo_image_surface_get_data (surface);
  stride = (gsize) cairo_image_surface_get_stride (surface);
  for (guint y = 0; y < height; y++)
    {
      const guint8 *from = rgb + y * rowstride;
      guint32 *row = (guint32 *) (gpointer) (data + y * stride);

      for (guint x = 0; x < width; x++, from += 3)
        row[x] = 0xff000000u | (guint32) from[0] << 16 | (guint32) from[1] << 8 | from[2];
    }
  cairo_surface_mark_dirty (surface);
}

cairo_surface_t *
monocle_picture_new_surface (const MonocleImage *image)
{
  guint width = monocle_image_get_width (image), height = monocle_image_get_height (image);
  cairo_surface_t *surface
      = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) width, (int) height);

  monocle_picture_fill (monocle_image_get_pixels (image), 3 * (gsize) width, width, height,
                        surface);
  return surface;
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
