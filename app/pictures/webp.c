/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What there is of a WebP file that ends early. Loaders of newer systems give nothing of it, and
 * older ones do not say how much they gave.
 */
#include "config.h"

#include <string.h>
#include <webp/decode.h>

#include "app/pictures/decode.h"

#define HEADER_BYTES 12

gboolean
monocle_image_decode_is_webp (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return size >= HEADER_BYTES && memcmp (data, "RIFF", 4) == 0 && memcmp (data + 8, "WEBP", 4) == 0;
}

gboolean
monocle_image_decode_is_cut_webp (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  guint32 promised;

  if (!monocle_image_decode_is_webp (bytes))
    return FALSE;
  memcpy (&promised, data + 4, sizeof promised);
  return (guint64) GUINT32_FROM_LE (promised) + 8 > size;
}

GdkPixbuf *
monocle_image_decode_webp_part (GBytes *bytes, int *n_rows)
{
  WebPBitstreamFeatures features;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  WebPIDecoder *decoder;
  int width, height, rowstride;

  *n_rows = 0;
  /* The side of a WebP picture is at most 16383. A film has no rows of its own. */
  if (WebPGetFeatures (data, size, &features) != VP8_STATUS_OK || features.has_animation)
    return NULL;
  pixbuf
      = gdk_pixbuf_new (GDK_COLORSPACE_RGB, features.has_alpha, 8, features.width, features.height);
  if (!pixbuf)
    return NULL;
  gdk_pixbuf_fill (pixbuf, 0);
  rowstride = gdk_pixbuf_get_rowstride (pixbuf);
  decoder = WebPINewRGB (features.has_alpha ? MODE_RGBA : MODE_RGB, gdk_pixbuf_get_pixels (pixbuf),
                         (gsize) rowstride * (gsize) features.height, rowstride);
  if (!decoder)
    return NULL;
  /* Its status says that there should be more, or that what is there is wrong: the rows before that
   * are good. */
  WebPIUpdate (decoder, data, size);
  WebPIDecGetRGB (decoder, n_rows, &width, &height, &rowstride);
  WebPIDelete (decoder);
  return *n_rows > 0 ? g_steal_pointer (&pixbuf) : NULL;
}
