/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Masks: the same pixels and numbers as pycocotools (fixtures/eval), and nothing from bad run
 * lengths.
 */
#include "config.h"

#include "app/eval/mask.h"
#include "tests/unit/json-fixture.h"

static JsonObject *fixture;

static guint
get_side (JsonObject *object, guint index)
{
  return (guint) json_array_get_int_element (json_object_get_array_member (object, "size"), index);
}

static GPtrArray *
read_polygons (JsonObject *object)
{
  JsonArray *array = json_object_get_array_member (object, "polygons");
  GPtrArray *polygons = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonArray *numbers = json_array_get_array_element (array, i);
      GArray *points = g_array_new (FALSE, FALSE, sizeof (double));

      for (guint k = 0; k < json_array_get_length (numbers); k++)
        {
          double value = json_array_get_double_element (numbers, k);

          g_array_append_val (points, value);
        }
      g_ptr_array_add (polygons, points);
    }
  return polygons;
}

static void
test_polygons (void)
{
  JsonArray *cases = json_object_get_array_member (
      json_object_get_object_member (fixture, "outlines"), "polygons");

  g_assert_cmpuint (json_array_get_length (cases), >=, 100);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *object = json_array_get_object_element (cases, i);
      g_autoptr (GPtrArray) polygons = read_polygons (object);
      g_autoptr (MonocleEvalMask) mask
          = monocle_eval_mask_new_from_polygons ((GArray *const *) polygons->pdata, polygons->len,
                                                 get_side (object, 1), get_side (object, 0));
      g_autofree char *text = monocle_eval_mask_to_string (mask);

      g_assert_cmpstr (text, ==, json_object_get_string_member (object, "counts"));
      g_assert_cmpint (monocle_eval_mask_get_area (mask), ==,
                       json_object_get_int_member (object, "area"));
    }
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
      g_autoptr (MonocleEvalMask) from_text
          = monocle_eval_mask_new_from_string (counts, get_side (object, 1), get_side (object, 0));
      g_autoptr (MonocleEvalMask) from_runs = NULL;
      g_autofree char *text = NULL;

      for (guint k = 0; k < json_array_get_length (runs); k++)
        {
          gint64 length = json_array_get_int_element (runs, k);

          g_array_append_val (lengths, length);
        }
      from_runs = monocle_eval_mask_new_from_counts ((const gint64 *) (gpointer) lengths->data,
                                                     lengths->len, get_side (object, 1),
                                                     get_side (object, 0));
      g_assert_nonnull (from_text);
      g_assert_nonnull (from_runs);
      g_assert_cmpmem (from_text->counts, from_text->n_counts * sizeof (guint32), from_runs->counts,
                       from_runs->n_counts * sizeof (guint32));
      text = monocle_eval_mask_to_string (from_runs);
      g_assert_cmpstr (text, ==, counts);
    }
}

static void
test_iou (void)
{
  JsonArray *pairs
      = json_object_get_array_member (json_object_get_object_member (fixture, "outlines"), "pairs");

  for (guint i = 0; i < json_array_get_length (pairs); i++)
    {
      JsonObject *object = json_array_get_object_element (pairs, i);
      guint width = get_side (object, 1), height = get_side (object, 0);
      g_autoptr (MonocleEvalMask) a = monocle_eval_mask_new_from_string (
          json_object_get_string_member (object, "a"), width, height);
      g_autoptr (MonocleEvalMask) b = monocle_eval_mask_new_from_string (
          json_object_get_string_member (object, "b"), width, height);

      g_assert_cmpfloat (monocle_eval_mask_get_iou (a, b, MONOCLE_EVAL_SINGLE), ==,
                         json_object_get_double_member (object, "iou"));
      g_assert_cmpfloat (monocle_eval_mask_get_iou (a, b, MONOCLE_EVAL_CROWD), ==,
                         json_object_get_double_member (object, "crowd"));
    }
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
    g_assert_null (monocle_eval_mask_new_from_string (bad[i], 3, 4));
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    g_assert_null (monocle_eval_mask_new_from_counts (counts[i], 3, 3, 4));
  for (guint i = 0; i < 20000; i++)
    {
      char text[6] = { 0 };
      g_autoptr (MonocleEvalMask) mask = NULL;
      guint64 sum = 0;

      for (guint k = 0; k < 5; k++)
        text[k] = (char) g_rand_int_range (random, 47, 60);
      mask = monocle_eval_mask_new_from_string (text, 3, 4);
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

/* Far outside and not at all: no picture is too small, no number too large. */
static void
test_extremes (void)
{
  static const double all[] = { -1e300, -1e300, 1e300, -1e300, 1e300, 1e300, -1e300, 1e300 };
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (MonocleEvalMask) none = monocle_eval_mask_new_from_polygons (NULL, 0, 1, 1);
  g_autoptr (MonocleEvalMask) full = NULL;

  g_array_append_vals (points, all, G_N_ELEMENTS (all));
  full = monocle_eval_mask_new_from_polygons (&points, 1, 7, 5);
  g_assert_cmpuint (monocle_eval_mask_get_area (none), ==, 0);
  g_assert_cmpuint (monocle_eval_mask_get_area (full), ==, 35);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  fixture = load_json_fixture ("eval/reference.json.gz");
  g_test_add_func ("/app/eval-mask/polygons", test_polygons);
  g_test_add_func ("/app/eval-mask/runs", test_runs);
  g_test_add_func ("/app/eval-mask/iou", test_iou);
  g_test_add_func ("/app/eval-mask/bad-runs", test_bad_runs);
  g_test_add_func ("/app/eval-mask/extremes", test_extremes);
  status = g_test_run ();
  json_object_unref (fixture);
  return status;
}
