/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine's public calls: stopping them, many at once, in any order of letting go, what they
 * refuse, and what they cost.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>

#include "engine/models/florence2/tasks.h"
#include "model-test.h"

#define MODEL       "models/native-96"
#define OTHER_MODEL "models/original-64"
#define IMAGE       "images/a.png"
#define OTHER_IMAGE "images/b.png"

/* Requests that a model can always answer. */
static MonocleRequest
detect (guint n_beams, guint max_tokens)
{
  return (MonocleRequest){ .task = monocle_florence2_find_task ("<OD>"),
                           .num_beams = n_beams,
                           .max_tokens = max_tokens };
}

static char *
describe (const MonocleRun *run)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < run->results->len; i++)
    g_string_append_printf (text, "%s|",
                            monocle_result_get_generated_text (run->results->pdata[i]));

  return g_string_free (text, FALSE);
}

static void
expect_bad_request (MonocleSession *session, const MonocleRequest *request, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleRun) run = test_run (session, request, &error);

  g_assert_null (run);
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  if (!strstr (error->message, what))
    g_test_fail_printf ("expected “…%s…”, got “%s”", what, error->message);
  g_assert_null (strchr (error->message, '\n'));
}

static void
test_encodes_once (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, IMAGE);
  const MonocleRequest request = detect (3, 12);
  g_autoptr (MonocleRun) first = test_run_or_die (session, &request);
  g_autoptr (MonocleRun) second = test_run_or_die (session, &request);
  g_autofree char *a = describe (first), *b = describe (second);

  g_assert_cmpfloat (first->encode_ms, >, 0);
  g_assert_cmpfloat (second->encode_ms, ==, 0);
  g_assert_cmpfloat (second->preprocess_ms, ==, 0);
  g_assert_cmpstr (a, ==, b);
}

/* ---- updates */

typedef struct
{
  MonocleStage stage;
  double fraction;
  guint n_tokens, n_updates, n_answering;
  GAsyncResult **result;
  GCancellable *cancellable; /* (nullable): cancelled at @cancel_at */
  MonocleStage cancel_at;
  guint cancel_tokens;
} Watch;

static void
watch_update (const MonocleUpdate *update, gpointer user_data)
{
  Watch *watch = user_data;

  g_assert_null (*watch->result);
  g_assert_cmpint (update->stage, >=, watch->stage);
  if (update->stage == watch->stage && update->stage == MONOCLE_STAGE_LOOKING)
    g_assert_cmpfloat (update->fraction, >=, watch->fraction);
  g_assert_cmpuint (update->n_tokens, >=, watch->n_tokens);
  if (update->stage == MONOCLE_STAGE_ANSWERING)
    {
      g_assert_nonnull (update->partial);
      watch->n_answering++;
    }
  watch->stage = update->stage;
  watch->fraction = update->fraction;
  watch->n_tokens = update->n_tokens;
  watch->n_updates++;
  if (watch->cancellable && update->stage >= watch->cancel_at
      && update->n_tokens >= watch->cancel_tokens)
    g_cancellable_cancel (watch->cancellable);
}

static void
test_updates (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, IMAGE);
  const MonocleRequest request = detect (1, 40);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  Watch watch = { .result = &result };
  g_autoptr (MonocleRun) run = NULL;
  guint n_before;

  monocle_session_run_async (session, &request, NULL, watch_update, &watch, test_take_result,
                             &result);
  run = monocle_session_run_finish (session, test_wait (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (watch.n_answering, >, 0);

  /* None comes late. */
  n_before = watch.n_updates;
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (watch.n_updates, ==, n_before);
}

/* The latest of what is certain. */
static void
keep_partial (const MonocleUpdate *update, gpointer user_data)
{
  GPtrArray **latest = user_data;

  if (!update->partial)
    return;
  g_clear_pointer (latest, g_ptr_array_unref);
  *latest = g_ptr_array_ref (update->partial);
}

/* More regions than are answered side by side: what is said of each meanwhile is its own. */
static void
test_many_regions (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (OTHER_MODEL, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, IMAGE);
  MonocleBox boxes[11];
  const MonocleRequest request = { .task = monocle_florence2_find_task ("<REGION_TO_DESCRIPTION>"),
                                   .regions = boxes,
                                   .n_regions = G_N_ELEMENTS (boxes),
                                   .num_beams = 1,
                                   .max_tokens = 40 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) latest = NULL;
  g_autoptr (MonocleRun) run = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (boxes); i++)
    boxes[i] = (MonocleBox){ i, 2 * i, i + 20, 2 * i + 30 };
  monocle_session_run_async (session, &request, NULL, keep_partial, &latest, test_take_result,
                             &result);
  run = monocle_session_run_finish (session, test_wait (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (run->results->len, ==, G_N_ELEMENTS (boxes));
  g_assert_nonnull (latest);
  g_assert_cmpuint (latest->len, ==, G_N_ELEMENTS (boxes));

  for (guint i = 0; i < latest->len; i++)
    {
      guint n, n_whole;
      const guint32 *ids, *whole;

      g_assert_nonnull (latest->pdata[i]);
      ids = monocle_result_get_token_ids (latest->pdata[i], &n);
      whole = monocle_result_get_token_ids (run->results->pdata[i], &n_whole);
      g_assert_cmpuint (n, <=, n_whole);
      g_assert_cmpmem (ids, n * sizeof *ids, whole, n * sizeof *ids);
    }
}

/* ---- stopping */

static void
test_cancel_loading (void)
{
  g_autofree char *directory = test_fixture (MODEL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  MonocleModel *model;

  monocle_model_load_async (directory, test_get_device (), MONOCLE_PRECISION_F32, cancellable, NULL,
                            NULL, test_take_result, &result);
  g_cancellable_cancel (cancellable);
  model = monocle_model_load_finish (test_wait (&result), &error);
  g_assert_null (model);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* How often a stop may come too late before we say that it never comes. */
#define MAX_ATTEMPTS 30

/* A run of a session, stopped from its updates. */
static MonocleRun *
run_and_stop (MonocleSession *session,
              const MonocleRequest *request,
              MonocleStage stage,
              guint n_tokens,
              GError **error)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  Watch watch = {
    .result = &result, .cancellable = cancellable, .cancel_at = stage, .cancel_tokens = n_tokens
  };

  monocle_session_run_async (session, request, cancellable, watch_update, &watch, test_take_result,
                             &result);
  return monocle_session_run_finish (session, test_wait (&result), error);
}

static void
test_cancel_before (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, IMAGE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  const MonocleRequest request = detect (3, 12);
  MonocleRun *run;

  g_cancellable_cancel (cancellable);
  monocle_session_run_async (session, &request, cancellable, NULL, NULL, test_take_result, &result);
  run = monocle_session_run_finish (session, test_wait (&result), &error);
  g_assert_null (run);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Stopped within the tower, a session is as good as ever. */
static void
test_cancel_encoding (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = NULL, fresh = NULL;
  g_autoptr (MonocleRun) run = NULL, after = NULL, expected = NULL;
  g_autofree char *a = NULL, *b = NULL;
  g_autoptr (GError) error = NULL;
  const MonocleRequest request = detect (3, 12);

  for (guint i = 0; i < MAX_ATTEMPTS && !error; i++)
    {
      g_clear_object (&session);
      g_clear_pointer (&run, monocle_run_free);
      session = test_open_fixture (model, IMAGE);
      run = run_and_stop (session, &request, MONOCLE_STAGE_PREPARING, 0, &error);
    }
  g_assert_null (run);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  after = test_run_or_die (session, &request);
  fresh = test_open_fixture (model, IMAGE);
  expected = test_run_or_die (fresh, &request);
  a = describe (after);
  b = describe (expected);
  g_assert_cmpstr (a, ==, b);
}

/* Stopped while answering, what there is begins as the whole answer does. */
static void
test_cancel_answering (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (OTHER_MODEL, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, IMAGE);
  const MonocleRequest request = detect (1, 100);
  g_autoptr (MonocleRun) whole = test_run_or_die (session, &request), run = NULL;
  const guint32 *ids, *whole_ids;
  guint n, n_whole;

  for (guint i = 0; i < MAX_ATTEMPTS && !(run && run->stopped); i++)
    {
      g_autoptr (GError) error = NULL;

      g_clear_pointer (&run, monocle_run_free);
      run = run_and_stop (session, &request, MONOCLE_STAGE_ANSWERING, 2, &error);
      g_assert_no_error (error);
    }
  g_assert_true (run->stopped);
  g_assert_cmpuint (run->results->len, ==, 1);

  ids = monocle_result_get_token_ids (run->results->pdata[0], &n);
  whole_ids = monocle_result_get_token_ids (whole->results->pdata[0], &n_whole);
  g_test_message ("stopped after %u of %u tokens", n, n_whole);
  g_assert_cmpuint (n, >=, 2);
  g_assert_cmpuint (n, <, n_whole);
  g_assert_cmpmem (ids, n * sizeof *ids, whole_ids, n * sizeof *ids);
  g_assert_cmpuint (monocle_result_get_n_objects (run->results->pdata[0]), <=,
                    monocle_result_get_n_objects (whole->results->pdata[0]));
}

/* ---- many at once */

static void
test_many_at_once (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleModel) other = test_load_fixture (OTHER_MODEL, MONOCLE_PRECISION_F32);
  MonocleModel *const models[] = { model, other };
  static const char *const images[] = { IMAGE, OTHER_IMAGE };
  const MonocleRequest request = detect (2, 12);
  MonocleSession *sessions[8];
  GAsyncResult *results[8] = { NULL };
  char *expected[4];

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (MonocleSession) session = test_open_fixture (models[i / 2], images[i % 2]);
      g_autoptr (MonocleRun) run = test_run_or_die (session, &request);

      expected[i] = describe (run);
    }

  for (guint i = 0; i < 8; i++)
    {
      sessions[i] = test_open_fixture (models[i % 4 / 2], images[i % 2]);
      monocle_session_run_async (sessions[i], &request, NULL, NULL, NULL, test_take_result,
                                 &results[i]);
    }
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleRun) run
          = monocle_session_run_finish (sessions[i], test_wait (&results[i]), &error);
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      text = describe (run);
      g_assert_cmpstr (text, ==, expected[i % 4]);
      g_object_unref (results[i]);
      g_object_unref (sessions[i]);
    }
  for (guint i = 0; i < 4; i++)
    g_free (expected[i]);
}

/* The caller lets go of the model, and of the session while it runs. */
static void
test_let_go (void)
{
  MonocleModel *model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
  MonocleSession *session = test_open_fixture (model, IMAGE);
  const MonocleRequest request = detect (3, 12);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleRun) run = NULL;

  g_object_unref (model);
  run = test_run_or_die (session, &request);
  g_clear_pointer (&run, monocle_run_free);

  monocle_session_run_async (session, &request, NULL, NULL, NULL, test_take_result, &result);
  g_object_unref (session);
  test_wait (&result);
  run = monocle_session_run_finish (MONOCLE_SESSION (g_task_get_source_object (G_TASK (result))),
                                    result, &error);
  g_assert_no_error (error);
}

/* ---- what is refused */

static void
test_refusals (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, IMAGE);
  g_autofree char *longest = g_strnfill (4000, 'q');
  const MonocleBox outside = { 1000, 1000, 1100, 1100 };
  MonocleRequest request = detect (MONOCLE_MAX_BEAMS + 1, 5);
  g_autoptr (MonocleRun) run = NULL;

  expect_bad_request (session, &request, "beams");
  request = (MonocleRequest){ .task = monocle_florence2_find_task ("prompt"), .text = longest };
  expect_bad_request (session, &request, "too long");
  /* Fits the positions, but not beside the image: 10 tokens of 128 are its own, 2 around the text.
   */
  longest[117] = '\0';
  expect_bad_request (session, &request, "119 tokens, the model takes 118");
  longest[116] = '\0';
  request.max_tokens = 2;
  run = test_run_or_die (session, &request);
  g_clear_pointer (&run, monocle_run_free);
  request = (MonocleRequest){ .task = monocle_florence2_find_task ("prompt") };
  expect_bad_request (session, &request, "");
  request = (MonocleRequest){ .task = monocle_florence2_find_task ("<REGION_TO_CATEGORY>"),
                              .regions = &outside,
                              .n_regions = 1 };
  expect_bad_request (session, &request, "inside an image");

  request = detect (3, 5);
  run = test_run_or_die (session, &request);
}

/* More tokens than there are positions, and very few. */
static void
test_max_tokens (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (OTHER_MODEL, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, IMAGE);
  static const guint limits[] = { 1, 2, 3, 7, 100000 };

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      const MonocleRequest request = detect (3, limits[i]);
      g_autoptr (MonocleRun) run = test_run_or_die (session, &request);
      guint n;

      monocle_result_get_token_ids (run->results->pdata[0], &n);
      g_assert_cmpuint (n, >=, 2);
      g_assert_cmpuint (n - 1, <=, MIN (limits[i], monocle_model_get_max_tokens (model)));
    }
}

static void
expect_no_model (const char *directory, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleModel) model = test_load (directory, MONOCLE_PRECISION_F32, &error);

  g_assert_null (model);
  g_assert_nonnull (error);
  g_assert_cmpuint (error->domain, ==, MONOCLE_ENGINE_ERROR);
  g_assert_cmpint (error->code, !=, MONOCLE_ENGINE_ERROR_FAILED);
  if (!strstr (error->message, what) || !g_str_has_prefix (error->message, directory))
    g_test_fail_printf ("expected “%s…%s…”, got “%s”", directory, what, error->message);
  g_assert_null (strchr (error->message, '\n'));
}

static void
test_bad_directories (void)
{
  static const char *const needed[]
      = { "config.json", "preprocessor_config.json", "tokenizer.json", "model.safetensors" };
  g_autofree char *source = test_fixture (MODEL);
  g_autoptr (TestFolder) empty = test_folder_new ();
  g_autofree char *nowhere = g_build_filename (empty, "nowhere", NULL);

  expect_no_model (nowhere, "no such directory");
  expect_no_model (empty, "config.json");

  for (guint i = 0; i < G_N_ELEMENTS (needed); i++)
    {
      g_autoptr (TestFolder) folder = test_folder_new ();
      g_autofree char *path = g_build_filename (folder, needed[i], NULL);
      g_autofree char *contents = NULL;
      gsize size;

      test_link_model (source, folder);
      g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
      g_assert_cmpint (g_remove (path), ==, 0);
      /* Without a tokenizer.json the parts of one are looked for. */
      expect_no_model (folder,
                       g_str_equal (needed[i], "tokenizer.json") ? "vocab.json" : needed[i]);

      /* Half of it. */
      g_assert_true (g_file_set_contents (path, contents, size / 2, NULL));
      expect_no_model (folder, needed[i]);
    }
}

/* ---- what it costs */

static void
test_memory (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
  guint64 used = 0;

  for (guint i = 0; i < 30; i++)
    {
      g_autoptr (MonocleSession) session = test_open_fixture (model, i % 2 ? IMAGE : OTHER_IMAGE);
      const MonocleRequest request = detect (1 + i % 3, 10);
      g_autoptr (MonocleRun) run = test_run_or_die (session, &request);

      /* By then every size has been there once. */
      if (i == 5)
        used = monocle_model_get_used_bytes (model);
      if (i > 5)
        g_assert_cmpuint (monocle_model_get_used_bytes (model), <=, used + used / 100);
    }
}

static guint64
count_allocations (
    MonocleModel *model, MonocleSession *session, guint n_beams, guint max_tokens, guint *n_tokens)
{
  guint64 before = test_get_memory (model).n_allocations;
  const MonocleRequest request = detect (n_beams, max_tokens);
  g_autoptr (MonocleRun) run = test_run_or_die (session, &request);

  *n_tokens = run->n_tokens;
  return test_get_memory (model).n_allocations - before;
}

/* A question of a size that was there before takes no buffers, however long its answer is. */
static void
test_allocations (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (OTHER_MODEL, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, IMAGE);

  for (guint n_beams = 1; n_beams <= 3; n_beams += 2)
    {
      guint n_few, n_many;
      guint64 few, many;

      count_allocations (model, session, n_beams, 5, &n_few);
      few = count_allocations (model, session, n_beams, 5, &n_few);
      many = count_allocations (model, session, n_beams, 80, &n_many);
      g_test_message ("%u beams: %" G_GUINT64_FORMAT " buffers for %u tokens, %" G_GUINT64_FORMAT
                      " for %u",
                      n_beams, few, n_few, many, n_many);
      g_assert_cmpuint (n_many, >, 2 * n_few);
      g_assert_cmpuint (few, ==, 0);
      g_assert_cmpuint (many, ==, 0);
    }
}

/* What a model took is given back with it. Blocks of memory are all that is counted here; that no
 * buffer is left when the device is closed, the device itself checks at the end of this program. */
static void
test_unloading (void)
{
  g_autoptr (MonocleModel) keeper = test_load_fixture (OTHER_MODEL, MONOCLE_PRECISION_F32);
  guint64 used = test_get_memory (keeper).used_bytes;

  for (guint i = 0; i < 10; i++)
    {
      MonocleModel *model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
      MonocleSession *session = test_open_fixture (model, IMAGE);
      const MonocleRequest request = detect (3, 5);
      g_autoptr (MonocleRun) run = test_run_or_die (session, &request);

      g_object_unref (session);
      g_object_unref (model);
      /* What a job leaves behind may be two more jobs: of the session, of its model. */
      for (guint j = 0; j < 2; j++)
        test_get_memory (keeper);
      g_assert_cmpuint (test_get_memory (keeper).used_bytes, ==, used);
    }
}

int
main (int argc, char *argv[])
{
  g_autoptr (MonocleModel) keeper = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/encodes-once", test_encodes_once);
  g_test_add_func ("/session/updates", test_updates);
  g_test_add_func ("/session/many-regions", test_many_regions);
  g_test_add_func ("/session/cancel/loading", test_cancel_loading);
  g_test_add_func ("/session/cancel/before", test_cancel_before);
  g_test_add_func ("/session/cancel/encoding", test_cancel_encoding);
  g_test_add_func ("/session/cancel/answering", test_cancel_answering);
  g_test_add_func ("/session/many-at-once", test_many_at_once);
  g_test_add_func ("/session/let-go", test_let_go);
  g_test_add_func ("/session/refusals", test_refusals);
  g_test_add_func ("/session/max-tokens", test_max_tokens);
  g_test_add_func ("/session/bad-directories", test_bad_directories);
  g_test_add_func ("/session/memory", test_memory);
  g_test_add_func ("/session/allocations", test_allocations);
  g_test_add_func ("/session/unloading", test_unloading);

  /* Keeps the device open from one test to the next. */
  keeper = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
  status = g_test_run ();
  g_clear_object (&keeper);
  return test_end (status);
}
