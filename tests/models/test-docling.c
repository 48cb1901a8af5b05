/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A tiny model that reads pages against the reference: tests/reference/make_docling.py taught it
 * one page by heart. Every stage, the page as Markdown and as pieces with their places.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/models/family.h"
#include "golden.h"

#define MODEL "docling"
#define PAGE  "docling/page.png"

#define MARKDOWN                                                                                   \
  "# A cat\n\nIt \\*is\\* small.\n\n- one\n- two\n\n| a | b |\n| --- | --- |\n| 1 |  |\n\n$$x^2$$"

/* In parts of the sides, which are 60 and 80. */
static const struct
{
  const char *label, *text;
  int edges[4];
} pieces[] = {
  { "page header", "Cats", { 10, 5, 490, 20 } },
  { "title", "# A cat", { 50, 50, 450, 90 } },
  { "text", "It \\*is\\* small.", { 50, 100, 450, 150 } },
  { "list item", "- one", { 60, 160, 450, 180 } },
  { "list item", "- two", { 60, 190, 450, 210 } },
  { "table", "| a | b |\n| --- | --- |\n| 1 |  |", { 50, 250, 450, 350 } },
  { "formula", "$$x^2$$", { 100, 400, 400, 450 } },
};

static MonocleRun *
ask (MonocleSession *session, const char *task, const MonocleBox *region)
{
  const MonocleRequest request
      = { .task = test_find_task (session, task), .regions = region, .n_regions = region ? 1 : 0 };

  return test_run_or_die (session, &request);
}

static void
check_ids (const MonocleResult *result, JsonObject *question)
{
  JsonArray *wanted
      = json_object_get_array_member (json_object_get_object_member (question, "greedy"), "ids");
  guint n_ids;
  const guint32 *ids = monocle_result_get_token_ids (result, &n_ids);

  g_assert_cmpuint (n_ids, ==, json_array_get_length (wanted) + 1);
  for (guint i = 1; i < n_ids; i++)
    g_assert_cmpint (ids[i], ==, json_array_get_int_element (wanted, i - 1));
}

static void
check_page (const MonocleResult *result)
{
  g_assert_cmpstr (monocle_result_get_text (result), ==, MARKDOWN);
  g_assert_true (monocle_result_is_well_formed (result));
  g_assert_cmpuint (monocle_result_get_n_objects (result), ==, G_N_ELEMENTS (pieces));
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      const MonocleObject *object = monocle_result_get_object (result, i);
      const MonocleBox box = monocle_shape_get_box (object->shape);
      const float sides[] = { box.x1 / 60, box.y1 / 80, box.x2 / 60, box.y2 / 80 };

      g_assert_cmpstr (object->label, ==, pieces[i].label);
      g_assert_cmpstr (object->text, ==, pieces[i].text);
      for (guint k = 0; k < G_N_ELEMENTS (sides); k++)
        g_assert_cmpfloat_with_epsilon (sides[k] * 500, (float) pieces[i].edges[k], 1e-3f);
      /* It knows the page. */
      g_assert_cmpfloat (object->score, >, 0.9f);
      g_assert_cmpfloat (object->score, <=, 1);
    }
}

static void
check_model (gconstpointer data, MonoclePrecision precision, double tolerance)
{
  g_autofree char *directory = test_fixture (MODEL);
  g_autoptr (MonocleModel) model = test_load_or_die (directory, precision);
  g_autoptr (JsonObject) golden = test_read_json (directory, "golden.json");
  JsonObject *picture
      = json_array_get_object_element (json_object_get_array_member (golden, "pictures"), 0);
  JsonArray *questions = json_object_get_array_member (picture, "questions");
  JsonObject *page = json_array_get_object_element (questions, 0);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PAGE);
  g_autoptr (MonocleRun) run = NULL;
  g_autoptr (JsonNode) written = NULL;
  g_autoptr (GError) error = NULL;
  const MonocleTask *task = test_find_task (session, "read-page");

  monocle_model_check (directory, &error);
  g_assert_no_error (error);
  g_assert_null (*monocle_model_get_notes (model));
  for (guint i = 0; i < json_array_get_length (questions); i++)
    {
      JsonObject *question = json_array_get_object_element (questions, i);
      g_autoptr (TestFolder) folder
          = golden_inspect (session, json_object_get_string_member (question, "text"));

      golden_check_ids (folder, question);
      golden_check_sampled (folder, "image_embeds", picture, "rows", 5, tolerance);
      golden_check_sampled (folder, "logits", question, "logits", 5, tolerance);
    }
  run = ask (session, "read-page", NULL);
  check_ids (run->results->pdata[0], page);
  check_page (run->results->pdata[0]);
  written = task->write_reference (task, run->results->pdata[0]);
  g_assert_cmpstr (json_node_get_string (written), ==,
                   json_object_get_string_member (page, "tags"));
}

/* What is asked is in the model's words, and what answers look like is the same for all. */
static void
test_tasks (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PAGE);
  const MonocleBox region = { 6, 8, 54, 80 };
  const MonocleTask *task = test_find_task (session, "region-to-ocr");
  g_autofree char *prompt = monocle_family_docling.write_prompt (task, NULL, &region, 60, 80, NULL);
  g_autoptr (MonocleRun) run = ask (session, "region-to-ocr", &region);
  g_autoptr (GError) error = NULL;
  g_autofree char *refused = monocle_family_docling.write_prompt (
      test_find_task (session, "prompt"), "a<|end_of_text|>b", NULL, 60, 80, &error);

  g_assert_cmpstr (prompt, ==,
                   "OCR the text in a specific location: <loc_50><loc_50><loc_450><loc_499>");
  g_assert_cmpuint (monocle_result_get_n_objects (run->results->pdata[0]), ==, 0);
  g_assert_nonnull (monocle_result_get_text (run->results->pdata[0]));
  g_assert_null (refused);
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  /* Whoever asks for something to read gets a page; nobody talks with it. */
  g_assert_cmpstr (
      monocle_tasks_find_named (monocle_model_list_tasks (model), "read", MONOCLE_TAKES_NOTHING)
          ->id,
      ==, "read-page");
  g_assert_false (monocle_model_can_talk (model));
}

static void
test_refused (void)
{
  test_check_refused (MODEL, "tokenizer.json", "<|end_of_role|>", "<|end_of_rule|>", "role");
  test_check_refused (MODEL, "tokenizer.json", "<row_2_col_2>", "<row_2_col_9>", "row_2_col_2");
  test_check_refused (MODEL, "config.json",
                      "\"vocab_size\": ", "\"vocab_size\": 4, \"v\": ", "eos_token_id");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  golden_add_tests ("/docling", NULL, check_model, 1e-4, 1e-2);
  g_test_add_func ("/docling/tasks", test_tasks);
  g_test_add_func ("/docling/refused", test_refused);

  return test_end (g_test_run ());
}
