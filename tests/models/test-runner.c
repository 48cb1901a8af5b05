/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The runner with a model on a device: one query after the other, stopping, and letting go at any
 * time. Models that are not there and the like are in runner-models, what has no document in
 * runner-submit, pictures ahead of their questions in runner-look.
 */
#include "config.h"

#include "app/runner/sessions.h"
#include "engine/models/florence2/tasks.h"
#include "runner-test.h"

static void
count_notify (GObject *object, GParamSpec *pspec, guint *n)
{
  (*n)++;
}

/* --- One after the other --- */

static void
test_run_alone (void)
{
  MonocleRunner *runner = test_make_runner (OTHER_MODEL);
  MonocleDocument *document = test_open_document ("a.png");
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

  query = test_ask (runner, document, "detect");
  g_signal_connect (query, "notify::n-tokens", G_CALLBACK (count_notify), &n_tokens);
  test_assert_state (query, MONOCLE_QUERY_WAITING);
  g_assert_cmpint (monocle_runner_get_state (runner), ==, MONOCLE_RUNNER_LOADING);
  g_assert_true (monocle_runner_is_busy (runner));
  g_assert_null (monocle_runner_get_query (runner));
  g_assert_cmpuint (g_list_model_get_n_items (monocle_document_get_queries (document)), ==, 1);

  WAIT_UNTIL (monocle_query_get_state (query) == MONOCLE_QUERY_RUNNING);
  g_assert_true (monocle_runner_get_query (runner) == query);
  g_assert_cmpint (monocle_runner_get_state (runner), ==, MONOCLE_RUNNER_READY);
  g_assert_cmpuint (n_fractions, >, 1);
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  test_assert_state (query, MONOCLE_QUERY_DONE);
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
  found = test_describe (query);
  g_assert_cmpstr (found, ==, expected);

  test_assert_last (runner);
  test_assert_last (document);
  test_assert_last (query);
}

static void
test_in_a_row (void)
{
  MonocleRunner *runner = test_make_runner (OTHER_MODEL);
  MonocleDocument *documents[4];
  MonocleQuery *queries[9];
  static const guint order[] = { 0, 0, 1, 2, 0, 3, 1, 0, 1 };
  /* Of the last three pictures nothing is seen anew: 3 pushed out 1, and 1 then 2. */
  static const gboolean is_new[] = { TRUE, FALSE, TRUE, TRUE, FALSE, TRUE, TRUE, FALSE, FALSE };

  for (guint i = 0; i < G_N_ELEMENTS (documents); i++)
    documents[i] = test_open_document (i % 2 ? "b.png" : "a.png");
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    queries[i] = test_ask (runner, documents[order[i]], "region-proposal");

  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      WAIT_UNTIL (!monocle_query_is_active (queries[i]));
      if (i + 1 < G_N_ELEMENTS (queries))
        g_assert_true (monocle_query_is_active (queries[i + 1]));
      g_assert_cmpint (test_get_encode_ms (queries[i]) > 0, ==, is_new[i]);
    }

  test_assert_last (runner);
  for (guint i = 0; i < G_N_ELEMENTS (documents); i++)
    test_assert_last (documents[i]);
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    test_assert_last (queries[i]);
}

/* What is kept goes with its document. */
static void
test_sessions (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (OTHER_MODEL, MONOCLE_PRECISION_F32);
  MonocleSessions *sessions = monocle_sessions_new ();
  MonocleDocument *documents[4];
  MonocleSession *session[4], *again;

  for (guint i = 0; i < G_N_ELEMENTS (documents); i++)
    {
      documents[i] = test_open_document ("a.png");
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
  MonocleRunner *runner = test_make_runner (OTHER_MODEL);
  MonocleDocument *document = test_open_document ("a.png"), *again = test_open_document ("a.png");
  g_autofree char *first = NULL, *fourth = NULL, *turned = NULL, *dropped = NULL;
  MonocleQuery *query;

  query = test_ask (runner, document, "detect");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  first = test_describe (query);
  g_object_unref (query);

  monocle_document_rotate (document, 1);
  query = test_ask (runner, document, "detect");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  g_assert_cmpfloat (test_get_encode_ms (query), >, 0);
  g_assert_cmpuint (monocle_query_get_rotation (query), ==, 1);
  turned = test_describe (query);
  g_assert_cmpstr (turned, !=, first);
  g_object_unref (query);

  /* Upright once more, and read once more. */
  monocle_document_rotate (document, 3);
  monocle_document_drop_image (document);
  monocle_document_set_image (document, monocle_document_get_image (again));
  query = test_ask (runner, document, "detect");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  g_assert_cmpfloat (test_get_encode_ms (query), ==, 0);
  fourth = test_describe (query);
  g_assert_cmpstr (fourth, ==, first);
  g_object_unref (query);

  /* Dropped and turned while it waits for the model. */
  g_object_unref (runner);
  runner = test_make_runner (OTHER_MODEL);
  query = test_ask (runner, document, "detect");
  monocle_document_drop_image (document);
  monocle_document_rotate (document, 1);
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  test_assert_state (query, MONOCLE_QUERY_DONE);
  dropped = test_describe (query);
  g_assert_cmpstr (dropped, ==, turned);
  g_assert_cmpuint (monocle_query_get_rotation (query), ==, 1);

  test_assert_last (runner);
  test_assert_last (document);
  test_assert_last (query);
  test_assert_last (again);
}

/* Asked about a picture that is turned already, which is then dropped and turned further. */
static void
test_turned_twice (void)
{
  MonocleRunner *runner = test_make_runner (OTHER_MODEL);
  MonocleDocument *document = test_open_document ("a.png");
  MonocleQuery *query;
  g_autofree char *expected = NULL, *got = NULL;

  monocle_document_rotate (document, 2);
  query = test_ask (runner, document, "detect");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  expected = test_describe (query);
  g_object_unref (query);
  g_object_unref (document);
  g_object_unref (runner);

  runner = test_make_runner (OTHER_MODEL);
  document = test_open_document ("a.png");
  monocle_document_rotate (document, 1);
  query = test_ask (runner, document, "detect");
  monocle_document_drop_image (document);
  monocle_document_rotate (document, 1);
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  test_assert_state (query, MONOCLE_QUERY_DONE);
  got = test_describe (query);
  g_assert_cmpstr (got, ==, expected);
  g_assert_cmpuint (monocle_query_get_rotation (query), ==, 2);

  test_assert_last (runner);
  test_assert_last (document);
  test_assert_last (query);
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
  MonocleRunner *runner = test_make_runner (OTHER_MODEL);
  MonocleDocument *document = test_open_document ("a.png");
  MonocleQuery *first, *second, *third;
  gboolean was_stopped = FALSE;

  for (guint i = 0; i < MAX_ATTEMPTS && !was_stopped; i++)
    {
      first = test_ask (runner, document, "detect");
      second = test_ask (runner, document, "caption");
      g_signal_connect (first, "notify::n-tokens", G_CALLBACK (stop_when_answering), runner);
      WAIT_UNTIL (!monocle_runner_is_busy (runner));
      if (g_object_get_data (G_OBJECT (first), "stopped"))
        {
          test_assert_state (second, MONOCLE_QUERY_STOPPED);
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
  first = test_ask (runner, document, "detect");
  second = test_ask (runner, document, "detect");
  third = test_ask (runner, document, "detect");
  monocle_runner_stop_query (runner, second);
  test_assert_state (second, MONOCLE_QUERY_STOPPED);
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  test_assert_state (first, MONOCLE_QUERY_DONE);
  test_assert_state (third, MONOCLE_QUERY_DONE);
  monocle_runner_stop (runner);
  test_assert_state (third, MONOCLE_QUERY_DONE);

  test_assert_last (runner);
  test_assert_last (document);
  test_assert_last (first);
  test_assert_last (second);
  test_assert_last (third);
}

static void
test_forget (void)
{
  MonocleRunner *runner = test_make_runner (OTHER_MODEL);
  MonocleDocument *document = test_open_document ("a.png"), *other = test_open_document ("b.png");
  MonocleQuery *mine, *waiting, *theirs;
  gboolean was_stopped = FALSE;

  mine = test_ask (runner, document, "caption");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  monocle_runner_forget (runner, document);
  test_assert_state (mine, MONOCLE_QUERY_DONE);
  g_object_unref (mine);
  mine = test_ask (runner, document, "caption");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  g_assert_cmpfloat (test_get_encode_ms (mine), >, 0);
  g_object_unref (mine);

  mine = waiting = theirs = NULL;
  for (guint i = 0; i < MAX_ATTEMPTS && !was_stopped; i++)
    {
      g_clear_object (&mine);
      g_clear_object (&theirs);
      g_clear_object (&waiting);
      mine = test_ask (runner, document, "detect");
      theirs = test_ask (runner, other, "caption");
      waiting = test_ask (runner, document, "caption");
      monocle_runner_forget (runner, document);
      test_assert_state (waiting, MONOCLE_QUERY_STOPPED);
      WAIT_UNTIL (!monocle_runner_is_busy (runner));
      test_assert_state (theirs, MONOCLE_QUERY_DONE);
      was_stopped = monocle_query_get_state (mine) == MONOCLE_QUERY_STOPPED;
    }
  g_assert_true (was_stopped);

  /* Nothing of it is kept: it goes while the runner stays. */
  test_assert_last (document);
  test_assert_last (mine);
  test_assert_last (waiting);
  test_assert_last (runner);
  test_assert_last (other);
  test_assert_last (theirs);
}

/* --- Letting go --- */

/* While it runs. Returns: whether that was in time to stop it */
static gboolean
let_go_running (void)
{
  MonocleRunner *runner = test_make_runner (OTHER_MODEL);
  MonocleDocument *document = test_open_document ("a.png");
  MonocleQuery *running = test_ask (runner, document, "detect");
  MonocleQuery *waiting = test_ask (runner, document, "detect");
  gboolean was_stopped;

  WAIT_UNTIL (monocle_query_get_state (running) == MONOCLE_QUERY_RUNNING);
  g_assert_finalize_object (runner);
  test_assert_state (waiting, MONOCLE_QUERY_STOPPED);
  WAIT_UNTIL (!monocle_query_is_active (running));
  was_stopped = monocle_query_get_state (running) == MONOCLE_QUERY_STOPPED;
  test_assert_last (document);
  test_assert_last (running);
  test_assert_last (waiting);

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
  runner = test_make_runner (OTHER_MODEL);
  document = test_open_document ("a.png");
  waiting = test_ask (runner, document, "detect");
  g_assert_finalize_object (runner);
  test_assert_state (waiting, MONOCLE_QUERY_STOPPED);
  test_assert_last (document);
  test_assert_last (waiting);

  /* With nothing done, and with a model alone. */
  runner = monocle_runner_new ();
  g_assert_finalize_object (runner);
  runner = test_make_runner (OTHER_MODEL);
  monocle_runner_load (runner);
  WAIT_UNTIL (monocle_runner_get_state (runner) == MONOCLE_RUNNER_READY);
  g_assert_finalize_object (runner);
}

int
main (int argc, char *argv[])
{
  g_autoptr (MonocleModel) keeper = NULL;
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
  g_test_add_func ("/runner/submit", test_submit);
  g_test_add_func ("/runner/submit-order", test_submit_order);
  g_test_add_func ("/runner/behind", test_behind);
  g_test_add_func ("/runner/look", test_look);
  g_test_add_func ("/runner/look-gives-way", test_look_gives_way);
  g_test_add_func ("/runner/look-other-model", test_look_other_model);
  g_test_add_func ("/runner/look-stopped", test_look_stopped);
  g_test_add_func ("/runner/submit-stop", test_submit_stop);
  g_test_add_func ("/runner/submit-lost", test_submit_lost);
  g_test_add_func ("/runner/submit-let-go", test_submit_let_go);

  /* Keeps the device open from one test to the next. */
  keeper = test_load_fixture (OTHER_MODEL, MONOCLE_PRECISION_F32);
  status = g_test_run ();
  g_clear_object (&keeper);
  return test_end (status);
}
