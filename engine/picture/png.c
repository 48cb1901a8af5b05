/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PNG row by row. See png.h.
 */
#include "config.h"

#include "engine/picture/png.h"

#include <gio/gio.h>
#include <string.h>

#define MAGIC    "\x89PNG\r\n\x1a\n"
#define IHDR_END 33

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

/* What zlib puts before the data. The check sum behind it is not looked at, so that a wrong one
 * does not cost the last rows. */
static const char *
skip_zlib_header (Source *s)
{
  guint8 header[2];

  for (guint i = 0; i < 2; i++)
    {
      if (s->left == 0 && !next_chunk (s))
        return "truncated";
      header[i] = *s->at++;
      s->left--;
    }
  return (header[0] & 15) == 8 && (header[1] & 0x20) == 0 ? NULL : "corrupt compressed data";
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

static inline guint8
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
  const gsize first = MIN (step, n);

  switch (filter)
    {
    case 0:
      return TRUE;
    case 1:
      for (gsize i = first; i < n; i++)
        row[i] = (guint8) (row[i] + row[i - step]);
      return TRUE;
    case 2:
      for (gsize i = 0; i < n; i++)
        row[i] = (guint8) (row[i] + above[i]);
      return TRUE;
    case 3:
      for (gsize i = 0; i < first; i++)
        row[i] = (guint8) (row[i] + above[i] / 2);
      for (gsize i = first; i < n; i++)
        row[i] = (guint8) (row[i] + (row[i - step] + above[i]) / 2);
      return TRUE;
    case 4:
      for (gsize i = 0; i < first; i++)
        row[i] = (guint8) (row[i] + above[i]);
      for (gsize i = first; i < n; i++)
        row[i] = (guint8) (row[i] + paeth (row[i - step], above[i], above[i - step]));
      return TRUE;
    default:
      return FALSE;
    }
}

/* --- Colours --- */

/* What stands before the pixels and says how they are meant. */
typedef struct
{
  guint8 palette[4 * 256]; /* RGB and alpha */
  guint n_colours;
  gboolean has_key; /* one colour is see-through: these samples */
  guint16 key[3];
  guint n_channels; /* of what rows become: 3, or 4 when there can be alpha */
} Colours;

static void
read_alpha (const Header *h, const guint8 *chunk, gsize length, Colours *colours)
{
  const guint n = h->colour == COLOUR_RGB ? 3 : 1;

  if (h->colour == COLOUR_PALETTE)
    for (gsize i = 0; i < MIN (length, 256); i++)
      colours->palette[4 * i + 3] = chunk[i];
  else if ((h->colour == COLOUR_GREY || h->colour == COLOUR_RGB) && length >= 2 * n)
    {
      colours->has_key = TRUE;
      for (guint c = 0; c < n; c++)
        colours->key[c] = (guint16) (chunk[2 * c] << 8 | chunk[2 * c + 1]);
    }
  else
    return;
  colours->n_channels = 4;
}

static void
read_colours (const Header *h, const guint8 *data, gsize size, Colours *colours)
{
  gsize at = 8;

  memset (colours, 0, sizeof *colours);
  colours->n_channels = h->n_channels % 2 == 0 ? 4 : 3;
  for (guint i = 0; i < 256; i++)
    colours->palette[4 * i + 3] = 255;
  while (size - at >= 12)
    {
      const guint8 *chunk = data + at + 8;
      gsize length = get32 (data + at);

      if (length > size - at - 12 || memcmp (data + at + 4, "IDAT", 4) == 0)
        return;
      if (memcmp (data + at + 4, "PLTE", 4) == 0)
        {
          colours->n_colours = (guint) MIN (length / 3, 256);
          for (guint i = 0; i < colours->n_colours; i++)
            memcpy (colours->palette + 4 * (gsize) i, chunk + 3 * (gsize) i, 3);
        }
      else if (memcmp (data + at + 4, "tRNS", 4) == 0)
        read_alpha (h, chunk, length, colours);
      at += 12 + length;
    }
}

/* @n: pixels */
static void
convert_row (const Header *h, const Colours *colours, const guint8 *row, guint n, guint8 *to)
{
  const guint n_in = h->n_channels, n_colours = n_in >= 3 ? 3 : 1;
  const guint most = (1u << MIN (h->depth, 8)) - 1;

  if (h->depth == 8 && n_in == colours->n_channels)
    {
      memcpy (to, row, (gsize) n * n_in);
      return;
    }
  for (gsize x = 0; x < n; x++, to += colours->n_channels)
    {
      guint16 samples[4];

      if (h->depth < 8)
        samples[0] = row[x * h->depth / 8] >> (8 - h->depth - x * h->depth % 8) & most;
      else
        for (guint c = 0; c < n_in; c++)
          samples[c] = h->depth == 8
                           ? row[x * n_in + c]
                           : (guint16) (row[2 * (x * n_in + c)] << 8 | row[2 * (x * n_in + c) + 1]);
      if (h->colour == COLOUR_PALETTE)
        {
          memcpy (to, colours->palette + 4 * (gsize) samples[0], colours->n_channels);
          continue;
        }
      for (guint c = 0; c < 3; c++)
        {
          const guint sample = samples[n_colours == 3 ? c : 0];

          to[c] = (guint8) (h->depth == 16 ? sample >> 8 : sample * (255 / most));
        }
      if (n_in % 2 == 0)
        to[3] = (guint8) (h->depth == 16 ? samples[n_in - 1] >> 8 : samples[n_in - 1]);
      else if (colours->has_key)
        to[3] = memcmp (samples, colours->key, n_colours * sizeof *samples) == 0 ? 0 : 255;
    }
}

/* --- The picture --- */

/* Where the pixels of a pass are, and which of them each stands for until others come. */
typedef struct
{
  guint x, y, dx, dy;
  guint width, height;
} Pass;

static const Pass all_at_once[] = { { 0, 0, 1, 1, 1, 1 } };
static const Pass adam7[] = {
  { 0, 0, 8, 8, 8, 8 }, { 4, 0, 8, 8, 4, 8 }, { 0, 4, 4, 8, 4, 4 }, { 2, 0, 4, 4, 2, 4 },
  { 0, 2, 2, 4, 2, 2 }, { 1, 0, 2, 2, 1, 2 }, { 0, 1, 1, 2, 1, 1 },
};

typedef struct
{
  Header header;
  Colours colours;
  Source source;
  guint8 *rows;   /* two of a filter byte and bytes */
  guint8 *pixels; /* [width, colours.n_channels] */
  gsize row_bytes;
} Reader;

static void
put_row (const Reader *r, const Pass *pass, guint y, guint n, MonocleRaster *raster)
{
  const guint n_channels = r->colours.n_channels;

  if (!r->header.interlaced)
    monocle_raster_put (raster, y, r->pixels, n_channels);
  else
    for (guint x = 0; x < n; x++)
      monocle_raster_put_block (raster, pass->x + x * pass->dx, y, pass->width, pass->height,
                                r->pixels + (gsize) x * n_channels, n_channels);
}

static const char *
read_pass (Reader *r, const Pass *pass, MonocleRaster *raster)
{
  const Header *h = &r->header;
  const guint n = pass->x < h->width ? (h->width - pass->x - 1) / pass->dx + 1 : 0;
  const gsize n_bytes = ((gsize) n * h->n_channels * h->depth + 7) / 8;
  const gsize step = MAX (1, h->n_channels * h->depth / 8);

  memset (r->rows, 0, 2 * r->row_bytes);
  for (guint y = pass->y, i = 0; n > 0 && y < h->height; y += pass->dy, i++)
    {
      guint8 *row = r->rows + i % 2 * r->row_bytes;
      const guint8 *above = r->rows + (i + 1) % 2 * r->row_bytes;
      const char *fault = read_bytes (&r->source, row, n_bytes + 1);

      if (fault != NULL)
        return fault;
      if (!unfilter (row[0], row + 1, above + 1, n_bytes, step))
        return "invalid filter";
      convert_row (h, &r->colours, row + 1, n, r->pixels);
      put_row (r, pass, y, n, raster);
    }
  return NULL;
}

const char *
monocle_png_read (const guint8 *data, gsize size, MonocleRaster *raster)
{
  g_autoptr (GZlibDecompressor) inflate = NULL;
  g_autofree guint8 *rows = NULL;
  g_autofree guint8 *pixels = NULL;
  const char *fault = NULL;
  Reader r = { 0 };
  const Header *h = &r.header;

  if (size >= 16 && memcmp (data + 12, "CgBI", 4) == 0)
    return "a PNG for iPhones, which no other program reads";
  if (!read_header (data, size, &r.header))
    return "bad PNG header";
  read_colours (h, data, size, &r.colours);
  if (h->colour == COLOUR_PALETTE && r.colours.n_colours == 0)
    return "no palette";
  if (!monocle_raster_begin (raster, h->width, h->height, !h->interlaced))
    return "size";
  r.row_bytes = 1 + ((gsize) h->width * h->n_channels * h->depth + 7) / 8;
  r.rows = rows = g_try_malloc0_n (r.row_bytes, 2);
  r.pixels = pixels = g_try_malloc_n (h->width, r.colours.n_channels);
  if (rows == NULL || pixels == NULL)
    return "outofmem";

  inflate = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW);
  r.source = (Source){ .data = data, .size = size, .next = 8, .inflate = G_CONVERTER (inflate) };
  fault = skip_zlib_header (&r.source);
  if (fault == NULL && !h->interlaced)
    return read_pass (&r, all_at_once, raster);
  for (guint i = 0; fault == NULL && i < G_N_ELEMENTS (adam7); i++)
    fault = read_pass (&r, &adam7[i], raster);
  return fault;
}
