/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/render-file.h"

#include <cairo-svg.h>
#include <gio/gio.h>
#include <string.h>

#include "app/error.h"

/* Sides of cairo's image surfaces have 15 bits. */
#define MAX_SURFACE_SIDE 32767

typedef cairo_surface_t Surface;
typedef cairo_t Context;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Surface, cairo_surface_destroy)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Context, cairo_destroy)

gboolean
monocle_render_file_get_format (const char *path, MonocleRenderFormat *format)
{
  const char *dot = strrchr (path, '.');

  if (dot && g_ascii_strcasecmp (dot, ".png") == 0)
    *format = MONOCLE_RENDER_PNG;
  else if (dot && g_ascii_strcasecmp (dot, ".svg") == 0)
    *format = MONOCLE_RENDER_SVG;
  else
    return FALSE;
  return TRUE;
}

static gboolean
check_status (cairo_status_t status, const char *path, GError **error)
{
  if (status == CAIRO_STATUS_SUCCESS)
    return TRUE;

  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE,
               "%s: the picture could not be drawn: %s", path, cairo_status_to_string (status));
  return FALSE;
}

static Surface *
new_picture (const MonocleScene *scene)
{
  guint width = monocle_image_get_width (scene->image),
        height = monocle_image_get_height (scene->image);
  const guint8 *rgb = monocle_image_get_pixels (scene->image);
  Surface *picture = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) width, (int) height);
  guint8 *data = cairo_image_surface_get_data (picture);
  int stride = cairo_image_surface_get_stride (picture);

  if (cairo_surface_status (picture) != CAIRO_STATUS_SUCCESS)
    return picture;

  cairo_surface_flush (picture);
  for (guint y = 0; y < height; y++)
    {
      guint32 *row = (guint32 *) (gpointer) (data + (gsize) y * (gsize) stride);

      for (guint x = 0; x < width; x++, rgb += 3)
        row[x] = (guint32) rgb[0] << 16 | (guint32) rgb[1] << 8 | rgb[2];
    }
  cairo_surface_mark_dirty (picture);

  return picture;
}

/* A JPEG without what it says about itself: camera, place, thumbnails. Keeps what its colours need
 * (JFIF, Adobe, colour profile). %NULL when it is none. */
static GBytes *
strip_jpeg (const guint8 *data, gsize size)
{
  g_autoptr (GByteArray) stripped = NULL;
  gsize at = 2;

  if (size < 4 || data[0] != 0xff || data[1] != 0xd8)
    return NULL;

  stripped = g_byte_array_new ();
  g_byte_array_append (stripped, data, 2);
  while (at + 4 <= size && data[at] == 0xff)
    {
      guint8 marker = data[at + 1];
      gsize length = 2 + ((gsize) data[at + 2] << 8 | data[at + 3]);
      gboolean is_profile;

      if (length < 4 || length > size - at)
        return NULL;
      /* Start of scan: everything from here on is picture. */
      if (marker == 0xda)
        {
          g_byte_array_append (stripped, data + at, size - at);
          return g_byte_array_free_to_bytes (g_steal_pointer (&stripped));
        }
      is_profile = marker == 0xe2 && length > 16 && memcmp (data + at + 4, "ICC_PROFILE", 12) == 0;
      if (marker == 0xe0 || marker == 0xee || is_profile
          || (marker != 0xfe && (marker < 0xe0 || marker > 0xef)))
        g_byte_array_append (stripped, data + at, length);
      at += length;
    }
  return NULL;
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

/* Puts the original JPEG inside the SVG, much smaller than the PNG that cairo would make of the
 * pixels. Only if it still gives the same picture without its metadata: one that has to be turned
 * does not. */
static void
attach_original (cairo_surface_t *picture, const MonocleScene *scene, const char *source)
{
  g_autofree char *contents = NULL;
  gsize size;
  g_autoptr (GBytes) jpeg = NULL;
  g_autoptr (MonocleImage) decoded = NULL;

  if (!source || !g_file_get_contents (source, &contents, &size, NULL))
    return;
  jpeg = strip_jpeg ((const guint8 *) contents, size);
  if (!jpeg)
    return;
  decoded = monocle_image_new_from_bytes (jpeg, source, NULL);
  if (!decoded || !same_pixels (decoded, scene->image))
    return;

  if (cairo_surface_set_mime_data (picture, CAIRO_MIME_TYPE_JPEG, g_bytes_get_data (jpeg, NULL),
                                   g_bytes_get_size (jpeg), (cairo_destroy_func_t) g_bytes_unref,
                                   jpeg)
      == CAIRO_STATUS_SUCCESS)
    g_steal_pointer (&jpeg);
}

static cairo_status_t
append_to_array (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static gboolean
draw_png (const MonocleScene *scene, const char *path, GByteArray *file, GError **error)
{
  int width = (int) monocle_image_get_width (scene->image);
  int height
      = (int) (monocle_image_get_height (scene->image) + monocle_render_measure_strip (scene));
  g_autoptr (Surface) picture = new_picture (scene);
  g_autoptr (Surface) surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  g_autoptr (Context) cr = cairo_create (surface);

  monocle_render_draw (scene, picture, cr);
  return check_status (cairo_status (cr), path, error)
         && check_status (cairo_surface_write_to_png_stream (surface, append_to_array, file), path,
                          error);
}

static gboolean
draw_svg (const MonocleScene *scene,
          const char *source,
          const char *path,
          GByteArray *file,
          GError **error)
{
  double width = monocle_image_get_width (scene->image);
  double height = monocle_image_get_height (scene->image) + monocle_render_measure_strip (scene);
  g_autoptr (Surface) picture = new_picture (scene);
  g_autoptr (Surface) surface
      = cairo_svg_surface_create_for_stream (append_to_array, file, width, height);
  g_autoptr (Context) cr = NULL;

  cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
  attach_original (picture, scene, source);
  cr = cairo_create (surface);
  monocle_render_draw (scene, picture, cr);
  cairo_surface_finish (surface);
  return check_status (cairo_status (cr), path, error)
         && check_status (cairo_surface_status (surface), path, error);
}

static gboolean
write_file (const char *path, const GByteArray *file, GError **error)
{
  g_autoptr (GError) cause = NULL;
  const char *reason;

  if (g_file_set_contents_full (path, (const char *) file->data, file->len,
                                G_FILE_SET_CONTENTS_CONSISTENT, 0666, &cause))
    return TRUE;

  /* GLib names its temporary file, which says nothing to anybody; the reason is at the end. */
  reason = strrchr (cause->message, ':');
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE, "%s: cannot be written: %s", path,
               reason ? g_strchug ((char *) reason + 1) : cause->message);
  return FALSE;
}

gboolean
monocle_render_file_write (const MonocleScene *scene,
                           const char *source,
                           const char *path,
                           GError **error)
{
  guint width = monocle_image_get_width (scene->image);
  guint height = monocle_image_get_height (scene->image) + monocle_render_measure_strip (scene);
  g_autoptr (GByteArray) file = g_byte_array_new ();
  MonocleRenderFormat format;
  gboolean drawn = FALSE;

  if (!monocle_render_file_get_format (path, &format))
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE,
                   "%s: annotated pictures are written as .png or .svg", path);
      return FALSE;
    }
  if (width > MAX_SURFACE_SIDE || height > MAX_SURFACE_SIDE)
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE,
                   "%s: a picture of %u x %u pixels is too large to draw (at most %d each way)",
                   path, width, height, MAX_SURFACE_SIDE);
      return FALSE;
    }

  switch (format)
    {
    case MONOCLE_RENDER_PNG:
      drawn = draw_png (scene, path, file, error);
      break;

    case MONOCLE_RENDER_SVG:
      drawn = draw_svg (scene, source, path, file, error);
      break;

    default:
      g_return_val_if_reached (FALSE);
    }

  return drawn && write_file (path, file, error);
}
