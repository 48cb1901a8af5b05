/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures through the gdk-pixbuf loaders of the system: TIFF, WebP, AVIF, HEIC, SVG and others.
 */
#include "config.h"

#include <string.h>

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gi18n-lib.h>

#include "app/base/error.h"
#include "app/pictures/decode.h"

/* A drawing has no pixels of its own; more than this shows nothing new. */
#define MAX_DRAWING_SIDE 4096
#define CHUNK_BYTES      (256 * 1024)

typedef struct
{
  guint max_side; /* 0: all pixels */
  gboolean too_large;
  int width, height; /* as the file says */
  int n_rows;        /* that came */
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

static void
on_area_updated (GdkPixbufLoader *loader, int x, int y, int width, int height, Size *size)
{
  size->n_rows = MAX (size->n_rows, y + height);
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

  if (monocle_image_decode_is_webp (bytes))
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

static guint
read_uint (const guint8 *at, guint n_bytes, gboolean big)
{
  guint value = 0;

  for (guint i = 0; i < n_bytes; i++)
    value |= (guint) at[i] << 8 * (big ? n_bytes - 1 - i : i);
  return value;
}

static void
find_tiff_size (const guint8 *data, gsize size, guint *width, guint *height)
{
  const gboolean big = data[0] == 'M';
  gsize at = size >= 8 ? read_uint (data + 4, 4, big) : size;
  const guint n = at + 2 <= size ? read_uint (data + at, 2, big) : 0;

  at += 2;
  for (guint i = 0; i < n && at + 12 <= size; i++, at += 12)
    {
      const guint tag = read_uint (data + at, 2, big), type = read_uint (data + at + 2, 2, big);
      const guint value = read_uint (data + at + 8, type == 3 ? 2 : 4, big);

      if (tag == 0x100)
        *width = value;
      if (tag == 0x101)
        *height = value;
    }
}

/* What every loader would find too large, each in words of its own. */
static void
check_size (GBytes *bytes, Size *size)
{
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (bytes, &n_bytes);
  const Kind *kind = find_kind (bytes);
  guint width = 1, height = 1;

  if (kind && g_str_equal (kind->name, "TIFF"))
    find_tiff_size (data, n_bytes, &width, &height);
  else if (kind && g_str_equal (kind->name, "WebP") && n_bytes >= 30
           && memcmp (data + 12, "VP8X", 4) == 0)
    {
      width = 1 + read_uint (data + 24, 3, FALSE);
      height = 1 + read_uint (data + 27, 3, FALSE);
    }
  size->width = (int) MIN (width, G_MAXINT);
  size->height = (int) MIN (height, G_MAXINT);
  size->too_large = is_too_large (size->width, size->height);
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
  else if (monocle_image_decode_is_cut_webp (bytes))
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE,
                 _ ("%s: the file ends before the picture begins."), name);
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

/* --- Upright --- */

/* @pixbuf: (transfer full) */
static GdkPixbuf *
turn_upright (GdkPixbuf *pixbuf, GBytes *bytes)
{
  GdkPixbuf *upright;

  if (!pixbuf)
    return NULL;
  /* The loader of WebP does not hand it over. */
  if (!gdk_pixbuf_get_option (pixbuf, "orientation"))
    {
      gsize size;
      const guint8 *data = g_bytes_get_data (bytes, &size);
      const guint orientation = monocle_exif_orientation (data, size);
      const char text[] = { (char) ('0' + orientation), '\0' };

      if (orientation != 1)
        gdk_pixbuf_set_option (pixbuf, "orientation", text);
    }
  upright = gdk_pixbuf_apply_embedded_orientation (pixbuf);
  g_object_unref (pixbuf);
  return upright;
}

/* --- Pixels --- */

MonocleImage *
monocle_image_decode_copy (GdkPixbuf *pixbuf, gboolean partial, GError **error)
{
  const guint width = (guint) gdk_pixbuf_get_width (pixbuf);
  const guint height = (guint) gdk_pixbuf_get_height (pixbuf);
  const gsize rowstride = (gsize) gdk_pixbuf_get_rowstride (pixbuf);
  const guint n_channels = (guint) gdk_pixbuf_get_n_channels (pixbuf);
  const guint8 *pixels = gdk_pixbuf_read_pixels (pixbuf);
  g_autofree guint8 *rgb = g_try_malloc_n ((gsize) width * height, 3);
  g_autofree guint8 *alpha = n_channels == 4 ? g_try_malloc ((gsize) width * height) : NULL;

  if (!rgb || (!alpha && n_channels == 4))
    {
      g_set_error_literal (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
                           _ ("There is too little memory for this picture."));
      return NULL;
    }
  for (gsize y = 0; y < height; y++)
    for (gsize x = 0; x < width; x++)
      {
        const guint8 *from = pixels + y * rowstride + x * n_channels;

        memcpy (rgb + 3 * (y * width + x), from, 3);
        if (alpha)
          alpha[y * width + x] = from[3];
      }
  return monocle_image_new_take_planes (width, height, g_steal_pointer (&rgb),
                                        g_steal_pointer (&alpha), partial, error);
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

/* Up to the last one that is not as it was before. */
static int
count_rows (GdkPixbuf *pixbuf, int n_rows)
{
  const gsize rowstride = (gsize) gdk_pixbuf_get_rowstride (pixbuf);
  const gsize n_bytes
      = (gsize) gdk_pixbuf_get_width (pixbuf) * (gsize) gdk_pixbuf_get_n_channels (pixbuf);
  const guint8 *pixels = gdk_pixbuf_read_pixels (pixbuf);

  for (int y = MIN (n_rows, gdk_pixbuf_get_height (pixbuf)); y > 0; y--)
    for (gsize i = 0; i < n_bytes; i++)
      if (pixels[(gsize) (y - 1) * rowstride + i] != 0)
        return y;
  return 0;
}

/* A copy without the rows that never came. */
static GdkPixbuf *
cut_off (GdkPixbuf *pixbuf, int n_rows)
{
  GdkPixbuf *rest = gdk_pixbuf_add_alpha (pixbuf, FALSE, 0, 0, 0);
  const int height = rest ? gdk_pixbuf_get_height (rest) : 0;

  if (n_rows < height)
    {
      g_autoptr (GdkPixbuf) missing = gdk_pixbuf_new_subpixbuf (
          rest, 0, n_rows, gdk_pixbuf_get_width (rest), height - n_rows);

      gdk_pixbuf_fill (missing, 0);
    }
  return rest;
}

/* (transfer full) (nullable): what came of it; of the rows that did not, nothing is said. */
static GdkPixbuf *
load (GBytes *bytes, Size *size, gboolean *whole, GCancellable *cancellable, GError **fault)
{
  g_autoptr (GdkPixbufLoader) loader = NULL;
  GdkPixbuf *pixbuf;

  *whole = FALSE;
  check_size (bytes, size);
  if (size->too_large)
    return NULL;
  if (monocle_image_decode_is_cut_webp (bytes))
    return monocle_image_decode_webp_part (bytes, &size->n_rows);

  loader = new_loader (bytes);
  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size_prepared), size);
  g_signal_connect (loader, "area-updated", G_CALLBACK (on_area_updated), size);
  *whole = feed (loader, bytes, size, cancellable, fault);
  pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
  if (pixbuf && !*whole)
    size->n_rows = count_rows (pixbuf, size->n_rows);
  if (!pixbuf || (!*whole && (size->n_rows == 0 || size->too_large)))
    return NULL;
  return g_object_ref (pixbuf);
}

MonocleImage *
monocle_image_decode_pixbuf (
    GBytes *bytes, const char *name, guint max_side, GCancellable *cancellable, GError **error)
{
  Size size = { .max_side = max_side };
  g_autoptr (GdkPixbuf) loaded = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  g_autoptr (GError) fault = NULL;
  gboolean whole;

  g_return_val_if_fail (bytes && name, NULL);

  loaded = load (bytes, &size, &whole, cancellable, &fault);
  if (g_error_matches (fault, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&fault));
      return NULL;
    }
  if (!loaded)
    {
      set_fault (error, bytes, name, &size, fault);
      return NULL;
    }
  pixbuf = whole ? g_object_ref (loaded) : cut_off (loaded, size.n_rows);
  pixbuf = turn_upright (pixbuf ? scale_down (pixbuf, max_side) : NULL, bytes);
  /* Scaling and turning need as much again. */
  if (!pixbuf)
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_OUT_OF_MEMORY,
                   _ ("%s: there is too little memory for this picture."), name);
      return NULL;
    }
  return monocle_image_decode_copy (pixbuf, !whole, error);
}
