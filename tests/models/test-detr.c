/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Detectors against the reference: tests/reference/make_detr.py made them.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "engine/models/parts/fit.h"
#include "golden.h"

static const char *const models[] = { "detr/detr-new", "detr/detr-published" };

/* Every so many of the pixels are in a golden. */
#define PIXEL_STEP 101

static MonocleRun *
detect (MonocleSession *session, double threshold, GError **error)
{
  GPtrArray *tasks = monocle_model_list_tasks (monocle_session_get_model (session));
  const MonocleTask *task = monocle_tasks_find_kind (tasks, MONOCLE_TASK_FIND,
                                                     MONOCLE_TAKES_NOTHING, MONOCLE_GIVES_BOXES);
  const MonocleRequest request = { .task = task, .threshold = threshold };

  g_assert_cmpuint (tasks->len, ==, 1);
  g_assert_cmpstr (task->id, ==, "detect");
  return test_run (session, &request, error);
}

static void
check_stages (MonocleSession *session, JsonObject *golden, double tolerance)
{
  g_autoptr (TestFolder) folder = golden_inspect (session, "");

  golden_check_sampled (folder, "pixel_values", golden, "pixels", PIXEL_STEP, 1e-6);
  golden_check_last_row (folder, "vision_features", golden, "features", tolerance);
  golden_check_last_row (folder, "encoder_states", golden, "states", tolerance);
  golden_check_sampled (folder, "logits", golden, "logits", 1, tolerance);
  golden_check_sampled (folder, "pred_boxes", golden, "boxes", 1, tolerance);
}

/* Objects as the reference's post-processing gives them, the likeliest first, inside the picture.
 * Where scores are as good as equal, their order says nothing. */
static void
check_answer (const MonocleResult *result, JsonObject *golden, double tolerance)
{
  JsonArray *objects = json_object_get_array_member (golden, "objects");
  guint n = json_array_get_length (objects);

  g_assert_cmpuint (monocle_result_get_n_objects (result), ==, n);
  for (guint i = 0; i < n; i++)
    {
      const MonocleObject *object = monocle_result_get_object (result, i);
      const MonocleBox box = monocle_shape_get_box (object->shape);
      const float edges[] = { box.x1, box.y1, box.x2, box.y2 };
      gboolean is_there = FALSE;

      g_assert_cmpint (monocle_shape_get_kind (object->shape), ==, MONOCLE_SHAPE_BOX);
      if (i > 0)
        g_assert_cmpfloat (object->score, <=, monocle_result_get_object (result, i - 1)->score);
      for (guint k = 0; k < n && !is_there; k++)
        {
          JsonObject *wanted = json_array_get_object_element (objects, k);
          JsonArray *sides = json_object_get_array_member (wanted, "box");

          is_there
              = g_str_equal (json_object_get_string_member (wanted, "label"), object->label)
                && fabs (json_object_get_double_member (wanted, "score") - (double) object->score)
                       < tolerance;
          for (guint e = 0; e < G_N_ELEMENTS (edges); e++)
            if (fabs (json_array_get_double_element (sides, e) - (double) edges[e])
                > 131 * tolerance)
              is_there = FALSE;
        }
      if (!is_there)
        g_error ("object %u (%s, %g) is not in the golden", i, object->label,
                 (double) object->score);
    }
}

static void
check_goldens (gconstpointer data, MonoclePrecision precision, double tolerance)
{
  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    {
      g_autofree char *directory = test_fixture (models[i]);
      g_autoptr (MonocleModel) model = test_load_or_die (directory, precision);
      g_autoptr (JsonNode) goldens = test_read_json_node (directory, "golden.json");
      JsonArray *cases = json_node_get_array (goldens);

      g_assert_null (monocle_model_get_notes (model)[0]);
      g_assert_cmpfloat (monocle_model_get_lowest_score (model), ==, 0.5);
      for (guint k = 0; k < json_array_get_length (cases); k++)
        {
          JsonObject *golden = json_array_get_object_element (cases, k);
          const char *image = json_object_get_string_member (golden, "image");
          g_autoptr (MonocleSession) session = test_open_fixture (model, image);
          g_autoptr (GError) error = NULL;
          g_autoptr (MonocleRun) run = detect (session, 0, &error);

          g_assert_no_error (error);
          g_assert_cmpuint (run->results->len, ==, 1);
          check_stages (session, golden, tolerance);
          check_answer (run->results->pdata[0], golden, tolerance);
        }
    }
}

/* More shapes than stay recorded, the smallest first, then the first again: memory grows, and what
 * was recorded in less of it is not run any more. */
static void
test_shapes (void)
{
  static const guint sizes[][2] = {
    { 9, 200 }, { 10, 150 }, { 20, 90 }, { 30, 60 }, { 40, 60 }, { 50, 60 },
    { 60, 50 }, { 60, 60 },  { 90, 70 }, { 90, 40 }, { 9, 200 },
  };
  g_autoptr (MonocleModel) model = test_load_fixture (models[0], MONOCLE_PRECISION_F32);
  float first[G_N_ELEMENTS (sizes)];

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      gsize n = 3 * (gsize) sizes[i][0] * sizes[i][1];
      g_autofree guint8 *pixels = g_malloc (n);
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleImage) image = NULL;
      g_autoptr (MonocleSession) session = NULL;
      g_autoptr (MonocleRun) run = NULL;

      for (gsize k = 0; k < n; k++)
        pixels[k] = (guint8) (k * 31 % 256);
      image = monocle_image_new_from_pixels (sizes[i][0], sizes[i][1], 3 * sizes[i][0], pixels,
                                             &error);
      g_assert_no_error (error);
      session = monocle_session_new (model, image);
      run = detect (session, 1e-6, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (monocle_result_get_n_objects (run->results->pdata[0]), ==, 7);
      first[i] = monocle_result_get_object (run->results->pdata[0], 0)->score;
      g_assert_true (isfinite (first[i]));
    }
  g_assert_cmpfloat (first[0], ==, first[G_N_ELEMENTS (sizes) - 1]);
}

/* What the reference makes of sizes: computed with its own function. */
static void
test_sizes (void)
{
  static const guint cases[][4] = {
    { 640, 480, 1066, 800 }, { 480, 640, 800, 1066 },  { 800, 801, 800, 801 },
    { 801, 800, 801, 800 },  { 2000, 500, 1333, 333 }, { 500, 2000, 333, 1333 },
    { 37, 1201, 41, 1333 },  { 4000, 1, 1333, 1 },     { 1333, 800, 1333, 800 },
  };
  const MonocleFit fit = { .shortest = 800, .longest = 1333 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint width = cases[i][0], height = cases[i][1];

      monocle_fit_get_size (&fit, &width, &height);
      g_assert_cmpuint (width, ==, cases[i][2]);
      g_assert_cmpuint (height, ==, cases[i][3]);
    }
}

static void
check_refused (guint model, const char *file, const char *from, const char *to, const char *words)
{
  test_check_refused (models[model], file, from, to, words);
}

static void
test_refused (void)
{
  const char *config = "config.json", *pixels = "preprocessor_config.json";

  check_refused (0, config, "\"d_model\": 24", "\"d_model\": 20", "head");
  check_refused (0, config, "\"d_model\": 24", "\"d_model\": 48", "shape");
  check_refused (0, config, "\"d_model\": 24", "\"d_model\": 2400000000", "d_model");
  check_refused (0, config, "\"encoder_layers\": 1", "\"encoder_layers\": 2", "encoder.layers.1");
  check_refused (0, config, "\"num_queries\": 7", "\"num_queries\": 0", "num_queries");
  check_refused (0, config, "\"num_queries\": 7", "\"num_queries\": 8", "query_position");
  check_refused (0, config, "\"activation_function\": \"relu\"",
                 "\"activation_function\": \"gelu\"", "activation_function");
  check_refused (0, config, "\"position_embedding_type\": \"sine\"",
                 "\"position_embedding_type\": \"learned\"", "position_embedding_type");
  check_refused (0, config, "\"dilation\": false", "\"dilation\": true", "dilation");
  check_refused (0, config, "\"layer_type\": \"bottleneck\"", "\"layer_type\": \"basic\"",
                 "bottleneck");
  check_refused (0, config, "\"embedding_size\": 8", "\"embedding_size\": 6", "embedding_size");
  check_refused (0, config, "\"4\": ", "\"9\": ", "id2label");
  check_refused (0, pixels, "\"longest_edge\": 107", "\"longest_edge\": 1000000", "longest_edge");
  check_refused (0, pixels, "\"shortest_edge\": 64", "\"height\": 64", "shortest_edge");
  check_refused (0, pixels, "\"do_resize\": true", "\"do_resize\": false", "do_resize");
  check_refused (1, pixels, "\"size\": 49", "\"size\": -49", "size");
}

/* A norm that is not whole. */
static void
test_norm (void)
{
  static const char name[] = "layer2.0.bn2.running_var";
  g_autofree char *source = test_fixture (models[1]);
  g_autofree char *original = g_build_filename (source, "model.safetensors", NULL);
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "model.safetensors", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  char *found = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (original, &contents, &size, NULL));
  for (gsize i = 0; i + sizeof name < size && !found; i++)
    if (memcmp (contents + i, name, sizeof name - 1) == 0)
      found = contents + i;
  g_assert_nonnull (found);
  memcpy (found, "layer2.0.bn2.running_vax", sizeof name - 1);
  test_link_model (source, folder);
  g_remove (path);
  g_assert_true (g_file_set_contents (path, contents, (gssize) size, NULL));
  g_assert_null (test_load (folder, MONOCLE_PRECISION_F32, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL);
  g_assert_nonnull (strstr (error->message, name));
  g_assert_nonnull (strstr (error->message, path));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  golden_add_tests ("/models/detr", NULL, check_goldens, 1e-4, 5e-3);
  g_test_add_func ("/models/detr/shapes", test_shapes);
  g_test_add_func ("/models/detr/sizes", test_sizes);
  g_test_add_func ("/models/detr/norm", test_norm);
  g_test_add_func ("/models/detr/refused", test_refused);
  return test_end (g_test_run ());
}
