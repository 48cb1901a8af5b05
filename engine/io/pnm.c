/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reader of PBM, PGM and PPM. See pnm.h.
 */
#include "config.h"

#include "engine/io/pnm.h"

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

static const char *
load_plain (Header *h, gsize n_samples, guint8 *to)
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

static const char *
load_bits (Header *h, guint8 *to)
{
  gsize row_bytes = ((gsize) h->width + 7) / 8;
  if ((gsize) (h->end - h->at) / row_bytes < h->height)
    return "truncated";
  for (guint y = 0; y < h->height; y++, h->at += row_bytes)
    for (guint x = 0; x < h->width; x++)
      *to++ = (h->at[x / 8] >> (7 - x % 8) & 1) != 0 ? 0 : 255;
  return NULL;
}

static const char *
load_binary (Header *h, gsize n_samples, guint8 *to)
{
  gsize sample_bytes = h->maxval > 255 ? 2 : 1;
  guint8 table[256];

  if ((gsize) (h->end - h->at) / sample_bytes < n_samples)
    return "truncated";
  if (sample_bytes == 2)
    {
      for (gsize i = 0; i < n_samples; i++)
        to[i] = scale ((guint) h->at[2 * i] << 8 | h->at[2 * i + 1], h->maxval);
      return NULL;
    }
  for (guint v = 0; v < 256; v++)
    table[v] = scale (v, h->maxval);
  for (gsize i = 0; i < n_samples; i++)
    to[i] = table[h->at[i]];
  return NULL;
}

const char *
monocle_pnm_info (const guint8 *data, gsize size, guint *width, guint *height)
{
  Header h;
  const char *fault = read_header (&h, data, size);
  if (fault != NULL)
    return fault;
  *width = h.width;
  *height = h.height;
  return NULL;
}

const char *
monocle_pnm_load (const guint8 *data, gsize size, guint8 *pixels)
{
  Header h;
  gsize n_pixels, n_samples;
  const char *fault = read_header (&h, data, size);
  if (fault != NULL)
    return fault;
  n_pixels = (gsize) h.width * h.height;
  n_samples = n_pixels * h.n_channels;
  if (h.plain)
    fault = load_plain (&h, n_samples, pixels);
  else if (h.bitmap)
    fault = load_bits (&h, pixels);
  else
    fault = load_binary (&h, n_samples, pixels);
  if (fault == NULL && h.n_channels == 1)
    for (gsize i = n_pixels; i > 0; i--)
      memset (pixels + 3 * (i - 1), pixels[i - 1], 3);
  return fault;
}
