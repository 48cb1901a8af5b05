/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Image classifiers against the reference: tests/reference/make_vit.py made them.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/models/florence2/tasks.h"
#include "golden.h"

static const char *const models[] = { "vit/vit-32", "vit/vit-48" };

static MonocleRun *
classify (MonocleSession *session, GError **error)
{
  GPtrArray *tasks = monocle_model_list_tasks (monocle_session_get_model (session));
  const MonocleTask *task = monocle_tasks_find_kind (tasks, MONOCLE_TASK_RANK,
                                                     MONOCLE_TAKES_NOTHING, MONOCLE_GIVES_RANKS);
  const MonocleRequest request = { .task = task };

  g_assert_cmpuint (tasks->len, ==, 1);
  g_assert_cmpstr (task->id, ==, "classify");
  return test_run (session, &request, error);
}

/* The last token and the logits, as inspect writes them. */
static void
check_stages (MonocleSession *session, JsonObject *golden, double tolerance)
{
  g_autoptr (TestFolder) folder = golden_inspect (session, "");

  golden_check_last_row (folder, "vision_features", golden, "token", tolerance);
  golden_check_sampled (folder, "logits", golden, "logits", 1, tolerance);
}

/* Names in the reference's order with its probabilities, and what its pipeline would print. */
static void
check_answer (const MonocleTask *task,
              const MonocleResult *result,
              JsonObject *golden,
              double tolerance)
{
  JsonArray *best = json_object_get_array_member (golden, "best");
  guint n_names, n_ids;
  g_autofree float *probabilities = golden_read_floats (golden, "probabilities", &n_names);
  g_autoptr (JsonNode) reference = task->write_reference (task, result);
  JsonArray *listed = json_node_get_array (reference);

  g_assert_cmpuint (monocle_result_get_n_parts (result), ==, MIN (n_names, 10));
  g_assert_cmpuint (json_array_get_length (listed), ==, json_array_get_length (best));
  for (guint i = 0; i < json_array_get_length (best); i++)
    {
      JsonArray *pair = json_array_get_array_element (best, i);
      const MonoclePart *part = monocle_result_get_part (result, i);
      JsonObject *row = json_array_get_object_element (listed, i);

      g_assert_cmpint (part->kind, ==, MONOCLE_PART_RANK);
      g_assert_cmpstr (part->rank, ==, json_array_get_string_element (pair, 0));
      g_assert_cmpfloat (fabs ((double) part->score - json_array_get_double_element (pair, 1)), <,
                         tolerance);
      g_assert_cmpstr (json_object_get_string_member (row, "label"), ==, part->rank);
    }
  g_assert_cmpfloat (monocle_result_get_score (result), ==,
                     monocle_result_get_part (result, 0)->score);
  /* It writes nothing. */
  g_assert_null (monocle_result_get_generated_text (result));
  g_assert_null (monocle_result_get_token_ids (result, &n_ids));
  g_assert_cmpuint (n_ids, ==, 0);
  g_assert_null (monocle_result_get_text (result));
  g_assert_cmpuint (monocle_result_get_n_objects (result), ==, 0);
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

      for (guint k = 0; k < json_array_get_length (cases); k++)
        {
          JsonObject *golden = json_array_get_object_element (cases, k);
          const char *image = json_object_get_string_member (golden, "image");
          g_autoptr (MonocleSession) session = test_open_fixture (model, image);
          g_autoptr (GError) error = NULL;
          g_autoptr (MonocleRun) run = classify (session, &error);

          g_assert_no_error (error);
          g_assert_cmpuint (run->results->len, ==, 1);
          check_answer (monocle_model_list_tasks (model)->pdata[0], run->results->pdata[0], golden,
                        tolerance);
          check_stages (session, golden, tolerance);
        }
    }
}

/* What another family can be asked is refused, whatever it is called. */
static void
test_other_tasks (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (models[0], MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, "images/a.png");
  MonocleRequest request = { .task = monocle_florence2_find_task ("detect") };
  g_autoptr (GError) error = NULL;

  g_assert_null (test_run (session, &request, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  g_assert_nonnull (strstr (error->message, "detect"));
  g_clear_error (&error);

  request = (MonocleRequest){ .task = monocle_model_list_tasks (model)->pdata[0], .text = "cats" };
  g_assert_null (test_run (session, &request, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
}

/* The file says which: the reference's logits for the first model with another one. The usual one
 * is a hundredth away. */
static void
test_activation (void)
{
  static const float wanted[]
      = { 0.5185865163803101f,   -0.17505493760108948f, 0.028402477502822876f, -0.7452478408813477f,
          -0.14133720099925995f, 0.34682512283325195f,  -0.5367437601089478f };
  g_autofree char *source = test_fixture (models[0]);
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (JsonObject) config = test_read_json (source, "config.json");
  g_autoptr (MonocleModel) model = NULL;
  g_autoptr (MonocleSession) session = NULL;
  g_autoptr (TestFolder) stages = NULL;
  g_autoptr (MonocleNpy) logits = NULL;

  json_object_set_string_member (config, "hidden_act", "quick_gelu");
  test_link_model (source, folder);
  test_write_json (folder, "config.json", config);
  model = test_load_or_die (folder, MONOCLE_PRECISION_F32);
  session = test_open_fixture (model, "images/a.png");
  stages = golden_inspect (session, "");
  logits = golden_read_stage (stages, "logits");
  g_assert_cmpuint (logits->n_elements, ==, G_N_ELEMENTS (wanted));
  golden_check_floats ("logits", logits->f32, wanted, G_N_ELEMENTS (wanted), 2e-5);
}

static void
check_refused (const char *file, const char *from, const char *to, const char *words)
{
  test_check_refused (models[0], file, from, to, words);
}

static void
test_refused (void)
{
  check_refused ("config.json", "\"gelu\"", "\"relu\"", "hidden_act");
  check_refused ("config.json", "\"hidden_size\": 32", "\"hidden_size\": 30", "hidden_size");
  check_refused ("config.json", "\"hidden_size\": 32", "\"hidden_size\": 64", "shape");
  check_refused ("config.json", "\"image_size\": 32", "\"image_size\": 30", "image_size");
  check_refused ("config.json", "\"image_size\": 32", "\"image_size\": 40", "preprocessor");
  check_refused ("config.json", "\"num_attention_heads\": 4", "\"num_attention_heads\": 0",
                 "num_attention_heads");
  check_refused ("config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3",
                 "encoder.layer.2");
  check_refused ("config.json", "\"3\": ", "\"9\": ", "id2label");
  check_refused ("config.json", "\"num_channels\": 3", "\"num_channels\": 1", "num_channels");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  golden_add_tests ("/models/vit", NULL, check_goldens, 2e-5, 5e-3);
  g_test_add_func ("/models/vit/other-tasks", test_other_tasks);
  g_test_add_func ("/models/vit/activation", test_activation);
  g_test_add_func ("/models/vit/refused", test_refused);
  return test_end (g_test_run ());
}
