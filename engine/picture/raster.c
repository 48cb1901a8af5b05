/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the decoders fill. See raster.h.
 */
#include "config.h"

#include "engine/picture/raster.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/picture/image.h"

/* No format that we read packs more pixels into a byte: deflate 1032 bytes, one bit a pixel. */
#define MAX_PIXELS_A_BYTE 16384
/* In MonocleRaster.sums, for a pixel. */
#define N_SUMS 5

const char *
monocle_raster_find_excess (guint width, guint height)
{
  if (width == 0 || height == 0)
    return "expected at least 1 x 1";
  if (width > MONOCLE_IMAGE_MAX_SIDE || height > MONOCLE_IMAGE_MAX_SIDE
      || (guint64) width * height > MONOCLE_IMAGE_MAX_PIXELS)
    return "more than the limit of " G_STRINGIFY (
        MONOCLE_IMAGE_MAX_SIDE) " a side and " G_STRINGIFY (MONOCLE_IMAGE_MAX_PIXELS) " in all";
  return NULL;
}

static gboolean
check_size (MonocleRaster *self)
{
  const char *excess = monocle_raster_find_excess (self->width, self->height);

  if (excess == NULL && (guint64) self->width * self->height / MAX_PIXELS_A_BYTE > self->file_bytes)
    excess = "which so short a file cannot hold";
  if (excess != NULL)
    monocle_file_set_error (&self->error, self->name, "%u x %u pixels, %s", self->width,
                            self->height, excess);
  return excess == NULL;
}

gboolean
monocle_raster_begin (MonocleRaster *self, guint width, guint height, gboolean in_order)
{
  gsize n_pixels;

  self->width = width;
  self->height = height;
  if (!check_size (self))
    return FALSE;
  self->step = self->max_side > 0 && in_order ? MAX (width, height) / self->max_side : 1;
  self->step = MAX (self->step, 1);
  self->out_width = (width - 1) / self->step + 1;
  self->out_height = (height - 1) / self->step + 1;
  n_pixels = (gsize) self->out_width * self->out_height;
  self->rgb = g_try_malloc0_n (n_pixels, 3);
  self->came = g_try_malloc0 (height);
  if (self->step > 1)
    self->sums = g_try_new0 (guint64, (gsize) N_SUMS * self->out_width);
  if (self->rgb != NULL && self->came != NULL && (self->sums != NULL) == (self->step > 1))
    return TRUE;
  g_set_error (&self->error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
               "no memory for an image of %u x %u pixels", width, height);
  return FALSE;
}

/* FALSE, and an opaque picture, when there is no memory for it. */
static gboolean
need_alpha (MonocleRaster *self)
{
  const gsize n_pixels = (gsize) self->out_width * self->out_height;

  if (self->alpha == NULL)
    {
      self->alpha = g_try_malloc (n_pixels);
      if (self->alpha != NULL)
        memset (self->alpha, 255, n_pixels);
    }
  return self->alpha != NULL;
}

/* --- All pixels --- */

static gboolean
is_opaque (const guint8 *pixels, guint n)
{
  for (guint i = 0; i < n; i++)
    if (pixels[4 * i + 3] != 255)
      return FALSE;
  return TRUE;
}

static void
store (MonocleRaster *self, guint x, guint y, guint n, const guint8 *pixels, guint n_channels)
{
  const gsize at = (gsize) y * self->out_width + x;
  guint8 *to = self->rgb + 3 * at;

  if (n_channels == 3)
    memcpy (to, pixels, 3 * (gsize) n);
  else
    for (guint i = 0; i < n; i++)
      memcpy (to + 3 * (gsize) i, pixels + 4 * (gsize) i, 3);
  if (n_channels == 3 || is_opaque (pixels, n))
    {
      if (self->alpha != NULL)
        memset (self->alpha + at, 255, n);
    }
  else if (need_alpha (self))
    for (guint i = 0; i < n; i++)
      self->alpha[at + i] = pixels[4 * (gsize) i + 3];
}

/* --- Averages --- */

static void
flush (MonocleRaster *self)
{
  for (guint i = 0; i < self->out_width; i++)
    {
      const guint64 *sum = self->sums + (gsize) N_SUMS * i;
      guint8 pixel[4];

      if (sum[4] == 0)
        return; /* Nothing has come for this row. */
      for (guint c = 0; c < 3; c++)
        pixel[c] = sum[3] > 0 ? (guint8) ((sum[c] + sum[3] / 2) / sum[3]) : 0;
      pixel[3] = (guint8) ((sum[3] + sum[4] / 2) / sum[4]);
      store (self, i, self->summed, 1, pixel, 4);
    }
  memset (self->sums, 0, sizeof *self->sums * N_SUMS * self->out_width);
}

static void
sum_row (MonocleRaster *self, guint y, const guint8 *pixels, guint n_channels)
{
  if (y / self->step != self->summed)
    flush (self);
  self->summed = y / self->step;
  for (guint x = 0; x < self->width; x++, pixels += n_channels)
    {
      guint64 *sum = self->sums + (gsize) N_SUMS * (x / self->step);
      const guint alpha = n_channels == 4 ? pixels[3] : 255;

      for (guint c = 0; c < 3; c++)
        sum[c] += pixels[c] * alpha;
      sum[3] += alpha;
      sum[4]++;
    }
}

/* --- Filling --- */

void
monocle_raster_put (MonocleRaster *self, guint y, const guint8 *pixels, guint n_channels)
{
  if (y >= self->height)
    return;
  if (self->step > 1)
    sum_row (self, y, pixels, n_channels);
  else
    store (self, 0, y, self->width, pixels, n_channels);
  self->n_rows += !self->came[y];
  self->came[y] = TRUE;
}

void
monocle_raster_put_block (MonocleRaster *self,
                          guint x,
                          guint y,
                          guint width,
                          guint height,
                          const guint8 *pixel,
                          guint n_channels)
{
  for (guint row = y; row < MIN ((guint64) y + height, self->height); row++)
    {
      for (guint column = x; column < MIN ((guint64) x + width, self->width); column++)
        store (self, column, row, 1, pixel, n_channels);
      self->n_rows += !self->came[row];
      self->came[row] = TRUE;
    }
}

void
monocle_raster_end (MonocleRaster *self)
{
  if (self->step > 1)
    flush (self);
  if (self->n_rows == self->height || !need_alpha (self))
    return;
  for (guint y = 0; y < self->height; y++)
    if (!self->came[y] && (self->step == 1 || y % self->step == 0))
      memset (self->alpha + (gsize) (y / self->step) * self->out_width, 0, self->out_width);
}

void
monocle_raster_drop_empty_alpha (MonocleRaster *self)
{
  const gsize n_pixels = (gsize) self->out_width * self->out_height;

  for (gsize i = 0; self->alpha != NULL && i < n_pixels; i++)
    if (self->alpha[i] != 0)
      return;
  g_clear_pointer (&self->alpha, g_free);
}

void
monocle_raster_clear (MonocleRaster *self)
{
  g_clear_pointer (&self->rgb, g_free);
  g_clear_pointer (&self->alpha, g_free);
  g_clear_pointer (&self->came, g_free);
  g_clear_pointer (&self->sums, g_free);
  g_clear_error (&self->error);
}
