/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Outlines by words against the reference: tests/reference/make_clipseg.py made them.
 */
#include "config.h"

#include <math.h>

#include "golden.h"

static const char *const models[] = { "clipseg/clipseg-refined", "clipseg/clipseg-plain" };

/* Every so many numbers of the larger stages are in a golden. */
#define PIXEL_STEP 101
#define MAP_STEP   31

static MonocleRun *
outline (MonocleSession *session, const char *words, double threshold, GError **error)
{
  GPtrArray *tasks = monocle_model_list_tasks (monocle_session_get_model (session));
  const MonocleTask *task = monocle_tasks_find_kind (tasks, MONOCLE_TASK_OUTLINE,
                                                     MONOCLE_TAKES_TEXT, MONOCLE_GIVES_OUTLINES);
  const MonocleRequest request = { .task = task, .text = words, .threshold = threshold };

  g_assert_cmpuint (tasks->len, ==, 1);
  g_assert_cmpstr (task->id, ==, "outline-words");
  return test_run (session, &request, error);
}

/* The last patch of each level; the class token comes after it. */
static void
check_levels (const char *folder, JsonObject *golden, double tolerance)
{
  g_autoptr (MonocleNpy) stage = golden_read_stage (folder, "vision_features");
  guint n, width = (guint) stage->dims[2];
  gsize level = stage->dims[1] * stage->dims[2];
  g_autofree float *wanted = golden_read_floats (golden, "levels", &n);

  g_assert_cmpuint (n, ==, stage->dims[0] * width);
  for (guint i = 0; i < stage->dims[0]; i++)
    golden_check_floats ("levels", stage->f32 + i * level + level - 2 * width, wanted + i * width,
                         width, tolerance);
}

static void
check_stages (MonocleSession *session, JsonObject *golden, const char *words, double tolerance)
{
  g_autoptr (TestFolder) folder = golden_inspect (session, words);

  golden_check_sampled (folder, "pixel_values", golden, "pixels", PIXEL_STEP, 1e-6);
  check_levels (folder, golden, tolerance);
  golden_check_sampled (folder, "text_embeds", golden, "conditions", 1, tolerance);
  golden_check_sampled (folder, "mask_logits", golden, "maps", MAP_STEP, tolerance);
}

/* So many pixels of each row, or of each column. */
static void
check_counts (
    const MonocleMaskRuns *mask, JsonObject *object, const char *key, gboolean by_rows, guint slack)
{
  JsonArray *counts = json_object_get_array_member (object, key);
  guint n = by_rows ? mask->height : mask->width, m = by_rows ? mask->width : mask->height;
  guint n_wrong = 0;

  g_assert_cmpuint (json_array_get_length (counts), ==, n);
  for (guint i = 0; i < n; i++)
    {
      guint count = 0, wanted = (guint) json_array_get_int_element (counts, i);

      for (guint k = 0; k < m; k++)
        count += monocle_mask_runs_has (mask, by_rows ? k : i, by_rows ? i : k);
      n_wrong += MAX (count, wanted) - MIN (count, wanted);
    }
  g_assert_cmpuint (n_wrong, <=, slack);
}

/* Masks of the picture's size. Where a pixel is as likely as the threshold, to within what numbers
 * differ by, it may be on either side. */
static void
check_answer (const MonocleResult *result, JsonObject *golden, double tolerance)
{
  JsonArray *objects = json_object_get_array_member (golden, "objects");

  g_assert_cmpuint (monocle_result_get_n_objects (result), ==, json_array_get_length (objects));
  for (guint i = 0; i < json_array_get_length (objects); i++)
    {
      const MonocleObject *object = monocle_result_get_object (result, i);
      const MonocleMaskRuns *mask = monocle_shape_get_mask (object->shape);
      JsonObject *wanted = json_array_get_object_element (objects, i);
      guint slack = (guint) (tolerance * mask->width * mask->height * 4);

      g_assert_cmpint (monocle_shape_get_kind (object->shape), ==, MONOCLE_SHAPE_MASK);
      g_assert_cmpstr (object->label, ==, json_object_get_string_member (wanted, "label"));
      g_assert_cmpfloat (
          fabs ((double) object->score - json_object_get_double_member (wanted, "score")), <,
          tolerance);
      check_counts (mask, wanted, "rows", TRUE, slack);
      check_counts (mask, wanted, "columns", FALSE, slack);
    }
}

static void
check_goldens (gconstpointer data, MonoclePrecision precision, double tolerance)
{
  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    {
      g_autofree char *directory = test_fixture (models[i]);
      g_autoptr (MonocleModel) model = test_load_or_die (directory, precision);
      g_autoptr (JsonObject) golden = test_read_json (directory, "golden.json");
      JsonArray *cases = json_object_get_array_member (golden, "cases");
      double threshold = json_object_get_double_member (golden, "threshold");

      g_assert_null (monocle_model_get_notes (model)[0]);
      for (guint k = 0; k < json_array_get_length (cases); k++)
        {
          JsonObject *row = json_array_get_object_element (cases, k);
          const char *image = json_object_get_string_member (row, "image");
          g_autoptr (MonocleSession) session = test_open_fixture (model, image);
          const char *words = "cat, the green door";
          g_autoptr (GError) error = NULL;
          g_autoptr (MonocleRun) run = outline (session, words, threshold, &error);

          g_assert_no_error (error);
          g_assert_cmpuint (run->results->len, ==, 1);
          check_stages (session, row, words, tolerance);
          check_answer (run->results->pdata[0], row, tolerance);
        }
    }
}

static guint64
get_area (MonocleRun *run, guint index)
{
  return monocle_mask_runs_get_area (
      monocle_shape_get_mask (monocle_result_get_object (run->results->pdata[0], index)->shape));
}

/* The surer, the smaller; what is nowhere so sure has no outline; words that were asked for alone
 * are outlined as among others. */
static void
test_threshold (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (models[0], MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, "pictures/photo-131x97.png");
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleRun) usual = outline (session, "cat\nthe green door", 0, &error);
  g_autoptr (MonocleRun) lower = outline (session, "cat", 0.1, &error);
  g_autoptr (MonocleRun) alone = outline (session, "the green door", 0.4, &error);
  g_autoptr (MonocleRun) higher = outline (session, "cat", 1, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (get_area (lower, 0), >, get_area (usual, 0));
  g_assert_cmpuint (get_area (alone, 0), ==, get_area (usual, 1));
  g_assert_cmpuint (monocle_result_get_n_objects (higher->results->pdata[0]), ==, 0);
}

static void
test_requests (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (models[0], MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, "images/a.png");
  g_autoptr (GString) many = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (outline (session, NULL, 0, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  g_clear_error (&error);
  g_assert_null (outline (session, " , ,", 0, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  g_clear_error (&error);
  for (guint i = 0; i < 65; i++)
    g_string_append_printf (many, "word %u\n", i);
  g_assert_null (outline (session, many->str, 0, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
}

static void
test_refused (void)
{
  const char *refined = models[0], *plain = models[1], *config = "config.json";

  test_check_refused (refined, config, "\"reduce_dim\": 16", "\"reduce_dim\": 12", "reduce_dim");
  test_check_refused (plain, config, "\"reduce_dim\": 8", "\"reduce_dim\": 16", "shape");
  test_check_refused (plain, config, "\"reduce_dim\": 8", "\"reduce_dim\": 8000000000",
                      "reduce_dim");
  test_check_refused (plain, config, "\"conditional_layer\": 0", "\"conditional_layer\": 1",
                      "conditional_layer");
  test_check_refused (plain, config, "    2\n  ],", "    4\n  ],", "extract_layers");
  test_check_refused (plain, config, "    2\n  ],", "    1\n  ],", "extract_layers");
  test_check_refused (plain, config, "\"projection_dim\": 20", "\"projection_dim\": 18",
                      "projection_dim");
  test_check_refused (plain, config, "\"vocab_size\": 332", "\"vocab_size\": 331", "shape");
  test_check_refused (plain, config, "\"patch_size\": 8", "\"patch_size\": 0", "patch_size");
  test_check_refused (plain, config, "\"use_complex_transposed_convolution\": false",
                      "\"use_complex_transposed_convolution\": true", "patches");
  test_check_refused (plain, "preprocessor_config.json", "\"width\": 24", "\"width\": 32",
                      "preprocessor");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  golden_add_tests ("/models/clipseg", NULL, check_goldens, 1e-4, 5e-3);
  g_test_add_func ("/models/clipseg/threshold", test_threshold);
  g_test_add_func ("/models/clipseg/requests", test_requests);
  g_test_add_func ("/models/clipseg/refused", test_refused);
  return test_end (g_test_run ());
}
