/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Average precision: COCO's twelve figures as pycocotools computes them (fixtures/eval), from the
 * same files.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>

#include "app/eval/set.h"
#include "tests/fixture.h"
#include "tasks-fixture.h"

/* Sums are made in another order. */
#define TOLERANCE 1e-9

static const char *const keys[MONOCLE_EVAL_N_AP]
    = { "ap",   "ap_50", "ap_75",  "ap_small", "ap_medium", "ap_large",
        "ar_1", "ar_10", "ar_100", "ar_small", "ar_medium", "ar_large" };

static MonocleEvalSet *
load_set (JsonObject *object)
{
  g_autofree char *path = NULL;
  g_autofree char *text = json_to_string (json_object_get_member (object, "truth"), FALSE);
  g_autoptr (GError) error = NULL;
  MonocleEvalSet *set;
  int fd = g_file_open_tmp ("monocle-eval-XXXXXX.json", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  set = monocle_eval_set_load (all_tasks (), (const char *const[]){ path, NULL }, NULL, &error);
  g_assert_no_error (error);
  g_remove (path);
  return set;
}

static void
clear_shape (gpointer shape)
{
  monocle_mask_runs_unref (((MonocleEvalShape *) shape)->mask);
}

/* What was found in one image, in the order of the file. */
static GArray *
read_found (JsonArray *found, const MonocleEvalImage *image)
{
  GArray *shapes = g_array_new (FALSE, FALSE, sizeof (MonocleEvalShape));

  g_array_set_clear_func (shapes, clear_shape);
  for (guint i = 0; i < json_array_get_length (found); i++)
    {
      JsonObject *object = json_array_get_object_element (found, i);
      MonocleEvalShape shape = { .category = json_object_get_int_member (object, "category_id"),
                                 .score = json_object_get_double_member (object, "score") };
      JsonObject *mask = json_object_get_object_member (object, "segmentation");

      if (json_object_get_int_member (object, "image_id") != image->id)
        continue;
      for (guint k = 0; k < 4; k++)
        shape.box[k]
            = json_array_get_double_element (json_object_get_array_member (object, "bbox"), k);
      shape.mask = monocle_mask_runs_new_from_string (
          json_object_get_string_member (mask, "counts"), image->width, image->height);
      g_assert_nonnull (shape.mask);
      g_array_append_val (shapes, shape);
    }
  return shapes;
}

static void
compute (const MonocleEvalSet *set,
         JsonArray *found,
         MonocleEvalKind kind,
         double shift,
         double figures[MONOCLE_EVAL_N_AP])
{
  g_autoptr (MonocleEvalMatch) match = monocle_eval_match_new (kind);

  for (guint i = 0; i < set->images->len; i++)
    {
      const MonocleEvalImage *image = set->images->pdata[i];
      g_autoptr (GArray) shapes = read_found (found, image);

      for (guint k = 0; k < shapes->len; k++)
        g_array_index (shapes, MonocleEvalShape, k).box[0] += shift;
      monocle_eval_match_add_image (
          match, (const MonocleEvalShape *) (gpointer) image->objects->data, image->objects->len,
          (const MonocleEvalShape *) (gpointer) shapes->data, shapes->len);
    }
  monocle_eval_match_compute (match, figures);
}

static void
test_reference (gconstpointer data)
{
  JsonArray *cases = json_object_get_array_member ((JsonObject *) data, "matches");
  double worst = 0;

  g_assert_cmpuint (json_array_get_length (cases), >=, 5);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *object = json_array_get_object_element (cases, i);
      g_autoptr (MonocleEvalSet) set = load_set (object);
      JsonArray *found = json_object_get_array_member (object, "found");

      for (MonocleEvalKind kind = MONOCLE_EVAL_BOXES; kind <= MONOCLE_EVAL_MASKS; kind++)
        {
          JsonObject *expected = json_object_get_object_member (
              object, kind == MONOCLE_EVAL_BOXES ? "boxes" : "masks");
          double figures[MONOCLE_EVAL_N_AP];

          compute (set, found, kind, 0, figures);
          for (guint k = 0; k < MONOCLE_EVAL_N_AP; k++)
            {
              double difference
                  = fabs (figures[k] - json_object_get_double_member (expected, keys[k]));

              g_test_message ("case %u, kind %d, %s: %.6f, off by %g", i, kind, keys[k], figures[k],
                              difference);
              worst = MAX (worst, difference);
            }
        }
    }
  g_test_message ("largest difference: %g", worst);
  g_assert_cmpfloat (worst, <=, TOLERANCE);
}

/* Boxes that lie elsewhere give other figures: the comparison can fail. */
static void
test_sensitive (gconstpointer data)
{
  JsonObject *object = json_array_get_object_element (
      json_object_get_array_member ((JsonObject *) data, "matches"), 0);
  g_autoptr (MonocleEvalSet) set = load_set (object);
  JsonArray *found = json_object_get_array_member (object, "found");
  double figures[MONOCLE_EVAL_N_AP], moved[MONOCLE_EVAL_N_AP];

  compute (set, found, MONOCLE_EVAL_BOXES, 0, figures);
  compute (set, found, MONOCLE_EVAL_BOXES, 2, moved);
  g_assert_cmpfloat (fabs (figures[MONOCLE_EVAL_AP] - moved[MONOCLE_EVAL_AP]), >, 1e-3);
}

static void
test_nothing (void)
{
  const MonocleEvalShape truth = { .category = 1, .box = { 0, 0, 10, 10 }, .area = 100 };
  g_autoptr (MonocleEvalMatch) empty = monocle_eval_match_new (MONOCLE_EVAL_BOXES);
  g_autoptr (MonocleEvalMatch) missed = monocle_eval_match_new (MONOCLE_EVAL_BOXES);
  double figures[MONOCLE_EVAL_N_AP];

  monocle_eval_match_add_image (empty, NULL, 0, NULL, 0);
  monocle_eval_match_compute (empty, figures);
  g_assert_cmpfloat (figures[MONOCLE_EVAL_AP], ==, -1);

  monocle_eval_match_add_image (missed, &truth, 1, NULL, 0);
  monocle_eval_match_compute (missed, figures);
  g_assert_cmpfloat (figures[MONOCLE_EVAL_AP], ==, 0);
  g_assert_cmpfloat (figures[MONOCLE_EVAL_AP_LARGE], ==, -1);
}

/* Masks against masks, as pycocotools counts them. */
static void
test_mask_iou (gconstpointer fixture)
{
  JsonArray *pairs = json_object_get_array_member (
      json_object_get_object_member ((JsonObject *) fixture, "outlines"), "pairs");

  g_assert_cmpuint (json_array_get_length (pairs), >, 0);
  for (guint i = 0; i < json_array_get_length (pairs); i++)
    {
      JsonObject *object = json_array_get_object_element (pairs, i);
      JsonArray *size = json_object_get_array_member (object, "size");
      guint width = (guint) json_array_get_int_element (size, 1);
      guint height = (guint) json_array_get_int_element (size, 0);
      g_autoptr (MonocleMaskRuns) a = monocle_mask_runs_new_from_string (
          json_object_get_string_member (object, "a"), width, height);
      g_autoptr (MonocleMaskRuns) b = monocle_mask_runs_new_from_string (
          json_object_get_string_member (object, "b"), width, height);

      g_assert_cmpfloat (monocle_eval_mask_get_iou (a, b, MONOCLE_EVAL_SINGLE), ==,
                         json_object_get_double_member (object, "iou"));
      g_assert_cmpfloat (monocle_eval_mask_get_iou (a, b, MONOCLE_EVAL_CROWD), ==,
                         json_object_get_double_member (object, "crowd"));
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (JsonObject) fixture = NULL;

  g_test_init (&argc, &argv, NULL);
  fixture = fixture_read_json_object ("eval/reference.json");
  g_test_add_data_func ("/app/eval-match/reference", fixture, test_reference);
  g_test_add_data_func ("/app/eval-match/sensitive", fixture, test_sensitive);
  g_test_add_data_func ("/app/eval-match/mask-iou", fixture, test_mask_iou);
  g_test_add_func ("/app/eval-match/nothing", test_nothing);
  return g_test_run ();
}
