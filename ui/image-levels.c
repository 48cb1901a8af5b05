/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/image-levels.h"

void
monocle_image_levels_free (MonocleImageLevels *self)
{
  for (guint i = 0; i < self->n_levels; i++)
    g_free (self->levels[i].pixels);
  monocle_image_unref (self->image);
  g_free (self);
}

guint
monocle_image_levels_count_channels (const MonocleImage *image)
{
  return monocle_image_get_alpha (image) ? 4 : 3;
}

const guint8 *
monocle_image_levels_read_first (
    const MonocleImage *image, guint x, guint y, guint n, guint8 *scratch)
{
  const gsize at = (gsize) y * monocle_image_get_width (image) + x;
  const guint8 *rgb = monocle_image_get_pixels (image) + 3 * at;
  const guint8 *alpha = monocle_image_get_alpha (image);

  if (!alpha)
    return rgb;
  alpha += at;
  for (guint i = 0; i < n; i++)
    {
      for (guint c = 0; c < 3; c++)
        scratch[4 * i + c] = (guint8) ((rgb[3 * i + c] * alpha[i] + 127) / 255);
      scratch[4 * i + 3] = alpha[i];
    }
  return scratch;
}

/* Averages of two by two pixels of two rows of @n_in; at an odd edge those that are there count
 * twice. */
static void
halve (const guint8 *a, const guint8 *b, guint n_in, guint n_channels, guint8 *to)
{
  const guint n_out = (n_in + 1) / 2;

  for (guint x = 0; x < n_out; x++, to += n_channels)
    {
      const gsize left = n_channels * (gsize) (2 * x);
      const gsize right = n_channels * (gsize) MIN (2 * x + 1, n_in - 1);

      for (guint c = 0; c < n_channels; c++)
        to[c] = (guint8) ((a[left + c] + a[right + c] + b[left + c] + b[right + c] + 2) / 4);
    }
}

void
monocle_image_levels_read_second (
    const MonocleImage *image, guint x, guint y, guint n, guint8 *scratch, guint8 *to)
{
  const guint below = MIN (2 * y + 1, monocle_image_get_height (image) - 1);
  const guint n_channels = monocle_image_levels_count_channels (image);
  const guint8 *a = monocle_image_levels_read_first (image, x, 2 * y, n, scratch);
  const guint8 *b
      = monocle_image_levels_read_first (image, x, below, n, scratch + (gsize) n * n_channels);

  halve (a, b, n, n_channels, to);
}

guint
monocle_image_levels_count (guint width, guint height)
{
  guint n = 1;

  while (MAX (width, height) > MONOCLE_IMAGE_TILE_PX / 2 && n < MONOCLE_IMAGE_MAX_LEVELS)
    {
      width = MAX (1, (width + 1) / 2);
      height = MAX (1, (height + 1) / 2);
      n++;
    }
  return n;
}

/* The third level, of the picture itself. */
static guint8 *
build_third (const MonocleImageLevels *self, GCancellable *cancellable)
{
  const MonocleImageLevel *first = &self->levels[0], *second = &self->levels[1];
  const MonocleImageLevel *third = &self->levels[2];
  const gsize n_channels = monocle_image_levels_count_channels (self->image);
  g_autofree guint8 *scratch = g_try_malloc_n ((gsize) first->width * 2, n_channels);
  g_autofree guint8 *rows = g_try_malloc_n ((gsize) second->width * 2, n_channels);
  g_autofree guint8 *pixels = g_try_malloc_n ((gsize) third->width * third->height, n_channels);
  const gsize row_bytes = second->width * n_channels;

  if (!scratch || !rows || !pixels)
    return NULL;
  for (guint y = 0; y < third->height; y++)
    {
      if (y % 256 == 0 && g_cancellable_is_cancelled (cancellable))
        return NULL;
      for (guint i = 0; i < 2; i++)
        monocle_image_levels_read_second (self->image, 0, MIN (2 * y + i, second->height - 1),
                                          first->width, scratch, rows + i * row_bytes);
      halve (rows, rows + row_bytes, second->width, (guint) n_channels,
             pixels + y * third->width * n_channels);
    }
  return g_steal_pointer (&pixels);
}

/* NULL when there is no memory, or nobody wants it any more. */
static guint8 *
build_level (const MonocleImageLevels *self, guint level, GCancellable *cancellable)
{
  const MonocleImageLevel *from = &self->levels[level - 1], *to = &self->levels[level];
  const gsize n_channels = monocle_image_levels_count_channels (self->image);
  guint8 *pixels;

  if (level == 2)
    return build_third (self, cancellable);
  pixels = g_try_malloc_n ((gsize) to->width * to->height, n_channels);
  for (guint y = 0; pixels && y < to->height; y++)
    {
      const gsize stride = from->width * n_channels;

      halve (from->pixels + 2 * y * stride,
             from->pixels + MIN (2 * y + 1, from->height - 1) * stride, from->width,
             (guint) n_channels, pixels + y * to->width * n_channels);
    }
  return pixels;
}

MonocleImageLevels *
monocle_image_levels_build (MonocleImage *image, GCancellable *cancellable)
{
  MonocleImageLevels *self = g_new0 (MonocleImageLevels, 1);
  guint n = monocle_image_levels_count (monocle_image_get_width (image),
                                        monocle_image_get_height (image));

  self->image = monocle_image_ref (image);
  self->levels[0] = (MonocleImageLevel){ monocle_image_get_width (image),
                                         monocle_image_get_height (image), NULL };
  for (self->n_levels = 1; self->n_levels < n; self->n_levels++)
    {
      const MonocleImageLevel *from = &self->levels[self->n_levels - 1];
      MonocleImageLevel *to = &self->levels[self->n_levels];

      to->width = MAX (1, (from->width + 1) / 2);
      to->height = MAX (1, (from->height + 1) / 2);
      if (self->n_levels == 1)
        continue;
      to->pixels = build_level (self, self->n_levels, cancellable);
      if (!to->pixels)
        break;
    }
  return self;
}
