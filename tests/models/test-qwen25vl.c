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

#include "checkpoint-file.h"
#include "engine/models/qwen3vl/private.h"
#include "engine/run/memory-plan.h"
#include "engine/run/model-private.h"
#include "golden.h"
#include "hashed-ofa.h"

#define MODEL "qwen25vl"

/* The longest answers of the golden, and which numbers of its stages it has. */
#define MAX_TOKENS 12
#define STEP       31
#define ROWS_STEP  5

/* --- the model ---------------------------------------------------------------------------- */

static JsonObject *
read_golden (void)
{
  g_autofree char *directory = test_fixture (MODEL);

  return test_read_json (directory, "golden.json");
}

static void
fill (const TensorShape *shape, float *values, gpointer user_data)
{
  const char *name = shape->name;
  const guint64 n = tensor_shape_get_n_elements (shape);
  const double offset = strstr (name, "norm") || strstr (name, "ln_q") ? 1 : 0;
  double scale = 0.3;

  if (strstr (name, "embed_tokens"))
    scale = 1;
  else if (shape->n_dims > 1)
    scale = sqrt (6.0 * shape->dims[0] / (double) n);
  for (guint64 i = 0; i < n; i++)
    values[i] = (float) (offset + scale * hashed_ofa_number (name, (guint32) i));
}

static void
write_json (const char *folder, const char *name, JsonNode *node)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = json_to_string (node, FALSE);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
copy_file (const char *folder, const char *name)
{
  g_autofree char *source = test_fixture ("qwen3vl");
  g_autofree char *from = g_build_filename (source, name, NULL);
  g_autofree char *to = g_build_filename (folder, name, NULL);
  g_autofree char *contents = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (from, &contents, &n, NULL));
  g_assert_true (g_file_set_contents (to, contents, (gssize) n, NULL));
}

/* (transfer full): the names that newer programs save are longer */
static char *
lengthen (const char *name)
{
  if (g_str_has_prefix (name, "visual."))
    return g_strconcat ("model.", name, NULL);
  return g_str_has_prefix (name, "model.")
             ? g_strconcat ("model.language_model", strchr (name, '.'), NULL)
             : g_strdup (name);
}

static void
fill_long (const TensorShape *shape, float *values, gpointer user_data)
{
  TensorShape published = *shape;
  g_autofree char *words = NULL;

  if (g_str_has_prefix (shape->name, "model.visual."))
    published.name += strlen ("model.");
  else if (g_str_has_prefix (shape->name, "model.language_model."))
    published.name = words
        = g_strconcat ("model.", shape->name + strlen ("model.language_model."), NULL);
  fill (&published, values, NULL);
}

/* (transfer full): a TestFolder with it */
static char *
make_model (gboolean has_long_names)
{
  g_autoptr (JsonObject) golden = read_golden ();
  JsonObject *shapes = json_object_get_object_member (golden, "shapes");
  g_autoptr (GList) names = json_object_get_members (shapes);
  g_autoptr (GPtrArray) list = tensor_shapes_new ();
  char *folder = test_folder_new ();

  for (GList *l = names; l; l = l->next)
    {
      JsonArray *dims = json_object_get_array_member (shapes, l->data);
      g_autofree char *name = has_long_names ? lengthen (l->data) : g_strdup (l->data);
      g_autoptr (GString) text = g_string_new (NULL);

      for (guint i = 0; i < json_array_get_length (dims); i++)
        g_string_append_printf (text, "%s%d", i > 0 ? "x" : "",
                                (int) json_array_get_int_element (dims, i));
      tensor_shapes_add_text (list, name, text->str);
    }
  checkpoint_file_write (folder, list, has_long_names ? fill_long : fill, NULL);
  write_json (folder, "config.json", json_object_get_member (golden, "config"));
  write_json (folder, "preprocessor_config.json",
              json_object_get_member (golden, "preprocessor_config"));
  copy_file (folder, "tokenizer.json");
  copy_file (folder, "generation_config.json");
  return folder;
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
check_model (MonoclePrecision precision, double tolerance)
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

static void
test_f32 (void)
{
  check_model (MONOCLE_PRECISION_F32, 1e-4);
}

static void
test_f16 (void)
{
  if (golden_has_f16 ())
    check_model (MONOCLE_PRECISION_F16, 5e-3);
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

  g_test_add_func ("/qwen25vl/f32", test_f32);
  g_test_add_func ("/qwen25vl/f16", test_f16);
  g_test_add_func ("/qwen25vl/names", test_names);
  g_test_add_func ("/qwen25vl/memory", test_memory);
  g_test_add_func ("/qwen25vl/places", test_places);
  g_test_add_func ("/qwen25vl/refused", test_refused);

  return test_end (g_test_run ());
}
