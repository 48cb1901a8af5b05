/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pillow's antialiased resize of 8-bit RGB, bit for bit; declared in preprocess.h. Two passes of
 * fixed-point filters, each rounded to bytes: first along rows, then down columns. Rows go through
 * the first pass when the second needs them and stay in a ring while it does, so the memory is a
 * few rows and not a whole picture. A pass that would keep the size is skipped, as Pillow does.
 *
 * Pillow 13 goes down first where a picture loses rows, and more than twice as many as columns, as
 * resizing 1,500 sizes has shown. That moves some pixels by a grey level or two. This is the order
 * of all versions before, with which the models were trained and the published numbers made.
 */
#include "config.h"

#include "engine/picture/preprocess.h"

#include <math.h>
#include <string.h>

#include "engine/base/error.h"

/* Weights sum to 2^22: 8 bits for the pixel, 2 for the overshoot of the cubic, in 32. */
#define PRECISION_BITS 22
#define ROUNDING       (1 << (PRECISION_BITS - 1))

typedef struct
{
  guint first; /* pixel of the source that the first weight is for */
  guint n;
} Span;

/* For each output position the pixels that it sees, and a row of weights. */
typedef struct
{
  Span *spans;     /* [n_out] */
  gint32 *weights; /* [n_out, stride] */
  guint stride;
} Filter;

static void
filter_clear (Filter *filter)
{
  g_clear_pointer (&filter->spans, g_free);
  g_clear_pointer (&filter->weights, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Filter, filter_clear)

static double
bilinear (double x)
{
  x = fabs (x);
  return x < 1.0 ? 1.0 - x : 0.0;
}

static double
bicubic (double x)
{
  const double a = -0.5;
  x = fabs (x);
  if (x < 1.0)
    return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
  if (x < 2.0)
    return (((x - 5) * x + 8) * x - 4) * a;
  return 0.0;
}

static double
sinc (double x)
{
  x *= G_PI;
  return x < 0.0 || x > 0.0 ? sin (x) / x : 1.0;
}

static double
lanczos (double x)
{
  return x >= -3.0 && x < 3.0 ? sinc (x) * sinc (x / 3) : 0.0;
}

typedef struct
{
  double (*weigh) (double x);
  double radius; /* from which on it is nothing */
} Kernel;

static const Kernel kernels[] = {
  [MONOCLE_RESAMPLE_LANCZOS] = { lanczos, 3.0 },
  [MONOCLE_RESAMPLE_BILINEAR] = { bilinear, 1.0 },
  [MONOCLE_RESAMPLE_BICUBIC] = { bicubic, 2.0 },
};

/* The order of the operations in double is Pillow's: it decides the last bit of a weight. */
static gboolean
filter_init (
    Filter *filter, guint n_in, guint n_all, guint first, guint n_out, MonocleResample resample)
{
  const Kernel *kernel = &kernels[resample];
  const double scale = (double) n_in / n_all;
  const double filter_scale = MAX (scale, 1.0);
  const double support = kernel->radius * filter_scale;
  const double inverse = 1.0 / filter_scale;
  g_autofree double *exact = NULL;

  filter->stride = (guint) ceil (support) * 2 + 1;
  filter->spans = g_try_new (Span, n_out);
  filter->weights = g_try_malloc_n ((gsize) n_out * filter->stride, sizeof (gint32));
  exact = g_try_new (double, filter->stride);
  if (filter->spans == NULL || filter->weights == NULL || exact == NULL)
    return FALSE;

  for (guint i = 0; i < n_out; i++)
    {
      const double center = (first + i + 0.5) * scale;
      const int low = MAX (0, (int) (center - support + 0.5));
      const int high = MIN ((int) n_in, (int) (center + support + 0.5));
      gint32 *weights = filter->weights + (gsize) i * filter->stride;
      double sum = 0.0;

      filter->spans[i] = (Span){ .first = (guint) low, .n = (guint) (high - low) };
      for (int j = 0; j < high - low; j++)
        {
          exact[j] = kernel->weigh ((j + low - center + 0.5) * inverse);
          sum += exact[j];
        }
      for (int j = 0; j < high - low; j++)
        {
          double w = (sum != 0.0 ? exact[j] / sum : exact[j]) * (1 << PRECISION_BITS);
          weights[j] = (gint32) (w < 0 ? w - 0.5 : w + 0.5);
        }
    }
  return TRUE;
}

static inline guint8
to_byte (gint32 sum)
{
  sum >>= PRECISION_BITS;
  return (guint8) CLAMP (sum, 0, 255);
}

static void
filter_row (const Filter *filter, const guint8 *from, guint n_out, guint8 *to)
{
  for (guint i = 0; i < n_out; i++, to += 3)
    {
      const Span span = filter->spans[i];
      const gint32 *weights = filter->weights + (gsize) i * filter->stride;
      const guint8 *p = from + 3 * (gsize) span.first;
      gint32 r = ROUNDING, g = ROUNDING, b = ROUNDING;
      for (guint j = 0; j < span.n; j++, p += 3)
        {
          r += weights[j] * p[0];
          g += weights[j] * p[1];
          b += weights[j] * p[2];
        }
      to[0] = to_byte (r);
      to[1] = to_byte (g);
      to[2] = to_byte (b);
    }
}

static void
add_row (gint32 *restrict sums, const guint8 *restrict row, gint32 weight, gsize n)
{
  for (gsize i = 0; i < n; i++)
    sums[i] += weight * row[i];
}

typedef struct
{
  const guint8 *pixels;
  gsize in_row_bytes, row_bytes; /* of the source; of the result */
  guint width;                   /* of the result */
  const Filter *across;          /* NULL when the width stays */
  const Filter *down;            /* NULL when the height stays */
  guint ring_rows;
  guint8 *ring; /* [ring_rows, row_bytes] rows that went through the first pass */
  gint32 *sums; /* [row_bytes] */
} Resizer;

static void
resize_rows (const Resizer *r, guint height, guint8 *out)
{
  guint n_done = 0; /* source rows that are or were in the ring */

  for (guint y = 0; y < height; y++, out += r->row_bytes)
    {
      Span span;
      if (r->down == NULL)
        {
          if (r->across != NULL)
            filter_row (r->across, r->pixels + y * r->in_row_bytes, r->width, out);
          else
            memcpy (out, r->pixels + y * r->in_row_bytes, r->row_bytes);
          continue;
        }
      span = r->down->spans[y];
      for (gsize i = 0; i < r->row_bytes; i++)
        r->sums[i] = ROUNDING;
      for (guint j = 0; j < span.n; j++)
        {
          guint source = span.first + j;
          const guint8 *row = r->pixels + source * r->in_row_bytes;
          if (r->across != NULL)
            {
              guint8 *kept = r->ring + source % r->ring_rows * r->row_bytes;
              if (source >= n_done)
                {
                  filter_row (r->across, row, r->width, kept);
                  n_done = source + 1;
                }
              row = kept;
            }
          add_row (r->sums, row, r->down->weights[(gsize) y * r->down->stride + j], r->row_bytes);
        }
      for (gsize i = 0; i < r->row_bytes; i++)
        out[i] = to_byte (r->sums[i]);
    }
}

static MonocleImage *
out_of_memory (guint width, guint height, GError **error)
{
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
               "no memory to resize an image to %u x %u pixels", width, height);
  return NULL;
}

MonocleImage *
monocle_preprocess_resize_part (MonocleImage *image,
                                const MonocleResizePart *part,
                                MonocleResample resample,
                                GError **error)
{
  const guint in_width = monocle_image_get_width (image);
  const guint in_height = monocle_image_get_height (image);
  const guint width = part->width, height = part->height;
  g_auto (Filter) across = { 0 };
  g_auto (Filter) down = { 0 };
  g_autofree guint8 *ring = NULL;
  g_autofree guint8 *pixels = NULL;
  g_autofree gint32 *sums = NULL;
  Resizer resizer;

  g_return_val_if_fail (width > 0 && width <= MONOCLE_IMAGE_MAX_SIDE, NULL);
  g_return_val_if_fail (height > 0 && height <= MONOCLE_IMAGE_MAX_SIDE, NULL);
  g_return_val_if_fail (part->x + width <= part->all_width, NULL);
  g_return_val_if_fail (part->y + height <= part->all_height, NULL);

  if (in_width == width && in_height == height && part->all_width == width
      && part->all_height == height)
    return monocle_image_ref (image);

  resizer = (Resizer){
    .pixels = monocle_image_get_pixels (image),
    .in_row_bytes = 3 * (gsize) in_width,
    .row_bytes = 3 * (gsize) width,
    .width = width,
    .across = in_width != part->all_width ? &across : NULL,
    .down = in_height != part->all_height ? &down : NULL,
  };
  /* A side that stays is only cut. */
  if (resizer.across == NULL)
    resizer.pixels += 3 * (gsize) part->x;
  if (resizer.down == NULL)
    resizer.pixels += part->y * resizer.in_row_bytes;
  if ((resizer.across != NULL
       && !filter_init (&across, in_width, part->all_width, part->x, width, resample))
      || (resizer.down != NULL
          && !filter_init (&down, in_height, part->all_height, part->y, height, resample)))
    return out_of_memory (width, height, error);
  pixels = g_try_malloc_n (height, resizer.row_bytes);
  sums = g_try_new (gint32, resizer.row_bytes);
  if (resizer.across != NULL && resizer.down != NULL)
    {
      resizer.ring_rows = MIN (down.stride, in_height);
      ring = g_try_malloc_n (resizer.ring_rows, resizer.row_bytes);
    }
  if (pixels == NULL || sums == NULL
      || (ring == NULL && resizer.across != NULL && resizer.down != NULL))
    return out_of_memory (width, height, error);
  resizer.ring = ring;
  resizer.sums = sums;
  resize_rows (&resizer, height, pixels);
  return monocle_image_new_from_pixels (width, height, resizer.row_bytes, pixels, error);
}

MonocleImage *
monocle_preprocess_resize (
    MonocleImage *image, guint width, guint height, MonocleResample resample, GError **error)
{
  const MonocleResizePart all
      = { .all_width = width, .all_height = height, .width = width, .height = height };

  return monocle_preprocess_resize_part (image, &all, resample, error);
}
