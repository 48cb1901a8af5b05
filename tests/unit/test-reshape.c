/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Outlines corrected point by point: which point is meant, what is left, and that fewer points say
 * nearly the same.
 */
#include "config.h"

#include <math.h>

#include "engine/answer/reshape.h"
#include "tests/unit/shape-fixture.h"

static const double outer[] = { 10, 10, 50, 10, 50, 50, 10, 50 };
static const double hole[] = { 20, 20, 40, 20, 30, 40 };
static const MonocleRing frame[]
    = { { outer, 4, MONOCLE_RING_OUTER }, { hole, 3, MONOCLE_RING_HOLE } };

static void
assert_point (const MonocleShape *shape, guint index, double x, double y)
{
  guint n;
  const double *points = monocle_shape_get_points (shape, &n);

  g_assert_cmpuint (index, <, n);
  g_assert_cmpfloat_with_epsilon (points[2 * index], x, 1e-9);
  g_assert_cmpfloat_with_epsilon (points[2 * index + 1], y, 1e-9);
}

static guint
count_points (const MonocleShape *shape)
{
  guint n;

  monocle_shape_get_points (shape, &n);
  return n;
}

static guint
count_rings (const MonocleShape *shape)
{
  guint n;

  monocle_shape_get_rings (shape, &n);
  return n;
}

/* --- What is near --- */

static void
test_find (void)
{
  const MonocleShape *shape = rings_shape (frame, 2);
  const double dots[] = { 5, 5, 9, 9 };
  g_autoptr (MonocleShape) points = monocle_shape_new_points (dots, 2);
  g_autoptr (MonocleShape) nothing = monocle_shape_new_rings (NULL, 0);
  guint edge, index;

  g_assert_cmpfloat (monocle_shape_find_edge (shape, 30, 12, &edge), ==, 2);
  g_assert_cmpuint (edge, ==, 0);
  g_assert_cmpfloat (monocle_shape_find_edge (shape, 8, 30, &edge), ==, 2);
  g_assert_cmpuint (edge, ==, 3);
  g_assert_cmpfloat (monocle_shape_find_edge (shape, 30, 19, &edge), ==, 1);
  g_assert_cmpuint (edge, ==, 4);
  /* From the last point of the hole to its first. */
  monocle_shape_find_edge (shape, 25, 30, &edge);
  g_assert_cmpuint (edge, ==, 6);

  g_assert_cmpfloat (monocle_shape_find_point (shape, 30, 43, &index), ==, 3);
  g_assert_cmpuint (index, ==, 6);
  g_assert_cmpfloat (monocle_shape_find_edge (points, 9, 8, &edge), ==, 1);
  g_assert_cmpuint (edge, ==, 1);
  g_assert_true (isinf (monocle_shape_find_edge (nothing, 1, 1, NULL)));
  g_assert_true (isinf (monocle_shape_find_point (nothing, 1, 1, NULL)));
}

/* --- Point by point --- */

static void
test_move (void)
{
  const MonocleShape *shape = rings_shape (frame, 2);
  g_autoptr (MonocleShape) moved = monocle_reshape_move_point (shape, 5, 44, 22);
  const MonocleShape *quad = quad_shape ((const double[]){ 0, 0, 9, 1, 8, 7, 1, 6 });
  g_autoptr (MonocleShape) bent = monocle_reshape_move_point (quad, 3, 2, 8);

  assert_point (moved, 5, 44, 22);
  for (guint i = 0; i < 7; i++)
    if (i != 5)
      assert_point (moved, i, frame[i / 4].points[2 * (i % 4)],
                    frame[i / 4].points[2 * (i % 4) + 1]);
  g_assert_cmpuint (count_rings (moved), ==, 2);
  /* A quad stays one. */
  g_assert_cmpint (monocle_shape_get_kind (bent), ==, MONOCLE_SHAPE_QUAD);
  assert_point (bent, 3, 2, 8);
}

static void
test_add (void)
{
  const MonocleShape *shape = rings_shape (frame, 2);
  const MonocleShape *quad = quad_shape ((const double[]){ 0, 0, 9, 1, 8, 7, 1, 6 });
  g_autoptr (MonocleShape) first = monocle_reshape_add_point (shape, 3, 10, 30, NULL);
  g_autoptr (MonocleShape) in_hole = NULL, of_quad = NULL;
  guint index;

  /* Behind the last of the first ring, not into the second. */
  g_assert_cmpuint (monocle_shape_get_rings (first, &(guint){ 0 })[0].n_points, ==, 5);
  assert_point (first, 4, 10, 30);
  assert_point (first, 5, 20, 20);

  in_hole = monocle_reshape_add_point (shape, 5, 35, 30, &index);
  g_assert_cmpuint (index, ==, 6);
  assert_point (in_hole, 6, 35, 30);
  assert_point (in_hole, 7, 30, 40);
  g_assert_cmpint (monocle_shape_get_rings (in_hole, &(guint){ 0 })[1].role, ==, MONOCLE_RING_HOLE);

  of_quad = monocle_reshape_add_point (quad, 0, 4, 0, NULL);
  g_assert_cmpint (monocle_shape_get_kind (of_quad), ==, MONOCLE_SHAPE_RINGS);
  g_assert_cmpuint (count_points (of_quad), ==, 5);
}

static void
test_remove (void)
{
  const MonocleRing parts[] = { { outer, 4, MONOCLE_RING_OUTER }, { hole, 3, MONOCLE_RING_OUTER } };
  const MonocleShape *shape = rings_shape (frame, 2), *two = rings_shape (parts, 2);
  g_autoptr (MonocleShape) triangle = monocle_reshape_remove_point (shape, 1);
  g_autoptr (MonocleShape) whole = NULL, one = NULL;

  g_assert_cmpuint (count_points (triangle), ==, 6);
  assert_point (triangle, 1, 50, 50);
  /* Three are the least that there can be... */
  g_assert_null (monocle_reshape_remove_point (triangle, 0));
  /* ...of all of it: a hole goes, and a part of several. */
  whole = monocle_reshape_remove_point (shape, 4);
  g_assert_cmpuint (count_rings (whole), ==, 1);
  g_assert_cmpuint (count_points (whole), ==, 4);
  one = monocle_reshape_remove_point (two, 6);
  g_assert_cmpuint (count_rings (one), ==, 1);
}

/* After many steps. */
static void
assert_near (const MonocleShape *shape, guint index, double x, double y)
{
  guint n;
  const double *points = monocle_shape_get_points (shape, &n);

  g_assert_cmpfloat_with_epsilon (points[2 * index], x, 1e-6);
  g_assert_cmpfloat_with_epsilon (points[2 * index + 1], y, 1e-6);
}

static MonocleShape *
rotate (const MonocleShape *shape, double degrees)
{
  const MonocleMatrix matrix = monocle_reshape_get_rotation (shape, degrees);

  return keep_shape (monocle_reshape_transform (shape, &matrix, 100, 100));
}

/* Clockwise around what stays the middle, step by step as at once. */
static void
test_rotate (void)
{
  static const double triangle[] = { 20, 20, 60, 20, 20, 80 };
  const MonocleRing ring = { triangle, 3, MONOCLE_RING_OUTER };
  const MonocleShape *box = box_shape (20, 40, 60, 60), *shape = rings_shape (&ring, 1);
  const MonocleShape *upright = rotate (box, 90), *tilted = rotate (box, 30);
  const MonocleShape *line = keep_shape (monocle_shape_new_line (triangle, 2));
  const MonocleShape *stepped = shape;
  g_autoptr (MonocleMaskRuns) runs = monocle_shape_to_mask (box, 100, 100);
  const MonocleShape *mask = keep_shape (monocle_shape_new_mask (runs));

  g_assert_true (monocle_shape_equal (upright, box_shape (30, 30, 50, 70)));
  g_assert_true (monocle_shape_equal (rotate (upright, -450), box));
  g_assert_cmpint (monocle_shape_get_kind (tilted), ==, MONOCLE_SHAPE_QUAD);
  /* Its first corner comes from the left to the top. */
  assert_point (tilted, 0, 40 - 20 * cos (G_PI / 6) + 10 * sin (G_PI / 6),
                50 - 20 * sin (G_PI / 6) - 10 * cos (G_PI / 6));
  assert_point (rotate (line, 90), 0, 40, 0);

  for (guint i = 0; i < 40; i++)
    stepped = rotate (stepped, 1);
  for (guint i = 0; i < 3; i++)
    {
      const double *points = monocle_shape_get_points (rotate (shape, 40), &(guint){ 0 });

      g_assert_cmpfloat_with_epsilon (
          points[2 * i], monocle_shape_get_points (stepped, &(guint){ 0 })[2 * i], 1e-6);
    }
  for (guint i = 0; i < 320; i += 16)
    stepped = rotate (stepped, 16);
  for (guint i = 0; i < 3; i++)
    assert_near (shape, i, monocle_shape_get_points (stepped, &(guint){ 0 })[2 * i],
                 monocle_shape_get_points (stepped, &(guint){ 0 })[2 * i + 1]);
  g_assert_cmpint (monocle_shape_get_kind (rotate (mask, 45)), ==, MONOCLE_SHAPE_MASK);
  g_assert_true (monocle_shape_equal (rotate (rotate (mask, 90), 90), mask));
}

/* What has no outline: a line keeps its ends, points may be one. */
static void
test_loose (void)
{
  static const double bend[] = { 0, 0, 10, 0, 20, 0.5, 30, 0, 30, 20 };
  const MonocleShape *line = keep_shape (monocle_shape_new_line (bend, 5));
  const MonocleShape *points = keep_shape (monocle_shape_new_points (bend, 2));
  g_autoptr (MonocleShape) moved = monocle_reshape_move_point (line, 4, 40, 20);
  g_autoptr (MonocleShape) longer = monocle_reshape_add_point (line, 4, 50, 20, NULL);
  g_autoptr (MonocleShape) simple = monocle_reshape_simplify (line, 1);
  g_autoptr (MonocleShape) least = NULL, closed = NULL, one = NULL;
  guint edge;

  /* No edge leads from the last point to the first. */
  g_assert_cmpfloat (monocle_shape_find_edge (line, 15, 10, &edge), >, 9);
  g_assert_cmpfloat (monocle_shape_find_edge (line, 28, 10, &edge), ==, 2);
  g_assert_cmpuint (edge, ==, 3);
  g_assert_true (monocle_shape_hit (line, 5, 1, 1));
  g_assert_false (monocle_shape_hit (line, 15, 10, 1));
  g_assert_cmpfloat (monocle_shape_get_area (line), ==, 0);

  g_assert_true (monocle_reshape_can_edit (line));
  g_assert_cmpint (monocle_shape_get_kind (moved), ==, MONOCLE_SHAPE_LINE);
  assert_point (moved, 4, 40, 20);
  assert_point (longer, 5, 50, 20);
  g_assert_cmpuint (monocle_reshape_step (line, 4, 1), ==, 0);
  g_assert_cmpuint (monocle_reshape_step (line, 0, -1), ==, 4);
  g_assert_cmpint (monocle_shape_get_kind (simple), ==, MONOCLE_SHAPE_LINE);
  g_assert_cmpuint (count_points (simple), ==, 3);
  assert_point (simple, 1, 30, 0);
  least = monocle_reshape_remove_point (simple, 1);
  g_assert_cmpuint (count_points (least), ==, 2);
  g_assert_null (monocle_reshape_remove_point (least, 0));
  closed = monocle_reshape_to_rings (line);
  g_assert_cmpfloat (monocle_shape_get_area (closed), >, 200);

  one = monocle_reshape_remove_point (points, 0);
  g_assert_cmpint (monocle_shape_get_kind (one), ==, MONOCLE_SHAPE_POINTS);
  assert_point (one, 0, 10, 0);
  g_assert_null (monocle_reshape_remove_point (one, 0));
}

static void
test_step (void)
{
  const MonocleShape *shape = rings_shape (frame, 2);

  g_assert_cmpuint (monocle_reshape_step (shape, 0, 1), ==, 1);
  g_assert_cmpuint (monocle_reshape_step (shape, 3, 1), ==, 0);
  g_assert_cmpuint (monocle_reshape_step (shape, 0, -1), ==, 3);
  g_assert_cmpuint (monocle_reshape_step (shape, 6, 1), ==, 4);
  g_assert_cmpuint (monocle_reshape_step (shape, 4, -1), ==, 6);
}

/* --- Fewer points --- */

/* A circle of many points, and noise on it. */
static MonocleShape *
new_circle (guint n, double radius, double noise)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autofree double *points = g_new (double, 2 * n);

  for (guint i = 0; i < n; i++)
    {
      const double r = radius + g_rand_double_range (random, -noise, noise);

      points[2 * i] = 200 + r * cos (2 * G_PI * i / n);
      points[2 * i + 1] = 200 + r * sin (2 * G_PI * i / n);
    }
  return monocle_shape_new_rings (&(MonocleRing){ points, n, MONOCLE_RING_OUTER }, 1);
}

static void
test_simplify (void)
{
  g_autoptr (MonocleShape) circle = new_circle (4000, 100, 0.3);
  g_autoptr (MonocleShape) simple = monocle_reshape_simplify (circle, 1);
  const MonocleShape *box = box_shape (1, 2, 3, 4);
  g_autoptr (MonocleShape) still = monocle_reshape_simplify (box, 100);
  guint n;
  const double *points = monocle_shape_get_points (circle, &n);

  g_assert_cmpuint (count_points (simple), <, 60);
  g_assert_cmpuint (count_points (simple), >, 12);
  /* None of those that went is far from what is left. */
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat (monocle_shape_find_edge (simple, points[2 * i], points[2 * i + 1], NULL), <=,
                       1);
  g_assert_cmpfloat_with_epsilon (monocle_shape_get_area (simple), monocle_shape_get_area (circle),
                                  0.02 * monocle_shape_get_area (circle));
  g_assert_true (monocle_shape_equal (box, still));
}

/* Points on a line go, corners do not; wherever the outline begins. */
static void
test_simplify_square (void)
{
  for (guint start = 0; start < 8; start++)
    {
      const double around[] = { 0, 0, 5, 0, 10, 0, 10, 5, 10, 10, 5, 10, 0, 10, 0, 5 };
      double points[16];
      g_autoptr (MonocleShape) square = NULL, simple = NULL;

      for (guint i = 0; i < 16; i++)
        points[i] = around[(i + 2 * start) % 16];
      square = monocle_shape_new_rings (&(MonocleRing){ points, 8, MONOCLE_RING_OUTER }, 1);
      simple = monocle_reshape_simplify (square, 0.5);
      g_assert_cmpuint (count_points (simple), ==, 4);
      g_assert_cmpfloat (monocle_shape_get_area (simple), ==, 100);
    }
}

/* Each ring keeps three points, whatever there is, and its role. */
static void
test_simplify_least (void)
{
  const double line[] = { 0, 0, 1, 0, 2, 0, 3, 0, 4, 0 };
  const double same[] = { 7, 7, 7, 7, 7, 7, 7, 7 };
  const MonocleRing rings[] = { { outer, 4, MONOCLE_RING_OUTER },
                                { hole, 3, MONOCLE_RING_HOLE },
                                { line, 5, MONOCLE_RING_OUTER },
                                { same, 4, MONOCLE_RING_HOLE },
                                { line, 2, MONOCLE_RING_OUTER } };
  const MonocleShape *shape = rings_shape (rings, G_N_ELEMENTS (rings));
  g_autoptr (MonocleShape) simple = monocle_reshape_simplify (shape, 1000);
  guint n;
  const MonocleRing *left = monocle_shape_get_rings (simple, &n);

  g_assert_cmpuint (n, ==, G_N_ELEMENTS (rings));
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpuint (left[i].n_points, ==, MIN (rings[i].n_points, 3));
      g_assert_cmpint (left[i].role, ==, rings[i].role);
    }
}

/* --- As a whole --- */

static void
test_transform (void)
{
  const MonocleMatrix way = { .xx = 1, .yy = 1, .x0 = 3, .y0 = -2 };
  const MonocleShape *shape = rings_shape (frame, 2);
  g_autoptr (MonocleMaskRuns) pixels = monocle_shape_to_mask (shape, 80, 60);
  g_autoptr (MonocleShape) mask = monocle_shape_new_mask (pixels);
  g_autoptr (MonocleShape) there = monocle_reshape_transform (mask, &way, 80, 60);
  g_autoptr (MonocleShape) rings = monocle_reshape_transform (shape, &way, 80, 60);
  g_autoptr (MonocleShape) outlines = monocle_reshape_to_rings (mask);
  g_autoptr (MonocleMaskRuns) again = monocle_shape_to_mask (outlines, 80, 60);

  /* A mask is one of the same picture, with as many pixels. */
  g_assert_cmpint (monocle_shape_get_kind (there), ==, MONOCLE_SHAPE_MASK);
  g_assert_cmpuint (monocle_mask_runs_get_area (monocle_shape_get_mask (there)), ==,
                    monocle_mask_runs_get_area (pixels));
  g_assert_cmpfloat (monocle_shape_get_bounds (there).x, ==, monocle_shape_get_bounds (mask).x + 3);
  g_assert_cmpint (monocle_shape_get_kind (rings), ==, MONOCLE_SHAPE_RINGS);
  assert_point (rings, 0, 13, 8);

  g_assert_cmpint (monocle_shape_get_kind (outlines), ==, MONOCLE_SHAPE_RINGS);
  g_assert_true (monocle_mask_runs_equal (pixels, again));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/reshape/find", test_find);
  g_test_add_func ("/engine/reshape/move", test_move);
  g_test_add_func ("/engine/reshape/add", test_add);
  g_test_add_func ("/engine/reshape/remove", test_remove);
  g_test_add_func ("/engine/reshape/step", test_step);
  g_test_add_func ("/engine/reshape/loose", test_loose);
  g_test_add_func ("/engine/reshape/rotate", test_rotate);
  g_test_add_func ("/engine/reshape/simplify", test_simplify);
  g_test_add_func ("/engine/reshape/simplify-square", test_simplify_square);
  g_test_add_func ("/engine/reshape/simplify-least", test_simplify_least);
  g_test_add_func ("/engine/reshape/transform", test_transform);
  return g_test_run ();
}
