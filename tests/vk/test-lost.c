/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A device that stops answering: whoever asked hears so, and the next question opens it again and
 * loads what was on it, for every model and every picture that was there; but not without end. Once
 * lost a device says so to whatever is asked of it, until it is opened anew.
 */
#include "config.h"

#include <string.h>

#include "app/runner/runner.h"
#include "engine/models/florence2/tasks.h"
#include "failing.h"
#include "tests/models/model-test.h"

#define MODEL "models/native-96"
#define OTHER "models/original-64"

/* Of a question that is asked anew: some for the picture, some for the answer. */
static const struct
{
  const char *name;
  guint n;
} calls[] = {
  { "vkQueueSubmit", 1 },
  { "vkQueueSubmit", 5 },
  { "vkWaitForFences", 3 },
};

static void
fill_request (MonocleRequest *request)
{
  *request = (MonocleRequest){ .task = monocle_florence2_find_task ("<OD>"),
                               .num_beams = 2,
                               .max_tokens = 6 };
}

/* (transfer full): the answer */
static char *
ask (MonocleSession *session)
{
  MonocleRequest request;
  g_autoptr (MonocleRun) run = NULL;

  fill_request (&request);
  run = test_run_or_die (session, &request);
  return g_strdup (monocle_result_get_generated_text (run->results->pdata[0]));
}

static void
assert_lost (const GError *error)
{
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST);
  g_assert_true (g_str_has_prefix (error->message, "The device stopped answering"));
}

static void
assert_ask_loses (MonocleSession *session)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleRun) run = NULL;
  MonocleRequest request;

  fill_request (&request);
  run = test_run (session, &request, &error);
  g_assert_null (run);
  assert_lost (error);
}

static void
assert_ask (MonocleSession *session, const char *expected)
{
  g_autofree char *answer = ask (session);

  g_assert_cmpstr (answer, ==, expected);
}

/* That question fails, the next one is answered as before. */
static void
test_run_lost (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    for (guint is_known = 0; is_known < 2; is_known++)
      {
        g_autoptr (MonocleSession) session = test_open_fixture (model, "images/a.png");
        g_autoptr (MonocleSession) other = test_open_fixture (model, "images/b.png");
        g_autofree char *first = ask (session), *second = is_known ? NULL : ask (other);

        failing_reset ();
        failing_plan_loss (calls[i].name, calls[i].n);
        assert_ask_loses (is_known ? session : other);
        g_assert_cmpuint (failing_get_n_failed (), ==, 1);
        g_assert_cmpuint (failing_get_n_calls ("vkCreateDevice"), ==, 0);
        assert_ask (session, first);
        g_assert_cmpuint (failing_get_n_calls ("vkCreateDevice"), ==, 1);
        if (second)
          assert_ask (other, second);
        assert_ask (session, first);
        g_assert_cmpuint (failing_get_n_calls ("vkCreateDevice"), ==, 1);
      }
}

/* Pictures and models that were on it, and had no part in its loss. */
static void
test_all_that_was_there (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleModel) other = test_load_fixture (OTHER, MONOCLE_PRECISION_F32);
  MonocleSession *sessions[]
      = { test_open_fixture (model, "images/a.png"), test_open_fixture (model, "images/b.png"),
          test_open_fixture (other, "images/a.png") };
  g_autofree char *answers[3] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (sessions); i++)
    answers[i] = ask (sessions[i]);

  failing_reset ();
  failing_plan_loss ("vkQueueSubmit", 2);
  assert_ask_loses (sessions[0]);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (sessions); i++)
    assert_ask (sessions[(i + 1) % 3], answers[(i + 1) % 3]);
  g_assert_cmpuint (failing_get_n_calls ("vkCreateDevice"), ==, 1);

  for (guint i = 0; i < G_N_ELEMENTS (sessions); i++)
    {
      g_object_unref (sessions[i]);
      g_free (answers[i]);
      answers[i] = NULL;
    }
}

/* What waits behind the one that loses it fails with it, without a word to the device. */
static void
test_waiting (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, "images/a.png");
  g_autofree char *answer = ask (session);
  GAsyncResult *results[3] = { NULL };
  MonocleRequest request;
  guint n_submitted;

  fill_request (&request);
  failing_reset ();
  failing_plan_loss ("vkQueueSubmit", 1);
  failing_hold (TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    monocle_session_run_async (session, &request, NULL, NULL, NULL, test_take_result, &results[i]);
  failing_hold (FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleRun) run
          = monocle_session_run_finish (session, test_wait (&results[i]), &error);

      g_assert_null (run);
      assert_lost (error);
      g_clear_object (&results[i]);
    }
  n_submitted = failing_get_n_calls ("vkQueueSubmit");
  g_assert_cmpuint (n_submitted, ==, 1);
  assert_ask (session, answer);
}

/* A device that is lost again and again is left alone; a person may load the model once more. */
static void
test_again_and_again (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32), again = NULL;
  g_autoptr (MonocleSession) session = test_open_fixture (model, "images/a.png"), last = NULL;
  g_autofree char *answer = ask (session);

  failing_reset ();
  failing_plan ("vkQueueSubmit", 1, VK_ERROR_DEVICE_LOST, TRUE);
  for (guint i = 0; i < 8; i++)
    assert_ask_loses (session);
  g_assert_cmpuint (failing_get_n_calls ("vkCreateDevice"), ==, 2);
  g_assert_cmpuint (failing_get_n_calls ("vkQueueSubmit"), ==, 3);

  failing_reset ();
  again = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
  last = test_open_fixture (again, "images/a.png");
  assert_ask (last, answer);
}

/* Until nobody has the device open. */
static void
wait_until_closed (void)
{
  guint n_closed;
  MonocleModel *model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);

  n_closed = failing_get_n_calls ("vkDeviceWaitIdle");
  g_object_unref (model);
  while (failing_get_n_calls ("vkDeviceWaitIdle") == n_closed)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

/* In the middle of loading: that fails, the next one does not. */
static void
test_load_lost (void)
{
  static const char *const names[] = { "vkMapMemory", "vkCreateDevice" };
  g_autofree char *directory = test_fixture (MODEL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleModel) model = NULL, next = NULL;
      g_autoptr (MonocleSession) session = NULL;
      g_autofree char *answer = NULL;

      wait_until_closed ();
      failing_reset ();
      failing_plan_loss (names[i], 1);
      model = test_load (directory, MONOCLE_PRECISION_F32, &error);
      g_assert_null (model);
      assert_lost (error);
      next = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
      session = test_open_fixture (next, "images/a.png");
      answer = ask (session);
      g_assert_cmpstr (answer, !=, "");
    }
}

/* Nothing of what a window shows is gone: the question is asked once more, and answered. */
static void
count_signal (GObject *object, guint *n)
{
  (*n)++;
}

static void
test_runner (void)
{
  g_autoptr (MonocleRunner) runner = monocle_runner_new ();
  g_autofree char *directory = test_fixture (OTHER), *path = test_fixture ("images/a.png");
  g_autoptr (MonocleImage) image = test_read_image (path);
  g_autoptr (MonocleDocument) document = monocle_document_new (NULL, "a.png", image);
  guint n_lost = 0;

  g_signal_connect (runner, "device-lost", G_CALLBACK (count_signal), &n_lost);
  monocle_runner_configure (runner, directory, monocle_device_get_uuid (test_get_device ()),
                            MONOCLE_PRECISION_F32, 1);
  monocle_runner_set_trusted (runner, TRUE);
  monocle_runner_load (runner);
  while (monocle_runner_get_state (runner) != MONOCLE_RUNNER_READY)
    g_main_context_iteration (NULL, TRUE);

  failing_reset ();
  failing_plan_loss ("vkQueueSubmit", 2);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (MonocleQuery) query
          = monocle_query_new (monocle_florence2_find_task ("detect"), NULL, NULL, 0, NULL);

      monocle_runner_run (runner, document, query);
      while (monocle_runner_is_busy (runner))
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (monocle_query_get_state (query), ==, MONOCLE_QUERY_DONE);
    }
  g_assert_cmpuint (n_lost, ==, 1);
  g_assert_cmpuint (failing_get_n_calls ("vkCreateDevice"), ==, 1);
}

int
main (int argc, char **argv)
{
  failing_init ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/lost/run", test_run_lost);
  g_test_add_func ("/lost/all-that-was-there", test_all_that_was_there);
  g_test_add_func ("/lost/waiting", test_waiting);
  g_test_add_func ("/lost/again-and-again", test_again_and_again);
  g_test_add_func ("/lost/load", test_load_lost);
  g_test_add_func ("/lost/runner", test_runner);
  return test_end (g_test_run ());
}
