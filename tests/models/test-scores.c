/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model that says what its scores are worth: the same answers with other scores, on the way and
 * at the end; and one that says what cannot be, which is refused.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/models/florence2/tasks.h"
#include "tests/models/model-test.h"

#define MODEL       "models/native-96"
#define TEMPERATURE 2.0
#define SHIFT       1.0

static float
expected_of (float score)
{
  double odds = log ((double) score / (1 - (double) score)) / TEMPERATURE + SHIFT;

  return (float) (1 / (1 + exp (-odds)));
}

static char *
make_folder (const char *info)
{
  char *folder = test_folder_new ();
  g_autofree char *source = test_fixture (MODEL), *path = NULL;

  path = g_build_filename (folder, "model-info.json", NULL);
  test_link_model (source, folder);
  g_assert_true (g_file_set_contents (path, info, -1, NULL));
  return folder;
}

static MonocleRun *
ask (MonocleModel *model, const char *task)
{
  g_autoptr (MonocleSession) session = test_open_fixture (model, "images/a.png");
  const MonocleBox region = { 2, 3, 30, 40 };
  const MonocleRequest request = { .task = monocle_florence2_find_task (task),
                                   .regions = &region,
                                   .n_regions = g_str_has_prefix (task, "region-to"),
                                   .max_tokens = 40 };
  g_autoptr (GError) error = NULL;
  MonocleRun *run = test_run (session, &request, &error);

  g_assert_no_error (error);
  return run;
}

static void
test_scores (void)
{
  g_autofree char *source = test_fixture (MODEL);
  g_autoptr (TestFolder) folder
      = make_folder ("{\"lowest_score\": 0.125, \"calibration\": {\"detect\": {\"temperature\": 2, "
                     "\"shift\": 1}, \"region-to-category\": {\"temperature\": 2, \"shift\": 1}}}");
  g_autoptr (MonocleModel) plain = test_load_or_die (source, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleModel) model = test_load_or_die (folder, MONOCLE_PRECISION_F32);
  static const char *const tasks[] = { "detect", "region-to-category", "region-to-description" };

  g_assert_cmpfloat (monocle_model_get_lowest_score (plain), ==, 0);
  g_assert_cmpfloat (monocle_model_get_lowest_score (model), ==, 0.125);
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    {
      g_autoptr (MonocleRun) before = ask (plain, tasks[i]), after = ask (model, tasks[i]);
      MonocleResult *a = before->results->pdata[0], *b = after->results->pdata[0];
      float score = monocle_result_get_score (a);

      g_assert_cmpstr (monocle_result_get_generated_text (a), ==,
                       monocle_result_get_generated_text (b));
      g_assert_cmpfloat_with_epsilon ((double) monocle_result_get_score (b),
                                      (double) (i == 1 ? expected_of (score) : score), 1e-6);
      g_assert_cmpuint (monocle_result_get_n_objects (a), ==, monocle_result_get_n_objects (b));
      g_assert_true (i > 0 || monocle_result_get_n_objects (a) > 0);
      for (guint k = 0; k < monocle_result_get_n_objects (a); k++)
        g_assert_cmpfloat_with_epsilon (
            (double) monocle_result_get_object (b, k)->score,
            (double) expected_of (monocle_result_get_object (a, k)->score), 1e-6);
    }
}

/* ---- on the way */

typedef struct
{
  GHashTable *scores; /* of the first object, as text */
} Watch;

static void
watch_update (const MonocleUpdate *update, gpointer user_data)
{
  Watch *watch = user_data;
  MonocleResult *partial = update->partial ? update->partial->pdata[0] : NULL;

  if (partial && monocle_result_get_n_objects (partial) > 0)
    g_hash_table_add (
        watch->scores,
        g_strdup_printf ("%.6f", (double) monocle_result_get_object (partial, 0)->score));
}

static void
test_partial (void)
{
  g_autoptr (TestFolder) folder
      = make_folder ("{\"calibration\": {\"detect\": {\"temperature\": 2, \"shift\": 1}}}");
  g_autoptr (MonocleModel) model = test_load_or_die (folder, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, "images/a.png");
  const MonocleRequest request
      = { .task = monocle_florence2_find_task ("detect"), .num_beams = 1, .max_tokens = 40 };
  g_autoptr (GHashTable) scores = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Watch watch = { scores };
  GAsyncResult *result = NULL;
  g_autoptr (GAsyncResult) done = NULL;
  g_autoptr (MonocleRun) run = NULL;
  g_autofree char *last = NULL;
  g_autoptr (GError) error = NULL;

  monocle_session_run_async (session, &request, NULL, watch_update, &watch, test_take_result,
                             &result);
  done = test_wait (&result);
  run = monocle_session_run_finish (session, done, &error);
  g_assert_no_error (error);

  /* One score from the first sight of it to the end. */
  last = g_strdup_printf ("%.6f",
                          (double) monocle_result_get_object (run->results->pdata[0], 0)->score);
  g_assert_cmpuint (g_hash_table_size (scores), ==, 1);
  g_assert_true (g_hash_table_contains (scores, last));
}

static void
test_refused (void)
{
  g_autoptr (TestFolder) folder
      = make_folder ("{\"calibration\": {\"detect\": {\"temperature\": 0}}}");
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleModel) model = test_load (folder, MONOCLE_PRECISION_F32, &error);

  g_assert_null (model);
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
  g_assert_nonnull (strstr (error->message, "model-info.json"));
  g_assert_nonnull (strstr (error->message, "temperature"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scores/worth", test_scores);
  g_test_add_func ("/scores/partial", test_partial);
  g_test_add_func ("/scores/refused", test_refused);
  return test_end (g_test_run ());
}
