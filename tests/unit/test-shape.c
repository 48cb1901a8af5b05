/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shapes: the same pixels as pycocotools (fixtures/eval); what is hit, measured, turned and made of
 * pixels says the same of a shape whichever way it is asked; and no number breaks any of it.
 */
#include "config.h"

#include <math.h>

#include "tests/fixture.h"
#include "tests/unit/shape-fixture.h"

#define SIDE 40

static const double outer[] = { 10, 10, 50, 10, 50, 50, 10, 50 };
static const double hole[] = { 20, 20, 40, 20, 40, 40, 20, 40 };
static const double island[] = { 28, 28, 32, 28, 32, 32, 28, 32 };
static const MonocleRing frame[] = { { outer, 4, MONOCLE_RING_OUTER },
                                     { hole, 4, MONOCLE_RING_HOLE },
                                     { island, 4, MONOCLE_RING_OUTER } };

static void
assert_rect (MonocleRect rect, double x, double y, double width, double height)
{
  g_assert_cmpfloat (rect.x, ==, x);
  g_assert_cmpfloat (rect.y, ==, y);
  g_assert_cmpfloat (rect.width, ==, width);
  g_assert_cmpfloat (rect.height, ==, height);
}

static guint64
count_pixels (const MonocleShape *shape, guint width, guint height)
{
  g_autoptr (MonocleMaskRuns) mask = monocle_shape_to_mask (shape, width, height);

  g_assert_cmpuint (mask->width, ==, width);
  g_assert_cmpuint (mask->height, ==, height);
  return monocle_mask_runs_get_area (mask);
}

/* --- Pixels --- */

static MonocleShape *
read_polygons (JsonArray *array)
{
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) rings = g_array_new (FALSE, FALSE, sizeof (MonocleRing));

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonArray *numbers = json_array_get_array_element (array, i);
      guint n = json_array_get_length (numbers);
      double *points = g_new (double, n + 1);
      MonocleRing ring = { points, n / 2, MONOCLE_RING_OUTER };

      g_ptr_array_add (owned, points);
      for (guint k = 0; k < n; k++)
        points[k] = json_array_get_double_element (numbers, k);
      g_array_append_val (rings, ring);
    }
  return monocle_shape_new_rings ((const MonocleRing *) (gpointer) rings->data, rings->len);
}

static void
test_reference (void)
{
  g_autoptr (JsonObject) fixture = fixture_read_json_object ("eval/reference.json");
  JsonArray *cases = json_object_get_array_member (
      json_object_get_object_member (fixture, "outlines"), "polygons");

  g_assert_cmpuint (json_array_get_length (cases), >=, 100);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *object = json_array_get_object_element (cases, i);
      JsonArray *size = json_object_get_array_member (object, "size");
      g_autoptr (MonocleShape) shape
          = read_polygons (json_object_get_array_member (object, "polygons"));
      g_autoptr (MonocleMaskRuns) mask
          = monocle_shape_to_mask (shape, (guint) json_array_get_int_element (size, 1),
                                   (guint) json_array_get_int_element (size, 0));
      g_autofree char *text = monocle_mask_runs_to_string (mask);

      g_assert_cmpstr (text, ==, json_object_get_string_member (object, "counts"));
      g_assert_cmpint (monocle_mask_runs_get_area (mask), ==,
                       json_object_get_int_member (object, "area"));
    }
}

static void
test_pixels (void)
{
  const MonocleShape *box = box_shape (2, 3, 7, 5), *wrong = box_shape (7, 5, 2, 3);
  g_autoptr (MonocleMaskRuns) mask = monocle_shape_to_mask (box, 10, 8);
  g_autoptr (MonocleMaskRuns) same = monocle_shape_to_mask (wrong, 10, 8);

  for (guint x = 0; x < 10; x++)
    for (guint y = 0; y < 8; y++)
      g_assert_cmpint (monocle_mask_runs_has (mask, x, y), ==, x >= 2 && x < 7 && y >= 3 && y < 5);
  g_assert_true (monocle_mask_runs_equal (mask, same));

  /* From a pixel to what lies beyond it on all sides. */
  g_assert_cmpuint (count_pixels (box_shape (0, 0, 1, 1), 1, 1), ==, 1);
  g_assert_cmpuint (count_pixels (box_shape (-9, -9, 99, 99), 7, 5), ==, 35);
  g_assert_cmpuint (count_pixels (box_shape (20, 20, 30, 30), 7, 5), ==, 0);
  g_assert_cmpuint (count_pixels (rings_shape (frame, 1), 60, 60), ==, 1600);
  g_assert_cmpuint (count_pixels (rings_shape (frame, 2), 60, 60), ==, 1200);
  g_assert_cmpuint (count_pixels (rings_shape (frame, 3), 60, 60), ==, 1216);
  /* A hole in nothing. */
  g_assert_cmpuint (count_pixels (rings_shape (frame + 1, 1), 60, 60), ==, 0);
  g_assert_cmpuint (count_pixels (keep_shape (monocle_shape_new_points (outer, 4)), 60, 60), ==, 0);
}

/* Fewer than three points, and points on one line, cover nothing; twice around is not inside. */
static void
test_degenerate (void)
{
  static const double line[] = { 1, 1, 9, 9, 5, 5, 3, 3 };
  static const double twice[] = { 2, 2, 8, 2, 8, 8, 2, 8, 2, 2, 8, 2, 8, 8, 2, 8 };
  const MonocleRing none = { NULL, 0, MONOCLE_RING_OUTER };

  for (guint n = 0; n <= 4; n++)
    {
      const MonocleRing ring = { line, n, MONOCLE_RING_OUTER };
      const MonocleShape *shape = rings_shape (&ring, 1);

      g_assert_cmpint (monocle_shape_is_empty (shape), ==, n == 0);
      g_assert_cmpuint (count_pixels (shape, 10, 10), ==, 0);
      g_assert_cmpfloat (monocle_shape_get_area (shape), ==, 0);
      g_assert_cmpint (monocle_shape_hit (shape, 1, 1, 0), ==, n > 0);
      g_assert_false (monocle_shape_hit (shape, 9, 1, 1));
    }
  {
    const MonocleRing ring = { twice, 8, MONOCLE_RING_OUTER };

    g_assert_cmpuint (count_pixels (rings_shape (&ring, 1), 10, 10), ==, 0);
    g_assert_false (monocle_shape_hit (rings_shape (&ring, 1), 5, 5, 0));
  }
  g_assert_true (monocle_shape_is_empty (rings_shape (NULL, 0)));
  g_assert_true (monocle_shape_is_empty (rings_shape (&none, 1)));
  assert_rect (monocle_shape_get_bounds (rings_shape (&none, 1)), 0, 0, 0, 0);
  g_assert_false (monocle_shape_hit (rings_shape (&none, 1), 0, 0, 5));
  g_assert_cmpuint (count_pixels (box_shape (3, 3, 3, 9), 10, 10), ==, 0);
  g_assert_true (monocle_shape_hit (box_shape (3, 3, 3, 9), 3, 5, 0));
}

/* --- Where --- */

static void
test_bounds (void)
{
  static const double corners[] = { 30, 10, 50, 30, 30, 50, 10, 30 };
  const MonocleShape *box = box_shape (30, 40, 10, 20), *quad = quad_shape (corners);
  const MonocleShape *points = keep_shape (monocle_shape_new_points (corners, 4));
  MonocleBox edges = monocle_shape_get_box (box);

  assert_rect (monocle_shape_get_bounds (box), 10, 20, 20, 20);
  assert_rect (monocle_shape_get_bounds (quad), 10, 10, 40, 40);
  assert_rect (monocle_shape_get_bounds (rings_shape (frame, 3)), 10, 10, 40, 40);
  assert_rect (monocle_shape_get_bounds (points), 10, 10, 40, 40);
  g_assert_cmpfloat (edges.x1, ==, 30);
  g_assert_cmpfloat (edges.y2, ==, 20);
  edges = monocle_shape_get_box (quad);
  g_assert_cmpfloat (edges.x1, ==, 10);
  g_assert_cmpfloat (edges.y2, ==, 50);
  g_assert_cmpfloat (monocle_shape_get_area (box), ==, 400);
  g_assert_cmpfloat (monocle_shape_get_area (quad), ==, 800);
  g_assert_cmpfloat (monocle_shape_get_area (rings_shape (frame, 3)), ==, 1216);
  g_assert_cmpfloat (monocle_shape_get_area (points), ==, 0);
}

static void
test_hit (void)
{
  static const double corners[] = { 30, 10, 50, 30, 30, 50, 10, 30 };
  const MonocleShape *box = box_shape (30, 40, 10, 20), *quad = quad_shape (corners);
  const MonocleShape *rings = rings_shape (frame, 3);
  const MonocleShape *points = keep_shape (monocle_shape_new_points (corners, 4));

  g_assert_true (monocle_shape_hit (box, 20, 30, 0));
  g_assert_true (monocle_shape_hit (box, 10, 20, 0));
  g_assert_true (monocle_shape_hit (box, 30, 33, 0));
  g_assert_false (monocle_shape_hit (box, 32, 30, 0));
  g_assert_true (monocle_shape_hit (box, 32, 30, 2));
  g_assert_false (monocle_shape_hit (box, 32, 42, 2));
  g_assert_false (monocle_shape_hit (box, 5, 30, 2));

  g_assert_true (monocle_shape_hit (quad, 30, 30, 0));
  g_assert_true (monocle_shape_hit (quad, 20, 20, 0));
  g_assert_false (monocle_shape_hit (quad, 12, 12, 0));

  g_assert_true (monocle_shape_hit (rings, 15, 30, 0));
  g_assert_false (monocle_shape_hit (rings, 24, 30, 0));
  g_assert_true (monocle_shape_hit (rings, 20, 30, 0));
  g_assert_true (monocle_shape_hit (rings, 38, 30, 3));
  g_assert_true (monocle_shape_hit (rings, 30, 30, 0));

  g_assert_true (monocle_shape_hit (points, 32, 11, 3));
  g_assert_false (monocle_shape_hit (points, 30, 30, 3));
}

static void
test_equal (void)
{
  static const double corners[] = { 10, 10, 50, 10, 50, 50, 10, 50 };
  const MonocleRing open[] = { frame[0], { hole, 4, MONOCLE_RING_OUTER } };

  g_assert_true (monocle_shape_equal (NULL, NULL));
  g_assert_false (monocle_shape_equal (NULL, box_shape (1, 2, 3, 4)));
  g_assert_true (monocle_shape_equal (box_shape (1, 2, 3, 4), box_shape (1, 2, 3, 4)));
  g_assert_false (monocle_shape_equal (box_shape (1, 2, 3, 4), box_shape (3, 2, 1, 4)));
  g_assert_true (monocle_shape_equal (box_shape (1, NAN, 3, 4), box_shape (1, NAN, 3, 4)));
  g_assert_false (monocle_shape_equal (box_shape (1, NAN, 3, 4), box_shape (1, 2, 3, 4)));
  /* The same place, said in another way. */
  g_assert_false (monocle_shape_equal (box_shape (10, 10, 50, 50), quad_shape (corners)));
  g_assert_false (monocle_shape_equal (rings_shape (frame, 1), quad_shape (corners)));
  g_assert_true (monocle_shape_equal (rings_shape (frame, 2), rings_shape (frame, 2)));
  g_assert_false (monocle_shape_equal (rings_shape (frame, 2), rings_shape (frame, 3)));
  g_assert_false (monocle_shape_equal (rings_shape (frame, 2), rings_shape (open, 2)));
}

/* --- Any shape --- */

/* Numbers with which single precision loses nothing. */
static double
pick_number (GRand *random, double from, double to)
{
  return round (g_rand_double_range (random, from, to) * 16) / 16;
}

static MonocleShape *
make_any (GRand *random, guint kind)
{
  const guint n = kind < 3 ? 4 : (guint) g_rand_int_range (random, 3, 9);
  double points[3][16];
  MonocleRing rings[3];

  for (guint i = 0; i < 3; i++)
    {
      rings[i] = (MonocleRing){ points[i], n, i == 1 ? MONOCLE_RING_HOLE : MONOCLE_RING_OUTER };
      for (guint k = 0; k < 2 * n; k++)
        points[i][k] = pick_number (random, -5, SIDE + 5);
    }
  switch (kind)
    {
    case 0:
      return monocle_shape_new_box (&(MonocleBox){ (float) points[0][0], (float) points[0][1],
                                                   (float) points[0][2], (float) points[0][3] });
    case 1:
      return monocle_shape_new_quad (points[0]);
    case 2:
      return monocle_shape_new_points (points[0], n);
    case 3:
      return monocle_shape_new_rings (rings, 3);
    default:
      {
        g_autoptr (MonocleShape) outlines = monocle_shape_new_rings (rings, 3);
        g_autoptr (MonocleMaskRuns) runs = monocle_shape_to_mask (outlines, SIDE, SIDE - 7);

        return monocle_shape_new_mask (runs);
      }
    }
}

#define N_KINDS 5

/* Turned, and turned back: the same numbers; with a mask the same pixels. */
static void
test_there_and_back (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (guint i = 0; i < 500; i++)
    for (guint quarters = 0; quarters < 8; quarters++)
      {
        const gboolean swaps = quarters % 2;
        const MonocleMatrix turn = monocle_matrix_turn (quarters, SIDE, SIDE - 7);
        const MonocleMatrix back
            = monocle_matrix_turn (8 - quarters, swaps ? SIDE - 7 : SIDE, swaps ? SIDE : SIDE - 7);
        const MonocleMatrix inverse = monocle_matrix_invert (&turn);
        g_autoptr (MonocleShape) shape = make_any (random, i % N_KINDS);
        g_autoptr (MonocleShape) turned = monocle_shape_transform (shape, &turn);
        g_autoptr (MonocleShape) again = monocle_shape_transform (turned, &back);
        g_autoptr (MonocleShape) inverted = monocle_shape_transform (turned, &inverse);
        MonocleRect bounds = monocle_shape_get_bounds (shape);
        MonocleRect there = monocle_shape_get_bounds (turned);

        g_assert_true (monocle_shape_equal (again, inverted));
        g_assert_cmpfloat (there.width, ==, swaps ? bounds.height : bounds.width);
        g_assert_cmpfloat (monocle_shape_get_area (turned), ==, monocle_shape_get_area (shape));
        if (monocle_shape_get_kind (shape) != MONOCLE_SHAPE_MASK)
          g_assert_true (monocle_shape_equal (again, shape));
        else
          {
            g_autoptr (MonocleMaskRuns) runs = monocle_shape_to_mask (again, SIDE, SIDE - 7);

            g_assert_true (monocle_mask_runs_equal (runs, monocle_shape_get_mask (shape)));
          }
      }
}

/* A mask, its outlines, and what a turn makes of both: pixel by pixel. */
static void
test_mask_outlines (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (2);

  for (guint i = 0; i < 2000; i++)
    {
      const guint width = (guint) g_rand_int_range (random, 1, 9);
      const guint height = (guint) g_rand_int_range (random, 1, 9);
      const MonocleMatrix turn = monocle_matrix_turn (1, width, height);
      g_autoptr (GArray) counts = g_array_new (FALSE, FALSE, sizeof (gint64));
      g_autoptr (MonocleMaskRuns) runs = NULL, same = NULL, turned = NULL;
      g_autoptr (MonocleShape) shape = NULL, outlines = NULL, there = NULL;

      /* Any pixels: they touch at corners, and lie inside each other. */
      for (gint64 left = width * height, run = 0; left > 0; left -= run)
        {
          run = g_rand_int_range (random, counts->len == 0 ? 0 : 1, 4);
          run = MIN (left, run);
          g_array_append_val (counts, run);
        }
      runs = monocle_mask_runs_new_from_counts ((const gint64 *) (gpointer) counts->data,
                                                counts->len, width, height);
      g_assert_nonnull (runs);
      shape = monocle_shape_new_mask (runs);
      outlines = monocle_shape_transform (shape, &MONOCLE_MATRIX_IDENTITY);
      g_assert_cmpint (monocle_shape_get_kind (outlines), ==, MONOCLE_SHAPE_RINGS);
      same = monocle_shape_to_mask (outlines, width, height);
      g_assert_true (monocle_mask_runs_equal (runs, same));
      g_assert_cmpfloat (monocle_shape_get_area (shape), ==,
                         (double) monocle_mask_runs_get_area (runs));

      there = monocle_shape_transform (shape, &turn);
      turned = monocle_shape_to_mask (there, height, width);
      for (guint x = 0; x < width; x++)
        for (guint y = 0; y < height; y++)
          {
            const gboolean is_in = monocle_mask_runs_has (runs, x, y);

            g_assert_cmpint (monocle_mask_runs_has (turned, height - 1 - y, x), ==, is_in);
            g_assert_cmpint (monocle_shape_hit (shape, x + 0.5, y + 0.5, 0.4), ==, is_in);
          }
    }
}

/* Whether an outline goes by within a pixel: rings of two points are hit there and nowhere else. */
static gboolean
is_at_edge (const MonocleShape *shape, double x, double y)
{
  guint n_rings;
  const MonocleRing *rings = monocle_shape_get_rings (shape, &n_rings);

  for (guint i = 0; i < n_rings; i++)
    for (guint k = 0; k < rings[i].n_points; k++)
      {
        const double *a = rings[i].points + 2 * k;
        const double *b = rings[i].points + 2 * ((k + 1) % rings[i].n_points);
        const double ends[] = { a[0], a[1], b[0], b[1] };
        const MonocleRing line = { ends, 2, MONOCLE_RING_OUTER };
        g_autoptr (MonocleShape) edge = monocle_shape_new_rings (&line, 1);

        if (monocle_shape_hit (edge, x, y, 1))
          return TRUE;
      }
  return FALSE;
}

/* Whether the middle of a pixel is hit, and whether the pixel is of the mask, but for those that
 * the outline goes through. */
static void
test_hit_as_mask (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  guint n_inside = 0;

  for (guint i = 0; i < 60; i++)
    {
      g_autoptr (MonocleShape) shape = make_any (random, i % N_KINDS);
      g_autoptr (MonocleMaskRuns) mask = monocle_shape_to_mask (shape, SIDE, SIDE);

      for (guint x = 0; x < SIDE; x++)
        for (guint y = 0; y < SIDE; y++)
          {
            const gboolean hit = monocle_shape_hit (shape, x + 0.5, y + 0.5, 0);

            if (is_at_edge (shape, x + 0.5, y + 0.5))
              continue;
            g_assert_cmpint (monocle_mask_runs_has (mask, x, y), ==, hit);
            n_inside += hit;
          }
    }
  g_assert_cmpuint (n_inside, >, 2000);
}

/* Convex shapes inside of the picture have as many pixels as their area says, but for the edge. */
static void
test_area_as_mask (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (4);

  for (guint i = 0; i < 200; i++)
    {
      const double x = pick_number (random, 15, 25), y = pick_number (random, 15, 25);
      const double radius = pick_number (random, 5, 14);
      double points[24];
      const MonocleRing ring = { points, 12, MONOCLE_RING_OUTER };
      g_autoptr (MonocleShape) shape = NULL;

      for (guint k = 0; k < 12; k++)
        {
          points[2 * k] = x + radius * cos (k * G_PI / 6);
          points[2 * k + 1] = y + radius * sin (k * G_PI / 6);
        }
      shape = monocle_shape_new_rings (&ring, 1);
      g_assert_cmpfloat_with_epsilon ((double) count_pixels (shape, SIDE, SIDE),
                                      monocle_shape_get_area (shape), 2 * radius);
    }
}

/* --- Any number --- */

static void
test_hostile (void)
{
  static const double numbers[] = { NAN, INFINITY, -INFINITY, 1e308, -1e308, 1e38, -1e18,
                                    1e9, -1e6,     0,         -0.0,  5e-324, 3,    7.5 };
  const guint n = G_N_ELEMENTS (numbers);
  const MonocleMatrix skew = { 1e200, 3, -1e200, 1e-300, 1e308, NAN };
  g_autoptr (GRand) random = g_rand_new_with_seed (5);

  for (guint i = 0; i < 4000; i++)
    {
      double points[8], finite = TRUE;
      const MonocleRing ring = { points, 4, MONOCLE_RING_OUTER };
      g_autoptr (MonocleShape) shape = NULL;
      g_autoptr (MonocleShape) there = NULL;
      MonocleRect bounds;

      for (guint k = 0; k < 8; k++)
        {
          points[k] = numbers[g_rand_int_range (random, 0, (gint32) n)];
          finite = finite && isfinite (points[k]);
        }
      shape = i % 3 == 0   ? monocle_shape_new_rings (&ring, 1)
              : i % 3 == 1 ? monocle_shape_new_quad (points)
                           : monocle_shape_new_points (points, 4);
      there = monocle_shape_transform (shape, &skew);
      g_assert_cmpint (monocle_shape_is_empty (shape), ==, !finite);
      g_assert_true (monocle_shape_is_empty (there));
      g_assert_cmpuint (count_pixels (shape, 7, 5), <=, 35);
      g_assert_cmpuint (count_pixels (there, 7, 5), ==, 0);
      g_assert_false (monocle_shape_hit (shape, NAN, 3, 5));
      monocle_shape_hit (shape, 1e308, 3, 1e308);
      g_assert_true (monocle_shape_equal (shape, shape));
      bounds = monocle_shape_get_bounds (shape);
      g_assert_true (isfinite (bounds.x) && !(bounds.width < 0));
      if (!finite)
        {
          g_assert_cmpuint (count_pixels (shape, 7, 5), ==, 0);
          g_assert_false (monocle_shape_hit (shape, 3, 3, 5));
          assert_rect (bounds, 0, 0, 0, 0);
        }
    }
  g_assert_cmpuint (count_pixels (box_shape (-1e30f, -1e30f, 1e30f, 1e30f), 7, 5), ==, 35);
}

/* One after the other in many threads. */
static gpointer
use_shape (gpointer data)
{
  for (guint i = 0; i < 20000; i++)
    {
      MonocleShape *mine = monocle_shape_ref (data);

      g_assert_cmpfloat (monocle_shape_get_area (mine), ==, 1216);
      monocle_shape_unref (mine);
    }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (MonocleShape) shape = monocle_shape_new_rings (frame, 3);
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("shape", use_shape, shape);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpfloat (monocle_shape_get_area (shape), ==, 1216);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/shape/reference", test_reference);
  g_test_add_func ("/engine/shape/pixels", test_pixels);
  g_test_add_func ("/engine/shape/degenerate", test_degenerate);
  g_test_add_func ("/engine/shape/bounds", test_bounds);
  g_test_add_func ("/engine/shape/hit", test_hit);
  g_test_add_func ("/engine/shape/equal", test_equal);
  g_test_add_func ("/engine/shape/there-and-back", test_there_and_back);
  g_test_add_func ("/engine/shape/mask-outlines", test_mask_outlines);
  g_test_add_func ("/engine/shape/hit-as-mask", test_hit_as_mask);
  g_test_add_func ("/engine/shape/area-as-mask", test_area_as_mask);
  g_test_add_func ("/engine/shape/hostile", test_hostile);
  g_test_add_func ("/engine/shape/threads", test_threads);
  return g_test_run ();
}
