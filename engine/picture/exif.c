/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The EXIF orientation of a JPEG, PNG or WebP file. See exif.h.
 */
#include "config.h"

#include "engine/picture/exif.h"

#include <string.h>

#define UPRIGHT         1
#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT      3
#define TYPE_LONG       4
#define IFD_ENTRY_BYTES 12

#define JPEG_SOI  0xd8
#define JPEG_EOI  0xd9
#define JPEG_SOS  0xda
#define JPEG_APP1 0xe1

typedef struct
{
  const guint8 *data;
  gsize size;
  gboolean big_endian;
} Tiff;

/* Bounds are the caller's. */
static guint16
get16 (const Tiff *tiff, gsize at)
{
  const guint8 *p = tiff->data + at;
  return tiff->big_endian ? (guint16) (p[0] << 8 | p[1]) : (guint16) (p[1] << 8 | p[0]);
}

static guint32
get32 (const Tiff *tiff, gsize at)
{
  guint32 first = get16 (tiff, at), second = get16 (tiff, at + 2);
  return tiff->big_endian ? first << 16 | second : second << 16 | first;
}

/* 0 when there is none. */
static guint
find_in_tiff (const guint8 *data, gsize size)
{
  Tiff tiff = { .data = data, .size = size };
  gsize ifd, n;

  if (size < 8)
    return 0;
  if (memcmp (data, "MM\0*", 4) == 0)
    tiff.big_endian = TRUE;
  else if (memcmp (data, "II*\0", 4) != 0)
    return 0;
  ifd = get32 (&tiff, 4);
  if (ifd > size - 2)
    return 0;
  n = MIN (get16 (&tiff, ifd), (size - ifd - 2) / IFD_ENTRY_BYTES);
  for (gsize i = 0; i < n; i++)
    {
      gsize entry = ifd + 2 + i * IFD_ENTRY_BYTES, at = entry + 8;
      guint type = get16 (&tiff, entry + 2), value_bytes = type == TYPE_SHORT ? 2 : 4;
      guint32 count = get32 (&tiff, entry + 4), value;

      if (get16 (&tiff, entry) != TAG_ORIENTATION)
        continue;
      if (count == 0 || (type != TYPE_SHORT && type != TYPE_LONG))
        return 0;
      /* Of several the first counts, as with PIL; what is longer than four bytes is elsewhere. */
      if (count > 4 / value_bytes)
        at = get32 (&tiff, at);
      if (at > size - value_bytes)
        return 0;
      value = type == TYPE_SHORT ? get16 (&tiff, at) : get32 (&tiff, at);
      return value >= 1 && value <= 8 ? value : 0;
    }
  return 0;
}

static guint
find_in_jpeg (const guint8 *data, gsize size)
{
  gsize at = 2;
  while (size - at >= 4)
    {
      const guint8 *p = data + at;
      gsize length;
      if (p[0] != 0xff)
        return 0;
      if (p[1] == 0xff) /* A fill byte. */
        {
          at++;
          continue;
        }
      if (p[1] == JPEG_SOS || p[1] == JPEG_EOI || p[1] == JPEG_SOI)
        return 0;
      length = (gsize) p[2] << 8 | p[3];
      if (length < 2 || length > size - at - 2)
        return 0;
      if (p[1] == JPEG_APP1 && length >= 8 && memcmp (p + 4, "Exif\0\0", 6) == 0)
        {
          guint found = find_in_tiff (p + 10, length - 8);
          if (found != 0)
            return found;
        }
      at += 2 + length;
    }
  return 0;
}

static guint
find_in_png (const guint8 *data, gsize size)
{
  gsize at = 8;
  while (size - at >= 12)
    {
      const guint8 *p = data + at;
      gsize length = (gsize) p[0] << 24 | (gsize) p[1] << 16 | (gsize) p[2] << 8 | p[3];
      if (length > size - at - 12)
        return 0;
      if (memcmp (p + 4, "eXIf", 4) == 0)
        return find_in_tiff (p + 8, length);
      if (memcmp (p + 4, "IEND", 4) == 0)
        return 0;
      at += 12 + length;
    }
  return 0;
}

static guint
find_in_webp (const guint8 *data, gsize size)
{
  const Tiff riff = { .data = data, .size = size };
  gsize at = 12;

  while (size - at >= 8)
    {
      const guint8 *p = data + at + 8;
      const gsize length = get32 (&riff, at + 4), there = MIN (length, size - at - 8);

      if (memcmp (data + at, "EXIF", 4) == 0)
        {
          /* Some writers put JPEG's prefix before it. */
          const gsize prefix = there >= 6 && memcmp (p, "Exif\0\0", 6) == 0 ? 6 : 0;

          return find_in_tiff (p + prefix, there - prefix);
        }
      if (length + (length & 1) > size - at - 8)
        return 0;
      at += 8 + length + (length & 1);
    }
  return 0;
}

guint
monocle_exif_orientation (const guint8 *data, gsize size)
{
  guint found = 0;
  if (size >= 2 && data[0] == 0xff && data[1] == JPEG_SOI)
    found = find_in_jpeg (data, size);
  else if (size >= 8 && memcmp (data, "\x89PNG\r\n\x1a\n", 8) == 0)
    found = find_in_png (data, size);
  else if (size >= 12 && memcmp (data, "RIFF", 4) == 0 && memcmp (data + 8, "WEBP", 4) == 0)
    found = find_in_webp (data, size);
  return found != 0 ? found : UPRIGHT;
}
