/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures and requests handed to the runner without documents: what comes back, in which order,
 * stopping, lost devices, and letting go.
 */
#include "config.h"

#include "app/base/error.h"
#include "engine/models/florence2/tasks.h"
#include "runner-test.h"

/* One that was handed over. */
typedef struct
{
  guint n_updates;
  guint n_partial;
  GCancellable *stop_with; /* (nullable): cancelled as soon as there is a part of the answer */
  MonocleRun *run;
  GError *error;
  gboolean is_over;
} Submitted;

static void
on_update (const MonocleUpdate *update, gpointer user_data)
{
  Submitted *submitted = user_data;

  g_assert_false (submitted->is_over);
  submitted->n_updates++;
  if (!update->partial)
    return;
  submitted->n_partial++;
  if (submitted->stop_with && update->n_tokens >= 2)
    g_cancellable_cancel (submitted->stop_with);
}

static void
on_over (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Submitted *submitted = user_data;

  g_assert_null (source);
  g_assert_false (submitted->is_over);
  submitted->run = monocle_runner_submit_finish (result, &submitted->error);
  g_assert_true ((submitted->run == NULL) == (submitted->error != NULL));
  submitted->is_over = TRUE;
}

static void
clear (Submitted *submitted)
{
  g_clear_pointer (&submitted->run, monocle_run_free);
  g_clear_error (&submitted->error);
  *submitted = (Submitted){ 0 };
}

static MonocleImage *
read_image (const char *name)
{
  g_autofree char *path = test_fixture (name);

  return test_read_image (path);
}

static void
submit (MonocleRunner *runner,
        MonocleImage *image,
        const char *task,
        GCancellable *cancellable,
        Submitted *submitted)
{
  const MonocleRequest request = { .task = monocle_florence2_find_task (task) };

  monocle_runner_submit (runner, image, &request, cancellable, on_update, submitted, on_over,
                         submitted);
}

static void
assert_same_answer (const MonocleRun *run, const MonocleRun *expected)
{
  g_assert_cmpuint (run->results->len, ==, expected->results->len);
  for (guint i = 0; i < run->results->len; i++)
    g_assert_cmpstr (monocle_result_get_generated_text (run->results->pdata[i]), ==,
                     monocle_result_get_generated_text (expected->results->pdata[i]));
}

/* The answer is that of a session; of the caller's request nothing has to stay. */
void
test_submit (void)
{
  MonocleRunner *runner = test_make_runner (OTHER_MODEL);
  g_autoptr (MonocleImage) image = read_image ("images/a.png");
  g_autoptr (MonocleSession) session = NULL;
  g_autoptr (MonocleRun) expected = NULL;
  MonocleBox *boxes = g_new (MonocleBox, 2);
  MonocleRequest request = { .task = monocle_florence2_find_task ("region-to-category"),
                             .regions = boxes,
                             .n_regions = 2,
                             .num_beams = 1 };
  Submitted first = { 0 }, again = { 0 };

  boxes[0] = (MonocleBox){ 1, 2, 30, 40 };
  boxes[1] = (MonocleBox){ 10, 20, 35, 45 };
  monocle_runner_submit (runner, image, &request, NULL, on_update, &first, on_over, &first);
  memset (boxes, 0xff, 2 * sizeof *boxes);
  g_assert_true (monocle_runner_is_busy (runner));
  g_assert_null (monocle_runner_get_query (runner));
  WAIT_UNTIL (first.is_over);
  g_assert_no_error (first.error);
  g_assert_cmpuint (first.n_partial, >, 0);
  g_assert_cmpfloat (first.run->encode_ms, >, 0);
  g_assert_false (monocle_runner_is_busy (runner));

  boxes[0] = (MonocleBox){ 1, 2, 30, 40 };
  boxes[1] = (MonocleBox){ 10, 20, 35, 45 };
  session = monocle_session_new (monocle_runner_get_model (runner), image);
  expected = test_run_or_die (session, &request);
  g_assert_cmpuint (expected->results->len, ==, 2);
  assert_same_answer (first.run, expected);

  /* What was seen of it is kept. */
  monocle_runner_submit (runner, image, &request, NULL, NULL, NULL, on_over, &again);
  WAIT_UNTIL (again.is_over);
  g_assert_no_error (again.error);
  g_assert_cmpfloat (again.run->encode_ms, ==, 0);
  assert_same_answer (again.run, expected);

  clear (&first);
  clear (&again);
  g_free (boxes);
  g_clear_object (&session);
  test_assert_last (runner);
}

/* One queue for all who ask. */
void
test_submit_order (void)
{
  MonocleRunner *runner = test_make_runner (OTHER_MODEL);
  MonocleDocument *document = test_open_document ("a.png");
  g_autoptr (MonocleImage) image = read_image ("images/b.png");
  Submitted submitted[2] = { 0 };
  MonocleQuery *before, *between;

  before = test_ask (runner, document, "caption");
  submit (runner, image, "caption", NULL, &submitted[0]);
  between = test_ask (runner, document, "region-proposal");
  submit (runner, image, "caption", NULL, &submitted[1]);

  WAIT_UNTIL (!monocle_query_is_active (before));
  g_assert_false (submitted[0].is_over);
  WAIT_UNTIL (submitted[0].is_over);
  g_assert_true (monocle_query_is_active (between));
  WAIT_UNTIL (!monocle_query_is_active (between));
  g_assert_false (submitted[1].is_over);
  WAIT_UNTIL (submitted[1].is_over);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_no_error (submitted[i].error);
      clear (&submitted[i]);
    }
  test_assert_state (before, MONOCLE_QUERY_DONE);
  test_assert_state (between, MONOCLE_QUERY_DONE);

  /* The end of a document is none of theirs. */
  submit (runner, image, "caption", NULL, &submitted[0]);
  monocle_runner_forget (runner, document);
  WAIT_UNTIL (submitted[0].is_over);
  g_assert_no_error (submitted[0].error);
  clear (&submitted[0]);

  test_assert_last (document);
  test_assert_last (before);
  test_assert_last (between);
  test_assert_last (runner);
}

/* What nobody waits for comes behind what is asked later, also after the device was lost. */
void
test_behind (void)
{
  MonocleRunner *runner = test_make_runner (OTHER_MODEL);
  MonocleDocument *document = test_open_document ("a.png");
  MonocleQuery *behind[2], *by_hand[2];

  test_losses = 1;
  for (guint i = 0; i < 2; i++)
    {
      behind[i] = monocle_query_new (monocle_florence2_find_task ("caption"), NULL, NULL, 0, NULL);
      monocle_runner_run_behind (runner, document, behind[i]);
    }
  g_assert_false (monocle_runner_is_busy (runner));
  WAIT_UNTIL (monocle_runner_get_query (runner) == behind[0]);
  g_assert_false (monocle_runner_is_busy (runner));
  for (guint i = 0; i < 2; i++)
    by_hand[i] = test_ask (runner, document, "caption");
  g_assert_true (monocle_runner_is_busy (runner));
  for (guint i = 0; i < 2; i++)
    {
      WAIT_UNTIL (!monocle_query_is_active (by_hand[i]));
      g_assert_true (monocle_query_is_active (behind[0]));
      g_assert_true (monocle_query_is_active (behind[1]));
    }
  g_assert_false (monocle_runner_is_busy (runner));
  WAIT_UNTIL (!monocle_query_is_active (behind[0]));
  g_assert_true (monocle_query_is_active (behind[1]));
  WAIT_UNTIL (!monocle_query_is_active (behind[1]));

  test_assert_last (document);
  for (guint i = 0; i < 2; i++)
    {
      test_assert_state (behind[i], MONOCLE_QUERY_DONE);
      test_assert_state (by_hand[i], MONOCLE_QUERY_DONE);
      test_assert_last (behind[i]);
      test_assert_last (by_hand[i]);
    }
  test_assert_last (runner);
}

/* A short answer may be there before it is stopped; how often that may happen. */
#define MAX_ATTEMPTS 30

void
test_submit_stop (void)
{
  MonocleRunner *runner = test_make_runner (OTHER_MODEL);
  g_autoptr (MonocleImage) image = read_image ("images/a.png");
  Submitted first = { 0 }, second = { 0 }, third = { 0 };
  gboolean was_stopped = FALSE;

  /* One that waits, with its own cancellable; and one that was cancelled before. */
  {
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();

    submit (runner, image, "caption", NULL, &first);
    submit (runner, image, "caption", cancellable, &second);
    submit (runner, image, "caption", NULL, &third);
    g_cancellable_cancel (cancellable);
    WAIT_UNTIL (second.is_over);
    g_assert_error (second.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_false (first.is_over);
    clear (&second);
    submit (runner, image, "caption", cancellable, &second);
    WAIT_UNTIL (first.is_over && second.is_over && third.is_over);
    g_assert_no_error (first.error);
    g_assert_error (second.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_no_error (third.error);
    clear (&first);
    clear (&second);
    clear (&third);
    test_assert_last (g_steal_pointer (&cancellable));
  }

  /* One that answers: what there is by then is handed over. */
  for (guint i = 0; i < MAX_ATTEMPTS && !was_stopped; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();

      first.stop_with = cancellable;
      submit (runner, image, "detect", cancellable, &first);
      submit (runner, image, "caption", NULL, &second);
      WAIT_UNTIL (first.is_over && second.is_over);
      g_assert_no_error (first.error);
      g_assert_no_error (second.error);
      was_stopped = first.run->stopped;
      clear (&first);
      clear (&second);
    }
  g_assert_true (was_stopped);

  /* All of them. */
  submit (runner, image, "detect", NULL, &first);
  submit (runner, image, "detect", NULL, &second);
  monocle_runner_stop (runner);
  WAIT_UNTIL (first.is_over && second.is_over);
  g_assert_error (second.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  clear (&first);
  clear (&second);
  test_assert_last (runner);
}

/* Once more on the device that is opened again, and only once. */
void
test_submit_lost (void)
{
  MonocleRunner *runner = test_make_runner (OTHER_MODEL);
  g_autoptr (MonocleImage) image = read_image ("images/a.png");
  Submitted first = { 0 }, second = { 0 };

  test_losses = 1;
  submit (runner, image, "caption", NULL, &first);
  WAIT_UNTIL (first.is_over);
  g_assert_no_error (first.error);
  g_assert_cmpuint (test_losses, ==, 0);
  clear (&first);

  test_losses = 2;
  submit (runner, image, "caption", NULL, &first);
  submit (runner, image, "caption", NULL, &second);
  WAIT_UNTIL (first.is_over && second.is_over);
  g_assert_error (first.error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST);
  g_assert_error (second.error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST);
  g_assert_cmpuint (test_losses, ==, 0);
  clear (&first);
  clear (&second);
  test_assert_last (runner);
}

/* The runner goes while one runs and one waits; and a model that is not there. */
void
test_submit_let_go (void)
{
  MonocleRunner *runner = test_make_runner (OTHER_MODEL);
  g_autoptr (MonocleImage) image = read_image ("images/a.png");
  Submitted running = { 0 }, waiting = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  submit (runner, image, "detect", cancellable, &running);
  submit (runner, image, "detect", NULL, &waiting);
  WAIT_UNTIL (running.n_updates > 0);
  g_assert_finalize_object (runner);
  WAIT_UNTIL (waiting.is_over);
  g_assert_error (waiting.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_cancellable_cancel (cancellable);
  WAIT_UNTIL (running.is_over);
  clear (&running);
  clear (&waiting);

  runner = test_make_runner ("models/nowhere");
  submit (runner, image, "detect", NULL, &waiting);
  WAIT_UNTIL (waiting.is_over);
  g_assert_error (waiting.error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_MODEL);
  clear (&waiting);
  test_assert_last (runner);
}
