/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Qwen2.5-VL, which shares all but the tower with what came after it, against the reference:
 * tests/reference/make_qwen25vl.py computed the golden, which has all that the model is made of but
 * its numbers, which follow from a rule.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "engine/models/qwen3vl/private.h"
#include "engine/run/conversation.h"
#include "engine/run/memory-plan.h"
#include "engine/run/model-private.h"
#include "golden.h"
#include "hashed-qwen25vl.h"

#define MODEL "qwen25vl"

/* The longest answers of the golden, and which numbers of its stages it has. */
#define MAX_TOKENS 12
#define STEP       31
#define ROWS_STEP  5

/* Tokens of a long question. */
#define N_SAID 1000

/* --- the model ---------------------------------------------------------------------------- */

static JsonObject *
read_golden (void)
{
  g_autofree char *directory = test_fixture (MODEL);

  return test_read_json (directory, "golden.json");
}

static char *
make_model (gboolean has_long_names)
{
  return hashed_qwen25vl_make (has_long_names, FALSE);
}

/* --- stages and answers ------------------------------------------------------------------- */

static MonocleRun *
ask (MonocleSession *session, const char *text, guint num_beams)
{
  const MonocleRequest request = {
    .task
    = monocle_tasks_find (monocle_model_list_tasks (monocle_session_get_model (session)), "prompt"),
    .text = text,
    .num_beams = num_beams,
    .max_tokens = MAX_TOKENS,
  };

  return test_run_or_die (session, &request);
}

static void
check_question (MonocleSession *session,
                JsonObject *picture,
                JsonObject *question,
                gboolean has_answers,
                double tolerance)
{
  const char *text = json_object_get_string_member (question, "text");
  g_autoptr (TestFolder) folder = golden_inspect (session, text);
  g_autoptr (MonocleNpy) pixels = golden_read_stage (folder, "pixel_values");
  g_autoptr (MonocleRun) greedy = NULL, beams = NULL;

  golden_check_sums (pixels, picture, 1e-4);
  golden_check_ids (folder, question);
  golden_check_sampled (folder, "image_embeds", picture, "embeds", ROWS_STEP, tolerance);
  golden_check_sampled (folder, "logits", question, "logits", STEP, tolerance);
  if (!has_answers)
    return;
  greedy = ask (session, text, 0);
  beams = ask (session, text, 3);
  golden_check_answer (greedy, question, "greedy");
  golden_check_answer (beams, question, "beams");
}

static void
check_model (gconstpointer data, MonoclePrecision precision, double tolerance)
{
  g_autoptr (TestFolder) directory = make_model (FALSE);
  g_autoptr (MonocleModel) model = test_load_or_die (directory, precision);
  g_autoptr (JsonObject) golden = read_golden ();
  JsonArray *pictures = json_object_get_array_member (golden, "pictures");
  g_autoptr (GError) error = NULL;

  monocle_model_check (directory, &error);
  g_assert_no_error (error);
  g_assert_null (*monocle_model_get_notes (model));
  for (guint i = 0; i < json_array_get_length (pictures); i++)
    {
      JsonObject *picture = json_array_get_object_element (pictures, i);
      JsonArray *questions = json_object_get_array_member (picture, "questions");
      g_autoptr (MonocleSession) session
          = test_open_fixture (model, json_object_get_string_member (picture, "image"));

      for (guint k = 0; k < json_array_get_length (questions); k++)
        check_question (session, picture, json_array_get_object_element (questions, k),
                        precision == MONOCLE_PRECISION_F32, tolerance);
    }
}

/* Newer programs save the same under other names. */
static void
test_names (void)
{
  g_autoptr (TestFolder) published = make_model (FALSE), saved = make_model (TRUE);
  g_autoptr (MonocleModel) first = test_load_or_die (published, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleModel) second = test_load_or_die (saved, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) one = test_open_fixture (first, "clip/wide-41x9.png");
  g_autoptr (MonocleSession) other = test_open_fixture (second, "clip/wide-41x9.png");
  g_autoptr (MonocleRun) a = ask (one, "Who?", 0);
  g_autoptr (MonocleRun) b = ask (other, "Who?", 0);

  g_assert_cmpstr (monocle_result_get_generated_text (a->results->pdata[0]), ==,
                   monocle_result_get_generated_text (b->results->pdata[0]));
}

/* --- memory ------------------------------------------------------------------------------- */

static void
test_memory (void)
{
  g_autoptr (TestFolder) directory = make_model (FALSE);
  g_autoptr (MonocleModel) model = test_load_or_die (directory, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, "pictures/photo-131x97.png");
  g_autoptr (MonocleRun) run = ask (session, "Who?", 0);
  const TestMemory memory = test_get_memory (model);
  g_autoptr (GError) error = NULL;
  MonocleMemoryPlan plan;

  monocle_memory_plan_make (&plan, directory, test_get_device (), MONOCLE_PRECISION_F32, NULL,
                            &error);
  g_assert_no_error (error);
  g_assert_cmpuint (memory.peak_bytes, >=, plan.peak_bytes / 20 * 19);
  g_assert_cmpuint (memory.peak_bytes, <=, plan.peak_bytes / 20 * 21);
}

/* What a conversation takes besides is known before as well. */
static void
test_talk_memory (void)
{
  static const MonocleMemoryQuestion asked = { .n_talk_tokens = N_SAID };
  g_autoptr (TestFolder) directory = hashed_qwen25vl_make (FALSE, TRUE);
  g_autoptr (MonocleModel) model = test_load_or_die (directory, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, "pictures/photo-131x97.png");
  g_autoptr (MonocleRun) run = ask (session, "Who?", 0);
  g_autoptr (MonocleConversation) conversation = monocle_conversation_new (model);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *path = test_fixture ("pictures/photo-131x97.png");
  g_autoptr (MonocleImage) image = test_read_image (path);
  const MonocleShown shown = { .image = image };
  MonocleTurnQuestion question = { .shown = &shown, .n_shown = 1, .max_tokens = 2 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  MonocleMemoryPlan plan, plain;
  guint64 wanted, found;

  g_assert_true (monocle_memory_plan_make (&plan, directory, test_get_device (),
                                           MONOCLE_PRECISION_F32, &asked, NULL));
  g_assert_true (monocle_memory_plan_make (&plain, directory, test_get_device (),
                                           MONOCLE_PRECISION_F32, NULL, NULL));
  g_assert_cmpuint (plain.talk_bytes, ==, 0);
  g_assert_cmpuint (plan.talk_bytes, >, 0);
  g_assert_cmpuint (plan.peak_bytes, ==, plain.peak_bytes);
  /* The plan's words: two tokens each in this vocabulary, one in those of published models. */
  for (guint i = 0; i < N_SAID; i++)
    g_string_append (text, " a");
  question.text = text->str;
  monocle_conversation_ask_async (conversation, &question, NULL, NULL, NULL, test_take_result,
                                  &result);
  g_assert_nonnull (monocle_conversation_ask_finish (conversation, test_wait (&result), &error));
  g_assert_no_error (error);
  wanted = plan.peak_bytes + plan.talk_bytes;
  found = test_get_memory (model).peak_bytes;
  g_test_message ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes, %" G_GUINT64_FORMAT
                  " of them for what is said",
                  found, wanted, plan.talk_bytes);
  g_assert_cmpuint (found, >=, wanted / 20 * 19);
  g_assert_cmpuint (found, <=, wanted / 20 * 21);
}

/* --- places ------------------------------------------------------------------------------- */

typedef struct
{
  MonocleModel *model;
  const MonocleTask *task;
  int done;
} Places;

static void
read_on_worker (MonocleWorker *worker, gpointer data)
{
  static const char said[] = "[{\"bbox_2d\": [8, 4, 16, 12], \"label\": \"cat\"}]";
  Places *places = data;
  MonocleQwen3vl *self = monocle_model_get_data (places->model);
  const MonocleFamilyQuestion question = { .task = places->task, .width = 131, .height = 97 };
  g_autoptr (GArray) ids = monocle_qwen3vl_write_words (self, said);
  const guint32 start = 0;
  g_autofree float *log_probs = NULL;
  g_autoptr (MonocleResult) result = NULL;
  guint width, height;
  MonocleBox box;

  g_array_prepend_val (ids, start);
  log_probs = g_new0 (float, ids->len);
  result = monocle_qwen3vl_asking.read (self, &question, NULL, TRUE, (const guint32 *) ids->data,
                                        log_probs, ids->len);
  g_assert_true (monocle_qwen3vl_fit (&self->pixels, 131, 97, &width, &height, NULL));
  g_assert_cmpuint (monocle_result_get_n_objects (result), ==, 1);
  box = monocle_shape_get_box (monocle_result_get_object (result, 0)->shape);
  g_assert_cmpfloat_with_epsilon (box.x1, 8.0f * 131 / width, 1e-3);
  g_assert_cmpfloat_with_epsilon (box.y1, 4.0f * 97 / height, 1e-3);
  g_assert_cmpfloat_with_epsilon (box.x2, 16.0f * 131 / width, 1e-3);
  g_assert_cmpfloat_with_epsilon (box.y2, 12.0f * 97 / height, 1e-3);
  g_atomic_int_set (&places->done, TRUE);
}

/* Places are pixels of the picture as the model saw it, which was asked about last. */
static void
test_places (void)
{
  g_autoptr (TestFolder) directory = make_model (FALSE);
  g_autoptr (MonocleModel) model = test_load_or_die (directory, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, "pictures/photo-131x97.png");
  g_autoptr (MonocleRun) run = ask (session, "Who?", 0);
  Places places = { .model = model,
                    .task = monocle_tasks_find (monocle_model_list_tasks (model), "find-words") };

  monocle_worker_push (monocle_model_get_worker (model), read_on_worker, &places, NULL);
  while (!g_atomic_int_get (&places.done))
    g_usleep (100);
}

/* --- bad files ---------------------------------------------------------------------------- */

static void
check_refused (const char *folder, const char *from, const char *to, const char *words)
{
  g_autofree char *path = g_build_filename (folder, "config.json", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GString) text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  text = g_string_new (contents);
  g_assert_cmpuint (g_string_replace (text, from, to, 1), ==, 1);
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  g_assert_false (monocle_model_check (folder, &error));
  if (!strstr (error->message, words) || !strstr (error->message, folder))
    g_error ("“%s” does not speak of %s", error->message, words);
  g_assert_true (g_file_set_contents (path, contents, -1, NULL));
}

static void
test_refused (void)
{
  g_autoptr (TestFolder) folder = make_model (FALSE);

  check_refused (folder, "\"window_size\":16", "\"window_size\":12", "window_size");
  check_refused (folder, "\"window_size\":16", "\"window_size\":99999999", "window_size");
  check_refused (folder, "\"fullatt_block_indexes\":[1]", "\"fullatt_block_indexes\":[3]",
                 "fullatt_block_indexes");
  check_refused (folder, "\"fullatt_block_indexes\":[1]", "\"fullatt_block_indexes\":[-1]",
                 "fullatt_block_indexes");
  check_refused (folder, "\"fullatt_block_indexes\":[1],", "", "fullatt_block_indexes");
  check_refused (folder, "\"mrope_section\":[2,1,1]", "\"mrope_section\":[2,3,3]", "mrope_section");
  check_refused (folder, "\"mrope_section\":[2,1,1]", "\"mrope_section\":[2,2]", "mrope_section");
  check_refused (folder, "\"type\":\"mrope\"", "\"type\":\"yarn\"", "rope_scaling");
  check_refused (folder, "\"use_sliding_window\":false", "\"use_sliding_window\":true",
                 "use_sliding_window");
  check_refused (folder, "\"hidden_act\":\"silu\",\"hidden_size\":16,\"intermediate_size\":12",
                 "\"hidden_act\":\"gelu\",\"hidden_size\":16,\"intermediate_size\":12",
                 "hidden_act");
  check_refused (folder, "\"depth\":3", "\"depth\":4", "blocks.3");
  check_refused (folder, "\"depth\":3", "\"depth\":1", "fullatt_block_indexes");
  check_refused (folder, "\"in_chans\":3", "\"in_chans\":4", "in_channels");
  check_refused (folder, "\"num_key_value_heads\":1", "\"num_key_value_heads\":2", "shape");
  check_refused (folder, "\"num_heads\":2", "\"num_heads\":3", "multiples of 4");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  golden_add_tests ("/qwen25vl", NULL, check_model, 1e-4, 5e-3);
  g_test_add_func ("/qwen25vl/names", test_names);
  g_test_add_func ("/qwen25vl/memory", test_memory);
  g_test_add_func ("/qwen25vl/talk-memory", test_talk_memory);
  g_test_add_func ("/qwen25vl/places", test_places);
  g_test_add_func ("/qwen25vl/refused", test_refused);

  return test_end (g_test_run ());
}
