/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first picture of a GIF. See gif.h.
 */
#include "config.h"

#include "engine/picture/gif.h"

#include <string.h>

#define SCREEN_END 13
#define MAX_CODES  4096
#define NO_INDEX   256

typedef struct
{
  const guint8 *at, *end;
  guint width, height; /* of the screen */
  guint x, y, w, h;    /* of the frame on it */
  gboolean interlaced;
  guint transparent;     /* NO_INDEX when there is none */
  const guint8 *palette; /* (nullable): grey then */
  guint n_colours;
} Frame;

static guint
get16 (const guint8 *p)
{
  return (guint) p[1] << 8 | p[0];
}

static gsize
left (const Frame *f)
{
  return (gsize) (f->end - f->at);
}

/* FALSE when it is not all there. */
static gboolean
take_palette (Frame *f, guint flags)
{
  const guint n = 2u << (flags & 7);

  if ((flags & 0x80) == 0)
    return TRUE;
  if (left (f) < 3 * (gsize) n)
    return FALSE;
  f->palette = f->at;
  f->n_colours = n;
  f->at += 3 * (gsize) n;
  return TRUE;
}

/* An extension; of interest is what it says about the frame that follows. */
static gboolean
take_extension (Frame *f)
{
  if (left (f) >= 6 && f->at[0] == 0xf9 && f->at[1] == 4)
    f->transparent = (f->at[2] & 1) != 0 ? f->at[5] : NO_INDEX;
  if (left (f) < 1)
    return FALSE;
  f->at++;
  while (left (f) > 0 && *f->at != 0)
    {
      if (left (f) <= *f->at)
        return FALSE;
      f->at += 1 + *f->at;
    }
  if (left (f) == 0)
    return FALSE;
  f->at++;
  return TRUE;
}

/* Up to the compressed data of the first frame. */
static const char *
read_header (Frame *f, const guint8 *data, gsize size)
{
  if (size < SCREEN_END || memcmp (data, "GIF8", 4) != 0)
    return "bad GIF header";
  *f = (Frame){ .at = data + SCREEN_END,
                .end = data + size,
                .width = get16 (data + 6),
                .height = get16 (data + 8),
                .transparent = NO_INDEX };
  if (!take_palette (f, data[10]))
    return "truncated";
  while (left (f) > 0 && *f->at == 0x21)
    {
      f->at++;
      if (!take_extension (f))
        return "truncated";
    }
  if (left (f) > 0 && *f->at != 0x2c)
    return "no picture in the GIF";
  if (left (f) < 10)
    return "truncated";
  f->x = get16 (f->at + 1);
  f->y = get16 (f->at + 3);
  f->w = get16 (f->at + 5);
  f->h = get16 (f->at + 7);
  f->interlaced = (f->at[9] & 0x40) != 0;
  f->at += 10;
  if (!take_palette (f, f->at[-1]))
    return "truncated";
  if (f->w == 0 || f->h == 0)
    return "bad GIF header";
  /* A screen that is too small for what is shown on it. */
  f->width = MAX (f->width, f->x + f->w);
  f->height = MAX (f->height, f->y + f->h);
  return NULL;
}

/* --- Codes --- */

typedef struct
{
  guint16 before[MAX_CODES];
  guint8 last[MAX_CODES];
  guint8 text[MAX_CODES]; /* of a code, from its end */
  guint n_text;
  guint min_bits, n_bits, n_codes;
  int previous; /* -1 after a clear code */
  guint8 first; /* of the text of @previous */
  guint32 bits;
  guint n_held;
  guint block; /* bytes that are left in it */
} Codes;

static void
clear_codes (Codes *c)
{
  c->n_bits = c->min_bits + 1;
  c->n_codes = (1u << c->min_bits) + 2;
  c->previous = -1;
}

/* -1 at the end of the data. */
static int
next_code (Codes *c, Frame *f)
{
  guint code;

  while (c->n_held < c->n_bits)
    {
      if (c->block == 0)
        {
          if (left (f) == 0 || *f->at == 0)
            return -1;
          c->block = *f->at++;
        }
      if (left (f) == 0)
        return -1;
      c->bits |= (guint32) *f->at++ << c->n_held;
      c->n_held += 8;
      c->block--;
    }
  code = c->bits & ((1u << c->n_bits) - 1);
  c->bits >>= c->n_bits;
  c->n_held -= c->n_bits;
  return (int) code;
}

/* Fills @text with what @code stands for. */
static gboolean
expand (Codes *c, guint code)
{
  const guint clear = 1u << c->min_bits;
  guint at = code;

  c->n_text = 0;
  if (code > c->n_codes || (code == c->n_codes && c->previous < 0))
    return FALSE;
  if (code == c->n_codes) /* what is being added now */
    {
      c->text[c->n_text++] = c->first;
      at = (guint) c->previous;
    }
  while (at >= clear + 2 && c->n_text < MAX_CODES - 1)
    {
      c->text[c->n_text++] = c->last[at];
      at = c->before[at];
    }
  if (at >= clear)
    return FALSE;
  c->first = (guint8) at;
  c->text[c->n_text++] = c->first;
  if (c->previous >= 0 && c->n_codes < MAX_CODES)
    {
      c->before[c->n_codes] = (guint16) c->previous;
      c->last[c->n_codes++] = c->first;
      if (c->n_codes == 1u << c->n_bits && c->n_bits < 12)
        c->n_bits++;
    }
  c->previous = (int) code;
  return TRUE;
}

/* --- Rows --- */

static void
put_pixel (const Frame *f, guint index, gboolean covered, guint8 *to)
{
  if (f->palette == NULL)
    memset (to, (int) index, 3);
  else if (index < f->n_colours)
    memcpy (to, f->palette + 3 * (gsize) index, 3);
  else
    memset (to, 0, 3);
  to[3] = covered && index != f->transparent ? 255 : 0;
}

/* The row of the frame that comes as the @i-th. */
static guint
find_row (const Frame *f, guint i)
{
  static const guint starts[] = { 0, 4, 2, 1 }, steps[] = { 8, 8, 4, 2 };

  for (guint pass = 0; f->interlaced && pass < G_N_ELEMENTS (starts); pass++)
    {
      const guint n = f->h > starts[pass] ? (f->h - starts[pass] - 1) / steps[pass] + 1 : 0;

      if (i < n)
        return starts[pass] + i * steps[pass];
      i -= n;
    }
  return i;
}

static const char *
read_rows (Frame *f, Codes *c, guint8 *row, MonocleRaster *raster)
{
  const guint clear = 1u << c->min_bits;
  guint x = 0, i = 0;

  clear_codes (c);
  while (i < f->h)
    {
      const int code = next_code (c, f);

      if (code < 0 || (guint) code == clear + 1)
        return "truncated";
      if ((guint) code == clear)
        {
          clear_codes (c);
          continue;
        }
      if (!expand (c, (guint) code))
        return "bad code in the GIF";
      for (guint n = c->n_text; n > 0 && i < f->h; n--)
        {
          put_pixel (f, c->text[n - 1], TRUE, row + 4 * (gsize) (f->x + x));
          if (++x < f->w)
            continue;
          monocle_raster_put (raster, f->y + find_row (f, i), row, 4);
          x = 0;
          i++;
        }
    }
  return NULL;
}

/* Rows above and below the frame, once it is there: an empty frame is no picture. */
static void
put_margins (const Frame *f, guint8 *row, MonocleRaster *raster)
{
  const guint ground = f->transparent != NO_INDEX ? f->transparent : 0;

  for (guint x = 0; x < f->width; x++)
    put_pixel (f, ground, FALSE, row + 4 * (gsize) x);
  for (guint y = 0; y < f->height; y++)
    if (y < f->y || y >= f->y + f->h)
      monocle_raster_put (raster, y, row, 4);
}

const char *
monocle_gif_read (const guint8 *data, gsize size, MonocleRaster *raster)
{
  g_autofree guint8 *row = NULL;
  g_autofree Codes *codes = NULL;
  Frame f;
  guint ground;
  const char *fault = read_header (&f, data, size);

  if (fault != NULL)
    return fault;
  if (left (&f) == 0)
    return "truncated";
  if (*f.at < 1 || *f.at > 8)
    return "bad GIF header";
  /* In order only when nothing is put in after the frame. */
  if (!monocle_raster_begin (raster, f.width, f.height, !f.interlaced && f.h == f.height))
    return "size";
  row = g_try_malloc_n (f.width, 4);
  codes = g_try_new0 (Codes, 1);
  if (row == NULL || codes == NULL)
    return "outofmem";
  codes->min_bits = *f.at++;
  ground = f.transparent != NO_INDEX ? f.transparent : 0;
  for (guint x = 0; x < f.width; x++)
    put_pixel (&f, ground, FALSE, row + 4 * (gsize) x);
  fault = read_rows (&f, codes, row, raster);
  if (raster->n_rows > 0)
    put_margins (&f, row, raster);
  return fault;
}
