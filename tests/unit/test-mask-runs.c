/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Run lengths: the same as those of pycocotools (fixtures/eval), and nothing from bad ones.
 */
#include "config.h"

#include "engine/answer/mask-runs-private.h"
#include "engine/answer/mask-runs.h"
#include "tests/fixture.h"

static JsonObject *fixture;

static guint
get_side (JsonObject *object, guint index)
{
  return (guint) json_array_get_int_element (json_object_get_array_member (object, "size"), index);
}

static void
test_runs (void)
{
  JsonArray *cases = json_object_get_array_member (
      json_object_get_object_member (fixture, "outlines"), "polygons");

  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *object = json_array_get_object_element (cases, i);
      JsonArray *runs = json_object_get_array_member (object, "runs");
      const char *counts = json_object_get_string_member (object, "counts");
      g_autoptr (GArray) lengths = g_array_new (FALSE, FALSE, sizeof (gint64));
      g_autoptr (MonocleMaskRuns) from_text
          = monocle_mask_runs_new_from_string (counts, get_side (object, 1), get_side (object, 0));
      g_autoptr (MonocleMaskRuns) from_runs = NULL;
      g_autofree char *text = NULL;

      for (guint k = 0; k < json_array_get_length (runs); k++)
        {
          gint64 length = json_array_get_int_element (runs, k);

          g_array_append_val (lengths, length);
        }
      from_runs = monocle_mask_runs_new_from_counts ((const gint64 *) (gpointer) lengths->data,
                                                     lengths->len, get_side (object, 1),
                                                     get_side (object, 0));
      g_assert_nonnull (from_text);
      g_assert_nonnull (from_runs);
      g_assert_cmpmem (from_text->counts, from_text->n_counts * sizeof (guint32), from_runs->counts,
                       from_runs->n_counts * sizeof (guint32));
      text = monocle_mask_runs_to_string (from_runs);
      g_assert_cmpstr (text, ==, counts);
    }
}

static void
test_common (void)
{
  JsonArray *pairs
      = json_object_get_array_member (json_object_get_object_member (fixture, "outlines"), "pairs");

  for (guint i = 0; i < json_array_get_length (pairs); i++)
    {
      JsonObject *object = json_array_get_object_element (pairs, i);
      guint width = get_side (object, 1), height = get_side (object, 0);
      g_autoptr (MonocleMaskRuns) a = monocle_mask_runs_new_from_string (
          json_object_get_string_member (object, "a"), width, height);
      g_autoptr (MonocleMaskRuns) b = monocle_mask_runs_new_from_string (
          json_object_get_string_member (object, "b"), width, height);
      guint64 common = 0;

      for (guint x = 0; x < width; x++)
        for (guint y = 0; y < height; y++)
          common += monocle_mask_runs_has (a, x, y) && monocle_mask_runs_has (b, x, y);
      g_assert_cmpuint (monocle_mask_runs_get_common (a, b), ==, common);
      g_assert_true (monocle_mask_runs_equal (a, a));
      g_assert_cmpint (monocle_mask_runs_equal (a, b), ==,
                       g_str_equal (json_object_get_string_member (object, "a"),
                                    json_object_get_string_member (object, "b")));
    }
}

/* Single pixels against all of them at once; none outside. */
static void
test_pixels (void)
{
  g_autoptr (MonocleMaskRuns) mask
      = monocle_mask_runs_new_from_counts ((const gint64[]){ 2, 3, 1, 5, 1 }, 5, 3, 4);
  guint8 pixels[4 * 5] = { 0 };
  guint n = 0;

  monocle_mask_runs_to_pixels (mask, pixels, 5);
  for (guint y = 0; y < 4; y++)
    for (guint x = 0; x < 5; x++)
      {
        g_assert_cmpint (monocle_mask_runs_has (mask, x, y), ==, pixels[5 * y + x] == 0xff);
        n += pixels[5 * y + x] != 0;
      }
  g_assert_cmpuint (n, ==, 8);
  g_assert_cmpuint (monocle_mask_runs_get_area (mask), ==, 8);
  g_assert_false (monocle_mask_runs_has (mask, 0, 1));
  g_assert_true (monocle_mask_runs_has (mask, 0, 2));
  g_assert_false (monocle_mask_runs_has (mask, 3, 0));
  g_assert_false (monocle_mask_runs_has (mask, 0, 4));
  g_assert_false (monocle_mask_runs_has (mask, G_MAXUINT, G_MAXUINT));
}

/* Random bytes give a mask whose runs add up, or none. */
static void
test_bad_runs (void)
{
  static const char *const bad[] = { "", "0", "~", "\x1f", "ooooooooooooo", "P", "4o0", "4N" };
  static const gint64 counts[][3]
      = { { 1, 2, 3 }, { -1, 13, 0 }, { G_MAXINT64, G_MAXINT64, 14 }, { 13, 0, 0 } };
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  guint n_good = 0;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (monocle_mask_runs_new_from_string (bad[i], 3, 4));
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    g_assert_null (monocle_mask_runs_new_from_counts (counts[i], 3, 3, 4));
  for (guint i = 0; i < 20000; i++)
    {
      char text[6] = { 0 };
      g_autoptr (MonocleMaskRuns) mask = NULL;
      guint64 sum = 0;

      for (guint k = 0; k < 5; k++)
        text[k] = (char) g_rand_int_range (random, 47, 60);
      mask = monocle_mask_runs_new_from_string (text, 3, 4);
      if (!mask)
        continue;
      n_good++;
      for (guint k = 0; k < mask->n_counts; k++)
        {
          sum += mask->counts[k];
          g_assert_true (k == 0 || mask->counts[k] > 0);
        }
      g_assert_cmpuint (sum, ==, 12);
    }
  g_assert_cmpuint (n_good, >, 0);
}

/* An outline that is gone round many times crosses every pixel as often: an odd number of times is
 * once, an even number is nothing.
 */
static void
test_rounds (void)
{
  static const double star[] = { 35.2, 1, 52.3, 49, 2.1, 18.4, 77, 20.3, 12.7, 48.2 };
  const guint n = G_N_ELEMENTS (star) / 2, width = 70, height = 50;
  g_autoptr (MonocleMaskRuns) once = monocle_raster_fill (star, n, width, height);
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, 2 * sizeof (double));

  g_assert_cmpuint (once->n_counts, >, 50);
  for (guint rounds = 1; rounds <= 200; rounds++)
    {
      g_autoptr (MonocleMaskRuns) mask = NULL;

      g_array_append_vals (points, star, n);
      mask = monocle_raster_fill ((const double *) (gpointer) points->data, points->len, width,
                                  height);
      if (rounds % 2)
        g_assert_cmpmem (mask->counts, mask->n_counts * sizeof (guint32), once->counts,
                         once->n_counts * sizeof (guint32));
      else
        g_assert_cmpuint (mask->counts[0], ==, width * height);
    }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  fixture = fixture_read_json_object ("eval/reference.json");
  g_test_add_func ("/engine/mask-runs/runs", test_runs);
  g_test_add_func ("/engine/mask-runs/common", test_common);
  g_test_add_func ("/engine/mask-runs/pixels", test_pixels);
  g_test_add_func ("/engine/mask-runs/bad-runs", test_bad_runs);
  g_test_add_func ("/engine/mask-runs/rounds", test_rounds);
  status = g_test_run ();
  json_object_unref (fixture);
  return status;
}
