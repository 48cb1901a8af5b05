/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shapes put together and taken apart: the same pixels before and after, in as few parts as hang
 * together, holes with what they are in.
 */
#include "config.h"

#include "engine/answer/parts.h"
#include "tests/unit/shape-fixture.h"

#define WIDTH  60
#define HEIGHT 40

static const double big[] = { 2, 2, 30, 2, 30, 30, 2, 30 };
static const double hole[] = { 6, 6, 26, 6, 26, 26, 6, 26 };
static const double island[] = { 10, 10, 20, 10, 20, 20, 10, 20 };
static const double pond[] = { 12, 12, 18, 12, 18, 18, 12, 18 };
static const double right[] = { 40, 4, 55, 4, 55, 20, 40, 20 };
static const double beside[] = { 30, 10, 38, 10, 38, 20, 30, 20 }; /* on the edge of big */
static const double across[] = { 25, 10, 45, 10, 45, 18, 25, 18 }; /* over big and right */

static MonocleShape *
one_ring (const double *points)
{
  return rings_shape (&(MonocleRing){ points, 4, MONOCLE_RING_OUTER }, 1);
}

static MonocleShape *
merge (MonocleShape *a, MonocleShape *b)
{
  g_autoptr (GPtrArray) shapes = g_ptr_array_new ();
  MonocleShape *merged;

  g_ptr_array_add (shapes, a);
  g_ptr_array_add (shapes, b);
  merged = monocle_parts_merge (shapes, WIDTH, HEIGHT);
  return merged ? keep_shape (merged) : NULL;
}

static guint
count_rings (const MonocleShape *shape)
{
  guint n;

  monocle_shape_get_rings (shape, &n);
  return n;
}

static guint64
count_pixels (const MonocleShape *shape)
{
  g_autoptr (MonocleMaskRuns) mask = monocle_shape_to_mask (shape, WIDTH, HEIGHT);

  return monocle_mask_runs_get_area (mask);
}

/* Whether @whole is what any of @a and @b has, pixel by pixel. */
static void
assert_union (const MonocleShape *whole, const MonocleShape *a, const MonocleShape *b)
{
  g_autoptr (MonocleMaskRuns) of_whole = monocle_shape_to_mask (whole, WIDTH, HEIGHT);
  g_autoptr (MonocleMaskRuns) of_a = monocle_shape_to_mask (a, WIDTH, HEIGHT);
  g_autoptr (MonocleMaskRuns) of_b = monocle_shape_to_mask (b, WIDTH, HEIGHT);

  for (guint x = 0; x < WIDTH; x++)
    for (guint y = 0; y < HEIGHT; y++)
      g_assert_cmpint (monocle_mask_runs_has (of_whole, x, y), ==,
                       monocle_mask_runs_has (of_a, x, y) || monocle_mask_runs_has (of_b, x, y));
}

/* --- Touching --- */

static void
test_touch (void)
{
  const MonocleRing frame[] = { { big, 4, MONOCLE_RING_OUTER }, { hole, 4, MONOCLE_RING_HOLE } };
  MonocleShape *whole = one_ring (big), *open = rings_shape (frame, 2);

  g_assert_false (monocle_parts_touch (whole, one_ring (right)));
  g_assert_true (monocle_parts_touch (whole, one_ring (beside)));
  g_assert_true (monocle_parts_touch (whole, one_ring (across)));
  g_assert_true (monocle_parts_touch (whole, box_shape (10, 10, 20, 20)));
  g_assert_true (monocle_parts_touch (one_ring (island), whole));
  g_assert_false (monocle_parts_touch (open, one_ring (island)));
  g_assert_false (monocle_parts_touch (one_ring (island), open));
  /* Bounds that overlap are not enough. */
  g_assert_false (monocle_parts_touch (
      rings_shape (&(MonocleRing){ (const double[]){ 0, 0, 20, 0, 0, 20 }, 3, MONOCLE_RING_OUTER },
                   1),
      box_shape (15, 15, 20, 20)));
}

/* --- Merged --- */

static void
test_merge_apart (void)
{
  MonocleShape *whole = merge (one_ring (right), one_ring (big));
  MonocleShape *boxes = merge (box_shape (0, 0, 5, 5), box_shape (10, 10, 15, 15));

  g_assert_cmpint (monocle_shape_get_kind (whole), ==, MONOCLE_SHAPE_RINGS);
  g_assert_cmpuint (count_rings (whole), ==, 2);
  assert_union (whole, one_ring (right), one_ring (big));
  g_assert_cmpint (monocle_shape_get_kind (boxes), ==, MONOCLE_SHAPE_RINGS);
  g_assert_cmpuint (count_pixels (boxes), ==, 50);
}

/* What lies in a hole is not taken away by it, whichever comes first. */
static void
test_merge_island (void)
{
  const MonocleRing frame[] = { { big, 4, MONOCLE_RING_OUTER }, { hole, 4, MONOCLE_RING_HOLE } };
  MonocleShape *open = rings_shape (frame, 2), *dot = one_ring (island);
  MonocleShape *first = merge (dot, open), *second = merge (open, dot);

  g_assert_cmpint (monocle_shape_get_kind (first), ==, MONOCLE_SHAPE_RINGS);
  assert_union (first, open, dot);
  assert_union (second, open, dot);
}

static void
test_merge_pixels (void)
{
  MonocleShape *touching = merge (one_ring (big), one_ring (beside));
  MonocleShape *crossing = merge (one_ring (big), one_ring (across));
  MonocleShape *with_mask = merge (touching, one_ring (right));

  g_assert_cmpint (monocle_shape_get_kind (touching), ==, MONOCLE_SHAPE_MASK);
  assert_union (touching, one_ring (big), one_ring (beside));
  g_assert_cmpint (monocle_shape_get_kind (crossing), ==, MONOCLE_SHAPE_MASK);
  assert_union (crossing, one_ring (big), one_ring (across));
  g_assert_cmpint (monocle_shape_get_kind (with_mask), ==, MONOCLE_SHAPE_MASK);
  assert_union (with_mask, touching, one_ring (right));
}

static void
test_merge_points (void)
{
  MonocleShape *a = keep_shape (monocle_shape_new_points ((const double[]){ 1, 2, 3, 4 }, 2));
  MonocleShape *b = keep_shape (monocle_shape_new_points ((const double[]){ 5, 6 }, 1));
  MonocleShape *both = merge (a, b);
  g_autoptr (GPtrArray) parts = monocle_parts_split (both);

  g_assert_cmpint (monocle_shape_get_kind (both), ==, MONOCLE_SHAPE_POINTS);
  g_assert_cmpuint (parts->len, ==, 3);
  g_assert_true (monocle_shape_equal (parts->pdata[2], b));
  g_assert_null (merge (a, one_ring (big)));
}

/* --- Cut --- */

static void
test_cut (void)
{
  MonocleShape *whole = box_shape (2, 2, 30, 30), *inner = one_ring (hole);
  g_autoptr (MonocleMaskRuns) runs = monocle_shape_to_mask (whole, WIDTH, HEIGHT);
  MonocleShape *pixels = keep_shape (monocle_shape_new_mask (runs));
  g_autoptr (MonocleShape) open = monocle_parts_cut (whole, inner);
  g_autoptr (MonocleShape) open_pixels = monocle_parts_cut (pixels, inner);
  g_autoptr (MonocleShape) bitten = monocle_parts_cut (whole, one_ring (across));

  g_assert_cmpint (monocle_shape_get_kind (open), ==, MONOCLE_SHAPE_RINGS);
  g_assert_cmpuint (count_pixels (open), ==, 28 * 28 - 20 * 20);
  g_assert_false (monocle_shape_hit (open, 15, 15, 0));
  g_assert_cmpint (monocle_shape_get_kind (open_pixels), ==, MONOCLE_SHAPE_MASK);
  g_assert_cmpuint (count_pixels (open_pixels), ==, 28 * 28 - 20 * 20);
  g_assert_cmpuint (count_pixels (bitten), ==, 28 * 28 - 5 * 8);
  /* Nothing there, all of it. */
  g_assert_null (monocle_parts_cut (whole, one_ring (right)));
  g_assert_null (monocle_parts_cut (pixels, one_ring (right)));
  g_assert_null (monocle_parts_cut (inner, whole));
  g_assert_null (monocle_parts_cut (pixels, box_shape (0, 0, WIDTH, HEIGHT)));
  g_assert_null (monocle_parts_cut (open, one_ring (island)));
}

/* --- Split --- */

static void
test_split_rings (void)
{
  const MonocleRing rings[] = {
    { big, 4, MONOCLE_RING_OUTER },    { right, 4, MONOCLE_RING_OUTER },
    { hole, 4, MONOCLE_RING_HOLE },    { island, 4, MONOCLE_RING_OUTER },
    { beside, 4, MONOCLE_RING_OUTER }, { pond, 4, MONOCLE_RING_HOLE },
  };
  MonocleShape *shape = rings_shape (rings, 6);
  g_autoptr (GPtrArray) parts = monocle_parts_split (shape);
  guint64 sum = 0;

  /* The big one with its hole and what is on its edge; the right one; the island with its pond. */
  g_assert_cmpuint (parts->len, ==, 3);
  g_assert_cmpuint (count_rings (parts->pdata[0]), ==, 3);
  g_assert_cmpuint (count_rings (parts->pdata[1]), ==, 1);
  g_assert_cmpuint (count_rings (parts->pdata[2]), ==, 2);
  for (guint i = 0; i < parts->len; i++)
    sum += count_pixels (parts->pdata[i]);
  g_assert_cmpuint (sum, ==, count_pixels (shape));
  g_assert_true (monocle_shape_hit (parts->pdata[2], 11, 11, 0));
  g_assert_false (monocle_shape_hit (parts->pdata[2], 15, 15, 0));
}

/* As drawn: # is the mask. */
static MonocleShape *
draw (const char *const *rows, guint width, guint height)
{
  g_autoptr (GArray) counts = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (MonocleMaskRuns) mask = NULL;
  gboolean inside = FALSE;
  gint64 length = 0;

  for (guint i = 0; i < width * height; i++)
    {
      if ((rows[i % height][i / height] == '#') != inside)
        {
          g_array_append_val (counts, length);
          length = 0;
          inside = !inside;
        }
      length++;
    }
  g_array_append_val (counts, length);
  mask = monocle_mask_runs_new_from_counts ((const gint64 *) (gconstpointer) counts->data,
                                            counts->len, width, height);
  return keep_shape (monocle_shape_new_mask (mask));
}

/* A ring with an island, a diagonal, pixels at the bottom of a column and at the top of the next.
 */
static void
test_split_mask (void)
{
  static const char *const rows[] = {
    "#####...#.#", "#...#..#...", "#.#.#.#....", "#...#......", "#####....#.",
  };
  static const guint areas[] = { 16, 1, 3, 1, 1 };
  MonocleShape *shape = draw (rows, 11, 5);
  g_autoptr (GPtrArray) parts = monocle_parts_split (shape);
  MonocleShape *all = parts->pdata[0];

  g_assert_cmpuint (parts->len, ==, G_N_ELEMENTS (areas));
  for (guint i = 0; i < parts->len; i++)
    {
      MonocleMaskRuns *mask = monocle_shape_get_mask (parts->pdata[i]);

      g_assert_nonnull (mask);
      g_assert_cmpuint (monocle_mask_runs_get_area (mask), ==, areas[i]);
      if (i > 0)
        {
          g_autoptr (GPtrArray) two = g_ptr_array_new ();

          g_ptr_array_add (two, all);
          g_ptr_array_add (two, parts->pdata[i]);
          all = keep_shape (monocle_parts_merge (two, 11, 5));
        }
    }
  g_assert_true (
      monocle_mask_runs_equal (monocle_shape_get_mask (all), monocle_shape_get_mask (shape)));
}

/* A run over several columns is one part, and stays the same run; what has one part is itself. */
static void
test_split_one (void)
{
  static const char *const rows[] = { "###", "###" };
  MonocleShape *full = draw (rows, 3, 2), *box = box_shape (1, 1, 5, 5);
  g_autoptr (GPtrArray) of_full = monocle_parts_split (full);
  g_autoptr (GPtrArray) of_box = monocle_parts_split (box);
  g_autoptr (GPtrArray) of_nothing = monocle_parts_split (rings_shape (NULL, 0));

  g_assert_cmpuint (of_full->len, ==, 1);
  g_assert_true (monocle_shape_equal (of_full->pdata[0], full));
  g_assert_cmpuint (of_box->len, ==, 1);
  g_assert_true (of_box->pdata[0] == box);
  g_assert_cmpuint (of_nothing->len, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/parts/touch", test_touch);
  g_test_add_func ("/parts/merge-apart", test_merge_apart);
  g_test_add_func ("/parts/merge-island", test_merge_island);
  g_test_add_func ("/parts/merge-pixels", test_merge_pixels);
  g_test_add_func ("/parts/merge-points", test_merge_points);
  g_test_add_func ("/parts/cut", test_cut);
  g_test_add_func ("/parts/split-rings", test_split_rings);
  g_test_add_func ("/parts/split-mask", test_split_mask);
  g_test_add_func ("/parts/split-one", test_split_one);

  return g_test_run ();
}
