/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What scores are worth by a model's own word: reading it, believing it, refusing it; and leaving
 * out what is not worth showing.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/base/error.h"
#include "engine/models/florence2/tasks.h"
#include "engine/run/calibration.h"
#include "tests/unit/answer-fixture.h"

#define NAME "folder/model-info.json"

/* @size: of @text, or -1 */
static MonocleCalibration *
parse (const char *text, gssize size, GError **error)
{
  g_autoptr (JsonObject) root
      = monocle_json_parse (text, size < 0 ? strlen (text) : (gsize) size, NAME, error);
  g_autoptr (GPtrArray) tasks = g_ptr_array_new ();

  monocle_florence2_list_tasks (tasks);
  return root ? monocle_calibration_read (root, NAME, tasks, error) : NULL;
}

static MonocleCalibration *
load (const char *text)
{
  g_autoptr (GError) error = NULL;
  MonocleCalibration *calibration = parse (text, -1, &error);

  g_assert_no_error (error);
  return calibration;
}

static float
get_score (const MonocleResult *result, guint index)
{
  return monocle_result_get_object (result, index)->score;
}

static MonocleResult *
make_boxes (void)
{
  MonocleObject objects[] = { box_object ("cat", 0, 0, 9, 9), box_object ("dog", 1, 1, 5, 5),
                              box_object ("", 2, 2, 3, 3), box_object ("cow", 1, 1, 5, 5),
                              box_object ("sow", 1, 1, 5, 5) };
  static const float scores[] = { 0.8f, 0.2f, NAN, 0.0f, 1.0f };

  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    objects[i].score = scores[i];
  return answer_with (objects, G_N_ELEMENTS (objects));
}

static void
test_apply (void)
{
  g_autoptr (MonocleCalibration) calibration = load (
      "{\"tasks\": [\"detect\"], \"calibration\": {\"detect\": {\"temperature\": 2, "
      "\"shift\": -0.5}, \"<REGION_TO_CATEGORY>\": {\"temperature\": 0.5}, \"flying\": 3}}");
  g_autoptr (MonocleResult) boxes = make_boxes ();
  g_autoptr (MonocleResult) others = make_boxes ();
  g_autoptr (MonocleResult) text = answer_in_words ("cat");

  monocle_result_set_score (boxes, 0.3f);
  monocle_result_set_score (text, 0.75f);
  monocle_calibration_apply (calibration, monocle_florence2_find_task ("detect"), boxes);
  monocle_calibration_apply (calibration, monocle_florence2_find_task ("region-proposal"), others);
  monocle_calibration_apply (calibration, monocle_florence2_find_task ("region-to-category"), text);

  /* Odds of 4 and 1/4: their roots are 2 and 1/2, times e^-0.5. */
  g_assert_cmpfloat_with_epsilon ((double) get_score (boxes, 0), 0.548137, 1e-5);
  g_assert_cmpfloat_with_epsilon ((double) get_score (boxes, 1), 0.232698, 1e-5);
  g_assert_true (isnan (get_score (boxes, 2)));
  g_assert_cmpfloat ((double) get_score (boxes, 3), >, 0);
  g_assert_cmpfloat ((double) get_score (boxes, 3), <, 0.01);
  g_assert_cmpfloat ((double) get_score (boxes, 4), >, 0.99);
  g_assert_cmpfloat ((double) get_score (boxes, 4), <, 1);
  /* Of objects it is theirs that count; the whole answer keeps its own. */
  g_assert_cmpfloat_with_epsilon ((double) monocle_result_get_score (boxes), 0.3, 1e-6);
  g_assert_cmpfloat_with_epsilon ((double) monocle_result_get_score (text), 0.9, 1e-5);
  for (guint i = 0; i < monocle_result_get_n_objects (others); i++)
    {
      g_autoptr (MonocleResult) before = make_boxes ();

      g_assert_true (isnan (get_score (before, i))
                     || fabsf (get_score (before, i) - get_score (others, i)) <= 0);
    }
  g_assert_cmpfloat (monocle_calibration_get_lowest_score (calibration), ==, 0);
}

static void
test_silent (void)
{
  const char *const nothing[]
      = { "{}", "{\"calibration\": null}", "{\"calibration\": {}, \"lowest_score\": null}" };

  for (guint i = 0; i < G_N_ELEMENTS (nothing); i++)
    {
      g_autoptr (MonocleResult) boxes = make_boxes ();
      g_autoptr (MonocleCalibration) calibration = load (nothing[i]);

      g_assert_cmpfloat (monocle_calibration_get_lowest_score (calibration), ==, 0);
      monocle_calibration_apply (calibration, monocle_florence2_find_task ("detect"), boxes);
      g_assert_cmpfloat_with_epsilon ((double) get_score (boxes, 0), 0.8, 1e-7);
    }
}

static void
test_bad (void)
{
  static const struct
  {
    const char *text, *what;
  } bad[] = {
    { "{", "" },
    { "[]", "" },
    { "{\"lowest_score\": -0.1}", "lowest_score" },
    { "{\"lowest_score\": 1.01}", "lowest_score" },
    { "{\"lowest_score\": \"0.3\"}", "lowest_score" },
    { "{\"lowest_score\": 1e999}", "lowest_score" },
    { "{\"calibration\": []}", "calibration" },
    { "{\"calibration\": {\"detect\": 2}}", "detect" },
    { "{\"calibration\": {\"detect\": null}}", "detect" },
    { "{\"calibration\": {\"detect\": {}}}", "temperature" },
    { "{\"calibration\": {\"detect\": {\"shift\": 1}}}", "temperature" },
    { "{\"calibration\": {\"detect\": {\"temperature\": 0}}}", "temperature" },
    { "{\"calibration\": {\"detect\": {\"temperature\": -1}}}", "temperature" },
    { "{\"calibration\": {\"detect\": {\"temperature\": 21}}}", "temperature" },
    { "{\"calibration\": {\"detect\": {\"temperature\": 1, \"shift\": 51}}}", "shift" },
    { "{\"calibration\": {\"detect\": {\"temperature\": 1, \"shift\": true}}}", "shift" },
    { "{\"calibration\": {\"ocr\": {\"temperature\": 1}, \"detect\": {\"temperature\": \"\"}}}",
      "detect" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleCalibration) calibration = NULL;

      calibration = parse (bad[i].text, -1, &error);
      g_assert_null (calibration);
      g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
      g_test_message ("%s", error->message);
      g_assert_true (g_str_has_prefix (error->message, NAME));
      g_assert_nonnull (strstr (error->message, bad[i].what));
      g_assert_null (strchr (error->message, '\n'));
    }
}

/* Whatever is cut off, it is refused or believed, and nothing else happens. */
static void
test_prefixes (void)
{
  static const char text[]
      = "{\"lowest_score\": 0.25, \"calibration\": {\"detect\": {\"temperature\": "
        "1.5, \"shift\": -1e1}, \"prompt\": {\"temperature\": 20}}}";

  for (gsize n = 0; n < sizeof text; n++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleCalibration) calibration = NULL;

      calibration = parse (text, (gssize) n, &error);
      g_assert_true ((calibration != NULL) == (n == sizeof text - 1));
      g_assert_true ((calibration == NULL) == (error != NULL));
    }
}

static void
test_filter (void)
{
  g_autoptr (MonocleResult) boxes = make_boxes ();
  g_autoptr (MonocleResult) all = monocle_result_filter (boxes, 0);
  g_autoptr (MonocleResult) some = NULL;
  const double points[] = { 1, 2, 3, 4, 5, 6 };
  MonocleRing ring = { .points = points, .n_points = 3 };
  MonocleObject outline = { .label = (char *) "", .shape = rings_shape (&ring, 1), .score = 0.6f };
  g_autoptr (MonocleResult) outlines = answer_with (&outline, 1);

  monocle_result_set_tokens (boxes, NULL, 0, g_strdup ("</s><s>cat</s>"));
  monocle_result_set_score (boxes, 0.3f);
  some = monocle_result_filter (boxes, 0.5);
  g_assert_cmpuint (monocle_result_get_n_objects (all), ==, 5);
  g_assert_cmpuint (monocle_result_get_n_objects (some), ==, 3);
  g_assert_cmpstr (monocle_result_get_object (some, 0)->label, ==, "cat");
  g_assert_true (isnan (get_score (some, 1)));
  g_assert_cmpstr (monocle_result_get_object (some, 2)->label, ==, "sow");
  g_assert_cmpstr (monocle_result_get_generated_text (some), ==, "</s><s>cat</s>");
  g_assert_cmpfloat_with_epsilon ((double) monocle_result_get_score (some), 0.3, 1e-6);

  /* What is kept does not hang on what it was taken from. */
  some = (monocle_result_unref (some), monocle_result_filter (outlines, 0.6));
  g_clear_pointer (&outlines, monocle_result_unref);
  g_assert_cmpuint (monocle_result_get_n_objects (some), ==, 1);
  g_assert_true (monocle_shape_equal (monocle_result_get_object (some, 0)->shape, outline.shape));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calibration/apply", test_apply);
  g_test_add_func ("/calibration/silent", test_silent);
  g_test_add_func ("/calibration/bad", test_bad);
  g_test_add_func ("/calibration/prefixes", test_prefixes);
  g_test_add_func ("/calibration/filter", test_filter);
  return g_test_run ();
}
