/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tiny models of tests/fixtures against what the reference implementation computed for them:
 * every stage, then every answer. `tests/reference/README.md` says how to make them anew.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>

#include "app/json/result.h"
#include "engine/base/debug.h"
#include "engine/checkpoint/npy.h"
#include "engine/run/model-private.h"
#include "engine/answer/places.h"
#include "engine/models/florence2/tasks.h"
#include "engine/models/florence2/parse.h"
#include "model-test.h"

/* Largest relative error of a stage. */
#define BOUND_F32 1e-4
#define BOUND_F16 5e-3

/* Largest relative error of a score, and how far a log-probability below 1 may be off. */
#define SCORE_BOUND 1e-4

/* With 16-bit weights, only answers that noise of this size does not change must be the same. */
#define MIN_STABLE_F16 3e-3

/* The validation layer is slow: so many models are run under it. */
#define MODELS_TO_VALIDATE 2

static const char *const stage_names[] = {
  "pixel_values", "vision_features", "image_embeds", "encoder_states", "logits",
};

/* One tiny model, from the manifest. */
typedef struct
{
  const char *name;
  char *directory, *golden;
  JsonObject *entry; /* borrowed */
} Tiny;

typedef struct
{
  Tiny *tiny;
  MonoclePrecision precision;
} Fixture;

static const char *
precision_name (MonoclePrecision precision)
{
  return precision == MONOCLE_PRECISION_F16 ? "f16" : "f32";
}

static MonocleNpy *
read_array (const char *folder, const char *stage)
{
  g_autofree char *name = g_strconcat (stage, ".npy", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  MonocleNpy *array = monocle_npy_read (path, &error);

  g_assert_no_error (error);
  return array;
}

static void
check_stage (const Fixture *fixture, const char *stage, const char *folder)
{
  g_autoptr (MonocleNpy) got = read_array (folder, stage);
  g_autoptr (MonocleNpy) expected = read_array (fixture->tiny->golden, stage);
  double bound = fixture->precision == MONOCLE_PRECISION_F16 ? BOUND_F16 : BOUND_F32;
  double error;

  g_assert_cmpint (got->type, ==, MONOCLE_NPY_F32);
  g_assert_cmpuint (got->n_dims, ==, expected->n_dims);
  for (guint i = 0; i < got->n_dims; i++)
    g_assert_cmpuint (got->dims[i], ==, expected->dims[i]);

  error = test_relative_error (got->f32, expected->f32, got->n_elements);
  g_test_message ("%s %s %s: relative error %.2e", fixture->tiny->name,
                  precision_name (fixture->precision), stage, error);
  if (!(error <= bound))
    g_test_fail_printf ("%s: %s is off by %.2e, at most %.0e", fixture->tiny->name, stage, error,
                        bound);
}

static guint32 *
get_ids (JsonArray *array)
{
  guint n = json_array_get_length (array);
  guint32 *ids = g_new (guint32, n);

  for (guint i = 0; i < n; i++)
    ids[i] = json_array_get_int_element (array, i);

  return ids;
}

static void
test_stages (gconstpointer data)
{
  const Fixture *fixture = data;
  JsonObject *stages = json_object_get_object_member (fixture->tiny->entry, "stages");
  JsonArray *id_array = json_object_get_array_member (stages, "decoder_ids");
  g_autofree guint32 *ids = get_ids (id_array);
  g_autofree char *image = test_fixture (json_object_get_string_member (stages, "image"));
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (MonocleModel) model = test_load_or_die (fixture->tiny->directory, fixture->precision);
  g_autoptr (MonocleSession) session = test_open_image (model, image);
  g_autoptr (MonocleNpy) got = NULL, expected = NULL;
  g_autoptr (GError) error = NULL;

  test_inspect (session, json_object_get_string_member (stages, "prompt"), ids,
                json_array_get_length (id_array), folder, &error);
  g_assert_no_error (error);

  got = read_array (folder, "input_ids");
  expected = read_array (fixture->tiny->golden, "input_ids");
  g_assert_cmpmem (got->i64, got->n_elements * sizeof *got->i64, expected->i64,
                   expected->n_elements * sizeof *expected->i64);
  for (guint i = 0; i < G_N_ELEMENTS (stage_names); i++)
    check_stage (fixture, stage_names[i], folder);
  test_check_validation ();
}

/* The settings that a request does not carry: cases that share them are run on one model. */
static char *
describe_search (JsonObject *settings)
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

/* The model as it is, where its own settings are those; else a copy with other ones. */
static MonocleModel *
load_with_settings (const Fixture *fixture, const char *settings, const char *folder)
{
  const Tiny *tiny = fixture->tiny;
  g_autofree char *own
      = describe_search (json_object_get_object_member (tiny->entry, "effective_generation"));

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

static MonocleTokenizer *
load_tokenizer (const char *directory)
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

static gboolean
check_ids (const char *what, const MonocleResult *result, JsonArray *expected)
{
  guint n, n_expected = json_array_get_length (expected);
  const guint32 *ids = monocle_result_get_token_ids (result, &n);

  for (guint i = 0; i < MAX (n, n_expected); i++)
    if (i >= n || i >= n_expected || ids[i] != json_array_get_int_element (expected, i))
      {
        g_test_fail_printf ("%s: %u ids, expected %u, first difference at %u", what, n, n_expected,
                            i);
        return FALSE;
      }

  return TRUE;
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
  g_autofree guint32 *ids = get_ids (id_array);
  g_autofree float *log_probs = g_new0 (float, n);
  const MonocleParseRequest request = {
    .tokenizer = tokenizer,
    .answer = monocle_florence2_task_get_answer (task),
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

static gboolean
is_score_right (double got, double expected, double bound)
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

  if (!is_score_right (got, wanted, bound))
    g_test_fail_printf ("%s: score %.7g, expected %.7g", what, got, wanted);

  g_assert_cmpuint (monocle_result_get_n_objects (result), ==,
                    monocle_result_get_n_objects (expected));
  for (guint i = 0; i < monocle_result_get_n_objects (result); i++)
    {
      got = (double) monocle_result_get_object (result, i)->score;
      wanted = (double) monocle_result_get_object (expected, i)->score;
      if (!is_score_right (got, wanted, bound))
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
  if (!is_score_right (got, expected, bound))
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

typedef struct
{
  const Fixture *fixture;
  const MonocleTokenizer *tokenizer;
  MonocleSession *sessions[2]; /* of the images */
} Answers;

static const char *const image_names[] = { "a.png", "b.png" };

static MonocleSession *
get_session (const Answers *answers, const char *image)
{
  for (guint i = 0; i < G_N_ELEMENTS (image_names); i++)
    if (g_str_equal (image, image_names[i]))
      return answers->sessions[i];

  g_assert_not_reached ();
}

static const MonocleTask *
get_task (JsonObject *item)
{
  const char *tag = json_object_get_string_member (item, "task");
  const MonocleTask *task = monocle_florence2_find_task (tag);

  if (!task && !*tag)
    task = monocle_florence2_find_task ("prompt");
  g_assert_nonnull (task);
  return task;
}

static void
check_answer (const Answers *answers, guint index, JsonObject *item, const MonocleResult *result)
{
  const MonocleTask *task = get_task (item);
  MonocleSession *session = get_session (answers, json_object_get_string_member (item, "image"));
  g_autofree char *what = describe_case (answers->fixture->tiny, index, item);
  g_autoptr (MonocleResult) expected
      = parse_expected (answers->tokenizer, task, item, monocle_session_get_image (session));
  gboolean f16 = answers->fixture->precision == MONOCLE_PRECISION_F16;
  double bound = f16 ? BOUND_F16 * 10 : SCORE_BOUND;

  if (f16 && json_object_get_double_member (item, "stable") < MIN_STABLE_F16)
    return;
  if (!check_ids (what, result, json_object_get_array_member (item, "ids")))
    return;

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
  const MonocleTask *task = get_task (item);
  JsonObject *settings = json_object_get_object_member (item, "settings");
  const char *prompt = json_object_get_string_member (item, "prompt");
  const char *text = prompt + strlen (task->tag);
  const MonocleRequest request = {
    .task = task,
    .text = *text ? text : NULL,
    .num_beams = json_object_get_int_member (settings, "num_beams"),
    .max_tokens = json_object_get_int_member (settings, "max_new_tokens"),
  };
  MonocleSession *session = get_session (answers, json_object_get_string_member (item, "image"));
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleRun) run = NULL;

  g_assert_true (g_str_has_prefix (prompt, task->tag));
  run = test_run (session, &request, &error);
  g_assert_no_error (error);
  g_assert_false (run->stopped);
  g_assert_cmpuint (run->results->len, ==, 1);
  check_answer (answers, index, item, g_ptr_array_index (run->results, 0));
}

static void
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
      g_autofree char *path = test_fixture (name);

      answers->sessions[i] = test_open_image (model, path);
    }
}

static void
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
  g_autoptr (MonocleModel) model = load_with_settings (fixture, settings, folder);
  Answers answers;

  answers_init (&answers, fixture, tokenizer, model);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *item = json_array_get_object_element (cases, i);
      g_autofree char *own = describe_search (json_object_get_object_member (item, "settings"));

      if (g_str_equal (own, settings))
        run_case (&answers, i, item);
    }
  answers_clear (&answers);
}

static JsonNode *
read_cases (const Tiny *tiny)
{
  return test_read_json_node (tiny->golden, "cases.json");
}

/* How the search goes depends neither on the precision nor on the kernels: once is enough for the
 * settings that are not the model's own. */
static gboolean
has_every_setting (const Fixture *fixture)
{
  return fixture->precision == MONOCLE_PRECISION_F32
         && !monocle_debug_has (MONOCLE_DEBUG_GPU_KERNELS)
         && !monocle_debug_has (MONOCLE_DEBUG_VALIDATE);
}

static void
test_answers (gconstpointer data)
{
  const Fixture *fixture = data;
  g_autoptr (JsonNode) node = read_cases (fixture->tiny);
  JsonArray *cases = json_node_get_array (node);
  g_autoptr (MonocleTokenizer) tokenizer = load_tokenizer (fixture->tiny->directory);
  g_autoptr (GHashTable) done = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *own = describe_search (
      json_object_get_object_member (fixture->tiny->entry, "effective_generation"));

  g_assert_cmpuint (json_array_get_length (cases), ==,
                    json_object_get_int_member (fixture->tiny->entry, "case_count"));
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *item = json_array_get_object_element (cases, i);
      g_autofree char *settings
          = describe_search (json_object_get_object_member (item, "settings"));

      if (!g_hash_table_contains (done, settings)
          && (has_every_setting (fixture) || g_str_equal (settings, own)))
        {
          run_group (fixture, tokenizer, cases, settings);
          g_hash_table_add (done, g_steal_pointer (&settings));
        }
    }
  test_check_validation ();
}

/* The cases of a batch, as one batch of the model family: what a request cannot ask for, since they
 * are of several tasks and their prompts of several lengths. */
typedef struct
{
  MonocleSession *session;
  MonocleFamilyQuestion question;
  MonocleFamilyAnswer answer;
  GError *error;
  int done;
} BatchJob;

static void
answer_batch (MonocleWorker *worker, gpointer data)
{
  BatchJob *job = data;
  MonocleModel *model = monocle_session_get_model (job->session);
  const MonocleFamily *family = monocle_model_get_family (model);
  MonocleFamilyTiming timing = { 0 };
  gpointer features
      = family->prepare (monocle_model_get_data (model), monocle_session_get_image (job->session),
                         NULL, NULL, NULL, &timing, &job->error);

  if (features)
    {
      family->generate (monocle_model_get_data (model), features, &job->question, &job->answer,
                        &job->error);
      family->discard (monocle_model_get_data (model), features);
    }
  g_atomic_int_set (&job->done, TRUE);
}

static void
run_batch (const Answers *answers, GPtrArray *items, GArray *indices)
{
  JsonObject *first = g_ptr_array_index (items, 0);
  JsonObject *settings = json_object_get_object_member (first, "settings");
  MonocleSession *session = get_session (answers, json_object_get_string_member (first, "image"));
  MonocleImage *image = monocle_session_get_image (session);
  g_autoptr (GPtrArray) prompts = g_ptr_array_new ();
  g_autoptr (GPtrArray) results
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_result_unref);
  BatchJob job = { .session = session, .answer.results = results };

  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (prompts,
                     (gpointer) json_object_get_string_member (items->pdata[i], "sentence"));
  job.question = (MonocleFamilyQuestion){
    .task = get_task (first),
    .prompts = (const char *const *) prompts->pdata,
    .n_prompts = prompts->len,
    .num_beams = json_object_get_int_member (settings, "num_beams"),
    .max_tokens = json_object_get_int_member (settings, "max_new_tokens"),
    .width = monocle_image_get_width (image),
    .height = monocle_image_get_height (image),
  };

  monocle_worker_push (monocle_model_get_worker (monocle_session_get_model (session)), answer_batch,
                       &job, NULL);
  while (!g_atomic_int_get (&job.done))
    g_usleep (100);
  g_assert_no_error (job.error);
  g_assert_cmpuint (results->len, ==, items->len);
  for (guint i = 0; i < items->len; i++)
    check_answer (answers, g_array_index (indices, guint, i), items->pdata[i], results->pdata[i]);
}

/* The regions of the batch's first task as one request, as pixels. */
static void
run_regions (const Answers *answers, GPtrArray *items, GArray *indices)
{
  const MonocleTask *task = get_task (g_ptr_array_index (items, 0));
  JsonObject *settings = json_object_get_object_member (g_ptr_array_index (items, 0), "settings");
  MonocleSession *session = get_session (
      answers, json_object_get_string_member (g_ptr_array_index (items, 0), "image"));
  guint width = monocle_image_get_width (monocle_session_get_image (session));
  guint height = monocle_image_get_height (monocle_session_get_image (session));
  g_autoptr (GArray) regions = g_array_new (FALSE, FALSE, sizeof (MonocleBox));
  g_autoptr (GArray) which = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleRun) run = NULL;
  MonocleRequest request = { .task = task };

  for (guint i = 0; i < items->len; i++)
    {
      const char *prompt = json_object_get_string_member (items->pdata[i], "prompt");
      MonocleBox box;
      guint bins[4];

      if (get_task (items->pdata[i]) != task)
        continue;
      g_assert_cmpint (sscanf (prompt + strlen (task->tag), "<loc_%u><loc_%u><loc_%u><loc_%u>",
                               &bins[0], &bins[1], &bins[2], &bins[3]),
                       ==, 4);
      box.x1 = monocle_places_from_bin (&monocle_places_loc, bins[0], width);
      box.y1 = monocle_places_from_bin (&monocle_places_loc, bins[1], height);
      box.x2 = monocle_places_from_bin (&monocle_places_loc, bins[2], width);
      box.y2 = monocle_places_from_bin (&monocle_places_loc, bins[3], height);
      g_array_append_val (regions, box);
      g_array_append_val (which, i);
    }
  request.regions = (const MonocleBox *) regions->data;
  request.n_regions = regions->len;
  request.num_beams = json_object_get_int_member (settings, "num_beams");
  request.max_tokens = json_object_get_int_member (settings, "max_new_tokens");
  run = test_run (session, &request, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (run->results->len, ==, regions->len);
  for (guint i = 0; i < which->len; i++)
    {
      guint j = g_array_index (which, guint, i);

      check_answer (answers, g_array_index (indices, guint, j), items->pdata[j],
                    run->results->pdata[i]);
    }
}

/* Cases that are one batch: same name, image and settings. */
static char *
describe_batch (JsonObject *item)
{
  g_autoptr (JsonNode) node = json_node_alloc ();
  g_autofree char *settings = NULL;

  if (json_object_get_null_member (item, "batch"))
    return NULL;
  json_node_init_object (node, json_object_get_object_member (item, "settings"));
  settings = json_to_string (node, FALSE);
  return g_strjoin (" ", json_object_get_string_member (item, "batch"),
                    json_object_get_string_member (item, "image"), settings, NULL);
}

static void
run_one_batch (const Fixture *fixture,
               const MonocleTokenizer *tokenizer,
               JsonArray *cases,
               const char *batch)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  g_autoptr (GArray) indices = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (MonocleModel) model = NULL;
  g_autofree char *settings = NULL;
  Answers answers;

  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *item = json_array_get_object_element (cases, i);
      g_autofree char *own = describe_batch (item);

      if (g_strcmp0 (own, batch) == 0)
        {
          g_ptr_array_add (items, item);
          g_array_append_val (indices, i);
        }
    }
  g_assert_cmpuint (items->len, >, 1);

  settings = describe_search (json_object_get_object_member (items->pdata[0], "settings"));
  model = load_with_settings (fixture, settings, folder);
  answers_init (&answers, fixture, tokenizer, model);
  run_batch (&answers, items, indices);
  run_regions (&answers, items, indices);
  answers_clear (&answers);
}

static void
test_batches (gconstpointer data)
{
  const Fixture *fixture = data;
  g_autoptr (JsonNode) node = read_cases (fixture->tiny);
  JsonArray *cases = json_node_get_array (node);
  g_autoptr (MonocleTokenizer) tokenizer = load_tokenizer (fixture->tiny->directory);
  g_autoptr (GHashTable) done = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      g_autofree char *batch = describe_batch (json_array_get_object_element (cases, i));

      if (batch && !g_hash_table_contains (done, batch)
          && (has_every_setting (fixture) || g_hash_table_size (done) == 0))
        {
          run_one_batch (fixture, tokenizer, cases, batch);
          g_hash_table_add (done, g_steal_pointer (&batch));
        }
    }
  g_assert_cmpuint (g_hash_table_size (done), >, 0);
  test_check_validation ();
}

/* The comparisons notice what is wrong. */
static void
test_comparisons (void)
{
  float a[4] = { 1, -2, 3, 0 };
  const float b[4] = { 1, -2, 3, 0 }, zeros[4] = { 0 };
  g_autoptr (JsonNode) x = json_from_string ("{\"a\": [1, 2.0, \"x\"], \"b\": null}", NULL);
  g_autoptr (JsonNode) same = json_from_string ("{\"b\": null, \"a\": [1.0, 2, \"x\"]}", NULL);
  static const char *const others[] = {
    "{\"a\": [1, 2, \"y\"], \"b\": null}",
    "{\"a\": [1, 3, \"x\"], \"b\": null}",
    "{\"a\": [1, 2], \"b\": null}",
    "{\"a\": [1, 2, \"x\"], \"c\": null}",
    "{\"a\": [1, 2, \"x\"]}",
    "{\"a\": [1, \"2\", \"x\"], \"b\": null}",
    "{\"a\": [1, true, \"x\"], \"b\": null}",
  };

  g_assert_cmpfloat (test_relative_error (a, b, 4), ==, 0);
  a[1] = -2.01f;
  g_assert_cmpfloat (test_relative_error (a, b, 4), >, 2e-3);
  g_assert_cmpfloat (test_relative_error (a, zeros, 4), ==, INFINITY);
  a[3] = NAN;
  g_assert_cmpfloat (test_relative_error (a, b, 4), ==, INFINITY);

  g_assert_true (is_score_right (-1.00005, -1, 1e-4));
  g_assert_false (is_score_right (-1.0002, -1, 1e-4));
  g_assert_false (is_score_right (NAN, -1, 1e-4));
  g_assert_false (is_score_right (-1, NAN, 1e-4));

  g_assert_true (test_json_equal (x, same));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr (JsonNode) other = json_from_string (others[i], NULL);

      g_assert_false (test_json_equal (x, other));
    }
}

static void
add_tests (Tiny *tiny, MonoclePrecision precision)
{
  static const struct
  {
    const char *name;
    GTestDataFunc func;
  } kinds[] = {
    { "stages", test_stages },
    { "answers", test_answers },
    { "batches", test_batches },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *path = g_strdup_printf ("/models/%s/%s/%s", tiny->name, kinds[i].name,
                                               precision_name (precision));
      Fixture *fixture = g_new (Fixture, 1);

      fixture->tiny = tiny;
      fixture->precision = precision;
      g_test_add_data_func_full (path, fixture, kinds[i].func, g_free);
    }
}

static void
tiny_free (gpointer data)
{
  Tiny *tiny = data;

  g_free (tiny->directory);
  g_free (tiny->golden);
  g_free (tiny);
}

int
main (int argc, char *argv[])
{
  g_autofree char *fixtures = NULL;
  g_autoptr (JsonObject) manifest = NULL;
  g_autoptr (GPtrArray) tinies = g_ptr_array_new_with_free_func (tiny_free);
  g_autoptr (MonocleModel) keeper = NULL;
  JsonArray *models;
  guint n_models;
  int status;

  g_test_init (&argc, &argv, NULL);
  fixtures = test_fixture (".");
  manifest = test_read_json (fixtures, "manifest.json");
  models = json_object_get_array_member (manifest, "models");
  n_models = json_array_get_length (models);
  if (monocle_debug_has (MONOCLE_DEBUG_VALIDATE))
    n_models = MIN (n_models, MODELS_TO_VALIDATE);

  g_test_add_func ("/models/comparisons", test_comparisons);
  for (guint i = 0; i < n_models; i++)
    {
      Tiny *tiny = g_new0 (Tiny, 1);

      tiny->entry = json_array_get_object_element (models, i);
      tiny->name = json_object_get_string_member (tiny->entry, "name");
      tiny->directory = test_fixture (json_object_get_string_member (tiny->entry, "model"));
      tiny->golden = test_fixture (json_object_get_string_member (tiny->entry, "golden"));
      g_ptr_array_add (tinies, tiny);
      add_tests (tiny, MONOCLE_PRECISION_F32);
      if (monocle_device_get_has_f16 (test_get_device ()))
        add_tests (tiny, MONOCLE_PRECISION_F16);
    }

  /* Keeps the device open from one test to the next. */
  keeper = test_load_or_die (((Tiny *) tinies->pdata[0])->directory, MONOCLE_PRECISION_F32);
  status = g_test_run ();
  g_clear_object (&keeper);
  return test_end (status);
}
