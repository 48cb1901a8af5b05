/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures that say when they were taken, for tests.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): a TIFF structure with a date in its EXIF directory. @text: of 19 characters */
static inline GByteArray *
exif_fixture_new (const char *text, gboolean big_endian)
{
  GByteArray *bytes = g_byte_array_new ();
  const guint32 numbers[][2] = {
    /* bytes, value: the header, one entry that leads to the second directory, one of that. */
    { 2, big_endian ? 0x4d4d : 0x4949 },
    { 2, 42 },
    { 4, 8 },
    { 2, 1 },
    { 2, 0x8769 },
    { 2, 4 },
    { 4, 1 },
    { 4, 26 },
    { 4, 0 },
    { 2, 1 },
    { 2, 0x9003 },
    { 2, 2 },
    { 4, 20 },
    { 4, 44 },
    { 4, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    for (guint k = 0; k < numbers[i][0]; k++)
      {
        guint shift = 8 * (big_endian ? numbers[i][0] - 1 - k : k);
        guint8 byte = (guint8) (numbers[i][1] >> shift);

        g_byte_array_append (bytes, &byte, 1);
      }
  g_byte_array_append (bytes, (const guint8 *) text, 20);
  return bytes;
}

/* (transfer full): a JPEG file of which @jpeg has no such segment yet, with one */
static inline GByteArray *
exif_fixture_put_into_jpeg (const guint8 *jpeg, gsize size, GByteArray *exif)
{
  GByteArray *bytes = g_byte_array_new ();
  guint length = 2 + 6 + exif->len;
  const guint8 head[] = { 0xff, 0xd8, 0xff, 0xe1, (guint8) (length >> 8), (guint8) length, 'E', 'x',
                          'i',  'f',  0,    0 };

  g_byte_array_append (bytes, head, sizeof head);
  g_byte_array_append (bytes, exif->data, exif->len);
  g_byte_array_append (bytes, jpeg + 2, (guint) size - 2);
  return bytes;
}

G_END_DECLS
