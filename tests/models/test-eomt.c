/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Segmenters against the reference: tests/reference/make_eomt.py made them.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "golden.h"

static const char *const models[] = { "eomt/eomt-two", "eomt/eomt-one" };
static const char *const tasks[] = { "segment", "segment-each" };

/* Every so many numbers of the larger stages are in a golden. */
#define PIXEL_STEP 101
#define TOKEN_STEP 37
#define MASK_STEP  53

static MonocleRun *
segment (MonocleSession *session, const char *id, double threshold, GError **error)
{
  GPtrArray *all = monocle_model_list_tasks (monocle_session_get_model (session));
  const MonocleRequest request = { .task = monocle_tasks_find (all, id), .threshold = threshold };

  g_assert_cmpuint (all->len, ==, G_N_ELEMENTS (tasks));
  return test_run (session, &request, error);
}

static void
check_stages (MonocleSession *session, JsonObject *golden, double tolerance)
{
  g_autoptr (TestFolder) folder = golden_inspect (session, "");

  golden_check_sampled (folder, "pixel_values", golden, "pixels", PIXEL_STEP, 1e-6);
  golden_check_sampled (folder, "vision_features", golden, "tokens", TOKEN_STEP, tolerance);
  golden_check_sampled (folder, "class_logits", golden, "classes", 1, tolerance);
  golden_check_sampled (folder, "mask_logits", golden, "masks", MASK_STEP, tolerance);
}

/* By how many pixels a mask has other than so many in each of its rows, or of its columns. */
static guint
count_wrong (const MonocleMaskRuns *mask, JsonObject *wanted, const char *key)
{
  JsonArray *counts = json_object_get_array_member (wanted, key);
  gboolean by_rows = g_str_equal (key, "rows");
  guint n = by_rows ? mask->height : mask->width, m = by_rows ? mask->width : mask->height;
  guint n_wrong = 0;

  g_assert_cmpuint (json_array_get_length (counts), ==, n);
  for (guint i = 0; i < n; i++)
    {
      gint64 count = 0;

      for (guint k = 0; k < m; k++)
        count += monocle_mask_runs_has (mask, by_rows ? k : i, by_rows ? i : k);
      n_wrong += (guint) ABS (count - json_array_get_int_element (counts, i));
    }
  return n_wrong;
}

/* Masks of the picture's size, the surest first. */
static void
check_answer (const MonocleResult *result, JsonArray *wanted, double tolerance)
{
  guint n = json_array_get_length (wanted);

  g_assert_cmpuint (monocle_result_get_n_objects (result), ==, n);
  for (guint i = 0; i < n; i++)
    {
      const MonocleObject *object = monocle_result_get_object (result, i);
      const MonocleMaskRuns *mask = monocle_shape_get_mask (object->shape);
      /* Where a map says nearly nothing, numbers that differ a little say another pixel. */
      guint slack = 2 + (guint) (20 * tolerance * (double) monocle_mask_runs_get_area (mask));
      gboolean is_there = FALSE;

      if (i > 0)
        g_assert_cmpfloat (object->score, <=, monocle_result_get_object (result, i - 1)->score);
      for (guint k = 0; k < n && !is_there; k++)
        {
          JsonObject *one = json_array_get_object_element (wanted, k);

          is_there = g_str_equal (json_object_get_string_member (one, "label"), object->label)
                     && fabs (json_object_get_double_member (one, "score") - (double) object->score)
                            < tolerance
                     && count_wrong (mask, one, "rows") <= slack
                     && count_wrong (mask, one, "columns") <= slack;
        }
      if (!is_there)
        g_error ("segment %u (%s, %g) is not in the golden", i, object->label,
                 (double) object->score);
    }
}

static void
check_case (MonocleModel *model, JsonObject *golden, double threshold, double tolerance)
{
  const char *image = json_object_get_string_member (golden, "image");
  g_autoptr (MonocleSession) session = test_open_fixture (model, image);

  check_stages (session, golden, tolerance);
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleRun) run = segment (session, tasks[i], threshold, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (run->results->len, ==, 1);
      check_answer (run->results->pdata[0], json_object_get_array_member (golden, tasks[i]),
                    tolerance);
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

      g_assert_null (monocle_model_get_notes (model)[0]);
      for (guint k = 0; k < json_array_get_length (cases); k++)
        check_case (model, json_array_get_object_element (cases, k),
                    json_object_get_double_member (golden, "threshold"), tolerance);
    }
}

/* Shared pixels have one owner at most; of whatever is surer there is less. */
static void
test_shared (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (models[0], MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, "pictures/photo-131x97.png");
  guint n_before = G_MAXUINT;

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleRun) run
          = segment (session, "segment", (double[]){ 0.01, 0.4, 0, 1 }[i], &error);
      const MonocleResult *result;
      guint n;

      g_assert_no_error (error);
      result = run->results->pdata[0];
      n = monocle_result_get_n_objects (result);
      for (guint k = 0; k < n; k++)
        for (guint m = k + 1; m < n; m++)
          g_assert_cmpuint (
              monocle_mask_runs_get_common (
                  monocle_shape_get_mask (monocle_result_get_object (result, k)->shape),
                  monocle_shape_get_mask (monocle_result_get_object (result, m)->shape)),
              ==, 0);
      /* What is not there any more may have hidden others. */
      if (i == 2)
        for (guint k = 0; k < n; k++)
          g_assert_cmpfloat (monocle_result_get_object (result, k)->score, >, 0.8f);
      if (i == 3)
        g_assert_cmpuint (n, ==, 0);
      n_before = n;
    }
  g_assert_cmpuint (n_before, ==, 0);
}

static void
test_refused (void)
{
  const char *config = "config.json", *pixels = "preprocessor_config.json";
  static const struct
  {
    const char *from, *to, *words;
  } changes[] = {
    { "\"hidden_size\": 24", "\"hidden_size\": 26", "hidden_size" },
    { "\"hidden_size\": 24", "\"hidden_size\": 48", "shape" },
    { "\"mlp_ratio\": 2", "\"mlp_ratio\": 1000", "mlp_ratio" },
    { "\"mlp_ratio\": 2", "\"mlp_ratio\": 3", "shape" },
    { "\"num_blocks\": 2", "\"num_blocks\": 4", "num_blocks" },
    { "\"num_blocks\": 2", "\"num_blocks\": 1", "attn_mask_probs" },
    { "\"num_queries\": 7", "\"num_queries\": 8", "query" },
    { "\"num_queries\": 7", "\"num_queries\": 0", "num_queries" },
    { "\"num_upscale_blocks\": 2", "\"num_upscale_blocks\": 3", "upscale_block" },
    { "\"num_upscale_blocks\": 2", "\"num_upscale_blocks\": 9", "num_upscale_blocks" },
    { "\"use_swiglu_ffn\": false", "\"use_swiglu_ffn\": true", "use_swiglu_ffn" },
    { "\"image_size\": 64", "\"image_size\": 68", "image_size" },
    { "\"image_size\": 64", "\"image_size\": 72", "preprocessor" },
    { "\"num_channels\": 3", "\"num_channels\": 1", "num_channels" },
    { "\"3\": ", "\"9\": ", "id2label" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    test_check_refused (models[0], config, changes[i].from, changes[i].to, changes[i].words);
  test_check_refused (models[0], pixels, "\"do_split_image\": false", "\"do_split_image\": true",
                      "do_split_image");
  test_check_refused (models[0], pixels, "\"longest_edge\": 64", "\"longest_edge\": 80",
                      "preprocessor");
}

/* Masked attention, which training should have come to do without. */
static void
test_masked (void)
{
  static const char name[] = "\"attn_mask_probs\"";
  g_autofree char *source = test_fixture (models[0]);
  g_autofree char *original = g_build_filename (source, "model.safetensors", NULL);
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "model.safetensors", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n_header;
  char *found, *at;
  gsize size;

  g_assert_true (g_file_get_contents (original, &contents, &size, NULL));
  memcpy (&n_header, contents, sizeof n_header);
  found = g_strstr_len (contents + 8, (gssize) n_header, name);
  g_assert_nonnull (found);
  at = strstr (found, "\"data_offsets\":[") + strlen ("\"data_offsets\":[");
  memcpy (contents + 8 + n_header + g_ascii_strtoull (at, NULL, 10), &(float){ 0.5f },
          sizeof (float));
  test_link_model (source, folder);
  g_remove (path);
  g_assert_true (g_file_set_contents (path, contents, (gssize) size, NULL));
  g_assert_null (test_load (folder, MONOCLE_PRECISION_F32, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL);
  g_assert_nonnull (strstr (error->message, "attn_mask_probs"));
  g_assert_nonnull (strstr (error->message, path));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  golden_add_tests ("/models/eomt", NULL, check_goldens, 1e-4, 5e-3);
  g_test_add_func ("/models/eomt/shared", test_shared);
  g_test_add_func ("/models/eomt/refused", test_refused);
  g_test_add_func ("/models/eomt/masked", test_masked);
  return test_end (g_test_run ());
}
