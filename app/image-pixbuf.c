/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures through the gdk-pixbuf loaders of the system: TIFF, WebP, AVIF, HEIC, SVG and others.
 */
#include "config.h"

#include <string.h>

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gi18n-lib.h>

#include "app/error.h"
#include "app/image-decode.h"

/* A drawing has no pixels of its own; more than this shows nothing new. */
#define MAX_DRAWING_SIDE 4096
#define CHUNK_BYTES      (256 * 1024)

typedef struct
{
  guint max_side; /* 0: all pixels */
  gboolean too_large;
  int width, height; /* as the file says */
} Size;

static gboolean
is_drawing (GdkPixbufLoader *loader)
{
  GdkPixbufFormat *format = gdk_pixbuf_loader_get_format (loader);

  return format && gdk_pixbuf_format_is_scalable (format);
}

static gboolean
is_too_large (int width, int height)
{
  return width > MONOCLE_IMAGE_MAX_SIDE || height > MONOCLE_IMAGE_MAX_SIDE
         || (guint64) width * (guint64) height > MONOCLE_IMAGE_MAX_PIXELS;
}

/* Before a loader allocates anything of that size. */
static void
on_size_prepared (GdkPixbufLoader *loader, int width, int height, Size *size)
{
  const gboolean drawing = is_drawing (loader);
  const int longest = MAX (width, height);
  int side = size->max_side != 0 ? (int) size->max_side : drawing ? MAX_DRAWING_SIDE : longest;

  size->width = width;
  size->height = height;
  if (width < 1 || height < 1)
    return;
  if (!drawing && is_too_large (width, height))
    {
      size->too_large = TRUE;
      /* Nothing: loaders that look stop here; for the others no more bytes come. */
      gdk_pixbuf_loader_set_size (loader, 0, 0);
      return;
    }
  if (longest > side)
    gdk_pixbuf_loader_set_size (loader, MAX ((int) ((gint64) width * side / longest), 1),
                                MAX ((int) ((gint64) height * side / longest), 1));
}

/* --- What it is --- */

typedef struct
{
  const char *mime_type;
  const char *name;
  const char *package; /* (nullable): that brings a loader */
} Kind;

static gboolean
has_brand (const guint8 *data, gsize size, const char *const *brands)
{
  if (size < 12 || memcmp (data + 4, "ftyp", 4) != 0)
    return FALSE;
  for (guint i = 0; brands[i]; i++)
    if (memcmp (data + 8, brands[i], 4) == 0)
      return TRUE;
  return FALSE;
}

/* By the first bytes; NULL for what is told apart by gdk-pixbuf. It looks into the database of MIME
 * types for that, which is not everywhere. */
static const Kind *
find_kind (GBytes *bytes)
{
  static const Kind webp = { "image/webp", "WebP", "webp-pixbuf-loader" };
  static const Kind avif = { "image/avif", "AVIF", "libavif-gdk-pixbuf" };
  static const Kind heic = { "image/heic", "HEIC", "heif-gdk-pixbuf" };
  static const Kind tiff = { "image/tiff", "TIFF", NULL };
  static const Kind jxl = { "image/jxl", "JPEG XL", NULL };
  static const char *const avif_brands[] = { "avif", "avis", NULL };
  static const char *const heic_brands[]
      = { "heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1", NULL };
  static const guint8 jxl_box[] = { 0, 0, 0, 12, 'J', 'X', 'L', ' ' };
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (size >= 12 && memcmp (data, "RIFF", 4) == 0 && memcmp (data + 8, "WEBP", 4) == 0)
    return &webp;
  if (has_brand (data, size, avif_brands))
    return &avif;
  if (has_brand (data, size, heic_brands))
    return &heic;
  if (size >= 4 && (memcmp (data, "II*\0", 4) == 0 || memcmp (data, "MM\0*", 4) == 0))
    return &tiff;
  if (size >= sizeof jxl_box
      && (memcmp (data, jxl_box, sizeof jxl_box) == 0 || (data[0] == 0xff && data[1] == 0x0a)))
    return &jxl;
  return NULL;
}

static GdkPixbufLoader *
new_loader (GBytes *bytes)
{
  const Kind *kind = find_kind (bytes);
  GdkPixbufLoader *loader
      = kind ? gdk_pixbuf_loader_new_with_mime_type (kind->mime_type, NULL) : NULL;

  return loader ? loader : gdk_pixbuf_loader_new ();
}

/* --- What is wrong --- */

static void
set_unknown (GError **error, GBytes *bytes, const char *name)
{
  const Kind *kind = find_kind (bytes);

  if (kind && kind->package)
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE,
                 /* Translators: a file, a format, a package */
                 _ ("%s: this system has no loader for %s pictures. The package %s brings one."),
                 name, kind->name, kind->package);
  else if (kind)
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE,
                 _ ("%s: this system has no loader for %s pictures."), name, kind->name);
  else
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE,
                 _ ("%s: this is no picture of a kind that Monocle knows."), name);
}

static void
set_fault (GError **error, GBytes *bytes, const char *name, const Size *size, const GError *fault)
{
  if (size->too_large)
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE,
                 _ ("%s: %d × %d pixels are more than Monocle opens."), name, size->width,
                 size->height);
  else if (!fault || g_error_matches (fault, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_UNKNOWN_TYPE))
    set_unknown (error, bytes, name);
  else if (g_error_matches (fault, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_INSUFFICIENT_MEMORY))
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_OUT_OF_MEMORY,
                 _ ("%s: there is too little memory for this picture."), name);
  else
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_DAMAGED,
                 /* Translators: a file, and what a library says about it */
                 _ ("%s: the picture is damaged (%s)."), name, fault->message);
}

/* --- EXIF of WebP, which its loader does not hand over --- */

static guint
read_uint (const guint8 *at, guint n_bytes, gboolean big)
{
  guint value = 0;

  for (guint i = 0; i < n_bytes; i++)
    value |= (guint) at[i] << 8 * (big ? n_bytes - 1 - i : i);
  return value;
}

/* @data: a TIFF header and its first directory */
static guint
find_orientation (const guint8 *data, gsize size)
{
  gboolean big;
  guint64 at;
  guint n;

  if (size < 8 || (memcmp (data, "II*\0", 4) != 0 && memcmp (data, "MM\0*", 4) != 0))
    return 1;
  big = data[0] == 'M';
  at = read_uint (data + 4, 4, big);
  if (at + 2 > size)
    return 1;
  n = read_uint (data + at, 2, big);
  at += 2;
  for (guint i = 0; i < n && at + 12 <= size; i++, at += 12)
    if (read_uint (data + at, 2, big) == 0x0112 && read_uint (data + at + 2, 2, big) == 3)
      {
        guint value = read_uint (data + at + 8, 2, big);

        return value >= 1 && value <= 8 ? value : 1;
      }
  return 1;
}

static guint
get_webp_orientation (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  guint64 at = 12;

  if (size < 12 || memcmp (data, "RIFF", 4) != 0 || memcmp (data + 8, "WEBP", 4) != 0)
    return 1;
  while (at + 8 <= size)
    {
      const guint length = read_uint (data + at + 4, 4, FALSE);

      if (memcmp (data + at, "EXIF", 4) == 0)
        {
          const guint8 *exif = data + at + 8;
          gsize left = MIN (length, size - at - 8);

          /* Some writers put JPEG's prefix before it. */
          if (left >= 6 && memcmp (exif, "Exif\0\0", 6) == 0)
            exif += 6, left -= 6;
          return find_orientation (exif, left);
        }
      at += 8 + (guint64) length + (length & 1);
    }
  return 1;
}

/* @pixbuf: (transfer full) */
static GdkPixbuf *
turn_upright (GdkPixbuf *pixbuf, GBytes *bytes)
{
  GdkPixbuf *upright;

  if (!pixbuf)
    return NULL;
  if (!gdk_pixbuf_get_option (pixbuf, "orientation"))
    {
      const guint orientation = get_webp_orientation (bytes);
      const char text[] = { (char) ('0' + orientation), '\0' };

      if (orientation != 1)
        gdk_pixbuf_set_option (pixbuf, "orientation", text);
    }
  upright = gdk_pixbuf_apply_embedded_orientation (pixbuf);
  g_object_unref (pixbuf);
  return upright;
}

/* --- Pixels --- */

/* Packs the pixels in place, as RGB, and copies them. */
static MonocleImage *
copy_pixels (GdkPixbuf *pixbuf, gboolean on_white, GError **error)
{
  const int width = gdk_pixbuf_get_width (pixbuf);
  const int height = gdk_pixbuf_get_height (pixbuf);
  const gsize rowstride = (gsize) gdk_pixbuf_get_rowstride (pixbuf);
  guint8 *pixels = gdk_pixbuf_get_pixels (pixbuf);

  for (int y = 0; y < height && gdk_pixbuf_get_has_alpha (pixbuf); y++)
    {
      guint8 *to = pixels + (gsize) y * rowstride;
      const guint8 *from = to;

      for (int x = 0; x < width; x++, to += 3, from += 4)
        {
          const guint alpha = on_white ? from[3] : 255;

          for (guint i = 0; i < 3; i++)
            to[i] = (guint8) ((from[i] * alpha + 255 * (255 - alpha) + 127) / 255);
        }
    }
  return monocle_image_new_from_pixels ((guint) width, (guint) height, rowstride, pixels, error);
}

/* A loader need not heed the size that it is asked for. */
static GdkPixbuf *
scale_down (GdkPixbuf *pixbuf, guint max_side)
{
  const int width = gdk_pixbuf_get_width (pixbuf);
  const int height = gdk_pixbuf_get_height (pixbuf);
  const int longest = MAX (width, height);
  GdkPixbuf *scaled;

  if (max_side == 0 || longest <= (int) max_side)
    return pixbuf;
  scaled = gdk_pixbuf_scale_simple (
      pixbuf, MAX ((int) ((gint64) width * (int) max_side / longest), 1),
      MAX ((int) ((gint64) height * (int) max_side / longest), 1), GDK_INTERP_BILINEAR);
  g_object_unref (pixbuf);
  return scaled;
}

static gboolean
feed (GdkPixbufLoader *loader,
      GBytes *bytes,
      const Size *size,
      GCancellable *cancellable,
      GError **error)
{
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (bytes, &n_bytes);

  for (gsize at = 0; at < n_bytes && !size->too_large; at += CHUNK_BYTES)
    if (g_cancellable_set_error_if_cancelled (cancellable, error)
        || !gdk_pixbuf_loader_write (loader, data + at, MIN (CHUNK_BYTES, n_bytes - at), error))
      {
        gdk_pixbuf_loader_close (loader, NULL);
        return FALSE;
      }
  return gdk_pixbuf_loader_close (loader, error) && !size->too_large;
}

MonocleImage *
monocle_image_decode_pixbuf (
    GBytes *bytes, const char *name, guint max_side, GCancellable *cancellable, GError **error)
{
  g_autoptr (GdkPixbufLoader) loader = new_loader (bytes);
  g_autoptr (GError) fault = NULL;
  GdkPixbuf *pixbuf;
  MonocleImage *image;
  gboolean drawing;
  Size size = { .max_side = max_side };

  g_return_val_if_fail (bytes && name, NULL);

  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size_prepared), &size);
  if (!feed (loader, bytes, &size, cancellable, &fault))
    {
      if (g_error_matches (fault, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_propagate_error (error, g_steal_pointer (&fault));
      else
        set_fault (error, bytes, name, &size, fault);
      return NULL;
    }
  pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
  if (!pixbuf)
    {
      set_fault (error, bytes, name, &size, NULL);
      return NULL;
    }
  drawing = is_drawing (loader);
  pixbuf = turn_upright (scale_down (g_object_ref (pixbuf), max_side), bytes);
  /* Scaling and turning need as much again. */
  if (!pixbuf)
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_OUT_OF_MEMORY,
                   _ ("%s: there is too little memory for this picture."), name);
      return NULL;
    }
  image = copy_pixels (pixbuf, drawing, error);
  g_object_unref (pixbuf);
  return image;
}
