/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compiling for a device as a stage of its own: step by step, stopped and taken up again; and that
 * neither who stops a call nor the end of the program waits for a driver, which cannot be
 * interrupted.
 */
#include "config.h"

#include <string.h>

#include "engine/models/florence2/tasks.h"
#include "engine/run/model-private.h"
#include "model-test.h"

#define MODEL "models/native-96"
#define IMAGE "images/a.png"

static MonocleModel *model;

static MonocleRequest
detect (guint n_beams)
{
  return (MonocleRequest){ .task = monocle_florence2_find_task ("<OD>"),
                           .num_beams = n_beams,
                           .max_tokens = 4 };
}

/* --- Steps --- */

typedef struct
{
  guint n_beams;
  guint stop_at; /* G_MAXUINT: never */
  GCancellable *cancellable;

  guint n_calls, n_done, n;
  gboolean ok;
  GError *error;
  int is_over;
} Compilation;

static void
on_step (guint n_done, guint n, gpointer user_data)
{
  Compilation *compilation = user_data;

  g_assert_cmpuint (n_done, ==, compilation->n_calls);
  g_assert_cmpuint (n, >, 0);
  if (compilation->n_calls > 0)
    g_assert_cmpuint (n, ==, compilation->n);
  compilation->n_done = n_done;
  compilation->n = n;
  compilation->n_calls++;
  if (n_done == compilation->stop_at)
    g_cancellable_cancel (compilation->cancellable);
}

static void
compile_on_worker (MonocleWorker *worker, gpointer data)
{
  Compilation *compilation = data;
  const char *const prompts[] = { "Locate the objects with category name in the image." };
  const MonocleFamilyQuestion question = {
    .task = monocle_florence2_find_task ("<OD>"),
    .prompts = prompts,
    .n_prompts = 1,
    .num_beams = compilation->n_beams,
    .max_tokens = 4,
    .width = 1,
    .height = 1,
    .cancellable = compilation->cancellable,
    .user_data = compilation,
  };

  compilation->ok = monocle_model_get_family (model)->compile (
      monocle_model_get_data (model), &question, on_step, &compilation->error);
  g_atomic_int_set (&compilation->is_over, TRUE);
}

static Compilation
compile (guint n_beams, guint stop_at)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Compilation compilation = { .n_beams = n_beams, .stop_at = stop_at, .cancellable = cancellable };

  monocle_worker_push (monocle_model_get_worker (model), compile_on_worker, &compilation, NULL);
  while (!g_atomic_int_get (&compilation.is_over))
    g_usleep (100);
  return compilation;
}

/* Every step is told, in order; what is stopped goes on where it was; what is there costs nothing.
 */
static void
test_steps (void)
{
  Compilation first = compile (1, 3), second = compile (1, G_MAXUINT),
              third = compile (1, G_MAXUINT);

  g_assert_false (first.ok);
  g_assert_error (first.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (first.n_done, ==, 3);
  g_clear_error (&first.error);
  g_test_message ("%u pipelines", first.n);
  g_assert_cmpuint (first.n, >, 10);

  g_assert_true (second.ok);
  g_assert_cmpuint (second.n, ==, first.n - 3);
  g_assert_cmpuint (second.n_done, ==, second.n);

  g_assert_true (third.ok);
  g_assert_cmpuint (third.n_calls, ==, 0);
}

/* --- Stages --- */

typedef struct
{
  MonocleStage stage;
  guint n_compiling;
} Watch;

static void
on_update (const MonocleUpdate *update, gpointer user_data)
{
  Watch *watch = user_data;

  g_assert_cmpint (update->stage, >=, watch->stage);
  watch->stage = update->stage;
  if (update->stage == MONOCLE_STAGE_COMPILING)
    {
      g_assert_cmpuint (update->n_done, <=, update->n_steps);
      g_assert_cmpuint (update->n_steps, >, 0);
      watch->n_compiling++;
    }
  else
    {
      g_assert_cmpuint (update->n_steps, ==, 0);
    }
}

static Watch
watch_run (guint n_beams)
{
  g_autoptr (MonocleSession) session = test_open_fixture (model, IMAGE);
  const MonocleRequest request = detect (n_beams);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleRun) run = NULL;
  Watch watch = { 0 };

  monocle_session_run_async (session, &request, NULL, on_update, &watch, test_take_result, &result);
  run = monocle_session_run_finish (session, test_wait (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpint (watch.stage, ==, MONOCLE_STAGE_ANSWERING);
  return watch;
}

/* Stages follow one another, and once all is compiled that stage is left out. */
static void
test_stages (void)
{
  /* More beams than before are other pipelines. */
  watch_run (9);
  g_assert_cmpuint (watch_run (9).n_compiling, ==, 0);
}

/* --- A driver that is busy --- */

typedef struct
{
  int has_begun, may_end;
} Driver;

static void
be_busy (MonocleWorker *worker, gpointer data)
{
  Driver *driver = data;

  g_atomic_int_set (&driver->has_begun, TRUE);
  while (!g_atomic_int_get (&driver->may_end))
    g_usleep (1000);
}

static void
start_driver (Driver *driver)
{
  monocle_worker_push (monocle_model_get_worker (model), be_busy, driver, NULL);
  while (!g_atomic_int_get (&driver->has_begun))
    g_usleep (100);
}

/* The stopped call ends while the worker is still at something else. */
static void
test_impatient (void)
{
  g_autoptr (MonocleSession) session = test_open_fixture (model, IMAGE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleRun) run = NULL, after = NULL;
  const MonocleRequest request = detect (1);
  Driver driver = { 0 };
  gint64 start;

  start_driver (&driver);
  monocle_session_run_async (session, &request, cancellable, NULL, NULL, test_take_result, &result);
  start = g_get_monotonic_time ();
  g_cancellable_cancel (cancellable);
  run = monocle_session_run_finish (session, test_wait (&result), &error);
  g_test_message ("stopped after %.2f s", (double) (g_get_monotonic_time () - start) / 1e6);
  g_assert_null (run);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
  g_clear_error (&error);

  /* The session is as good as before. */
  g_atomic_int_set (&driver.may_end, TRUE);
  after = test_run (session, &request, &error);
  g_assert_no_error (error);
}

/* The last one: nothing can be asked any more. */
static void
test_shutdown (void)
{
  g_autoptr (MonocleSession) session = test_open_fixture (model, IMAGE);
  const MonocleRequest request = detect (1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  Driver driver = { 0 };

  start_driver (&driver);
  monocle_session_run_async (session, &request, NULL, NULL, NULL, test_take_result, &result);
  g_assert_false (monocle_engine_shutdown (50));
  g_assert_null (result);
  g_atomic_int_set (&driver.may_end, TRUE);
  g_assert_true (monocle_engine_shutdown (600 * 1000));

  /* What nobody had stopped was. */
  g_assert_null (monocle_session_run_finish (session, test_wait (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/compile/steps", test_steps);
  g_test_add_func ("/compile/stages", test_stages);
  g_test_add_func ("/compile/impatient", test_impatient);
  g_test_add_func ("/compile/shutdown", test_shutdown);

  model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
  status = g_test_run ();
  g_clear_object (&model);
  return test_end (status);
}
