/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/brush.h"

#include <math.h>

#include "engine/answer/mask-runs-private.h"

/* So far the corners that stand for a circle lie outside of it, in pixels. */
#define ROUNDNESS 0.02

void
monocle_brush_center (guint size, double *x, double *y)
{
  *x = size % 2 ? floor (*x) + 0.5 : round (*x);
  *y = size % 2 ? floor (*y) + 0.5 : round (*y);
}

/* Half a circle around @middle, clockwise as pixels are counted: the sides of a polygon touch it.
 */
static void
add_half (GArray *points, const double middle[2], double radius, double angle)
{
  const guint n = (guint) ceil (G_PI / (2 * acos (radius / (radius + ROUNDNESS))));
  const double step = G_PI / n, far = radius / cos (step / 2);

  for (guint i = 0; i < n; i++)
    {
      const double at = angle + (i + 0.5) * step;
      const double point[] = { middle[0] + far * cos (at), middle[1] + far * sin (at) };

      g_array_append_vals (points, point, 2);
    }
}

/* Whole pixels: a circle that small would miss the middles of some. */
static void
add_square (GArray *points, const double middle[2], double radius)
{
  const double x1 = middle[0] - radius, y1 = middle[1] - radius;
  const double x2 = middle[0] + radius, y2 = middle[1] + radius;
  const double corners[] = { x1, y1, x2, y1, x2, y2, x1, y2 };

  g_array_append_vals (points, corners, G_N_ELEMENTS (corners));
}

/* @mask with a ring added or taken away. (transfer full) */
static MonocleMaskRuns *
paint_ring (const MonocleMaskRuns *mask, const GArray *points, MonocleRingRole role)
{
  g_autoptr (MonocleMaskRuns) covered = monocle_raster_fill (
      (const double *) (gconstpointer) points->data, points->len / 2, mask->width, mask->height);

  return monocle_mask_runs_paint (mask, covered, role);
}

/* Brushes of one or two pixels: from pixel to pixel, as near to the line as there are any. */
static MonocleMaskRuns *
paint_squares (const MonocleMaskRuns *mask,
               const double from[2],
               const double to[2],
               guint size,
               MonocleRingRole role)
{
  const double length = MAX (fabs (to[0] - from[0]), fabs (to[1] - from[1]));
  const guint n = (guint) ceil (MIN (length, mask->width + (double) mask->height));
  g_autoptr (MonocleMaskRuns) painted = monocle_raster_fill (NULL, 0, mask->width, mask->height);

  for (guint i = 0; i <= n; i++)
    {
      g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));
      g_autoptr (MonocleMaskRuns) before = painted;
      const double t = n > 0 ? (double) i / n : 0;
      double middle[] = { from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1]) };

      monocle_brush_center (size, &middle[0], &middle[1]);
      add_square (points, middle, size / 2.0);
      painted = paint_ring (before, points, MONOCLE_RING_OUTER);
    }
  return monocle_mask_runs_paint (mask, painted, role);
}

MonocleMaskRuns *
monocle_brush_paint (const MonocleMaskRuns *mask,
                     const double from[2],
                     const double to[2],
                     guint size,
                     MonocleRingRole role)
{
  g_autoptr (GArray) points = NULL;
  const double angle = atan2 (to[1] - from[1], to[0] - from[0]);

  g_return_val_if_fail (size >= 1 && size <= MONOCLE_BRUSH_MAX_SIZE, NULL);
  g_return_val_if_fail (isfinite (from[0]) && isfinite (from[1]), NULL);
  g_return_val_if_fail (isfinite (to[0]) && isfinite (to[1]), NULL);

  if (size <= 2)
    return paint_squares (mask, from, to, size, role);
  points = g_array_new (FALSE, FALSE, sizeof (double));
  add_half (points, to, size / 2.0, angle - G_PI / 2);
  add_half (points, from, size / 2.0, angle + G_PI / 2);
  return paint_ring (mask, points, role);
}
