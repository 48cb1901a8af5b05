/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/exchange/cut.h"

#include <math.h>
#include <string.h>

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "app/pictures/picture.h"

/* Masks shrink to nothing at any level. */
#define COMPRESSION 4

void
monocle_cut_clear (MonocleCut *self)
{
  g_clear_pointer (&self->pixels, g_free);
}

/* --- Masks --- */

/* Calls for every run of the mask within a column: from @y1 to before @y2. */
typedef void (*TakeRun) (guint x, guint y1, guint y2, gpointer data);

static void
walk_runs (const MonocleMaskRuns *mask, TakeRun take, gpointer data)
{
  guint64 at = 0;

  for (guint i = 0; i < mask->n_counts; i++)
    {
      guint64 end = at + mask->counts[i];

      for (; i % 2 == 1 && at < end;)
        {
          guint x = (guint) (at / mask->height), y = (guint) (at % mask->height);
          guint n = (guint) MIN (end - at, (guint64) (mask->height - y));

          take (x, y, y + n, data);
          at += n;
        }
      at = end;
    }
}

static void
grow (guint x, guint y1, guint y2, gpointer data)
{
  guint *edges = data;

  edges[0] = MIN (edges[0], x);
  edges[1] = MIN (edges[1], y1);
  edges[2] = MAX (edges[2], x + 1);
  edges[3] = MAX (edges[3], y2);
}

static void
fill (guint x, guint y1, guint y2, gpointer data)
{
  MonocleCut *cut = data;

  for (guint y = y1; y < y2; y++)
    cut->pixels[(gsize) (y - cut->y) * cut->width + (x - cut->x)] = 255;
}

gboolean
monocle_cut_mask (const MonocleMaskRuns *mask, MonocleCut *self)
{
  guint edges[4] = { G_MAXUINT, G_MAXUINT, 0, 0 };

  memset (self, 0, sizeof *self);
  walk_runs (mask, grow, edges);
  if (edges[2] == 0)
    return FALSE;
  *self = (MonocleCut){ edges[0], edges[1], edges[2] - edges[0], edges[3] - edges[1], NULL };
  self->pixels = g_malloc0 ((gsize) self->width * self->height);
  walk_runs (mask, fill, self);
  return TRUE;
}

MonocleMaskRuns *
monocle_cut_paste (const MonocleCut *self, guint width, guint height)
{
  g_autoptr (GArray) counts = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 run = (gint64) self->x * height;
  gboolean inside = FALSE;

  for (guint x = 0; x < self->width; x++)
    {
      if (inside && self->y > 0)
        {
          g_array_append_val (counts, run);
          run = 0;
          inside = FALSE;
        }
      run += self->y;
      for (guint y = 0; y < self->height; y++)
        {
          if ((self->pixels[(gsize) y * self->width + x] != 0) != inside)
            {
              g_array_append_val (counts, run);
              run = 0;
              inside = !inside;
            }
          run++;
        }
      if (inside && self->y + self->height < height)
        {
          g_array_append_val (counts, run);
          run = 0;
          inside = FALSE;
        }
      run += height - self->y - self->height;
    }
  if (inside && self->x + self->width < width)
    {
      g_array_append_val (counts, run);
      run = 0;
    }
  run += (gint64) (width - self->x - self->width) * height;
  if (run > 0 || counts->len == 0)
    g_array_append_val (counts, run);
  return monocle_mask_runs_new_from_counts ((const gint64 *) (gpointer) counts->data, counts->len,
                                            width, height);
}

/* --- PNG --- */

/* As VOC's own palette: bits of the number from the highest bits of the colours down. */
static void
get_colour (guint number, guint8 colour[3])
{
  memset (colour, 0, 3);
  for (guint shift = 7; number > 0; shift--, number >>= 3)
    for (guint i = 0; i < 3; i++)
      colour[i] |= (guint8) (((number >> i) & 1) << shift);
}

void
monocle_png_make_palette (guint8 palette[768])
{
  for (guint i = 0; i < 256; i++)
    get_colour (i, palette + 3 * i);
}

static void
append_big (GByteArray *file, guint32 number)
{
  const guint32 big = GUINT32_TO_BE (number);

  g_byte_array_append (file, (const guint8 *) &big, 4);
}

static void
append_chunk (GByteArray *file, const char *type, const guint8 *data, gsize size)
{
  guint start;

  append_big (file, (guint32) size);
  start = file->len;
  g_byte_array_append (file, (const guint8 *) type, 4);
  if (size > 0)
    g_byte_array_append (file, data, (guint) size);
  append_big (file, monocle_crc32 (0, file->data + start, file->len - start));
}

static GBytes *
compress (const guint8 *data, gsize size)
{
  g_autoptr (GConverter) zlib
      = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, COMPRESSION));
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autofree guint8 *buffer = g_malloc (65536);
  GConverterResult result;

  do
    {
      gsize taken = 0, made = 0;

      result = g_converter_convert (zlib, data, size, buffer, 65536, G_CONVERTER_INPUT_AT_END,
                                    &taken, &made, NULL);
      data += taken;
      size -= taken;
      g_byte_array_append (out, buffer, (guint) made);
    }
  while (result == G_CONVERTER_CONVERTED);
  g_assert (result == G_CONVERTER_FINISHED);
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

GBytes *
monocle_png_encode (
    const void *samples, guint width, guint height, guint bits, const guint8 *palette)
{
  const gsize row = (gsize) width * bits / 8;
  g_autofree guint8 *raw = g_malloc ((row + 1) * height);
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (GBytes) packed = NULL;
  guint8 head[13] = { 0 };

  for (guint y = 0; y < height; y++)
    {
      guint8 *to = raw + y * (row + 1);

      /* Filter: none. */
      *to++ = 0;
      memcpy (to, (const guint8 *) samples + y * row, row);
      for (gsize i = 0; bits == 16 && i < row; i += 2)
        {
          guint16 sample;

          memcpy (&sample, to + i, 2);
          to[i] = (guint8) (sample >> 8);
          to[i + 1] = (guint8) sample;
        }
    }
  packed = compress (raw, (row + 1) * height);
  for (guint i = 0; i < 4; i++)
    {
      head[i] = (guint8) (width >> (24 - 8 * i));
      head[4 + i] = (guint8) (height >> (24 - 8 * i));
    }
  head[8] = (guint8) bits;
  head[9] = palette ? 3 : 0;
  g_byte_array_append (file, (const guint8 *) "\x89PNG\r\n\x1a\n", 8);
  append_chunk (file, "IHDR", head, sizeof head);
  if (palette)
    append_chunk (file, "PLTE", palette, 768);
  append_chunk (file, "IDAT", g_bytes_get_data (packed, NULL), g_bytes_get_size (packed));
  append_chunk (file, "IEND", NULL, 0);
  return g_byte_array_free_to_bytes (g_steal_pointer (&file));
}

GBytes *
monocle_cut_encode_mask (const MonocleMaskRuns *mask)
{
  g_autofree guint8 *pixels = g_malloc0 ((gsize) mask->width * mask->height);

  monocle_mask_runs_to_pixels (mask, pixels, mask->width);
  return monocle_png_encode (pixels, mask->width, mask->height, 8, NULL);
}

/* --- Pictures --- */

GBytes *
monocle_cut_encode_box (const MonocleImage *image,
                        const MonocleBox *box,
                        const MonoclePictureFormat *format,
                        guint quality,
                        GError **error)
{
  double width = monocle_image_get_width (image);
  double height = monocle_image_get_height (image);
  guint x = (guint) CLAMP (floor ((double) box->x1), 0, width - 1);
  guint y = (guint) CLAMP (floor ((double) box->y1), 0, height - 1);
  guint right = (guint) CLAMP (ceil ((double) box->x2), x + 1, width);
  guint bottom = (guint) CLAMP (ceil ((double) box->y2), y + 1, height);
  g_autoptr (GdkPixbuf) part = monocle_picture_new_pixbuf (image, x, y, right - x, bottom - y);

  if (!part)
    {
      g_set_error_literal (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
                           _ ("There is too little memory for this picture."));
      return NULL;
    }
  return monocle_picture_format_encode_pixbuf (format, part, quality, error);
}
