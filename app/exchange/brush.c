/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/exchange/brush.h"

#include "app/exchange/cut.h"

#define CHANNELS  4
#define WORD_BITS 8

/* Bits of the lengths of runs, of which a block says which it has. */
static const guint length_bits[4] = { 3, 4, 8, 16 };

/* --- Written --- */

typedef struct
{
  GByteArray *bytes;
  guint filled; /* bits of the last byte */
} Stream;

static void
put (Stream *stream, guint32 number, guint bits)
{
  while (bits-- > 0)
    {
      if (stream->filled % 8 == 0)
        {
          const guint8 zero = 0;

          g_byte_array_append (stream->bytes, &zero, 1);
          stream->filled = 0;
        }
      stream->bytes->data[stream->bytes->len - 1]
          |= (guint8) (((number >> bits) & 1) << (7 - stream->filled));
      stream->filled++;
    }
}

static void
put_run (Stream *stream, guint64 length, guint8 value)
{
  while (length > 0)
    {
      guint n = (guint) MIN (length, 1u << length_bits[3]);
      guint which = 0;

      while (n > 1u << length_bits[which])
        which++;
      put (stream, 1, 1);
      put (stream, which, 2);
      put (stream, n - 1, length_bits[which]);
      put (stream, value, WORD_BITS);
      length -= n;
    }
}

GByteArray *
monocle_brush_encode (const MonocleMaskRuns *mask)
{
  const gsize n = (gsize) mask->width * mask->height;
  g_autofree guint8 *pixels = g_malloc0 (n);
  Stream stream = { g_byte_array_new (), 0 };
  gsize start = 0;

  monocle_mask_runs_to_pixels (mask, pixels, mask->width);
  put (&stream, (guint32) (n * CHANNELS), 32);
  put (&stream, WORD_BITS - 1, 5);
  for (guint i = 0; i < G_N_ELEMENTS (length_bits); i++)
    put (&stream, length_bits[i] - 1, 4);
  for (gsize i = 1; i <= n; i++)
    if (i == n || pixels[i] != pixels[start])
      {
        put_run (&stream, (guint64) (i - start) * CHANNELS, pixels[start]);
        start = i;
      }
  return stream.bytes;
}

/* --- Read --- */

typedef struct
{
  const guint8 *data;
  guint64 at, end; /* bits */
} Source;

static gboolean
get (Source *source, guint bits, guint32 *number)
{
  *number = 0;
  if (source->end - source->at < bits)
    return FALSE;
  for (; bits > 0; bits--, source->at++)
    *number = *number << 1 | (source->data[source->at / 8] >> (7 - source->at % 8) & 1);
  return TRUE;
}

/* Alpha alone counts. */
static void
fill (guint8 *pixels, gsize at, gsize n, guint32 value)
{
  if (value == 0)
    return;
  for (gsize i = at + (CHANNELS - 1 - at % CHANNELS); i < at + n; i += CHANNELS)
    pixels[i / CHANNELS] = 255;
}

static gboolean
read_block (Source *source, const guint *bits, guint word, guint8 *pixels, gsize *at, gsize end)
{
  guint32 repeats, which, length, value;

  if (!get (source, 1, &repeats) || !get (source, 2, &which) || !get (source, bits[which], &length)
      || (guint64) length + 1 > end - *at)
    return FALSE;
  length++;
  if (repeats)
    {
      if (!get (source, word, &value))
        return FALSE;
      fill (pixels, *at, length, value);
      *at += length;
      return TRUE;
    }
  for (; length > 0; length--, ++*at)
    {
      if (!get (source, word, &value))
        return FALSE;
      fill (pixels, *at, 1, value);
    }
  return TRUE;
}

MonocleMaskRuns *
monocle_brush_decode (const guint8 *data, gsize size, guint width, guint height)
{
  const gsize n = (gsize) width * height;
  Source source = { data, 0, (guint64) size * 8 };
  g_autofree guint8 *pixels = NULL;
  guint32 count, word, bits[4];
  gsize at = 0;

  if (!get (&source, 32, &count) || count != n * CHANNELS || !get (&source, 5, &word))
    return NULL;
  for (guint i = 0; i < 4; i++)
    {
      if (!get (&source, 4, &bits[i]))
        return NULL;
      bits[i]++;
    }
  pixels = g_malloc0 (n);
  while (at < n * CHANNELS)
    if (!read_block (&source, bits, word + 1, pixels, &at, n * CHANNELS))
      return NULL;
  return monocle_cut_paste (&(MonocleCut){ 0, 0, width, height, pixels }, width, height);
}
