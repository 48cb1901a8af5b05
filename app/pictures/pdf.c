/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pages of PDF files as pictures, where poppler-glib was there when Monocle was built.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>
#ifdef HAVE_POPPLER
#include <poppler.h>
#endif

#include "app/base/error.h"
#include "app/pictures/decode.h"

/* Readers skip what is before this, up to so many bytes. */
#define HEADER      "%PDF-"
#define HEADER_SPAN 1024

#define DOTS_AN_INCH   200.0
#define POINTS_AN_INCH 72.0
#define MAX_SIDE       6000

gboolean
monocle_image_decode_is_pdf (GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  return size > 0 && memmem (data, MIN (size, HEADER_SPAN), HEADER, strlen (HEADER)) != NULL;
}

#ifdef HAVE_POPPLER

gboolean
monocle_image_decode_has_pdf (void)
{
  return TRUE;
}

static PopplerDocument *
open_document (GBytes *bytes, const char *name, GError **error)
{
  g_autoptr (GError) fault = NULL;
  PopplerDocument *document = poppler_document_new_from_bytes (bytes, NULL, &fault);

  if (document)
    return document;
  if (g_error_matches (fault, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED))
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE,
                 _ ("%s: this document is locked by a password."), name);
  else
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_DAMAGED,
                 _ ("%s: the document is damaged (%s)."), name, fault->message);
  return NULL;
}

/* Packs the pixels in place, as RGB, and copies them. */
static MonocleImage *
copy_pixels (cairo_surface_t *surface, GError **error)
{
  const int width = cairo_image_surface_get_width (surface);
  const int height = cairo_image_surface_get_height (surface);
  const gsize rowstride = (gsize) cairo_image_surface_get_stride (surface);
  guint8 *pixels = cairo_image_surface_get_data (surface);

  for (int y = 0; y < height; y++)
    {
      guint8 *to = pixels + (gsize) y * rowstride;
      const guint8 *from = to;

      for (int x = 0; x < width; x++, to += 3, from += 4)
        {
          guint32 pixel;

          memcpy (&pixel, from, sizeof pixel);
          to[0] = pixel >> 16 & 0xff;
          to[1] = pixel >> 8 & 0xff;
          to[2] = pixel & 0xff;
        }
    }
  return monocle_image_new_from_pixels ((guint) width, (guint) height, rowstride, pixels, error);
}

static MonocleImage *
render_page (PopplerPage *page, guint max_side, GError **error)
{
  g_autoptr (MonocleImage) image = NULL;
  double width, height, scale;
  cairo_surface_t *surface;
  cairo_t *cr;

  poppler_page_get_size (page, &width, &height);
  /* Whatever a document says of itself; beyond, a scale would be nothing or no number. */
  width = isfinite (width) ? CLAMP (width, 1, 1e6) : 1;
  height = isfinite (height) ? CLAMP (height, 1, 1e6) : 1;
  scale = MIN (DOTS_AN_INCH / POINTS_AN_INCH, MAX_SIDE / MAX (width, height));
  if (max_side != 0)
    scale = max_side / MAX (width, height);

  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24,
                                        (int) CLAMP (round (width * scale), 1, MAX_SIDE),
                                        (int) CLAMP (round (height * scale), 1, MAX_SIDE));
  cr = cairo_create (surface);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_scale (cr, scale, scale);
  poppler_page_render (page, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  if (cairo_surface_status (surface) == CAIRO_STATUS_SUCCESS)
    image = copy_pixels (surface, error);
  else
    g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_OUT_OF_MEMORY,
                         _ ("There is too little memory for this page."));
  cairo_surface_destroy (surface);
  return g_steal_pointer (&image);
}

MonocleImage *
monocle_image_decode_pdf (
    GBytes *bytes, const char *name, guint page, guint max_side, guint *n_pages, GError **error)
{
  g_autoptr (MonocleImage) image = NULL;
  PopplerDocument *document;
  PopplerPage *shown = NULL;
  int n;

  g_return_val_if_fail (bytes && name && n_pages, NULL);

  document = open_document (bytes, name, error);
  if (!document)
    return NULL;
  n = poppler_document_get_n_pages (document);
  *n_pages = (guint) MAX (n, 0);
  if (page < *n_pages)
    shown = poppler_document_get_page (document, (int) page);
  if (shown)
    image = render_page (shown, max_side, error);
  else
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE,
                 _ ("%s: the document has no page %u that can be read."), name, page + 1);
  g_clear_object (&shown);
  g_object_unref (document);
  return g_steal_pointer (&image);
}

#else

gboolean
monocle_image_decode_has_pdf (void)
{
  return FALSE;
}

MonocleImage *
monocle_image_decode_pdf (
    GBytes *bytes, const char *name, guint page, guint max_side, guint *n_pages, GError **error)
{
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE,
               _ ("%s: this Monocle was built without poppler and reads no PDF."), name);
  return NULL;
}

#endif
