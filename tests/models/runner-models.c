/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The runner and its models: those that are not there, others in the middle, and devices that are
 * lost.
 */
#include "config.h"

#include <string.h>

#include "app/base/error.h"
#include "engine/models/florence2/tasks.h"
#include "runner-test.h"

static void
count_signal (GObject *object, guint *n)
{
  (*n)++;
}

/* --- Models that are not there, and others --- */

void
test_no_model (void)
{
  MonocleRunner *runner = test_make_runner ("models/nowhere");
  MonocleDocument *document = test_open_document ("a.png");
  MonocleQuery *queries[2], *third, *fourth, *fifth;

  for (guint i = 0; i < 2; i++)
    queries[i] = test_ask (runner, document, "detect");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  g_assert_cmpint (monocle_runner_get_state (runner), ==, MONOCLE_RUNNER_FAILED);
  g_assert_error (monocle_runner_get_error (runner), MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_MODEL);
  for (guint i = 0; i < 2; i++)
    {
      test_assert_state (queries[i], MONOCLE_QUERY_FAILED);
      g_assert_error (monocle_query_get_error (queries[i]), MONOCLE_APP_ERROR,
                      MONOCLE_APP_ERROR_NO_MODEL);
    }

  /* It is tried once more with every question. */
  third = test_ask (runner, document, "detect");
  g_assert_cmpint (monocle_runner_get_state (runner), ==, MONOCLE_RUNNER_LOADING);
  g_assert_null (monocle_runner_get_error (runner));
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  test_assert_state (third, MONOCLE_QUERY_FAILED);

  /* A device that never was. */
  {
    g_autofree char *directory = test_fixture (OTHER_MODEL);

    monocle_runner_configure (runner, directory, "no such card", MONOCLE_PRECISION_F32, 1);
  }
  fourth = test_ask (runner, document, "detect");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  g_assert_error (monocle_query_get_error (fourth), MONOCLE_ENGINE_ERROR,
                  MONOCLE_ENGINE_ERROR_NO_DEVICE);

  /* Mended: loads at once. */
  test_configure (runner, OTHER_MODEL);
  g_assert_cmpint (monocle_runner_get_state (runner), ==, MONOCLE_RUNNER_LOADING);
  WAIT_UNTIL (monocle_runner_get_state (runner) == MONOCLE_RUNNER_READY);
  fifth = test_ask (runner, document, "detect");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  test_assert_state (fifth, MONOCLE_QUERY_DONE);

  test_assert_last (runner);
  test_assert_last (document);
  for (guint i = 0; i < 2; i++)
    test_assert_last (queries[i]);
  test_assert_last (third);
  test_assert_last (fourth);
  test_assert_last (fifth);
}

/* A device that was remembered and is gone: another stands in, and that can be seen. */
void
test_device_gone (void)
{
  MonocleRunner *runner = monocle_runner_new ();
  MonocleDocument *document = test_open_document ("a.png");
  g_autofree char *directory = test_fixture (OTHER_MODEL);
  MonocleQuery *query;

  monocle_runner_configure (runner, directory, "0123456789abcdef0123456789ABCDEF",
                            MONOCLE_PRECISION_F32, 1);
  g_assert_false (monocle_runner_is_device_missing (runner));
  query = test_ask (runner, document, "detect");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  test_assert_state (query, MONOCLE_QUERY_DONE);
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

  test_assert_last (runner);
  test_assert_last (document);
  test_assert_last (query);
}

void
test_other_model (void)
{
  MonocleRunner *runner = test_make_runner (MODEL);
  MonocleDocument *document = test_open_document ("a.png");
  MonocleQuery *first, *second, *third;
  g_autofree char *title = NULL;

  /* While one loads. */
  monocle_runner_load (runner);
  test_configure (runner, OTHER_MODEL);
  first = test_ask (runner, document, "detect");
  WAIT_UNTIL (monocle_query_get_state (first) == MONOCLE_QUERY_RUNNING);
  g_assert_cmpstr (monocle_query_get_model_name (first), ==, "original-64");

  /* While one runs: it is answered by the old one, what waits by the new one. */
  second = test_ask (runner, document, "detect");
  test_configure (runner, MODEL);
  g_assert_true (monocle_runner_get_query (runner) == first);
  title = monocle_runner_dup_model_title (runner);
  g_assert_cmpstr (title, ==, "original-64");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  test_assert_state (first, MONOCLE_QUERY_DONE);
  g_assert_cmpfloat (test_get_encode_ms (second), >, 0);
  g_assert_cmpstr (monocle_query_get_model_name (second), ==, "native-96");

  /* The same again, but for the beams: nothing is loaded. */
  {
    g_autofree char *directory = test_fixture (MODEL);

    monocle_runner_configure (runner, directory, monocle_device_get_uuid (test_get_device ()),
                              MONOCLE_PRECISION_F32, 3);
  }
  g_assert_cmpint (monocle_runner_get_state (runner), ==, MONOCLE_RUNNER_READY);
  third = test_ask (runner, document, "detect");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  g_assert_cmpfloat (test_get_encode_ms (third), ==, 0);

  /* At rest: loads at once. */
  test_configure (runner, OTHER_MODEL);
  g_assert_cmpint (monocle_runner_get_state (runner), ==, MONOCLE_RUNNER_LOADING);
  g_assert_null (monocle_runner_get_model (runner));
  WAIT_UNTIL (monocle_runner_get_state (runner) == MONOCLE_RUNNER_READY);
  g_assert_cmpstr (monocle_model_get_name (monocle_runner_get_model (runner)), ==, "original-64");

  test_assert_last (runner);
  test_assert_last (document);
  test_assert_last (first);
  test_assert_last (second);
  test_assert_last (third);
}

void
test_supports (void)
{
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autofree char *source = test_fixture (MODEL);
  g_autofree char *info = g_build_filename (folder, "model-info.json", NULL);
  g_autofree char *name = g_path_get_basename (folder);
  g_autoptr (MonocleRunner) runner = test_make_runner (MODEL);
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

void
test_lost (void)
{
  MonocleRunner *runner = test_make_runner (OTHER_MODEL);
  MonocleDocument *document = test_open_document ("a.png");
  MonocleQuery *queries[5];
  guint n_lost = 0;

  g_signal_connect (runner, "device-lost", G_CALLBACK (count_signal), &n_lost);

  /* Once: it is asked again, and so is what waits. */
  test_losses = 1;
  queries[0] = test_ask (runner, document, "detect");
  queries[1] = test_ask (runner, document, "caption");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  g_assert_cmpuint (n_lost, ==, 1);
  g_assert_cmpfloat (test_get_encode_ms (queries[0]), >, 0);
  test_assert_state (queries[1], MONOCLE_QUERY_DONE);

  /* Twice: enough. */
  test_losses = 2;
  queries[2] = test_ask (runner, document, "detect");
  queries[3] = test_ask (runner, document, "detect");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  g_assert_cmpuint (n_lost, ==, 2);
  for (guint i = 2; i < 4; i++)
    {
      test_assert_state (queries[i], MONOCLE_QUERY_FAILED);
      g_assert_error (monocle_query_get_error (queries[i]), MONOCLE_ENGINE_ERROR,
                      MONOCLE_ENGINE_ERROR_DEVICE_LOST);
    }
  g_assert_cmpint (monocle_runner_get_state (runner), ==, MONOCLE_RUNNER_FAILED);
  g_assert_null (monocle_runner_get_model (runner));

  /* While it is stopped: it stays stopped. */
  queries[4] = test_ask (runner, document, "detect");
  WAIT_UNTIL (monocle_query_get_state (queries[4]) == MONOCLE_QUERY_RUNNING);
  test_losses = 1;
  monocle_runner_stop (runner);
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  test_assert_state (queries[4], MONOCLE_QUERY_STOPPED);
  g_assert_cmpuint (test_losses, ==, 0);
  g_assert_cmpuint (n_lost, ==, 2);
  g_object_unref (queries[4]);

  queries[4] = test_ask (runner, document, "detect");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  test_assert_state (queries[4], MONOCLE_QUERY_DONE);

  test_assert_last (runner);
  test_assert_last (document);
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    test_assert_last (queries[i]);
}
