/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Truevision TGA. See tga.h.
 */
#include "config.h"

#include "engine/picture/tga.h"

#include <string.h>

#define HEADER_BYTES 18

enum
{
  MAPPED = 1,
  COLOUR = 2,
  GREY = 3,
  PACKED = 8, /* added to these */
};

typedef struct
{
  guint kind; /* without PACKED */
  gboolean packed;
  guint width, height;
  guint n_bytes; /* of a pixel */
  gboolean top_down, right_to_left;
  guint n_channels; /* of what it becomes: 3, or 4 when there can be alpha */
  guint first_colour, n_colours;
  guint8 *palette;        /* [n_colours, 4] */
  const guint8 *at, *end; /* of the pixels */
} Targa;

static guint
get16 (const guint8 *p)
{
  return (guint) p[1] << 8 | p[0];
}

/* @n_bytes: 2, 3 or 4; of two, five bits each */
static void
convert_colour (const guint8 *from, guint n_bytes, guint8 *to)
{
  const guint value = get16 (from);

  to[3] = n_bytes == 4 ? from[3] : 255;
  for (guint c = 0; c < 3; c++)
    to[c] = n_bytes == 2 ? (guint8) ((value >> (10 - 5 * c) & 31) * 255 / 31) : from[2 - c];
}

static gboolean
is_depth (guint bits)
{
  return bits == 15 || bits == 16 || bits == 24 || bits == 32;
}

static gboolean
is_plausible (const guint8 *data)
{
  const guint kind = data[2] & ~(guint) PACKED, bits = data[16];

  if (data[1] > 1 || (data[17] & 0xc0) != 0 || get16 (data + 12) == 0 || get16 (data + 14) == 0)
    return FALSE;
  switch (kind)
    {
    case MAPPED:
      return data[1] == 1 && bits == 8 && is_depth (data[7]) && get16 (data + 5) > 0;
    case COLOUR:
      return is_depth (bits);
    case GREY:
      return bits == 8 || bits == 16;
    default:
      return FALSE;
    }
}

static const char *
read_header (Targa *t, const guint8 *data, gsize size)
{
  gsize at = HEADER_BYTES, n_bytes;

  if (size < HEADER_BYTES || !is_plausible (data))
    return "unknown image type";
  *t = (Targa){
    .kind = data[2] & ~(guint) PACKED,
    .packed = (data[2] & PACKED) != 0,
    .width = get16 (data + 12),
    .height = get16 (data + 14),
    .n_bytes = (data[16] + 7u) / 8,
    .top_down = (data[17] & 0x20) != 0,
    .right_to_left = (data[17] & 0x10) != 0,
    .first_colour = get16 (data + 3),
    .n_colours = get16 (data + 5),
  };
  at += data[0];
  n_bytes = (data[7] + 7u) / 8;
  if (data[1] == 1)
    {
      if (at > size || (size - at) / MAX (n_bytes, 1) < t->n_colours)
        return "truncated";
      if (t->kind == MAPPED)
        {
          t->palette = g_new0 (guint8, 4 * (gsize) t->n_colours);
          for (guint i = 0; i < t->n_colours; i++)
            convert_colour (data + at + n_bytes * i, (guint) n_bytes, t->palette + 4 * (gsize) i);
        }
      at += n_bytes * t->n_colours;
    }
  if (t->kind == GREY)
    t->n_channels = t->n_bytes == 2 ? 4 : 3;
  else
    t->n_channels = (t->kind == MAPPED ? n_bytes : t->n_bytes) == 4 ? 4 : 3;
  t->at = data + MIN (at, size);
  t->end = data + size;
  return NULL;
}

static void
convert_pixel (const Targa *t, const guint8 *from, guint8 *to)
{
  guint8 pixel[4] = { 0, 0, 0, 255 };

  if (t->kind == COLOUR)
    convert_colour (from, t->n_bytes, pixel);
  else if (t->kind == GREY)
    {
      memset (pixel, from[0], 3);
      pixel[3] = t->n_bytes == 2 ? from[1] : 255;
    }
  else if (from[0] >= t->first_colour && from[0] - t->first_colour < t->n_colours)
    memcpy (pixel, t->palette + 4 * (gsize) (from[0] - t->first_colour), 4);
  memcpy (to, pixel, t->n_channels);
}

/* Packets may go on in the next row. */
typedef struct
{
  guint left;
  gboolean repeats;
} Packet;

/* The next pixel of the file; NULL at its end. */
static const guint8 *
next_pixel (Targa *t, Packet *packet)
{
  const guint8 *pixel;

  if (t->packed && packet->left == 0)
    {
      if (t->at == t->end)
        return NULL;
      packet->repeats = (*t->at & 0x80) != 0;
      packet->left = (*t->at++ & 0x7f) + 1u;
    }
  if ((gsize) (t->end - t->at) < t->n_bytes)
    return NULL;
  pixel = t->at;
  if (packet->left > 0)
    packet->left--;
  if (!packet->repeats || packet->left == 0)
    t->at += t->n_bytes;
  return pixel;
}

static const char *
read_rows (Targa *t, guint8 *row, MonocleRaster *raster)
{
  Packet packet = { 0 };

  for (guint i = 0; i < t->height; i++)
    {
      for (guint x = 0; x < t->width; x++)
        {
          const guint8 *pixel = next_pixel (t, &packet);
          const gsize at = t->right_to_left ? t->width - 1 - x : x;

          if (pixel == NULL)
            return "truncated";
          convert_pixel (t, pixel, row + at * t->n_channels);
        }
      monocle_raster_put (raster, t->top_down ? i : t->height - 1 - i, row, t->n_channels);
    }
  return NULL;
}

const char *
monocle_tga_read (const guint8 *data, gsize size, MonocleRaster *raster)
{
  g_autofree guint8 *row = NULL;
  g_autofree guint8 *palette = NULL;
  Targa t = { 0 };
  const char *fault = read_header (&t, data, size);

  palette = t.palette;
  if (fault != NULL)
    return fault;
  if (!monocle_raster_begin (raster, t.width, t.height, TRUE))
    return "size";
  row = g_try_malloc_n (t.width, t.n_channels);
  if (row == NULL)
    return "outofmem";
  fault = read_rows (&t, row, raster);
  monocle_raster_drop_empty_alpha (raster);
  return fault;
}
