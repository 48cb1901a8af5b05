/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every case of the tiny models, answered one by one.
 */
#include "config.h"

#include <math.h>

#include "app/json/result.h"
#include "engine/base/debug.h"
#include "engine/models/florence2/parse.h"
#include "engine/models/florence2/tasks.h"
#include "florence2-tiny.h"

/* Largest relative error of a score, and how far a log-probability below 1 may be off. */
#define SCORE_BOUND 1e-4

/* With 16-bit weights, only answers that noise of this size does not change must be the same. */
#define MIN_STABLE_F16 3e-3
/* With 16-bit activations too, as GPU kernels have them, noise is up to BOUND_F16; what it can
 * change is another answer that is as likely. */
#define MIN_STABLE_F16_ACTIVATIONS 3e-2

guint32 *
tiny_get_ids (JsonArray *array)
{
  guint n = json_array_get_length (array);
  guint32 *ids = g_new (guint32, n);

  for (guint i = 0; i < n; i++)
    ids[i] = json_array_get_int_element (array, i);

  return ids;
}

char *
tiny_describe_search (JsonObject *settings)
{
  static const char *const keys[] = { "early_stopping", "length_penalty", "no_repeat_ngram_size",
                                      "forced_bos_token_id", "forced_eos_token_id" };
  g_autoptr (JsonObject) search = json_object_new ();
  g_autoptr (JsonNode) node = json_node_alloc ();

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    json_object_set_member (search, keys[i],
                            json_node_copy (json_object_get_member (settings, keys[i])));
  json_node_init_object (node, search);

  return json_to_string (node, FALSE);
}

static void
set_members (JsonObject *object, const char *settings)
{
  g_autoptr (JsonNode) node = json_from_string (settings, NULL);
  g_autoptr (GList) names = json_object_get_members (json_node_get_object (node));

  for (GList *l = names; l; l = l->next)
    {
      JsonNode *value = json_object_get_member (json_node_get_object (node), l->data);

      /* The reference takes None here for "as the model says", so the model's end is forced still.
       */
      if (!(JSON_NODE_HOLDS_NULL (value) && g_str_equal (l->data, "forced_eos_token_id")))
        json_object_set_member (object, l->data, json_node_copy (value));
    }
}

MonocleModel *
tiny_load (const Fixture *fixture, const char *settings, const char *folder)
{
  const Tiny *tiny = fixture->tiny;
  g_autofree char *own
      = tiny_describe_search (json_object_get_object_member (tiny->entry, "effective_generation"));

  if (g_str_equal (own, settings))
    return test_load_or_die (tiny->directory, fixture->precision);

  test_link_model (tiny->directory, folder);
  if (g_str_equal (json_object_get_string_member (tiny->entry, "layout"), "native"))
    {
      g_autoptr (JsonObject) generation = test_read_json (folder, "generation_config.json");

      set_members (generation, settings);
      test_write_json (folder, "generation_config.json", generation);
    }
  else
    {
      g_autoptr (JsonObject) config = test_read_json (folder, "config.json");

      set_members (json_object_get_object_member (config, "text_config"), settings);
      test_write_json (folder, "config.json", config);
    }

  return test_load_or_die (folder, fixture->precision);
}

MonocleTokenizer *
tiny_load_tokenizer (const char *directory)
{
  g_autoptr (GError) error = NULL;
  MonocleTokenizer *tokenizer = monocle_tokenizer_load (directory, &error);

  g_assert_no_error (error);
  monocle_florence2_add_tokens (tokenizer);
  return tokenizer;
}

/* What one case is called in messages. */
static char *
describe_case (const Tiny *tiny, guint index, JsonObject *item)
{
  g_autoptr (JsonNode) node = json_node_alloc ();
  g_autofree char *settings = NULL;

  json_node_init_object (node, json_object_get_object_member (item, "settings"));
  settings = json_to_string (node, FALSE);
  return g_strdup_printf ("%s, case %u, %s on %s, %s", tiny->name, index,
                          json_object_get_string_member (item, "prompt"),
                          json_object_get_string_member (item, "image"), settings);
}

/* Where the first difference is; -1: nowhere. */
static int
compare_ids (const MonocleResult *result, JsonArray *expected)
{
  guint n, n_expected = json_array_get_length (expected);
  const guint32 *ids = monocle_result_get_token_ids (result, &n);

  for (guint i = 0; i < MAX (n, n_expected); i++)
    if (i >= n || i >= n_expected || ids[i] != json_array_get_int_element (expected, i))
      return (int) i;
  return -1;
}

/* What is to come of the reference's ids and log-probabilities: our parser is tested elsewhere. */
static MonocleResult *
parse_expected (const MonocleTokenizer *tokenizer,
                const MonocleTask *task,
                JsonObject *item,
                MonocleImage *image)
{
  JsonArray *id_array = json_object_get_array_member (item, "ids");
  JsonArray *log_prob_array = json_object_get_array_member (item, "token_logprobs");
  guint n = json_array_get_length (id_array);
  g_autofree guint32 *ids = tiny_get_ids (id_array);
  g_autofree float *log_probs = g_new0 (float, n);
  const MonocleParseRequest request = {
    .tokenizer = tokenizer,
    .answer = monocle_florence2_task_get_grammar (task),
    .extent = MONOCLE_PARSE_WHOLE,
    .ids = ids,
    .log_probs = log_probs,
    .n_ids = n,
    .width = monocle_image_get_width (image),
    .height = monocle_image_get_height (image),
    .ignored_phrases = monocle_florence2_get_ignored_phrases (),
  };

  g_assert_cmpuint (json_array_get_length (log_prob_array), ==, n - 1);
  for (guint i = 1; i < n; i++)
    log_probs[i] = json_array_get_double_element (log_prob_array, i - 1);

  return monocle_parse (&request);
}

gboolean
tiny_is_score_right (double got, double expected, double bound)
{
  return isnan (expected) ? isnan (got) : fabs (got - expected) <= bound * fabs (expected);
}

/* Log-probabilities, seen through the scores of objects and of the whole. */
static void
check_scores (const char *what,
              const MonocleResult *result,
              const MonocleResult *expected,
              double bound)
{
  double got = (double) monocle_result_get_score (result);
  double wanted = (double) monocle_result_get_score (expected);

  if (!tiny_is_score_right (got, wanted, bound))
    g_test_fail_printf ("%s: score %.7g, expected %.7g", what, got, wanted);

  g_assert_cmpuint (monocle_result_get_n_objects (result), ==,
                    monocle_result_get_n_objects (expected));
  for (guint i = 0; i < monocle_result_get_n_objects (result); i++)
    {
      got = (double) monocle_result_get_object (result, i)->score;
      wanted = (double) monocle_result_get_object (expected, i)->score;
      if (!tiny_is_score_right (got, wanted, bound))
        g_test_fail_printf ("%s: score of object %u is %.7g, expected %.7g", what, i, got, wanted);
    }
}

/* The number that beam search ranks by: sum of log-probabilities / length ^ penalty. */
static void
check_sequence_score (const char *what, const MonocleResult *result, JsonObject *item, double bound)
{
  JsonObject *settings = json_object_get_object_member (item, "settings");
  double n = json_array_get_length (json_object_get_array_member (item, "ids")) - 1;
  double sum = log ((double) monocle_result_get_score (result)) * n;
  double got = sum / pow (n, json_object_get_double_member (settings, "length_penalty"));
  double expected;

  if (json_object_get_null_member (item, "score"))
    return;
  expected = json_object_get_double_member (item, "score");
  if (!tiny_is_score_right (got, expected, bound))
    g_test_fail_printf ("%s: sequence score %.7g, expected %.7g", what, got, expected);
}

static void
check_parsed (const char *what,
              const MonocleResult *result,
              const MonocleTask *task,
              JsonNode *expected)
{
  g_autoptr (JsonNode) json = monocle_result_json_result (result, task);
  g_autofree char *got_text = NULL, *expected_text = NULL;
  const char *name = *task->tag ? task->tag : task->id;
  JsonNode *got = json_object_get_member (json_node_get_object (json), name);

  if (JSON_NODE_HOLDS_NULL (expected) || test_json_equal (got, expected))
    return;
  got_text = json_to_string (got, FALSE);
  expected_text = json_to_string (expected, FALSE);
  g_test_fail_printf ("%s: result %s, expected %s", what, got_text, expected_text);
}

static const char *const image_names[] = { "a.png", "b.png" };

MonocleSession *
answers_get_session (const Answers *answers, const char *image)
{
  for (guint i = 0; i < G_N_ELEMENTS (image_names); i++)
    if (g_str_equal (image, image_names[i]))
      return answers->sessions[i];

  g_assert_not_reached ();
}

const MonocleTask *
tiny_get_task (JsonObject *item)
{
  const char *tag = json_object_get_string_member (item, "task");
  const MonocleTask *task = monocle_florence2_find_task (tag);

  if (!task && !*tag)
    task = monocle_florence2_find_task ("prompt");
  g_assert_nonnull (task);
  return task;
}

void
answers_check (const Answers *answers, guint index, JsonObject *item, const MonocleResult *result)
{
  const MonocleTask *task = tiny_get_task (item);
  MonocleSession *session
      = answers_get_session (answers, json_object_get_string_member (item, "image"));
  g_autofree char *what = describe_case (answers->fixture->tiny, index, item);
  g_autoptr (MonocleResult) expected
      = parse_expected (answers->tokenizer, task, item, monocle_session_get_image (session));
  gboolean f16 = answers->fixture->precision == MONOCLE_PRECISION_F16;
  double bound = f16 ? BOUND_F16 * 10 : SCORE_BOUND;
  double stable = json_object_get_double_member (item, "stable");
  int different = compare_ids (result, json_object_get_array_member (item, "ids"));

  if (f16 && stable < MIN_STABLE_F16)
    return;
  if (different >= 0)
    {
      if (f16 && monocle_debug_has (MONOCLE_DEBUG_GPU_KERNELS)
          && stable < MIN_STABLE_F16_ACTIVATIONS)
        check_sequence_score (what, result, item, bound);
      else
        g_test_fail_printf ("%s: other ids, from %d on", what, different);
      return;
    }

  if (!g_str_equal (monocle_result_get_generated_text (result),
                    json_object_get_string_member (item, "text")))
    g_test_fail_printf ("%s: text “%s”, expected “%s”", what,
                        monocle_result_get_generated_text (result),
                        json_object_get_string_member (item, "text"));
  check_parsed (what, result, task, json_object_get_member (item, "parsed"));
  check_scores (what, result, expected, bound);
  check_sequence_score (what, result, item, bound);
}

static void
run_case (const Answers *answers, guint index, JsonObject *item)
{
  const MonocleTask *task = tiny_get_task (item);
  JsonObject *settings = json_object_get_object_member (item, "settings");
  const char *prompt = json_object_get_string_member (item, "prompt");
  const char *text = prompt + strlen (task->tag);
  const MonocleRequest request = {
    .task = task,
    .text = *text ? text : NULL,
    .num_beams = json_object_get_int_member (settings, "num_beams"),
    .max_tokens = json_object_get_int_member (settings, "max_new_tokens"),
  };
  MonocleSession *session
      = answers_get_session (answers, json_object_get_string_member (item, "image"));
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleRun) run = NULL;

  g_assert_true (g_str_has_prefix (prompt, task->tag));
  run = test_run (session, &request, &error);
  g_assert_no_error (error);
  g_assert_false (run->stopped);
  g_assert_cmpuint (run->results->len, ==, 1);
  answers_check (answers, index, item, g_ptr_array_index (run->results, 0));
}

void
answers_init (Answers *answers,
              const Fixture *fixture,
              const MonocleTokenizer *tokenizer,
              MonocleModel *model)
{
  answers->fixture = fixture;
  answers->tokenizer = tokenizer;
  for (guint i = 0; i < G_N_ELEMENTS (image_names); i++)
    {
      g_autofree char *name = g_build_filename ("images", image_names[i], NULL);

      answers->sessions[i] = test_open_fixture (model, name);
    }
}

void
answers_clear (Answers *answers)
{
  for (guint i = 0; i < G_N_ELEMENTS (image_names); i++)
    g_clear_object (&answers->sessions[i]);
}

static void
run_group (const Fixture *fixture,
           const MonocleTokenizer *tokenizer,
           JsonArray *cases,
           const char *settings)
{
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (MonocleModel) model = tiny_load (fixture, settings, folder);
  Answers answers;

  answers_init (&answers, fixture, tokenizer, model);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *item = json_array_get_object_element (cases, i);
      g_autofree char *own
          = tiny_describe_search (json_object_get_object_member (item, "settings"));

      if (g_str_equal (own, settings))
        run_case (&answers, i, item);
    }
  answers_clear (&answers);
}

JsonNode *
tiny_read_cases (const Tiny *tiny)
{
  return test_read_json_node (tiny->golden, "cases.json");
}

gboolean
tiny_has_every_setting (const Fixture *fixture)
{
  return fixture->precision == MONOCLE_PRECISION_F32
         && !monocle_debug_has (MONOCLE_DEBUG_GPU_KERNELS)
         && !monocle_debug_has (MONOCLE_DEBUG_VALIDATE);
}

void
test_answers (gconstpointer data)
{
  const Fixture *fixture = data;
  g_autoptr (JsonNode) node = tiny_read_cases (fixture->tiny);
  JsonArray *cases = json_node_get_array (node);
  g_autoptr (MonocleTokenizer) tokenizer = tiny_load_tokenizer (fixture->tiny->directory);
  g_autoptr (GHashTable) done = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *own = tiny_describe_search (
      json_object_get_object_member (fixture->tiny->entry, "effective_generation"));

  g_assert_cmpuint (json_array_get_length (cases), ==,
                    json_object_get_int_member (fixture->tiny->entry, "case_count"));
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *item = json_array_get_object_element (cases, i);
      g_autofree char *settings
          = tiny_describe_search (json_object_get_object_member (item, "settings"));

      if (!g_hash_table_contains (done, settings)
          && (tiny_has_every_setting (fixture) || g_str_equal (settings, own)))
        {
          run_group (fixture, tokenizer, cases, settings);
          g_hash_table_add (done, g_steal_pointer (&settings));
        }
    }
  test_check_validation ();
}
