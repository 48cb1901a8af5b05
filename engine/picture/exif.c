/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * EXIF tags of a JPEG, PNG or WebP file. See exif.h.
 */
#include "config.h"

#include "engine/picture/exif.h"

#include <string.h>

#define UPRIGHT         1
#define TAG_MAKE        0x010f
#define TAG_MODEL       0x0110
#define TAG_ORIENTATION 0x0112
#define TAG_EXIF_IFD    0x8769
#define TAG_TAKEN       0x9003
#define TYPE_ASCII      2
#define TYPE_SHORT      3
#define TYPE_LONG       4
#define IFD_ENTRY_BYTES 12
#define DATE_BYTES      20 /* "2026:11:28 07:30:00" and its end */

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

/* What a tag says of what is looked for; 0: it is another one. Of several the first counts, as with
 * PIL, damaged or not. */
#define DAMAGED G_MAXUINT
typedef guint (*Find) (const Tiff *tiff, gsize entry);

/* 0 when there is none. @ifd: where the directory begins; untrusted */
static guint
find_in_directory (const Tiff *tiff, gsize ifd, Find find)
{
  guint found = 0;
  gsize n;

  if (tiff->size < 2 || ifd > tiff->size - 2)
    return 0;
  n = MIN (get16 (tiff, ifd), (tiff->size - ifd - 2) / IFD_ENTRY_BYTES);
  for (gsize i = 0; i < n && found == 0; i++)
    found = find (tiff, ifd + 2 + i * IFD_ENTRY_BYTES);
  return found;
}

static guint
find_in_tiff (const guint8 *data, gsize size, Find find)
{
  Tiff tiff = { .data = data, .size = size };
  guint found;

  if (size < 8)
    return 0;
  if (memcmp (data, "MM\0*", 4) == 0)
    tiff.big_endian = TRUE;
  else if (memcmp (data, "II*\0", 4) != 0)
    return 0;
  found = find_in_directory (&tiff, get32 (&tiff, 4), find);
  return found != DAMAGED ? found : 0;
}

static guint
find_orientation (const Tiff *tiff, gsize entry)
{
  gsize at = entry + 8;
  guint type = get16 (tiff, entry + 2), value_bytes = type == TYPE_SHORT ? 2 : 4;
  guint32 count = get32 (tiff, entry + 4), value;

  if (get16 (tiff, entry) != TAG_ORIENTATION)
    return 0;
  if (count == 0 || (type != TYPE_SHORT && type != TYPE_LONG))
    return DAMAGED;
  /* What is longer than four bytes is elsewhere. */
  if (count > 4 / value_bytes)
    at = get32 (tiff, at);
  if (at > tiff->size - value_bytes)
    return DAMAGED;
  value = type == TYPE_SHORT ? get16 (tiff, at) : get32 (tiff, at);
  return value >= 1 && value <= 8 ? value : DAMAGED;
}

/* One byte would be the end of an empty text. */
static guint
find_camera (const Tiff *tiff, gsize entry)
{
  guint tag = get16 (tiff, entry);

  return (tag == TAG_MAKE || tag == TAG_MODEL) && get16 (tiff, entry + 2) == TYPE_ASCII
         && get32 (tiff, entry + 4) > 1;
}

/* Decimal digits, as far as there have to be. */
static gboolean
read_number (const guint8 *text, guint n, guint *number)
{
  *number = 0;
  for (guint i = 0; i < n; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return FALSE;
      *number = *number * 10 + (guint) (text[i] - '0');
    }
  return TRUE;
}

/* "2026:11:28 07:30:00" as seconds since 1970; unknown parts are blanks. */
static guint
read_date (const guint8 *text)
{
  static const guint8 at[] = { 0, 5, 8, 11, 14, 17 };
  guint parts[G_N_ELEMENTS (at)];
  g_autoptr (GDateTime) date = NULL;
  gint64 seconds;

  for (guint i = 0; i < G_N_ELEMENTS (at); i++)
    if (!read_number (text + at[i], i == 0 ? 4 : 2, &parts[i]))
      return DAMAGED;
  date = g_date_time_new_local ((int) parts[0], (int) parts[1], (int) parts[2], (int) parts[3],
                                (int) parts[4], parts[5]);
  seconds = date ? g_date_time_to_unix (date) : 0;
  return seconds > 0 && seconds < DAMAGED ? (guint) seconds : DAMAGED;
}

static guint
find_taken (const Tiff *tiff, gsize entry)
{
  guint32 at = get32 (tiff, entry + 8);

  if (get16 (tiff, entry) != TAG_TAKEN)
    return 0;
  if (get16 (tiff, entry + 2) != TYPE_ASCII || get32 (tiff, entry + 4) < DATE_BYTES - 1
      || tiff->size < DATE_BYTES - 1 || at > tiff->size - (DATE_BYTES - 1))
    return DAMAGED;
  return read_date (tiff->data + at);
}

/* It stands in a directory of its own. */
static guint
find_date (const Tiff *tiff, gsize entry)
{
  if (get16 (tiff, entry) != TAG_EXIF_IFD || get16 (tiff, entry + 2) != TYPE_LONG)
    return 0;
  return find_in_directory (tiff, get32 (tiff, entry + 8), find_taken);
}

static guint
find_in_jpeg (const guint8 *data, gsize size, Find find)
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
          guint found = find_in_tiff (p + 10, length - 8, find);
          if (found != 0)
            return found;
        }
      at += 2 + length;
    }
  return 0;
}

static guint
find_in_png (const guint8 *data, gsize size, Find find)
{
  gsize at = 8;
  while (size - at >= 12)
    {
      const guint8 *p = data + at;
      gsize length = (gsize) p[0] << 24 | (gsize) p[1] << 16 | (gsize) p[2] << 8 | p[3];
      if (length > size - at - 12)
        return 0;
      if (memcmp (p + 4, "eXIf", 4) == 0)
        return find_in_tiff (p + 8, length, find);
      if (memcmp (p + 4, "IEND", 4) == 0)
        return 0;
      at += 12 + length;
    }
  return 0;
}

static guint
find_in_webp (const guint8 *data, gsize size, Find find)
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

          return find_in_tiff (p + prefix, there - prefix, find);
        }
      if (length + (length & 1) > size - at - 8)
        return 0;
      at += 8 + length + (length & 1);
    }
  return 0;
}

static guint
find_in_file (const guint8 *data, gsize size, Find find)
{
  if (size >= 2 && data[0] == 0xff && data[1] == JPEG_SOI)
    return find_in_jpeg (data, size, find);
  if (size >= 8 && memcmp (data, "\x89PNG\r\n\x1a\n", 8) == 0)
    return find_in_png (data, size, find);
  if (size >= 12 && memcmp (data, "RIFF", 4) == 0 && memcmp (data + 8, "WEBP", 4) == 0)
    return find_in_webp (data, size, find);
  return 0;
}

guint
monocle_exif_orientation (const guint8 *data, gsize size)
{
  guint found = find_in_file (data, size, find_orientation);

  return found != 0 ? found : UPRIGHT;
}

gboolean
monocle_exif_has_camera (const guint8 *data, gsize size)
{
  return find_in_file (data, size, find_camera) != 0;
}

gint64
monocle_exif_get_date (const guint8 *data, gsize size)
{
  return (gint64) find_in_file (data, size, find_date) * G_USEC_PER_SEC;
}
