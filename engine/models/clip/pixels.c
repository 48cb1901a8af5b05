/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures to what the tower reads.
 */
#include "config.h"

#include <math.h>

#include "engine/base/error.h"
#include "engine/models/clip/private.h"

gboolean
monocle_clip_check_pixels (MonocleClip *self, const char *directory, GError **error)
{
  const MonoclePreprocessSettings *s = &self->preprocess;
  guint side = self->config.side;

  if (self->config.vision.is_flexible)
    {
      if (s->max_patches > 0 && s->patch == self->config.vision.patch && s->do_resize)
        return TRUE;
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                   "%s: the preprocessor makes no patches of %u pixels", directory,
                   self->config.vision.patch);
      return FALSE;
    }
  if (s->width == side && s->height == side)
    return TRUE;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
               "%s: the preprocessor makes images of %u x %u, the model takes %u x %u", directory,
               s->width, s->height, side, side);
  return FALSE;
}

gboolean
monocle_clip_write_pixels (MonocleClip *self,
                           const MonocleClipVisionConfig *vision,
                           MonocleImage *image,
                           float *pixels,
                           float **planes,
                           GError **error)
{
  MonoclePreprocessSettings settings = self->preprocess;
  gsize rows = vision->rows * vision->patch, columns = vision->columns * vision->patch, n;
  g_autofree float *all = NULL;

  if (vision->is_flexible)
    {
      settings.width = (guint) columns;
      settings.height = (guint) rows;
    }
  n = (gsize) settings.width * settings.height;
  all = g_new (float, 3 * n);
  if (!monocle_preprocess_run (&settings, image, all, error))
    return FALSE;
  for (gsize y = 0; y < rows; y++)
    for (gsize x = 0; x < columns; x++)
      for (gsize c = 0; c < 3; c++)
        pixels[(y * columns + x) * 3 + c] = all[c * n + y * settings.width + x];
  if (planes)
    *planes = g_steal_pointer (&all);
  return TRUE;
}

/* --- pictures that keep their shape --- */

static guint
scale_side (guint n, double scale, guint patch)
{
  return MAX (1, (guint) ceil (n * scale / patch));
}

MonocleClipVisionConfig
monocle_clip_choose_shape (MonocleClip *self, MonocleImage *image)
{
  MonocleClipVisionConfig vision = self->config.vision;
  guint width = monocle_image_get_width (image), height = monocle_image_get_height (image);
  guint most = MIN (self->preprocess.max_patches, 65536);
  double low = 1e-5 / 10, high = 100;

  /* The largest scale at which the patches are few enough, to within what the reference stops at.
   */
  while (high - low >= 1e-5)
    {
      double scale = (low + high) / 2;

      if ((guint64) scale_side (height, scale, vision.patch)
              * scale_side (width, scale, vision.patch)
          <= most)
        low = scale;
      else
        high = scale;
    }
  vision.rows = scale_side (height, low, vision.patch);
  vision.columns = scale_side (width, low, vision.patch);
  return vision;
}

/* Weights of the @n_in positions of one side at each of @n_out: a triangle, as wide as is needed.
 */
static float *
make_triangles (guint n_in, guint n_out)
{
  float *weights = g_new0 (float, (gsize) n_in *n_out);
  double scale = (double) n_in / n_out, support = MAX (scale, 1);

  for (guint i = 0; i < n_out; i++)
    {
      float *row = weights + (gsize) i * n_in;
      double centre = (i + 0.5) * scale - 0.5, sum = 0;

      for (guint k = 0; k < n_in; k++)
        sum += (double) (row[k] = (float) MAX (0, 1 - fabs (k - centre) / support));
      for (guint k = 0; k < n_in; k++)
        row[k] = (float) ((double) row[k] / sum);
    }
  return weights;
}

float *
monocle_clip_resize_grid (MonocleClip *self, guint rows, guint columns)
{
  guint n = self->config.n_grid;
  gsize c = self->config.vision.channels;
  g_autofree float *down = make_triangles (n, rows);
  g_autofree float *across = make_triangles (n, columns);
  g_autofree float *half = g_new0 (float, (gsize) rows * n * c);
  float *grid = g_new0 (float, (gsize) rows * columns * c);

  for (guint y = 0; y < rows; y++)
    for (guint k = 0; k < n; k++)
      for (gsize i = 0; i < n * c; i++)
        half[y * n * c + i] += down[y * n + k] * self->grid[k * n * c + i];
  for (guint y = 0; y < rows; y++)
    for (guint x = 0; x < columns; x++)
      for (guint k = 0; k < n; k++)
        for (gsize i = 0; i < c; i++)
          grid[(y * columns + x) * c + i] += across[x * n + k] * half[(y * n + k) * c + i];
  return grid;
}
