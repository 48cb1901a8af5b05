/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JPEG through stb_image, compiled here and nowhere else, with an allocator of our own: what one
 * image may take is bounded, and memory starts as zeros. stb_image decodes the scans; what
 * the components mean is told as libjpeg tells it, and rows leave as soon as they are made, so that
 * the components and the picture are not both in memory.
 *
 * Bytes are handed over through callbacks, because the decoder takes what is behind the end of a
 * file for zeros and carries on; only so do we notice that a file is truncated.
 */
#include "config.h"

#include "engine/picture/jpeg.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Before each block: its size, padded so that the block stays aligned. */
#define HEADER_BYTES 16

/* Enough for the size of any image to be read. */
#define INFO_BUDGET_BYTES (1024 * 1024)

/* What the decoder may take for a pixel: samples and coefficients of four components; each side is
 * padded by up to a block of 32 pixels. */
#define BUDGET_A_PIXEL 48
#define BUDGET_PADDING 64
#define BUDGET_FIXED   (16 * 1024 * 1024)

/* How often memory that is done with is given back, in rows. */
#define RELEASE_ROWS 64

static _Thread_local gsize budget_left;

static void *
allocate (gsize size)
{
  guint8 *block;
  if (size > budget_left)
    return NULL;
  block = calloc (1, size + HEADER_BYTES);
  if (block == NULL)
    return NULL;
  budget_left -= size;
  memcpy (block, &size, sizeof size);
  return block + HEADER_BYTES;
}

static void
release (void *block)
{
  guint8 *header = block;
  gsize size;
  if (block == NULL)
    return;
  header -= HEADER_BYTES;
  memcpy (&size, header, sizeof size);
  budget_left += size;
  free (header);
}

static inline void *
copy_bytes (void *to, const void *from, gsize n)
{
  return n > 0 ? memcpy (to, from, n) : to;
}

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_JPEG
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_NO_HDR
#define STBI_MAX_DIMENSIONS       65535
#define STBI_MALLOC(size)         allocate (size)
#define STBI_REALLOC(block, size) NULL /* not for JPEG */
#define STBI_FREE(block)          release (block)
/* A file must not be able to end the program; where these stand, decoding goes on safely. */
#define STBI_ASSERT(x) ((void) 0)
/* It copies nothing to nowhere, which is allowed to nobody. */
#define memcpy(to, from, n) copy_bytes (to, from, n)
/* By its full name it is a system header, whose warnings stay its own, but for one that the
 * compiler gives at the end of the file: so it is off until there. */
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb/stb_image.h>
#undef memcpy

typedef struct
{
  const guint8 *data;
  gsize size;
  gsize at;
  gboolean ran_out;
  stbi__jpeg *jpeg; /* (nullable): that a scan is being read of */
} Source;

/* What is missing becomes grey, as libjpeg has it: from now on all bits are 0, and they are to say
 * that a block has no coefficients. */
static void
read_nothing (stbi__jpeg *z)
{
  for (guint i = 0; i < 4; i++)
    {
      stbi__huffman *tables[] = { &z->huff_dc[i], &z->huff_ac[i] };

      for (guint k = 0; k < G_N_ELEMENTS (tables); k++)
        {
          tables[k]->fast[0] = 0;
          tables[k]->size[0] = 1;
          tables[k]->values[0] = 0;
        }
      z->fast_ac[i][0] = 0;
      z->img_comp[i].dc_pred = 0;
    }
}

/* stb_image fills its own buffer of 128 bytes, and is content with less at the end of the file;
 * any other number is what the decoder needs. */
static int
read_source (void *user, char *to, int n)
{
  Source *source = user;
  gsize want = n > 0 ? (gsize) n : 0;
  gsize have = MIN (want, source->size - source->at);
  if (want > have && (have == 0 || want != sizeof ((stbi__context *) NULL)->buffer_start))
    {
      source->ran_out = TRUE;
      if (source->jpeg != NULL)
        read_nothing (source->jpeg);
    }
  memcpy (to, source->data + source->at, have);
  source->at += have;
  return (int) have;
}

static void
skip_source (void *user, int n)
{
  Source *source = user;
  if (n > 0)
    source->at += MIN ((gsize) n, source->size - source->at);
  else if (n < 0)
    source->at -= MIN ((gsize) - (gint64) n, source->at);
}

static int
is_source_at_end (void *user)
{
  const Source *source = user;
  return source->at == source->size;
}

static const char *
failure (void)
{
  const char *reason = stbi_failure_reason ();
  return reason != NULL && *reason != '\0' ? reason : "damaged data";
}

/* Whether the tables of this DHT segment fit: 16 counts of codes, then the codes, at most 256. */
static gboolean
are_tables_sane (const guint8 *p, gsize size)
{
  while (size > 0)
    {
      guint n_codes = 0;
      if (size < 17)
        return FALSE;
      for (guint i = 1; i <= 16; i++)
        n_codes += p[i];
      if (n_codes > 256 || n_codes > size - 17)
        return FALSE;
      p += 17 + n_codes;
      size -= 17 + n_codes;
    }
  return TRUE;
}

/* stb_image 2.27 believes a Huffman table that says that it has up to 4,080 codes, and writes them
 * over what follows. So all tables are looked at before it sees the file. Segments are found as it
 * finds them: by the next 0xff that neither is stuffed nor restarts the scan. */
static gboolean
is_jpeg_sane (const guint8 *data, gsize size)
{
  const guint8 *p = data, *end = data + size;
  if (size == 0 || data[0] != 0xff)
    return TRUE; /* No JPEG. */
  while (end - p >= 4)
    {
      gsize length;
      if (p[0] != 0xff || p[1] == 0xff || p[1] == 0 || p[1] == 0x01
          || (p[1] >= 0xd0 && p[1] <= 0xd8))
        {
          p = memchr (p + 1, 0xff, (gsize) (end - p) - 1);
          if (p == NULL)
            return TRUE;
          continue;
        }
      if (p[1] == 0xd9) /* EOI */
        return TRUE;
      length = (gsize) p[2] << 8 | p[3];
      if (length < 2 || length > (gsize) (end - p) - 2)
        /* stb_image stops here as well, but at the end of a table, not before it. */
        return p[1] != 0xc4;
      if (p[1] == 0xc4 && !are_tables_sane (p + 4, length - 2))
        return FALSE;
      p += 2 + length;
    }
  return TRUE;
}

/* --- Scans --- */

static void
open_source (Source *source, stbi__context *context, stbi__jpeg *z, const guint8 *data, gsize size)
{
  static stbi_io_callbacks callbacks = { read_source, skip_source, is_source_at_end };

  *source = (Source){ .data = data, .size = size };
  memset (context, 0, sizeof *context);
  memset (z, 0, sizeof *z);
  stbi__start_callbacks (context, &callbacks, source);
  z->s = context;
  stbi__setup_jpeg (z);
}

/* What no scan says anything about is grey. */
static void
make_grey (stbi__jpeg *z)
{
  for (int i = 0; i < z->s->img_n && !z->progressive; i++)
    memset (z->img_comp[i].data, 128, (gsize) z->img_comp[i].w2 * (gsize) z->img_comp[i].h2);
}

/* @n_scans: (out): how many were begun. Returns whether the file was read to its end. */
static gboolean
read_scans (stbi__jpeg *z, Source *source, guint *n_scans)
{
  int marker = stbi__get_marker (z);

  for (; !stbi__EOI (marker); marker = stbi__get_marker (z))
    if (stbi__SOS (marker))
      {
        gboolean done;

        if (!stbi__process_scan_header (z) || source->ran_out)
          return FALSE;
        ++*n_scans;
        source->jpeg = z;
        done = stbi__parse_entropy_coded_data (z);
        source->jpeg = NULL;
        if (!done || source->ran_out)
          return FALSE;
        /* Some cameras leave zeros behind a scan. */
        while (z->marker == STBI__MARKER_none && !stbi__at_eof (z->s))
          if (stbi__get8 (z->s) == 0xff)
            z->marker = stbi__get8 (z->s);
      }
    else if (stbi__DNL (marker))
      {
        if (stbi__get16be (z->s) != 4 || (guint32) stbi__get16be (z->s) != z->s->img_y)
          return stbi__err ("bad DNL", "Corrupt JPEG");
      }
    else if (!stbi__process_marker (z, marker))
      return FALSE;
  return TRUE;
}

/* --- Samples --- */

/* The pages of a block up to @end are not needed any more. */
static void
drop_pages (const void *start, const void *end)
{
  const gsize page = (gsize) sysconf (_SC_PAGESIZE);
  const gsize first = ((gsize) start + page - 1) / page * page, last = (gsize) end / page * page;

  if (last > first)
    madvise ((void *) first, last - first, MADV_DONTNEED);
}

/* Coefficients of progressive files to samples. */
static void
finish (stbi__jpeg *z)
{
  for (int k = 0; k < z->s->img_n; k++)
    {
      const int w = (z->img_comp[k].x + 7) >> 3, h = (z->img_comp[k].y + 7) >> 3;

      for (int j = 0; j < h; j++)
        {
          short *row = z->img_comp[k].coeff + 64 * (gssize) j * z->img_comp[k].coeff_w;

          for (int i = 0; i < w; i++)
            {
              stbi__jpeg_dequantize (row + 64 * (gssize) i, z->dequant[z->img_comp[k].tq]);
              z->idct_block_kernel (z->img_comp[k].data + (gssize) z->img_comp[k].w2 * j * 8
                                        + (gssize) i * 8,
                                    z->img_comp[k].w2, row + 64 * (gssize) i);
            }
          if (j % RELEASE_ROWS == 0)
            drop_pages (z->img_comp[k].coeff, row);
        }
      drop_pages (z->img_comp[k].coeff,
                  z->img_comp[k].coeff + 64 * (gssize) h * z->img_comp[k].coeff_w);
    }
}

/* --- Colours --- */

typedef enum
{
  GREY,
  RGB,
  YCC,
  CMYK,
  YCCK,
} Meaning;

/* As libjpeg tells, which is the only one that all agree with. */
static Meaning
find_meaning (const stbi__jpeg *z)
{
  const int n = z->s->img_n, adobe = z->app14_color_transform; /* -1 when it says nothing */

  if (n == 1)
    return GREY;
  if (n == 4)
    return adobe <= 0 ? CMYK : YCCK;
  if (z->jfif)
    return YCC;
  if (adobe >= 0)
    return adobe == 0 ? RGB : YCC;
  return z->img_comp[0].id == 'R' && z->img_comp[1].id == 'G' && z->img_comp[2].id == 'B' ? RGB
                                                                                          : YCC;
}

/* PIL's conversion of what all programs write, though the standard has 0 for no ink: 255. */
static void
from_cmyk (const guint8 *cmyk, guint8 *rgb)
{
  for (guint c = 0; c < 3; c++)
    {
      const guint product = (255u - cmyk[c]) * cmyk[3] + 128;

      rgb[c] = (guint8) (cmyk[3] - (((product >> 8) + product) >> 8));
    }
}

static void
convert_row (stbi__jpeg *z, Meaning meaning, guint8 *const rows[4], guint8 *to)
{
  const guint width = z->s->img_x;

  if (meaning == YCC || meaning == YCCK)
    z->YCbCr_to_RGB_kernel (to, rows[0], rows[1], rows[2], (int) width, 3);
  for (gsize x = 0; meaning != YCC && x < width; x++, to += 3)
    switch (meaning)
      {
      case GREY:
        memset (to, rows[0][x], 3);
        break;
      case RGB:
        for (guint c = 0; c < 3; c++)
          to[c] = rows[c][x];
        break;
      case CMYK:
        from_cmyk ((guint8[]){ rows[0][x], rows[1][x], rows[2][x], rows[3][x] }, to);
        break;
      case YCCK:
        from_cmyk ((guint8[]){ 255 - to[0], 255 - to[1], 255 - to[2], rows[3][x] }, to);
        break;
      case YCC:
      default:
        break;
      }
}

/* --- Rows --- */

static gboolean
start_sampling (stbi__jpeg *z, stbi__resample *samplings)
{
  for (int k = 0; k < z->s->img_n; k++)
    {
      stbi__resample *s = &samplings[k];

      /* Room for what is made beyond the edge. */
      z->img_comp[k].linebuf = stbi__malloc (z->s->img_x + 3);
      if (z->img_comp[k].linebuf == NULL)
        return FALSE;
      s->hs = z->img_h_max / z->img_comp[k].h;
      s->vs = z->img_v_max / z->img_comp[k].v;
      s->ystep = s->vs >> 1;
      s->w_lores = (int) ((z->s->img_x + (guint) s->hs - 1) / (guint) s->hs);
      s->ypos = 0;
      s->line0 = s->line1 = z->img_comp[k].data;
      if (s->hs == 1 && s->vs == 1)
        s->resample = resample_row_1;
      else if (s->hs == 1 && s->vs == 2)
        s->resample = stbi__resample_row_v_2;
      else if (s->hs == 2 && s->vs == 1)
        s->resample = stbi__resample_row_h_2;
      else if (s->hs == 2 && s->vs == 2)
        s->resample = z->resample_row_hv_2_kernel;
      else
        s->resample = stbi__resample_row_generic;
    }
  return TRUE;
}

static guint8 *
next_row (stbi__jpeg *z, int k, stbi__resample *s)
{
  const gboolean below = s->ystep >= (s->vs >> 1);
  guint8 *row = s->resample (z->img_comp[k].linebuf, below ? s->line1 : s->line0,
                             below ? s->line0 : s->line1, s->w_lores, s->hs);

  if (++s->ystep >= s->vs)
    {
      s->ystep = 0;
      s->line0 = s->line1;
      if (++s->ypos < z->img_comp[k].y)
        s->line1 += z->img_comp[k].w2;
    }
  return row;
}

static const char *
put_rows (stbi__jpeg *z, MonocleRaster *raster)
{
  const Meaning meaning = find_meaning (z);
  /* SIMD kernels write a little beyond. */
  g_autofree guint8 *pixels = g_try_malloc_n ((gsize) z->s->img_x + 16, 3);
  stbi__resample samplings[4];

  if (pixels == NULL || !start_sampling (z, samplings))
    return "outofmem";
  for (guint y = 0; y < z->s->img_y; y++)
    {
      guint8 *rows[4] = { NULL };

      for (int k = 0; k < z->s->img_n; k++)
        rows[k] = next_row (z, k, &samplings[k]);
      convert_row (z, meaning, rows, pixels);
      monocle_raster_put (raster, y, pixels, 3);
      for (int k = 0; k < z->s->img_n && y % RELEASE_ROWS == 0; k++)
        drop_pages (z->img_comp[k].data, samplings[k].line0);
    }
  return NULL;
}

static const char *
decode (stbi__jpeg *z, Source *source, MonocleRaster *raster)
{
  guint n_scans = 0;
  gboolean whole;
  const char *fault;

  if (!stbi__decode_jpeg_header (z, STBI__SCAN_load))
    return source->ran_out ? "truncated" : failure ();
  make_grey (z);
  whole = read_scans (z, source, &n_scans);
  if (n_scans == 0)
    return source->ran_out || whole ? "truncated" : failure ();
  fault = whole ? NULL : source->ran_out ? "truncated" : failure ();
  if (z->progressive)
    finish (z);
  if (put_rows (z, raster) != NULL)
    return "outofmem";
  return fault;
}

const char *
monocle_jpeg_read (const guint8 *data, gsize size, MonocleRaster *raster)
{
  g_autofree stbi__jpeg *z = g_new (stbi__jpeg, 1);
  stbi__context context;
  Source source;
  const char *fault;

  g_return_val_if_fail (size <= G_MAXINT, "too large");

  if (!is_jpeg_sane (data, size))
    return "bad Huffman table";
  budget_left = INFO_BUDGET_BYTES;
  open_source (&source, &context, z, data, size);
  if (!stbi__decode_jpeg_header (z, STBI__SCAN_header))
    return source.ran_out ? "truncated" : failure ();
  if (!monocle_raster_begin (raster, context.img_x, context.img_y, TRUE))
    return "size";
  budget_left = ((gsize) context.img_x + BUDGET_PADDING) * ((gsize) context.img_y + BUDGET_PADDING)
                    * BUDGET_A_PIXEL
                + 3 * size + BUDGET_FIXED;
  open_source (&source, &context, z, data, size);
  fault = decode (z, &source, raster);
  stbi__cleanup_jpeg (z);
  return fault;
}
