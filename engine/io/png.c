/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PNG row by row. See png.h.
 */
#include "config.h"

#include "engine/io/png.h"

#include <gio/gio.h>
#include <string.h>

#define MAGIC "\x89PNG\r\n\x1a\n"
/* What stb_image counts for a picture: bytes of its pixels, or of four channels with a palette. */
#define STB_MAX_BYTES (1u << 30)
#define IHDR_END      33

enum
{
  COLOUR_GREY = 0,
  COLOUR_RGB = 2,
  COLOUR_PALETTE = 3,
  COLOUR_GREY_ALPHA = 4,
  COLOUR_RGB_ALPHA = 6,
};

typedef struct
{
  guint width, height;
  guint depth, colour;
  guint n_channels;
  gboolean interlaced;
} Header;

static guint32
get32 (const guint8 *p)
{
  return (guint32) p[0] << 24 | (guint32) p[1] << 16 | (guint32) p[2] << 8 | p[3];
}

static gboolean
read_header (const guint8 *data, gsize size, Header *h)
{
  if (size < IHDR_END || memcmp (data, MAGIC, 8) != 0 || memcmp (data + 12, "IHDR", 4) != 0)
    return FALSE;
  *h = (Header){ .width = get32 (data + 16),
                 .height = get32 (data + 20),
                 .depth = data[24],
                 .colour = data[25],
                 .interlaced = data[28] != 0 };
  if (h->width == 0 || h->height == 0 || h->depth > 16 || h->depth == 0
      || (h->depth & (h->depth - 1)) != 0)
    return FALSE;
  switch (h->colour)
    {
    case COLOUR_GREY:
    case COLOUR_PALETTE:
      h->n_channels = 1;
      break;
    case COLOUR_GREY_ALPHA:
      h->n_channels = 2;
      break;
    case COLOUR_RGB:
      h->n_channels = 3;
      break;
    case COLOUR_RGB_ALPHA:
      h->n_channels = 4;
      break;
    default:
      return FALSE;
    }
  /* Fewer than eight bits only where a pixel is one number; a palette has no more than those. */
  return (h->depth >= 8 || h->n_channels == 1) && (h->depth < 16 || h->colour != COLOUR_PALETTE)
         && data[26] == 0 && data[27] == 0 && data[28] <= 1;
}

gboolean
monocle_png_is_large (const guint8 *data, gsize size)
{
  Header h;

  if (!read_header (data, size, &h))
    return FALSE;
  return (guint64) h.width * h.height * (h.colour == COLOUR_PALETTE ? 4 : h.n_channels)
         > STB_MAX_BYTES;
}

/* --- Inflating what the chunks hold --- */

typedef struct
{
  const guint8 *data;
  gsize size;
  gsize next;       /* the chunk after this one */
  const guint8 *at; /* what is left of this one */
  gsize left;
  gboolean ended; /* of the compressed data */
  GConverter *inflate;
} Source;

/* The next IDAT; whatever else there is between them is not part of the picture. */
static gboolean
next_chunk (Source *s)
{
  while (s->size - s->next >= 12)
    {
      const guint8 *chunk = s->data + s->next;
      gsize length = get32 (chunk);

      if (memcmp (chunk + 4, "IEND", 4) == 0)
        return FALSE;
      if (length > s->size - s->next - 8)
        length = s->size - s->next - 8; /* Cut off: what is there may do. */
      s->next = MIN (s->size, s->next + 12 + length);
      if (memcmp (chunk + 4, "IDAT", 4) == 0 && length > 0)
        {
          s->at = chunk + 8;
          s->left = length;
          return TRUE;
        }
    }
  return FALSE;
}

static const char *
read_bytes (Source *s, guint8 *to, gsize n)
{
  while (n > 0)
    {
      gsize used = 0, made = 0;
      g_autoptr (GError) error = NULL;
      GConverterResult result;

      if (s->ended || (s->left == 0 && !next_chunk (s)))
        return "truncated";
      result = g_converter_convert (s->inflate, s->at, s->left, to, n, G_CONVERTER_NO_FLAGS, &used,
                                    &made, &error);
      if (result == G_CONVERTER_ERROR)
        {
          /* The rest of a symbol is in the next chunk. */
          if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
            return "corrupt compressed data";
          used = s->left;
        }
      s->ended = result == G_CONVERTER_FINISHED;
      s->at += used;
      s->left -= used;
      to += made;
      n -= made;
    }
  return NULL;
}

/* --- Rows --- */

static guint8
paeth (guint8 a, guint8 b, guint8 c)
{
  int p = a + b - c;
  int pa = ABS (p - a), pb = ABS (p - b), pc = ABS (p - c);

  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/* @step: bytes from a pixel to the next, at least one */
static gboolean
unfilter (guint filter, guint8 *row, const guint8 *above, gsize n, gsize step)
{
  if (filter > 4)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      guint8 a = i >= step ? row[i - step] : 0, b = above[i], c = i >= step ? above[i - step] : 0;

      switch (filter)
        {
        case 1:
          row[i] = (guint8) (row[i] + a);
          break;
        case 2:
          row[i] = (guint8) (row[i] + b);
          break;
        case 3:
          row[i] = (guint8) (row[i] + (a + b) / 2);
          break;
        case 4:
          row[i] = (guint8) (row[i] + paeth (a, b, c));
          break;
        default:
          return TRUE;
        }
    }
  return TRUE;
}

/* @palette: 256 colours */
static void
convert_row (const Header *h, const guint8 *row, const guint8 *palette, guint8 *to)
{
  const guint bytes = h->depth == 16 ? 2 : 1;
  const guint most = (1u << MIN (h->depth, 8)) - 1;

  for (gsize x = 0; x < h->width; x++, to += 3)
    {
      if (h->n_channels >= 3)
        for (guint c = 0; c < 3; c++)
          to[c] = row[(x * h->n_channels + c) * bytes];
      else if (h->depth >= 8)
        memset (to, row[x * h->n_channels * bytes], 3);
      else
        {
          guint shift = 8 - h->depth - (guint) (x * h->depth % 8);

          memset (to, row[x * h->depth / 8] >> shift & most, 3);
        }
      if (h->colour == COLOUR_PALETTE)
        memcpy (to, palette + 3 * (gsize) to[0], 3);
      else if (h->depth < 8)
        memset (to, (int) (to[0] * (255 / most)), 3);
    }
}

static void
read_palette (const guint8 *data, gsize size, guint8 *palette)
{
  gsize at = 8;

  while (size - at >= 12)
    {
      gsize length = get32 (data + at);

      if (length > size - at - 12 || memcmp (data + at + 4, "IDAT", 4) == 0)
        return;
      if (memcmp (data + at + 4, "PLTE", 4) == 0)
        memcpy (palette, data + at + 8, MIN (length, 3 * 256));
      at += 12 + length;
    }
}

const char *
monocle_png_load (const guint8 *data, gsize size, guint8 *pixels)
{
  g_autoptr (GZlibDecompressor) inflate = NULL;
  g_autofree guint8 *rows = NULL;
  guint8 palette[3 * 256] = { 0 };
  Source source;
  Header h;
  gsize n, step;

  if (!read_header (data, size, &h))
    return "bad PNG header";
  if (h.interlaced)
    return "interlaced PNG of this size";
  n = ((gsize) h.width * h.n_channels * h.depth + 7) / 8;
  step = MAX (1, h.n_channels * h.depth / 8);
  rows = g_try_malloc0_n (n + 1, 2);
  if (rows == NULL)
    return "outofmem";
  read_palette (data, size, palette);

  inflate = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
  source = (Source){ .data = data, .size = size, .next = 8, .inflate = G_CONVERTER (inflate) };
  for (guint y = 0; y < h.height; y++)
    {
      guint8 *row = rows + y % 2 * (n + 1);
      const guint8 *above = rows + (y + 1) % 2 * (n + 1);
      const char *fault = read_bytes (&source, row, n + 1);

      if (fault != NULL)
        return fault;
      if (!unfilter (row[0], row + 1, above + 1, n, step))
        return "invalid filter";
      convert_row (&h, row + 1, palette, pixels + 3 * (gsize) y * h.width);
    }
  return NULL;
}
