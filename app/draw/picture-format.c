/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/draw/picture-format.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/base/error.h"
#include "app/base/output.h"
#include "app/pictures/picture.h"

/* What cairo says of a pixel at 96 a screen inch, in points; and the longest page that viewers of
 * PDF take. */
#define POINTS_PER_PIXEL 0.75
#define MAX_PAGE_POINTS  14400.0
#define WEBP_MAX_SIDE    16383

typedef cairo_surface_t Surface;
typedef cairo_t Context;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Surface, cairo_surface_destroy)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Context, cairo_destroy)

/* --- Pixels --- */

/* Formats without alpha show white. */
static GdkPixbuf *
put_on_white (GdkPixbuf *pixbuf)
{
  return gdk_pixbuf_composite_color_simple (pixbuf, gdk_pixbuf_get_width (pixbuf),
                                            gdk_pixbuf_get_height (pixbuf), GDK_INTERP_NEAREST, 255,
                                            8, 0xffffff, 0xffffff);
}

static gboolean
append_pixels (const char *data, gsize length, GError **error, gpointer array)
{
  if (length > G_MAXUINT - ((GByteArray *) array)->len)
    return monocle_picture_check_status (CAIRO_STATUS_NO_MEMORY, error);
  g_byte_array_append (array, (const guint8 *) data, (guint) length);
  return TRUE;
}

GBytes *
monocle_picture_format_encode_pixbuf (const MonoclePictureFormat *self,
                                      GdkPixbuf *pixbuf,
                                      guint quality,
                                      GError **error)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (GdkPixbuf) opaque = NULL;
  g_autofree char *value = g_strdup_printf ("%u", quality);
  char *keys[] = { self->has_quality ? (char *) "quality" : NULL, NULL };
  char *values[] = { self->has_quality ? value : NULL, NULL };
  g_autoptr (GError) cause = NULL;

  if (!self->has_alpha && gdk_pixbuf_get_has_alpha (pixbuf))
    {
      pixbuf = opaque = put_on_white (pixbuf);
      if (!pixbuf)
        {
          monocle_picture_check_status (CAIRO_STATUS_NO_MEMORY, error);
          return NULL;
        }
    }
  if (!gdk_pixbuf_save_to_callbackv (pixbuf, append_pixels, file, self->id, keys, values, &cause))
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE,
                   _ ("The picture could not be encoded: %s"), cause->message);
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&file));
}

static GBytes *
encode_pixels (const MonoclePictureFormat *self,
               const MonocleScene *scene,
               guint quality,
               GError **error)
{
  cairo_surface_t *surface = monocle_scene_render (scene, 1, error);
  g_autoptr (GdkPixbuf) pixbuf = surface ? monocle_picture_take_surface (surface) : NULL;

  return pixbuf ? monocle_picture_format_encode_pixbuf (self, pixbuf, quality, error) : NULL;
}

/* --- Vectors --- */

static cairo_status_t
append_vectors (void *array, const unsigned char *data, unsigned int length)
{
  return append_pixels ((const char *) data, length, NULL, array) ? CAIRO_STATUS_SUCCESS
                                                                  : CAIRO_STATUS_WRITE_ERROR;
}

/* @file: (transfer full); @surface: (transfer full): writes into it; @scale: of its units a pixel
 */
static GBytes *
draw_into (GByteArray *file,
           cairo_surface_t *surface,
           const MonocleScene *scene,
           double scale,
           GError **error)
{
  g_autoptr (GByteArray) owned_file = file;
  g_autoptr (Surface) owned = surface;
  g_autoptr (Context) cr = cairo_create (surface);

  cairo_scale (cr, scale, scale);
  monocle_scene_draw (scene, cr);
  cairo_show_page (cr);
  cairo_surface_finish (surface);
  if (!monocle_picture_check_status (cairo_status (cr), error)
      || !monocle_picture_check_status (cairo_surface_status (surface), error))
    return NULL;

  return g_byte_array_free_to_bytes (g_steal_pointer (&owned_file));
}

static GBytes *
encode_svg (const MonoclePictureFormat *self,
            const MonocleScene *scene,
            guint quality,
            GError **error)
{
  GByteArray *file = g_byte_array_new ();
  cairo_surface_t *surface = cairo_svg_surface_create_for_stream (
      append_vectors, file, monocle_scene_get_width (scene), monocle_scene_get_height (scene));

  cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
  return draw_into (file, surface, scene, 1, error);
}

static GBytes *
encode_pdf (const MonoclePictureFormat *self,
            const MonocleScene *scene,
            guint quality,
            GError **error)
{
  GByteArray *file = g_byte_array_new ();
  double width = monocle_scene_get_width (scene), height = monocle_scene_get_height (scene);
  double scale = MIN (POINTS_PER_PIXEL, MAX_PAGE_POINTS / MAX (width, height));
  cairo_surface_t *surface
      = cairo_pdf_surface_create_for_stream (append_vectors, file, width * scale, height * scale);

  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, "Monocle");
  return draw_into (file, surface, scene, scale, error);
}

/* --- The table --- */

static const MonoclePictureFormat formats[] = {
  { "png", N_ ("PNG Picture"), "png", "image/png", MONOCLE_PICTURE_MAX_SIDE, FALSE, TRUE,
    encode_pixels },
  { "jpeg", N_ ("JPEG Picture"), "jpg", "image/jpeg", MONOCLE_PICTURE_MAX_SIDE, TRUE, FALSE,
    encode_pixels },
  { "webp", N_ ("WebP Picture"), "webp", "image/webp", WEBP_MAX_SIDE, TRUE, TRUE, encode_pixels },
  { "svg", N_ ("SVG Drawing"), "svg", "image/svg+xml", 0, FALSE, TRUE, encode_svg },
  { "pdf", N_ ("PDF Document"), "pdf", "application/pdf", 0, FALSE, TRUE, encode_pdf },
};

static gboolean
pixbuf_writes (const char *mime)
{
  GSList *all = gdk_pixbuf_get_formats ();
  gboolean found = FALSE;

  for (GSList *l = all; l && !found; l = l->next)
    {
      g_auto (GStrv) mimes = gdk_pixbuf_format_get_mime_types (l->data);

      found = gdk_pixbuf_format_is_writable (l->data)
              && g_strv_contains ((const char *const *) mimes, mime);
    }
  g_slist_free (all);

  return found;
}

const MonoclePictureFormat *const *
monocle_picture_format_list (guint *n_formats)
{
  static const MonoclePictureFormat *list[G_N_ELEMENTS (formats)];
  static guint n = 0;
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
        if (formats[i].encode != encode_pixels || pixbuf_writes (formats[i].mime))
          list[n++] = &formats[i];
      g_once_init_leave (&once, 1);
    }
  *n_formats = n;
  return list;
}

const MonoclePictureFormat *
monocle_picture_format_find (const char *id_or_extension)
{
  guint n;
  const MonoclePictureFormat *const *list = monocle_picture_format_list (&n);

  for (guint i = 0; i < n; i++)
    if (g_ascii_strcasecmp (list[i]->id, id_or_extension) == 0
        || g_ascii_strcasecmp (list[i]->extension, id_or_extension) == 0)
      return list[i];
  return NULL;
}

const MonoclePictureFormat *
monocle_picture_format_find_for_path (const char *path)
{
  const char *dot = strrchr (path, '.');

  return dot ? monocle_picture_format_find (dot + 1) : NULL;
}

char *
monocle_picture_format_dup_extensions (void)
{
  guint n;
  const MonoclePictureFormat *const *list = monocle_picture_format_list (&n);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s.%s", i ? ", " : "", list[i]->extension);
  return g_string_free (text, FALSE);
}

/* --- Files --- */

gboolean
monocle_picture_format_check_size (const MonoclePictureFormat *self,
                                   guint width,
                                   guint height,
                                   GError **error)
{
  return self->max_side == 0 || monocle_picture_check_size (width, height, self->max_side, error);
}

GBytes *
monocle_picture_format_encode (const MonoclePictureFormat *self,
                               const MonocleScene *scene,
                               guint quality,
                               GError **error)
{
  const guint width = monocle_scene_get_width (scene), height = monocle_scene_get_height (scene);

  if (!monocle_picture_format_check_size (self, width, height, error)
      || (monocle_scene_is_pixels (scene)
          && !monocle_picture_check_size (width, height, MONOCLE_PICTURE_MAX_SIDE, error)))
    return NULL;
  return self->encode (self, scene, quality, error);
}

gboolean
monocle_picture_format_write (const MonoclePictureFormat *self,
                              const MonocleScene *scene,
                              const char *path,
                              GError **error)
{
  g_autoptr (GBytes) bytes
      = monocle_picture_format_encode (self, scene, MONOCLE_PICTURE_FORMAT_QUALITY, error);
  gsize size;
  const void *data;

  if (!bytes)
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  data = g_bytes_get_data (bytes, &size);
  if (monocle_output_write (path, data, size, error))
    return TRUE;

  g_prefix_error (error, "%s: cannot be written: ", path);
  return FALSE;
}
