/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reader of PBM, PGM and PPM. See pnm.h.
 */
#include "config.h"

#include "engine/picture/pnm.h"

#include <string.h>

#define MAX_NUMBER 999999999u

typedef struct
{
  const guint8 *at, *end;
  guint n_channels;
  gboolean plain;
  gboolean bitmap;
  guint width, height, maxval;
} Header;

static gboolean
is_blank (guint8 c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Skips blanks and comments, which run to the end of their line. */
static void
skip_blanks (Header *h)
{
  while (h->at < h->end && (is_blank (*h->at) || *h->at == '#'))
    {
      if (*h->at == '#')
        while (h->at < h->end && *h->at != '\n' && *h->at != '\r')
          h->at++;
      else
        h->at++;
    }
}

static gboolean
read_number (Header *h, guint *value)
{
  guint v = 0;
  skip_blanks (h);
  if (h->at == h->end || !g_ascii_isdigit (*h->at))
    return FALSE;
  while (h->at < h->end && g_ascii_isdigit (*h->at))
    {
      v = v * 10 + (guint) (*h->at++ - '0');
      if (v > MAX_NUMBER)
        return FALSE;
    }
  *value = v;
  return TRUE;
}

static const char *
read_header (Header *h, const guint8 *data, gsize size)
{
  guint kind;
  if (size < 3 || data[0] != 'P' || data[1] < '1' || data[1] > '6')
    return "not a PNM file";
  kind = data[1] - '0';
  *h = (Header){ .at = data + 2,
                 .end = data + size,
                 .n_channels = kind % 3 == 0 ? 3 : 1,
                 .plain = kind <= 3,
                 .bitmap = kind % 3 == 1,
                 .maxval = 1 };
  if (!read_number (h, &h->width) || !read_number (h, &h->height)
      || (!h->bitmap && !read_number (h, &h->maxval)))
    return "corrupt PNM header";
  if (h->width == 0 || h->height == 0 || h->maxval == 0 || h->maxval > 65535)
    return "bad number in the PNM header";
  /* Exactly one blank stands between the header and binary samples. */
  if (h->at == h->end)
    return "truncated";
  if (!is_blank (*h->at))
    return "corrupt PNM header";
  h->at++;
  return NULL;
}

/* round (v / maxval * 255) with Python's rounding of halves to even. */
static guint8
scale (guint v, guint maxval)
{
  guint twice, q, r;
  if (v >= maxval)
    return 255;
  twice = 2 * maxval;
  q = (2 * 255 * v + maxval) / twice;
  r = (2 * 255 * v + maxval) % twice;
  return (guint8) (r == 0 && q % 2 == 1 ? q - 1 : q);
}

/* One row to samples of 8 bits. */
static const char *
read_plain_row (Header *h, gsize n_samples, guint8 *to)
{
  for (gsize i = 0; i < n_samples; i++)
    {
      guint v;
      if (h->bitmap) /* Digits may touch each other. */
        {
          skip_blanks (h);
          if (h->at == h->end)
            return "truncated";
          if (*h->at != '0' && *h->at != '1')
            return "corrupt PNM data";
          to[i] = *h->at++ == '1' ? 0 : 255;
          continue;
        }
      if (!read_number (h, &v))
        return h->at == h->end ? "truncated" : "corrupt PNM data";
      to[i] = scale (v, h->maxval);
    }
  return NULL;
}

/* @table: what samples of one byte become */
static const char *
read_binary_row (Header *h, gsize n_samples, const guint8 *table, guint8 *to)
{
  const gsize n_bytes = h->bitmap         ? (n_samples + 7) / 8
                        : h->maxval > 255 ? 2 * n_samples
                                          : n_samples;

  if ((gsize) (h->end - h->at) < n_bytes)
    return "truncated";
  for (gsize i = 0; i < n_samples; i++)
    if (h->bitmap)
      to[i] = (h->at[i / 8] >> (7 - i % 8) & 1) != 0 ? 0 : 255;
    else if (h->maxval > 255)
      to[i] = scale ((guint) h->at[2 * i] << 8 | h->at[2 * i + 1], h->maxval);
    else
      to[i] = table[h->at[i]];
  h->at += n_bytes;
  return NULL;
}

const char *
monocle_pnm_read (const guint8 *data, gsize size, MonocleRaster *raster)
{
  g_autofree guint8 *row = NULL;
  guint8 table[256];
  Header h;
  gsize n_samples;
  const char *fault = read_header (&h, data, size);

  if (fault != NULL)
    return fault;
  if (!monocle_raster_begin (raster, h.width, h.height, TRUE))
    return "size";
  n_samples = (gsize) h.width * h.n_channels;
  row = g_try_malloc_n (h.width, 3);
  if (row == NULL)
    return "outofmem";
  for (guint v = 0; v < 256; v++)
    table[v] = scale (v, h.maxval);
  for (guint y = 0; y < h.height; y++)
    {
      fault = h.plain ? read_plain_row (&h, n_samples, row)
                      : read_binary_row (&h, n_samples, table, row);
      if (fault != NULL)
        return fault;
      if (h.n_channels == 1)
        for (gsize x = h.width; x > 0; x--)
          memset (row + 3 * (x - 1), row[x - 1], 3);
      monocle_raster_put (raster, y, row, 3);
    }
  return NULL;
}
