/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The runner with a model on a device: one query after the other, stopping, models that cannot be
 * loaded, devices that are lost, and letting go at any time.
 *
 * A device cannot be lost on purpose: monocle_session_run_finish() is wrapped by the linker and
 * says so when told to.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app/base/error.h"
#include "app/runner/runner.h"
#include "app/runner/sessions.h"
#include "engine/models/florence2/tasks.h"
#include "model-test.h"

#define MODEL       "models/native-96"
#define OTHER_MODEL "models/original-64"

MonocleRun *
__real_monocle_session_run_finish (MonocleSession *self, GAsyncResult *result, GError **error);
MonocleRun *
__wrap_monocle_session_run_finish (MonocleSession *self, GAsyncResult *result, GError **error);

static guint n_losses;

MonocleRun *
__wrap_monocle_session_run_finish (MonocleSession *self, GAsyncResult *result, GError **error)
{
  g_autoptr (MonocleRun) run = __real_monocle_session_run_finish (self, result, error);

  if (n_losses == 0)
    return g_steal_pointer (&run);

  n_losses--;
  g_clear_error (error);
  g_set_error_literal (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST, "lost");
  return NULL;
}

/* --- Waiting --- */

#define WAIT_UNTIL(condition)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;                                    \
    while (!(condition))                                                                           \
      {                                                                                            \
        if (!g_main_context_iteration (NULL, FALSE))                                               \
          g_usleep (500);                                                                          \
        if (g_get_monotonic_time () > end)                                                         \
          g_error ("waited too long for " #condition);                                             \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

static void
configure (MonocleRunner *runner, const char *model)
{
  g_autofree char *directory = test_fixture (model);

  monocle_runner_configure (runner, directory, monocle_device_get_uuid (test_get_device ()),
                            MONOCLE_PRECISION_F32, 1);
}

static MonocleRunner *
make_runner (const char *model)
{
  MonocleRunner *runner = monocle_runner_new ();

  configure (runner, model);
  return runner;
}

/* @name: below images/ */
static MonocleDocument *
open_document (const char *name)
{
  g_autofree char *relative = g_build_filename ("images", name, NULL);
  g_autofree char *path = test_fixture (relative);
  g_autoptr (MonocleImage) image = test_read_image (path);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  return monocle_document_new (file, name, image);
}

static MonocleQuery *
ask (MonocleRunner *runner, MonocleDocument *document, const char *task)
{
  MonocleQuery *query = monocle_query_new (monocle_florence2_find_task (task), NULL, NULL, 0, NULL);

  monocle_runner_run (runner, document, query);
  return query;
}

static void
assert_state (MonocleQuery *query, MonocleQueryState state)
{
  const GError *error = monocle_query_get_error (query);

  if (state != MONOCLE_QUERY_FAILED && error)
    g_error ("%s", error->message);
  g_assert_cmpint (monocle_query_get_state (query), ==, state);
}

static double
get_encode_ms (MonocleQuery *query)
{
  assert_state (query, MONOCLE_QUERY_DONE);
  return monocle_query_get_run (query)->encode_ms;
}

/* What the model wrote, of all regions. */
static char *
describe (MonocleQuery *query)
{
  GPtrArray *results = monocle_query_get_results (query);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < results->len; i++)
    g_string_append_printf (text, "%s|", monocle_result_get_generated_text (results->pdata[i]));
  return g_string_free (text, FALSE);
}

/* The one reference is ours. */
static void
assert_last (gpointer object)
{
  /* A finished run keeps its task until the main loop comes around. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (G_OBJECT (object));
}

static void
count_notify (GObject *object, GParamSpec *pspec, guint *n)
{
  (*n)++;
}

static void
count_signal (GObject *object, guint *n)
{
  (*n)++;
}

/* --- One after the other --- */

static void
test_run_alone (void)
{
  MonocleRunner *runner = make_runner (OTHER_MODEL);
  MonocleDocument *document = open_document ("a.png");
  MonocleQuery *query;
  guint n_tokens = 0, n_busy = 0, n_queries = 0, n_fractions = 0;
  g_autofree char *title = monocle_runner_dup_model_title (runner);
  g_autofree char *found = NULL, *expected = NULL;

  g_assert_cmpstr (title, ==, "original-64");
  g_assert_cmpint (monocle_runner_get_state (runner), ==, MONOCLE_RUNNER_EMPTY);
  g_assert_null (monocle_runner_get_device (runner));
  g_signal_connect (runner, "notify::busy", G_CALLBACK (count_notify), &n_busy);
  g_signal_connect (runner, "notify::query", G_CALLBACK (count_notify), &n_queries);
  g_signal_connect (runner, "notify::fraction", G_CALLBACK (count_notify), &n_fractions);

  query = ask (runner, document, "detect");
  g_signal_connect (query, "notify::n-tokens", G_CALLBACK (count_notify), &n_tokens);
  assert_state (query, MONOCLE_QUERY_WAITING);
  g_assert_cmpint (monocle_runner_get_state (runner), ==, MONOCLE_RUNNER_LOADING);
  g_assert_true (monocle_runner_is_busy (runner));
  g_assert_null (monocle_runner_get_query (runner));
  g_assert_cmpuint (g_list_model_get_n_items (monocle_document_get_queries (document)), ==, 1);

  WAIT_UNTIL (monocle_query_get_state (query) == MONOCLE_QUERY_RUNNING);
  g_assert_true (monocle_runner_get_query (runner) == query);
  g_assert_cmpint (monocle_runner_get_state (runner), ==, MONOCLE_RUNNER_READY);
  g_assert_cmpuint (n_fractions, >, 1);
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  assert_state (query, MONOCLE_QUERY_DONE);
  g_assert_null (monocle_runner_get_query (runner));
  g_assert_cmpuint (n_tokens, >, 0);
  g_assert_cmpuint (n_busy, ==, 2);
  g_assert_cmpuint (n_queries, ==, 2);
  g_assert_cmpstr (monocle_query_get_model_name (query), ==, "original-64");
  g_assert_cmpstr (monocle_query_get_device_name (query), ==,
                   monocle_device_get_name (monocle_runner_get_device (runner)));
  g_assert_cmpstr (monocle_query_get_precision_name (query), ==, "f32");
  g_assert_cmpfloat (monocle_query_get_elapsed_ms (query), >, 0);

  /* The same as without a runner. */
  {
    g_autoptr (MonocleSession) session = monocle_session_new (
        monocle_runner_get_model (runner), monocle_document_get_image (document));
    const MonocleRequest request
        = { .task = monocle_florence2_find_task ("detect"), .num_beams = 1 };
    g_autoptr (GError) error = NULL;
    g_autoptr (MonocleRun) run = test_run (session, &request, &error);

    g_assert_no_error (error);
    expected = g_strdup_printf ("%s|", monocle_result_get_generated_text (run->results->pdata[0]));
  }
  found = describe (query);
  g_assert_cmpstr (found, ==, expected);

  assert_last (runner);
  assert_last (document);
  assert_last (query);
}

static void
test_in_a_row (void)
{
  MonocleRunner *runner = make_runner (OTHER_MODEL);
  MonocleDocument *documents[4];
  MonocleQuery *queries[9];
  static const guint order[] = { 0, 0, 1, 2, 0, 3, 1, 0, 1 };
  /* Of the last three pictures nothing is seen anew: 3 pushed out 1, and 1 then 2. */
  static const gboolean is_new[] = { TRUE, FALSE, TRUE, TRUE, FALSE, TRUE, TRUE, FALSE, FALSE };

  for (guint i = 0; i < G_N_ELEMENTS (documents); i++)
    documents[i] = open_document (i % 2 ? "b.png" : "a.png");
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    queries[i] = ask (runner, documents[order[i]], "region-proposal");

  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      WAIT_UNTIL (!monocle_query_is_active (queries[i]));
      if (i + 1 < G_N_ELEMENTS (queries))
        g_assert_true (monocle_query_is_active (queries[i + 1]));
      g_assert_cmpint (get_encode_ms (queries[i]) > 0, ==, is_new[i]);
    }

  assert_last (runner);
  for (guint i = 0; i < G_N_ELEMENTS (documents); i++)
    assert_last (documents[i]);
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    assert_last (queries[i]);
}

/* What is kept goes with its document. */
static void
test_sessions (void)
{
  g_autofree char *directory = test_fixture (OTHER_MODEL);
  g_autoptr (MonocleModel) model = test_load_or_die (directory, MONOCLE_PRECISION_F32);
  MonocleSessions *sessions = monocle_sessions_new ();
  MonocleDocument *documents[4];
  MonocleSession *session[4], *again;

  for (guint i = 0; i < G_N_ELEMENTS (documents); i++)
    {
      documents[i] = open_document ("a.png");
      session[i] = monocle_sessions_open (sessions, model, documents[i],
                                          monocle_document_get_image (documents[i]));
    }
  g_assert_cmpuint (monocle_sessions_count (sessions), ==, 3);
  g_assert_finalize_object (session[0]);
  again = monocle_sessions_open (sessions, model, documents[1],
                                 monocle_document_get_image (documents[1]));
  g_assert_true (again == session[1]);
  g_object_unref (again);

  g_assert_finalize_object (documents[0]);
  g_assert_finalize_object (documents[1]);
  g_assert_cmpuint (monocle_sessions_count (sessions), ==, 2);
  g_assert_finalize_object (session[1]);
  monocle_sessions_forget (sessions, documents[2]);
  g_assert_cmpuint (monocle_sessions_count (sessions), ==, 1);
  g_assert_finalize_object (session[2]);
  monocle_sessions_free (sessions);
  g_assert_finalize_object (session[3]);
  g_assert_finalize_object (documents[2]);
  g_assert_finalize_object (documents[3]);
}

/* A picture that was read again is known; one that was turned is another. */
static void
test_turned (void)
{
  MonocleRunner *runner = make_runner (OTHER_MODEL);
  MonocleDocument *document = open_document ("a.png"), *again = open_document ("a.png");
  g_autofree char *first = NULL, *fourth = NULL, *turned = NULL, *dropped = NULL;
  MonocleQuery *query;

  query = ask (runner, document, "detect");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  first = describe (query);
  g_object_unref (query);

  monocle_document_rotate (document, 1);
  query = ask (runner, document, "detect");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  g_assert_cmpfloat (get_encode_ms (query), >, 0);
  g_assert_cmpuint (monocle_query_get_rotation (query), ==, 1);
  turned = describe (query);
  g_assert_cmpstr (turned, !=, first);
  g_object_unref (query);

  /* Upright once more, and read once more. */
  monocle_document_rotate (document, 3);
  monocle_document_drop_image (document);
  monocle_document_set_image (document, monocle_document_get_image (again));
  query = ask (runner, document, "detect");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  g_assert_cmpfloat (get_encode_ms (query), ==, 0);
  fourth = describe (query);
  g_assert_cmpstr (fourth, ==, first);
  g_object_unref (query);

  /* Dropped and turned while it waits for the model. */
  g_object_unref (runner);
  runner = make_runner (OTHER_MODEL);
  query = ask (runner, document, "detect");
  monocle_document_drop_image (document);
  monocle_document_rotate (document, 1);
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  assert_state (query, MONOCLE_QUERY_DONE);
  dropped = describe (query);
  g_assert_cmpstr (dropped, ==, turned);
  g_assert_cmpuint (monocle_query_get_rotation (query), ==, 1);

  assert_last (runner);
  assert_last (document);
  assert_last (query);
  assert_last (again);
}

/* Asked about a picture that is turned already, which is then dropped and turned further. */
static void
test_turned_twice (void)
{
  MonocleRunner *runner = make_runner (OTHER_MODEL);
  MonocleDocument *document = open_document ("a.png");
  MonocleQuery *query;
  g_autofree char *expected = NULL, *got = NULL;

  monocle_document_rotate (document, 2);
  query = ask (runner, document, "detect");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  expected = describe (query);
  g_object_unref (query);
  g_object_unref (document);
  g_object_unref (runner);

  runner = make_runner (OTHER_MODEL);
  document = open_document ("a.png");
  monocle_document_rotate (document, 1);
  query = ask (runner, document, "detect");
  monocle_document_drop_image (document);
  monocle_document_rotate (document, 1);
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  assert_state (query, MONOCLE_QUERY_DONE);
  got = describe (query);
  g_assert_cmpstr (got, ==, expected);
  g_assert_cmpuint (monocle_query_get_rotation (query), ==, 2);

  assert_last (runner);
  assert_last (document);
  assert_last (query);
}

/* --- Stopping --- */

/* A short answer may be there before it is stopped; how often that may happen. */
#define MAX_ATTEMPTS 30

static void
stop_when_answering (MonocleQuery *query, GParamSpec *pspec, MonocleRunner *runner)
{
  if (monocle_query_get_n_tokens (query) < 2 || monocle_runner_get_query (runner) != query)
    return;

  monocle_runner_stop (runner);
  g_object_set_data (G_OBJECT (query), "stopped", runner);
}

static void
test_stop (void)
{
  MonocleRunner *runner = make_runner (OTHER_MODEL);
  MonocleDocument *document = open_document ("a.png");
  MonocleQuery *first, *second, *third;
  gboolean was_stopped = FALSE;

  for (guint i = 0; i < MAX_ATTEMPTS && !was_stopped; i++)
    {
      first = ask (runner, document, "detect");
      second = ask (runner, document, "caption");
      g_signal_connect (first, "notify::n-tokens", G_CALLBACK (stop_when_answering), runner);
      WAIT_UNTIL (!monocle_runner_is_busy (runner));
      if (g_object_get_data (G_OBJECT (first), "stopped"))
        {
          assert_state (second, MONOCLE_QUERY_STOPPED);
          g_assert_cmpfloat (monocle_query_get_elapsed_ms (second), ==, 0);
          g_assert_null (monocle_query_get_model_name (second));
        }
      was_stopped = monocle_query_get_state (first) == MONOCLE_QUERY_STOPPED;
      if (was_stopped)
        g_assert_nonnull (monocle_query_get_results (first));
      g_object_unref (first);
      g_object_unref (second);
    }
  g_assert_true (was_stopped);

  /* One alone. */
  first = ask (runner, document, "detect");
  second = ask (runner, document, "detect");
  third = ask (runner, document, "detect");
  monocle_runner_stop_query (runner, second);
  assert_state (second, MONOCLE_QUERY_STOPPED);
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  assert_state (first, MONOCLE_QUERY_DONE);
  assert_state (third, MONOCLE_QUERY_DONE);
  monocle_runner_stop (runner);
  assert_state (third, MONOCLE_QUERY_DONE);

  assert_last (runner);
  assert_last (document);
  assert_last (first);
  assert_last (second);
  assert_last (third);
}

static void
test_forget (void)
{
  MonocleRunner *runner = make_runner (OTHER_MODEL);
  MonocleDocument *document = open_document ("a.png"), *other = open_document ("b.png");
  MonocleQuery *mine, *waiting, *theirs;
  gboolean was_stopped = FALSE;

  mine = ask (runner, document, "caption");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  monocle_runner_forget (runner, document);
  assert_state (mine, MONOCLE_QUERY_DONE);
  g_object_unref (mine);
  mine = ask (runner, document, "caption");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  g_assert_cmpfloat (get_encode_ms (mine), >, 0);
  g_object_unref (mine);

  mine = waiting = theirs = NULL;
  for (guint i = 0; i < MAX_ATTEMPTS && !was_stopped; i++)
    {
      g_clear_object (&mine);
      g_clear_object (&theirs);
      g_clear_object (&waiting);
      mine = ask (runner, document, "detect");
      theirs = ask (runner, other, "caption");
      waiting = ask (runner, document, "caption");
      monocle_runner_forget (runner, document);
      assert_state (waiting, MONOCLE_QUERY_STOPPED);
      WAIT_UNTIL (!monocle_runner_is_busy (runner));
      assert_state (theirs, MONOCLE_QUERY_DONE);
      was_stopped = monocle_query_get_state (mine) == MONOCLE_QUERY_STOPPED;
    }
  g_assert_true (was_stopped);

  /* Nothing of it is kept: it goes while the runner stays. */
  assert_last (document);
  assert_last (mine);
  assert_last (waiting);
  assert_last (runner);
  assert_last (other);
  assert_last (theirs);
}

/* --- Models that are not there, and others --- */

static void
test_no_model (void)
{
  MonocleRunner *runner = make_runner ("models/nowhere");
  MonocleDocument *document = open_document ("a.png");
  MonocleQuery *queries[2], *third, *fourth, *fifth;

  for (guint i = 0; i < 2; i++)
    queries[i] = ask (runner, document, "detect");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  g_assert_cmpint (monocle_runner_get_state (runner), ==, MONOCLE_RUNNER_FAILED);
  g_assert_error (monocle_runner_get_error (runner), MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_MODEL);
  for (guint i = 0; i < 2; i++)
    {
      assert_state (queries[i], MONOCLE_QUERY_FAILED);
      g_assert_error (monocle_query_get_error (queries[i]), MONOCLE_APP_ERROR,
                      MONOCLE_APP_ERROR_NO_MODEL);
    }

  /* It is tried once more with every question. */
  third = ask (runner, document, "detect");
  g_assert_cmpint (monocle_runner_get_state (runner), ==, MONOCLE_RUNNER_LOADING);
  g_assert_null (monocle_runner_get_error (runner));
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  assert_state (third, MONOCLE_QUERY_FAILED);

  /* A device that never was. */
  {
    g_autofree char *directory = test_fixture (OTHER_MODEL);

    monocle_runner_configure (runner, directory, "no such card", MONOCLE_PRECISION_F32, 1);
  }
  fourth = ask (runner, document, "detect");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  g_assert_error (monocle_query_get_error (fourth), MONOCLE_ENGINE_ERROR,
                  MONOCLE_ENGINE_ERROR_NO_DEVICE);

  /* Mended: loads at once. */
  configure (runner, OTHER_MODEL);
  g_assert_cmpint (monocle_runner_get_state (runner), ==, MONOCLE_RUNNER_LOADING);
  WAIT_UNTIL (monocle_runner_get_state (runner) == MONOCLE_RUNNER_READY);
  fifth = ask (runner, document, "detect");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  assert_state (fifth, MONOCLE_QUERY_DONE);

  assert_last (runner);
  assert_last (document);
  for (guint i = 0; i < 2; i++)
    assert_last (queries[i]);
  assert_last (third);
  assert_last (fourth);
  assert_last (fifth);
}

/* A device that was remembered and is gone: another stands in, and that can be seen. */
static void
test_device_gone (void)
{
  MonocleRunner *runner = monocle_runner_new ();
  MonocleDocument *document = open_document ("a.png");
  g_autofree char *directory = test_fixture (OTHER_MODEL);
  MonocleQuery *query;

  monocle_runner_configure (runner, directory, "0123456789abcdef0123456789ABCDEF",
                            MONOCLE_PRECISION_F32, 1);
  g_assert_false (monocle_runner_is_device_missing (runner));
  query = ask (runner, document, "detect");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  assert_state (query, MONOCLE_QUERY_DONE);
  g_assert_true (monocle_runner_is_device_missing (runner));

  /* Chosen anew, also by a UUID in other letters. */
  {
    g_autofree char *upper
        = g_ascii_strup (monocle_device_get_uuid (monocle_runner_get_device (runner)), -1);

    monocle_runner_configure (runner, directory, upper, MONOCLE_PRECISION_F32, 1);
  }
  g_assert_false (monocle_runner_is_device_missing (runner));
  WAIT_UNTIL (monocle_runner_get_state (runner) == MONOCLE_RUNNER_READY);
  g_assert_false (monocle_runner_is_device_missing (runner));

  assert_last (runner);
  assert_last (document);
  assert_last (query);
}

static void
test_other_model (void)
{
  MonocleRunner *runner = make_runner (MODEL);
  MonocleDocument *document = open_document ("a.png");
  MonocleQuery *first, *second, *third;
  g_autofree char *title = NULL;

  /* While one loads. */
  monocle_runner_load (runner);
  configure (runner, OTHER_MODEL);
  first = ask (runner, document, "detect");
  WAIT_UNTIL (monocle_query_get_state (first) == MONOCLE_QUERY_RUNNING);
  g_assert_cmpstr (monocle_query_get_model_name (first), ==, "original-64");

  /* While one runs: it is answered by the old one, what waits by the new one. */
  second = ask (runner, document, "detect");
  configure (runner, MODEL);
  g_assert_true (monocle_runner_get_query (runner) == first);
  title = monocle_runner_dup_model_title (runner);
  g_assert_cmpstr (title, ==, "original-64");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  assert_state (first, MONOCLE_QUERY_DONE);
  g_assert_cmpfloat (get_encode_ms (second), >, 0);
  g_assert_cmpstr (monocle_query_get_model_name (second), ==, "native-96");

  /* The same again, but for the beams: nothing is loaded. */
  {
    g_autofree char *directory = test_fixture (MODEL);

    monocle_runner_configure (runner, directory, monocle_device_get_uuid (test_get_device ()),
                              MONOCLE_PRECISION_F32, 3);
  }
  g_assert_cmpint (monocle_runner_get_state (runner), ==, MONOCLE_RUNNER_READY);
  third = ask (runner, document, "detect");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  g_assert_cmpfloat (get_encode_ms (third), ==, 0);

  /* At rest: loads at once. */
  configure (runner, OTHER_MODEL);
  g_assert_cmpint (monocle_runner_get_state (runner), ==, MONOCLE_RUNNER_LOADING);
  g_assert_null (monocle_runner_get_model (runner));
  WAIT_UNTIL (monocle_runner_get_state (runner) == MONOCLE_RUNNER_READY);
  g_assert_cmpstr (monocle_model_get_name (monocle_runner_get_model (runner)), ==, "original-64");

  assert_last (runner);
  assert_last (document);
  assert_last (first);
  assert_last (second);
  assert_last (third);
}

static void
test_supports (void)
{
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autofree char *source = test_fixture (MODEL);
  g_autofree char *info = g_build_filename (folder, "model-info.json", NULL);
  g_autofree char *name = g_path_get_basename (folder);
  g_autoptr (MonocleRunner) runner = make_runner (MODEL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tasks = monocle_model_guess_tasks ();

  for (guint i = 0; i < tasks->len; i++)
    g_assert_true (monocle_runner_supports (runner, tasks->pdata[i], NULL));

  test_link_model (source, folder);
  g_assert_true (g_file_set_contents (info, "{\"tasks\": [\"detect\"]}", -1, NULL));
  monocle_runner_configure (runner, folder, NULL, MONOCLE_PRECISION_AUTO, 0);
  g_assert_true (monocle_runner_supports (runner, monocle_florence2_find_task ("detect"), &error));
  g_assert_no_error (error);
  g_assert_false (monocle_runner_supports (runner, monocle_florence2_find_task ("ocr"), &error));
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_UNSUPPORTED_TASK);
  g_assert_nonnull (strstr (error->message, name));

  monocle_runner_configure (runner, "", NULL, MONOCLE_PRECISION_AUTO, 0);
  {
    g_autofree char *title = monocle_runner_dup_model_title (runner);

    g_assert_cmpstr (title, ==, "Default model");
  }
}

/* --- Losing the device --- */

static void
test_lost (void)
{
  MonocleRunner *runner = make_runner (OTHER_MODEL);
  MonocleDocument *document = open_document ("a.png");
  MonocleQuery *queries[5];
  guint n_lost = 0;

  g_signal_connect (runner, "device-lost", G_CALLBACK (count_signal), &n_lost);

  /* Once: it is asked again, and so is what waits. */
  n_losses = 1;
  queries[0] = ask (runner, document, "detect");
  queries[1] = ask (runner, document, "caption");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  g_assert_cmpuint (n_lost, ==, 1);
  g_assert_cmpfloat (get_encode_ms (queries[0]), >, 0);
  assert_state (queries[1], MONOCLE_QUERY_DONE);

  /* Twice: enough. */
  n_losses = 2;
  queries[2] = ask (runner, document, "detect");
  queries[3] = ask (runner, document, "detect");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  g_assert_cmpuint (n_lost, ==, 2);
  for (guint i = 2; i < 4; i++)
    {
      assert_state (queries[i], MONOCLE_QUERY_FAILED);
      g_assert_error (monocle_query_get_error (queries[i]), MONOCLE_ENGINE_ERROR,
                      MONOCLE_ENGINE_ERROR_DEVICE_LOST);
    }
  g_assert_cmpint (monocle_runner_get_state (runner), ==, MONOCLE_RUNNER_FAILED);
  g_assert_null (monocle_runner_get_model (runner));

  /* While it is stopped: it stays stopped. */
  queries[4] = ask (runner, document, "detect");
  WAIT_UNTIL (monocle_query_get_state (queries[4]) == MONOCLE_QUERY_RUNNING);
  n_losses = 1;
  monocle_runner_stop (runner);
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  assert_state (queries[4], MONOCLE_QUERY_STOPPED);
  g_assert_cmpuint (n_losses, ==, 0);
  g_assert_cmpuint (n_lost, ==, 2);
  g_object_unref (queries[4]);

  queries[4] = ask (runner, document, "detect");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  assert_state (queries[4], MONOCLE_QUERY_DONE);

  assert_last (runner);
  assert_last (document);
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    assert_last (queries[i]);
}

/* --- Letting go --- */

/* While it runs. Returns: whether that was in time to stop it */
static gboolean
let_go_running (void)
{
  MonocleRunner *runner = make_runner (OTHER_MODEL);
  MonocleDocument *document = open_document ("a.png");
  MonocleQuery *running = ask (runner, document, "detect");
  MonocleQuery *waiting = ask (runner, document, "detect");
  gboolean was_stopped;

  WAIT_UNTIL (monocle_query_get_state (running) == MONOCLE_QUERY_RUNNING);
  g_assert_finalize_object (runner);
  assert_state (waiting, MONOCLE_QUERY_STOPPED);
  WAIT_UNTIL (!monocle_query_is_active (running));
  was_stopped = monocle_query_get_state (running) == MONOCLE_QUERY_STOPPED;
  assert_last (document);
  assert_last (running);
  assert_last (waiting);

  return was_stopped;
}

static void
test_let_go (void)
{
  MonocleRunner *runner;
  MonocleDocument *document;
  MonocleQuery *waiting;
  gboolean was_stopped = FALSE;

  for (guint i = 0; i < MAX_ATTEMPTS && !was_stopped; i++)
    was_stopped = let_go_running ();
  g_assert_true (was_stopped);

  /* While it loads. */
  runner = make_runner (OTHER_MODEL);
  document = open_document ("a.png");
  waiting = ask (runner, document, "detect");
  g_assert_finalize_object (runner);
  assert_state (waiting, MONOCLE_QUERY_STOPPED);
  assert_last (document);
  assert_last (waiting);

  /* With nothing done, and with a model alone. */
  runner = monocle_runner_new ();
  g_assert_finalize_object (runner);
  runner = make_runner (OTHER_MODEL);
  monocle_runner_load (runner);
  WAIT_UNTIL (monocle_runner_get_state (runner) == MONOCLE_RUNNER_READY);
  g_assert_finalize_object (runner);
}

int
main (int argc, char *argv[])
{
  g_autoptr (MonocleModel) keeper = NULL;
  g_autofree char *directory = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runner/run", test_run_alone);
  g_test_add_func ("/runner/in-a-row", test_in_a_row);
  g_test_add_func ("/runner/sessions", test_sessions);
  g_test_add_func ("/runner/turned", test_turned);
  g_test_add_func ("/runner/turned-twice", test_turned_twice);
  g_test_add_func ("/runner/stop", test_stop);
  g_test_add_func ("/runner/forget", test_forget);
  g_test_add_func ("/runner/no-model", test_no_model);
  g_test_add_func ("/runner/device-gone", test_device_gone);
  g_test_add_func ("/runner/other-model", test_other_model);
  g_test_add_func ("/runner/supports", test_supports);
  g_test_add_func ("/runner/lost", test_lost);
  g_test_add_func ("/runner/let-go", test_let_go);

  /* Keeps the device open from one test to the next. */
  directory = test_fixture (OTHER_MODEL);
  keeper = test_load_or_die (directory, MONOCLE_PRECISION_F32);
  status = g_test_run ();
  g_clear_object (&keeper);
  return test_end (status);
}
