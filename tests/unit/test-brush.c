/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a brush covers: the pixels that its circle passes over, and those only; no gaps along its
 * way, nothing beyond the picture.
 */
#include "config.h"

#include <math.h>

#include "engine/answer/brush.h"
#include "engine/answer/mask-runs-private.h"

#define WIDTH  70
#define HEIGHT 50

static MonocleMaskRuns *
new_empty (void)
{
  return monocle_raster_fill (NULL, 0, WIDTH, HEIGHT);
}

static MonocleMaskRuns *
new_full (void)
{
  const gint64 counts[] = { 0, WIDTH * HEIGHT };

  return monocle_mask_runs_new_from_counts (counts, 2, WIDTH, HEIGHT);
}

static double
measure_distance (const double *a, const double *b, double x, double y)
{
  const double dx = b[0] - a[0], dy = b[1] - a[1], length = dx * dx + dy * dy;
  const double t = length > 0 ? ((x - a[0]) * dx + (y - a[1]) * dy) / length : 0;
  const double at = CLAMP (t, 0, 1);

  return hypot (x - a[0] - at * dx, y - a[1] - at * dy);
}

/* Pixel by pixel; on the line itself either will do: outlines are walked in fifths of a pixel. */
static void
assert_covers (const MonocleMaskRuns *mask, const double *from, const double *to, guint size)
{
  for (guint x = 0; x < WIDTH; x++)
    for (guint y = 0; y < HEIGHT; y++)
      {
        const double distance = measure_distance (from, to, x + 0.5, y + 0.5);

        if (distance < size / 2.0 - 0.3)
          g_assert_true (monocle_mask_runs_has (mask, x, y));
        if (distance > size / 2.0 + 0.3)
          g_assert_false (monocle_mask_runs_has (mask, x, y));
      }
}

/* In all directions, across the borders as well. */
static void
test_way (void)
{
  g_autoptr (MonocleMaskRuns) empty = new_empty ();

  for (guint size = 3; size <= 30; size += 3)
    for (guint direction = 0; direction < 16; direction++)
      {
        double from[] = { 30, 25 }, to[2];
        g_autoptr (MonocleMaskRuns) mask = NULL;

        monocle_brush_center (size, &from[0], &from[1]);
        to[0] = from[0] + 33 * cos (direction * G_PI / 8);
        to[1] = from[1] + 33 * sin (direction * G_PI / 8);
        mask = monocle_brush_paint (empty, from, to, size, MONOCLE_RING_OUTER);
        assert_covers (mask, from, to, size);
      }
}

/* The same number of pixels wherever it is put down. */
static void
test_dab (void)
{
  g_autoptr (MonocleMaskRuns) empty = new_empty ();
  static const guint areas[] = { 0, 1, 4, 9 };

  for (guint size = 1; size <= 20; size++)
    {
      guint64 area = size < G_N_ELEMENTS (areas) ? areas[size] : 0;

      for (guint i = 0; i < 25; i++)
        {
          double at[] = { 30 + i % 5 * 0.2, 25 + i / 5 * 0.2 };
          g_autoptr (MonocleMaskRuns) mask = NULL;

          monocle_brush_center (size, &at[0], &at[1]);
          mask = monocle_brush_paint (empty, at, at, size, MONOCLE_RING_OUTER);
          if (area == 0)
            area = monocle_mask_runs_get_area (mask);
          g_assert_cmpuint (monocle_mask_runs_get_area (mask), ==, area);
        }
    }
}

/* A brush of a pixel leaves a line of which each pixel is a neighbour of the one before. */
static void
test_thin (void)
{
  g_autoptr (MonocleMaskRuns) empty = new_empty ();

  for (guint i = 0; i < 40; i++)
    {
      const double from[] = { 2.5, 3.5 + i }, to[] = { 66.5, 44.5 - i };
      g_autoptr (MonocleMaskRuns) mask
          = monocle_brush_paint (empty, from, to, 1, MONOCLE_RING_OUTER);
      int last = 3 + (int) i;

      g_assert_cmpuint (monocle_mask_runs_get_area (mask), ==, 65);
      for (guint x = 2; x <= 66; x++)
        {
          int found = -1;

          for (int y = last - 1; y <= last + 1; y++)
            if (y >= 0 && monocle_mask_runs_has (mask, x, (guint) y))
              found = y;
          g_assert_cmpint (found, >=, 0);
          last = found;
        }
    }
}

static void
test_erase (void)
{
  g_autoptr (MonocleMaskRuns) full = new_full ();
  g_autoptr (MonocleMaskRuns) empty = new_empty ();
  const double from[] = { 10, 10 }, to[] = { 60, 40 };
  g_autoptr (MonocleMaskRuns) erased = monocle_brush_paint (full, from, to, 9, MONOCLE_RING_HOLE);
  g_autoptr (MonocleMaskRuns) painted
      = monocle_brush_paint (empty, from, to, 9, MONOCLE_RING_OUTER);
  g_autoptr (MonocleMaskRuns) again = monocle_brush_paint (erased, from, to, 9, MONOCLE_RING_OUTER);

  g_assert_cmpuint (monocle_mask_runs_get_area (painted), >, 400);
  g_assert_cmpuint (monocle_mask_runs_get_area (erased) + monocle_mask_runs_get_area (painted), ==,
                    WIDTH * HEIGHT);
  g_assert_cmpuint (monocle_mask_runs_get_common (erased, painted), ==, 0);
  g_assert_true (monocle_mask_runs_equal (again, full));
}

/* All of it, and nothing from outside. */
static void
test_beyond (void)
{
  g_autoptr (MonocleMaskRuns) empty = new_empty ();
  const double middle[] = { 35, 25 }, far[] = { -1e5, 1e5 }, left[] = { -40, 25 };
  g_autoptr (MonocleMaskRuns) all
      = monocle_brush_paint (empty, middle, middle, MONOCLE_BRUSH_MAX_SIZE, MONOCLE_RING_OUTER);
  g_autoptr (MonocleMaskRuns) nothing
      = monocle_brush_paint (empty, far, far, 40, MONOCLE_RING_OUTER);
  g_autoptr (MonocleMaskRuns) in
      = monocle_brush_paint (empty, left, middle, 11, MONOCLE_RING_OUTER);

  g_assert_cmpuint (monocle_mask_runs_get_area (all), ==, WIDTH * HEIGHT);
  g_assert_cmpuint (monocle_mask_runs_get_area (nothing), ==, 0);
  assert_covers (in, left, middle, 11);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/brush/way", test_way);
  g_test_add_func ("/brush/dab", test_dab);
  g_test_add_func ("/brush/thin", test_thin);
  g_test_add_func ("/brush/erase", test_erase);
  g_test_add_func ("/brush/beyond", test_beyond);

  return g_test_run ();
}
