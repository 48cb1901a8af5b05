/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cases of the tiny models that are answered side by side.
 */
#include "config.h"

#include <stdio.h>

#include "engine/answer/places.h"
#include "engine/run/model-private.h"
#include "florence2-tiny.h"

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
  MonocleSession *session
      = answers_get_session (answers, json_object_get_string_member (first, "image"));
  MonocleImage *image = monocle_session_get_image (session);
  g_autoptr (GPtrArray) prompts = g_ptr_array_new ();
  g_autoptr (GPtrArray) results
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_result_unref);
  BatchJob job = { .session = session, .answer.results = results };

  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (prompts,
                     (gpointer) json_object_get_string_member (items->pdata[i], "sentence"));
  job.question = (MonocleFamilyQuestion){
    .task = tiny_get_task (first),
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
    answers_check (answers, g_array_index (indices, guint, i), items->pdata[i], results->pdata[i]);
}

/* The regions of the batch's first task as one request, as pixels. */
static void
run_regions (const Answers *answers, GPtrArray *items, GArray *indices)
{
  const MonocleTask *task = tiny_get_task (g_ptr_array_index (items, 0));
  JsonObject *settings = json_object_get_object_member (g_ptr_array_index (items, 0), "settings");
  MonocleSession *session = answers_get_session (
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

      if (tiny_get_task (items->pdata[i]) != task)
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

      answers_check (answers, g_array_index (indices, guint, j), items->pdata[j],
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

  settings = tiny_describe_search (json_object_get_object_member (items->pdata[0], "settings"));
  model = tiny_load (fixture, settings, folder);
  answers_init (&answers, fixture, tokenizer, model);
  run_batch (&answers, items, indices);
  run_regions (&answers, items, indices);
  answers_clear (&answers);
}

void
test_batches (gconstpointer data)
{
  const Fixture *fixture = data;
  g_autoptr (JsonNode) node = tiny_read_cases (fixture->tiny);
  JsonArray *cases = json_node_get_array (node);
  g_autoptr (MonocleTokenizer) tokenizer = tiny_load_tokenizer (fixture->tiny->directory);
  g_autoptr (GHashTable) done = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      g_autofree char *batch = describe_batch (json_array_get_object_element (cases, i));

      if (batch && !g_hash_table_contains (done, batch)
          && (tiny_has_every_setting (fixture) || g_hash_table_size (done) == 0))
        {
          run_one_batch (fixture, tokenizer, cases, batch);
          g_hash_table_add (done, g_steal_pointer (&batch));
        }
    }
  g_assert_cmpuint (g_hash_table_size (done), >, 0);
  test_check_validation ();
}
