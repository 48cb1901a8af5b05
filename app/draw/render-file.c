/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/draw/render-file.h"

#include <cairo-svg.h>
#include <gio/gio.h>
#include <string.h>

#include "app/base/error.h"
#include "app/base/output.h"
#include "app/pictures/picture.h"

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

static cairo_status_t
append_to_array (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static gboolean
draw_png (const MonocleScene *scene, const char *path, GByteArray *file, GError **error)
{
  guint width = monocle_image_get_width (scene->image);
  guint height = monocle_image_get_height (scene->image) + monocle_render_measure_strip (scene);
  g_autoptr (Surface) picture = monocle_picture_new_surface (scene->image);
  g_autoptr (Surface) surface = monocle_picture_new_empty (scene->image, width, height);
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
  g_autoptr (GFile) original = source ? g_file_new_for_path (source) : NULL;
  g_autoptr (Surface) picture = monocle_picture_new_surface (scene->image);
  g_autoptr (Surface) surface
      = cairo_svg_surface_create_for_stream (append_to_array, file, width, height);
  g_autoptr (Context) cr = NULL;

  cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
  monocle_picture_attach_original (picture, scene->image, original);
  cr = cairo_create (surface);
  monocle_render_draw (scene, picture, cr);
  cairo_surface_finish (surface);
  return check_status (cairo_status (cr), path, error)
         && check_status (cairo_surface_status (surface), path, error);
}

static gboolean
write_file (const char *path, const GByteArray *file, GError **error)
{
  if (monocle_output_write (path, file->data, file->len, error))
    return TRUE;

  g_prefix_error (error, "%s: cannot be written: ", path);
  return FALSE;
}

gboolean
monocle_render_file_check_size (guint width, guint height, GError **error)
{
  if (width <= MONOCLE_PICTURE_MAX_SIDE && height <= MONOCLE_PICTURE_MAX_SIDE)
    return TRUE;

  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE,
               "a picture of %u x %u pixels is too large to draw (at most %d each way)", width,
               height, MONOCLE_PICTURE_MAX_SIDE);
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
  if (!monocle_render_file_check_size (width, height, error))
    {
      g_prefix_error (error, "%s: ", path);
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
