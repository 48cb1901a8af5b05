/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Windows and OS/2 bitmaps. See bmp.h.
 */
#include "config.h"

#include "engine/picture/bmp.h"

#include <string.h>

#define FILE_HEADER   14
#define CORE_HEADER   12 /* OS/2 1: half the sizes, colours of three bytes */
#define WINDOWS_3     40
#define OS2_2_HEADER  64
#define LAST_HEADER   124
#define MASKS_IN_FROM 52 /* headers of this size on hold the masks, and one for alpha ... */
#define ALPHA_IN_FROM 56 /* ... of this size on */

enum
{
  PLAIN = 0,
  RLE8 = 1,
  RLE4 = 2,
  MASKS = 3,
  ALPHA_MASKS = 6,
};

typedef struct
{
  guint32 mask;
  guint shift, most;
} Channel;

typedef struct
{
  guint header, width, height, bits, compression;
  gboolean top_down;
  Channel channels[4]; /* red, green, blue, alpha */
  guint8 palette[3 * 256];
  const guint8 *at, *end; /* of the pixels */
} Bitmap;

static guint
get16 (const guint8 *p)
{
  return (guint) p[1] << 8 | p[0];
}

static guint32
get32 (const guint8 *p)
{
  return (guint32) get16 (p + 2) << 16 | get16 (p);
}

static Channel
make_channel (guint32 mask)
{
  Channel channel = { .mask = mask };

  while (mask != 0 && (mask & 1) == 0)
    mask >>= 1, channel.shift++;
  channel.most = mask;
  return channel;
}

static void
set_masks (Bitmap *b, guint32 red, guint32 green, guint32 blue, guint32 alpha)
{
  b->channels[0] = make_channel (red);
  b->channels[1] = make_channel (green);
  b->channels[2] = make_channel (blue);
  b->channels[3] = make_channel (alpha);
}

/* @at: of what follows the header; moves behind masks that stand there */
static gboolean
read_masks (Bitmap *b, const guint8 *data, gsize size, gsize *at)
{
  const guint8 *masks = data + FILE_HEADER + WINDOWS_3;
  const gboolean inside = b->header >= MASKS_IN_FROM && b->header != OS2_2_HEADER;
  gboolean alpha = inside ? b->header >= ALPHA_IN_FROM : b->compression == ALPHA_MASKS;

  if (b->compression != MASKS && b->compression != ALPHA_MASKS)
    {
      if (b->bits == 16)
        set_masks (b, 0x7c00, 0x3e0, 0x1f, 0);
      else
        set_masks (b, 0xff0000, 0xff00, 0xff, 0);
      return TRUE;
    }
  if (!inside)
    *at += alpha ? 16 : 12;
  if (size < *at)
    return FALSE;
  set_masks (b, get32 (masks), get32 (masks + 4), get32 (masks + 8),
             alpha ? get32 (masks + 12) : 0);
  return TRUE;
}

static gboolean
is_known (const Bitmap *b)
{
  switch (b->compression)
    {
    case PLAIN:
      return b->bits == 1 || b->bits == 2 || b->bits == 4 || b->bits == 8 || b->bits == 16
             || b->bits == 24 || b->bits == 32;
    case RLE8:
      return b->bits == 8 && !b->top_down;
    case RLE4:
      return b->bits == 4 && !b->top_down;
    case MASKS:
    case ALPHA_MASKS:
      /* In OS/2 it is another compression that has this number. */
      return (b->bits == 16 || b->bits == 32) && b->header >= WINDOWS_3
             && b->header != OS2_2_HEADER;
    default:
      return FALSE;
    }
}

static const char *
read_header (Bitmap *b, const guint8 *data, gsize size)
{
  const guint8 *info = data + FILE_HEADER;
  const gboolean core = size >= FILE_HEADER + 4 && get32 (info) == CORE_HEADER;
  guint32 n_colours = 0, height;
  gsize at, pixels, entry = core ? 3 : 4;

  if (size < FILE_HEADER + CORE_HEADER || memcmp (data, "BM", 2) != 0)
    return "bad BMP header";
  *b = (Bitmap){ .header = get32 (info) };
  if (!core && (b->header < 16 || b->header > LAST_HEADER || size < FILE_HEADER + b->header))
    return "bad BMP header";
  at = FILE_HEADER + b->header;
  b->width = core ? get16 (info + 4) : get32 (info + 4);
  height = core ? get16 (info + 6) : get32 (info + 8);
  b->top_down = !core && height > G_MAXINT32;
  b->height = b->top_down ? -height : height;
  b->bits = get16 (info + (core ? 10 : 14));
  if (b->header >= 20)
    b->compression = get32 (info + 16);
  if (b->header >= 36)
    n_colours = get32 (info + 32);
  if (!is_known (b))
    return "a kind of BMP that Monocle does not read";
  if (b->width > G_MAXINT32 || b->height > G_MAXINT32)
    return "bad BMP header";
  if (!read_masks (b, data, size, &at))
    return "truncated";
  pixels = get32 (data + 10);
  if (b->bits <= 8)
    {
      if (n_colours == 0 || n_colours > 1u << b->bits)
        n_colours = 1u << b->bits;
      /* Some writers give fewer colours than they say. */
      if (pixels > at)
        n_colours = (guint32) MIN (n_colours, (pixels - at) / entry);
      n_colours = (guint32) MIN (n_colours, (size - at) / entry);
      for (guint i = 0; i < n_colours; i++)
        for (guint c = 0; c < 3; c++)
          b->palette[3 * i + c] = data[at + entry * i + 2 - c];
      at += entry * n_colours;
    }
  /* There may be a gap. */
  if (pixels < at)
    pixels = at;
  b->at = data + MIN (pixels, size);
  b->end = data + size;
  return NULL;
}

/* --- Rows --- */

static void
look_up (const Bitmap *b, const guint8 *indexes, guint8 *to)
{
  for (guint x = 0; x < b->width; x++)
    memcpy (to + 3 * (gsize) x, b->palette + 3 * (gsize) indexes[x], 3);
}

static void
convert_masked (const Bitmap *b, const guint8 *row, guint n_channels, guint8 *to)
{
  for (guint x = 0; x < b->width; x++, to += n_channels)
    {
      const guint32 pixel
          = b->bits == 16 ? get16 (row + 2 * (gsize) x) : get32 (row + 4 * (gsize) x);

      for (guint c = 0; c < n_channels; c++)
        {
          const Channel *channel = &b->channels[c];
          const guint64 value = (pixel & channel->mask) >> channel->shift;

          to[c] = channel->most > 0 ? (guint8) (value * 255 / channel->most) : 0;
        }
    }
}

static void
convert_row (const Bitmap *b, const guint8 *row, guint n_channels, guint8 *indexes, guint8 *to)
{
  if (b->bits > 8 && b->bits != 24)
    convert_masked (b, row, n_channels, to);
  else if (b->bits == 24)
    for (guint x = 0; x < b->width; x++)
      for (guint c = 0; c < 3; c++)
        to[3 * (gsize) x + c] = row[3 * (gsize) x + 2 - c];
  else
    {
      for (gsize x = 0; x < b->width; x++)
        indexes[x]
            = row[x * b->bits / 8] >> (8 - b->bits - x * b->bits % 8) & ((1u << b->bits) - 1);
      look_up (b, indexes, to);
    }
}

static const char *
read_plain (Bitmap *b, guint8 *indexes, guint8 *pixels, guint n_channels, MonocleRaster *raster)
{
  const gsize used = ((gsize) b->width * b->bits + 7) / 8, stride = (used + 3) / 4 * 4;

  for (guint i = 0; i < b->height; i++)
    {
      /* What pads the last row may be missing. */
      if ((gsize) (b->end - b->at) < used)
        return "truncated";
      convert_row (b, b->at, n_channels, indexes, pixels);
      monocle_raster_put (raster, b->top_down ? i : b->height - 1 - i, pixels, n_channels);
      b->at += MIN (stride, (gsize) (b->end - b->at));
    }
  return NULL;
}

/* --- Run lengths --- */

typedef struct
{
  Bitmap *bitmap;
  guint8 *indexes; /* of the row that is being filled */
  guint8 *pixels;
  guint x, n_done; /* rows from the bottom */
  MonocleRaster *raster;
} Runs;

/* What was skipped is of the first colour. */
static void
end_row (Runs *r)
{
  if (r->n_done >= r->bitmap->height)
    return;
  look_up (r->bitmap, r->indexes, r->pixels);
  monocle_raster_put (r->raster, r->bitmap->height - 1 - r->n_done, r->pixels, 3);
  memset (r->indexes, 0, r->bitmap->width);
  r->x = 0;
  r->n_done++;
}

static void
put_index (Runs *r, guint index)
{
  if (r->x < r->bitmap->width && r->n_done < r->bitmap->height)
    r->indexes[r->x++] = (guint8) index;
}

/* The @i-th index of a run whose bytes are at @p. */
static guint
get_index (const Bitmap *b, const guint8 *p, guint i)
{
  return b->bits == 8 ? p[i] : p[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15;
}

/* Indexes one after the other, padded to whole pairs of bytes. */
static gboolean
copy_run (Runs *r, guint n)
{
  Bitmap *b = r->bitmap;
  const gsize n_bytes = b->bits == 8 ? n : (n + 1) / 2;
  const gsize there = MIN (n_bytes, (gsize) (b->end - b->at));

  for (guint i = 0; i < n && (b->bits == 8 ? i : i / 2) < there; i++)
    put_index (r, get_index (b, b->at, i));
  b->at += MIN (n_bytes + n_bytes % 2, (gsize) (b->end - b->at));
  return there == n_bytes;
}

static gboolean
skip (Runs *r)
{
  Bitmap *b = r->bitmap;
  guint x, dy;

  if (b->end - b->at < 2)
    return FALSE;
  x = r->x + b->at[0];
  dy = b->at[1];
  b->at += 2;
  while (dy-- > 0)
    end_row (r);
  r->x = MIN (x, b->width);
  return TRUE;
}

static const char *
read_runs (Runs *r)
{
  Bitmap *b = r->bitmap;

  while (r->n_done < b->height)
    {
      guint n, second;

      if (b->end - b->at < 2)
        return "truncated";
      n = b->at[0];
      second = b->at[1];
      b->at += 2;
      if (n > 0)
        {
          const guint8 run[] = { (guint8) second };

          for (guint i = 0; i < n; i++)
            put_index (r, b->bits == 8 ? second : get_index (b, run, i % 2));
        }
      else if (second == 0)
        end_row (r);
      else if (second == 1)
        while (r->n_done < b->height)
          end_row (r);
      else if (!(second == 2 ? skip (r) : copy_run (r, second)))
        return "truncated";
    }
  return NULL;
}

const char *
monocle_bmp_read (const guint8 *data, gsize size, MonocleRaster *raster)
{
  g_autofree guint8 *indexes = NULL;
  g_autofree guint8 *pixels = NULL;
  Bitmap b;
  guint n_channels;
  const char *fault = read_header (&b, data, size);

  if (fault != NULL)
    return fault;
  if (!monocle_raster_begin (raster, b.width, b.height, TRUE))
    return "size";
  n_channels = b.channels[3].mask != 0 && b.bits >= 16 ? 4 : 3;
  indexes = g_try_malloc0 (b.width);
  pixels = g_try_malloc_n (b.width, n_channels);
  if (indexes == NULL || pixels == NULL)
    return "outofmem";
  if (b.compression == RLE8 || b.compression == RLE4)
    {
      Runs runs = { .bitmap = &b, .indexes = indexes, .pixels = pixels, .raster = raster };

      return read_runs (&runs);
    }
  fault = read_plain (&b, indexes, pixels, n_channels, raster);
  monocle_raster_drop_empty_alpha (raster);
  return fault;
}
