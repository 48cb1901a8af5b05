/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compiling ahead: nothing is left for the question then; one that is asked meanwhile waits for no
 * more than the shader that is being made; it can be stopped; and the runner does it by itself.
 *
 * A model that is loaded while no other is has a device where nothing is compiled yet.
 */
#include "config.h"

#include <string.h>
#include <vulkan/vulkan.h>

#include "engine/run/fraction.h"
#include "engine/run/model-private.h"
#include "runner-test.h"

#define IMAGE       "images/a.png"
#define MAX_REGIONS 11

/* --- What the driver makes --- */

VKAPI_ATTR VkResult VKAPI_CALL
__real_vkCreateComputePipelines (VkDevice device,
                                 VkPipelineCache cache,
                                 uint32_t n,
                                 const VkComputePipelineCreateInfo *infos,
                                 const VkAllocationCallbacks *callbacks,
                                 VkPipeline *pipelines);
VKAPI_ATTR VkResult VKAPI_CALL
__wrap_vkCreateComputePipelines (VkDevice device,
                                 VkPipelineCache cache,
                                 uint32_t n,
                                 const VkComputePipelineCreateInfo *infos,
                                 const VkAllocationCallbacks *callbacks,
                                 VkPipeline *pipelines);

static int n_made; /* pipelines, by all devices */

VKAPI_ATTR VkResult VKAPI_CALL
__wrap_vkCreateComputePipelines (VkDevice device,
                                 VkPipelineCache cache,
                                 uint32_t n,
                                 const VkComputePipelineCreateInfo *infos,
                                 const VkAllocationCallbacks *callbacks,
                                 VkPipeline *pipelines)
{
  g_atomic_int_add (&n_made, (int) n);
  return __real_vkCreateComputePipelines (device, cache, n, infos, callbacks, pipelines);
}

/* --- The call --- */

typedef struct
{
  MonocleModel *model;
  GCancellable *cancellable;
  gboolean stops, asks; /* at the second word of progress */

  guint n_calls;
  double fraction;
  GAsyncResult *result;
  GAsyncResult *answer;
} Ahead;

static void
set_flag (gpointer flag, GObject *model)
{
  g_atomic_int_set ((int *) flag, TRUE);
}

static void
set_flag_on_worker (MonocleWorker *worker, gpointer flag)
{
  g_atomic_int_set ((int *) flag, TRUE);
}

/* Sessions and calls may hold the model a little longer, on another thread. */
static void
close_device (MonocleModel *model)
{
  g_autoptr (MonocleWorker) worker = monocle_worker_ref (monocle_model_get_worker (model));
  int is_gone = FALSE, is_idle = FALSE;

  g_object_weak_ref (G_OBJECT (model), set_flag, &is_gone);
  g_object_unref (model);
  WAIT_UNTIL (g_atomic_int_get (&is_gone));
  monocle_worker_push (worker, set_flag_on_worker, &is_idle, NULL);
  WAIT_UNTIL (g_atomic_int_get (&is_idle));
}

static void
count_compiling (const MonocleUpdate *update, gpointer n_steps)
{
  if (update->stage == MONOCLE_STAGE_COMPILING)
    *(guint *) n_steps = MAX (*(guint *) n_steps, update->n_steps);
}

/* @n_regions: where it takes some */
static void
ask_about (MonocleModel *model,
           const MonocleTask *task,
           guint n_regions,
           guint *n_steps,
           GAsyncResult **answer)
{
  const gboolean takes_region = (task->takes & MONOCLE_TAKES_REGION) != 0;
  MonocleBox regions[MAX_REGIONS];
  const MonocleRequest request = {
    .task = task,
    .text = task->takes & MONOCLE_TAKES_TEXT ? "a red car beside the house" : NULL,
    .regions = takes_region ? regions : NULL,
    .n_regions = takes_region ? n_regions : 0,
    .max_tokens = 3,
  };
  g_autoptr (MonocleSession) session = test_open_fixture (model, IMAGE);

  g_assert_cmpuint (n_regions, <=, MAX_REGIONS);
  for (guint i = 0; i < n_regions; i++)
    regions[i] = (MonocleBox){ 1 + (float) i, 1, 20 + (float) i, 20 };
  monocle_session_run_async (session, &request, NULL, count_compiling, n_steps, test_take_result,
                             answer);
}

static void
ask (MonocleModel *model, const MonocleTask *task, guint *n_steps, GAsyncResult **answer)
{
  ask_about (model, task, 1, n_steps, answer);
}

static void
expect_answer (GAsyncResult **answer)
{
  g_autoptr (GAsyncResult) result = test_wait (answer);
  g_autoptr (GObject) session = g_async_result_get_source_object (result);
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleRun) run
      = monocle_session_run_finish (MONOCLE_SESSION (session), result, &error);

  g_assert_no_error (error);
  *answer = NULL;
}

void __real_monocle_fraction_send (MonocleFraction *self, double fraction);
void __wrap_monocle_fraction_send (MonocleFraction *self, double fraction);

/* All that the worker says; a receiver gets the latest alone. */
static int is_watched;
static double said;

void
__wrap_monocle_fraction_send (MonocleFraction *self, double fraction)
{
  if (g_atomic_int_get (&is_watched))
    {
      g_assert_cmpfloat (fraction, >=, said);
      g_assert_cmpfloat (fraction, <, 1);
      said = fraction;
    }
  __real_monocle_fraction_send (self, fraction);
}

static guint n_asked; /* steps that the question in between had to compile */

static void
on_progress (double fraction, gpointer user_data)
{
  Ahead *ahead = user_data;

  ahead->n_calls++;
  ahead->fraction = fraction;
  if (fraction > 0 && ahead->stops)
    g_cancellable_cancel (ahead->cancellable);
  if (fraction > 0 && ahead->asks && !ahead->answer && n_asked == 0)
    {
      ahead->asks = FALSE;
      ask (ahead->model, monocle_model_list_tasks (ahead->model)->pdata[0], &n_asked,
           &ahead->answer);
    }
}

static gboolean
compile (Ahead *ahead, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  ahead->result = NULL;
  monocle_ahead_compile_async (ahead->model, 0, ahead->cancellable, on_progress, ahead,
                               test_take_result, &ahead->result);
  result = test_wait (&ahead->result);
  return monocle_ahead_compile_finish (ahead->model, result, error);
}

/* Whatever is asked then, the driver has made it; and once it has, this has nothing to say. */
static void
test_all (void)
{
  MonocleModel *model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
  const GPtrArray *tasks = monocle_model_list_tasks (model);
  Ahead first = { .model = model }, second = { .model = model };
  g_autoptr (GError) error = NULL;

  g_atomic_int_set (&is_watched, TRUE);
  g_assert_true (compile (&first, &error));
  g_atomic_int_set (&is_watched, FALSE);
  g_assert_no_error (error);
  g_assert_cmpuint (first.n_calls, >, 0);
  g_assert_cmpfloat (said, >, 0);

  g_assert_true (compile (&second, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (second.n_calls, ==, 0);

  for (guint i = 0; i < tasks->len; i++)
    {
      GAsyncResult *answer = NULL;
      guint n_steps = 0;

      ask (model, tasks->pdata[i], &n_steps, &answer);
      expect_answer (&answer);
      g_assert_cmpuint (n_steps, ==, 0);
    }
  close_device (model);
}

/* However many regions are asked about at once. */
static void
test_regions (void)
{
  static const guint numbers[] = { 4, 2, 3, 8, 5, 7, 6, 11, 1 };
  MonocleModel *model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
  const GPtrArray *tasks = monocle_model_list_tasks (model);
  Ahead ahead = { .model = model };
  g_autoptr (GError) error = NULL;
  int n_ahead;

  g_assert_true (compile (&ahead, &error));
  g_assert_no_error (error);
  n_ahead = g_atomic_int_get (&n_made);

  for (guint i = 0; i < tasks->len; i++)
    for (guint j = 0; j < G_N_ELEMENTS (numbers); j++)
      {
        const MonocleTask *task = tasks->pdata[i];
        GAsyncResult *answer = NULL;
        guint n_steps = 0;

        if (!(task->takes & MONOCLE_TAKES_REGION))
          continue;
        ask_about (model, task, numbers[j], &n_steps, &answer);
        expect_answer (&answer);
        g_test_message ("%s of %u regions: %u pipelines", task->id, numbers[j],
                        (guint) (g_atomic_int_get (&n_made) - n_ahead));
        g_assert_cmpuint (n_steps, ==, 0);
        g_assert_cmpint (g_atomic_int_get (&n_made), ==, n_ahead);
      }
  close_device (model);
}

typedef struct
{
  int n_before; /* made before it answered; -1: it has not begun to */
} Beginning;

static void
note_beginning (const MonocleUpdate *update, gpointer user_data)
{
  Beginning *beginning = user_data;

  if (update->stage == MONOCLE_STAGE_LOOKING && beginning->n_before < 0)
    beginning->n_before = g_atomic_int_get (&n_made);
}

/* Where nothing was made ahead all of it is made before the answer, not in its middle. */
static void
test_remainder (void)
{
  MonocleModel *model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, IMAGE);
  MonocleBox regions[MAX_REGIONS];
  const MonocleRequest request
      = { .task = monocle_tasks_find (monocle_model_list_tasks (model), "region-to-description"),
          .regions = regions,
          .n_regions = MAX_REGIONS,
          .max_tokens = 3 };
  Beginning beginning = { -1 };
  GAsyncResult *answer = NULL;

  for (guint i = 0; i < MAX_REGIONS; i++)
    regions[i] = (MonocleBox){ 1 + (float) i, 1, 20 + (float) i, 20 };
  monocle_session_run_async (session, &request, NULL, note_beginning, &beginning, test_take_result,
                             &answer);
  expect_answer (&answer);
  g_assert_cmpint (beginning.n_before, ==, g_atomic_int_get (&n_made));
  g_clear_object (&session);
  close_device (model);
}

/* The question takes over what is made. */
static void
test_gives_way (void)
{
  MonocleModel *model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
  Ahead whole = { .model = model, .asks = TRUE };
  g_autoptr (GError) error = NULL;
  guint n_whole = 0;

  n_asked = 0;
  g_assert_false (compile (&whole, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_assert_cmpfloat (whole.fraction, >, 0);
  g_assert_cmpfloat (whole.fraction, <, 1);
  expect_answer (&whole.answer);
  g_assert_cmpuint (n_asked, >, 0);

  /* What a question compiles where nothing was made before. */
  close_device (model);
  model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
  ask (model, monocle_model_list_tasks (model)->pdata[0], &n_whole, &whole.answer);
  expect_answer (&whole.answer);
  g_test_message ("%u of %u were left", n_asked, n_whole);
  g_assert_cmpuint (n_asked, <, n_whole);
  close_device (model);
}

static void
test_stop (void)
{
  MonocleModel *model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Ahead ahead = { .model = model, .cancellable = cancellable, .stops = TRUE };
  g_autoptr (GError) error = NULL;

  g_assert_false (compile (&ahead, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpfloat (ahead.fraction, <, 1);
  close_device (model);
}

/* --- The runner --- */

static void
count_ahead (MonocleRunner *runner, GParamSpec *pspec, guint *n)
{
  *n += monocle_runner_get_ahead_fraction (runner) < 1;
}

/* By itself once a model is there, and never again. */
static void
test_runner (void)
{
  MonocleRunner *runner = test_make_runner (MODEL);
  MonocleDocument *document = test_open_document ("a.png");
  MonocleQuery *query;
  MonocleModel *model;
  guint n_ahead = 0;

  g_signal_connect (runner, "notify::ahead", G_CALLBACK (count_ahead), &n_ahead);
  monocle_runner_load (runner);
  g_assert_cmpfloat (monocle_runner_get_ahead_fraction (runner), ==, 1);
  WAIT_UNTIL (n_ahead > 0);
  g_assert_cmpint (monocle_runner_get_state (runner), ==, MONOCLE_RUNNER_READY);
  g_assert_false (monocle_runner_is_busy (runner));
  WAIT_UNTIL (monocle_runner_get_ahead_fraction (runner) >= 1);

  query = test_ask (runner, document, "detect");
  n_ahead = 0;
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  test_assert_state (query, MONOCLE_QUERY_DONE);
  g_assert_cmpfloat (monocle_query_get_run (query)->compile_ms, <, 1000);
  g_assert_cmpuint (n_ahead, ==, 0);

  model = g_object_ref (monocle_runner_get_model (runner));
  test_assert_last (runner);
  test_assert_last (document);
  test_assert_last (query);
  close_device (model);
}

/* A question in between; afterwards it is gone on with. It can be let go in the middle. */
static void
test_runner_asked (void)
{
  MonocleRunner *runner = test_make_runner (MODEL);
  MonocleDocument *document = test_open_document ("a.png");
  MonocleQuery *query;
  guint n_ahead = 0;

  g_signal_connect (runner, "notify::ahead", G_CALLBACK (count_ahead), &n_ahead);
  monocle_runner_load (runner);
  WAIT_UNTIL (n_ahead > 0);
  query = test_ask (runner, document, "detect");
  WAIT_UNTIL (!monocle_runner_is_busy (runner));
  test_assert_state (query, MONOCLE_QUERY_DONE);

  /* More beams need more of it. */
  {
    g_autofree char *directory = test_fixture (MODEL);

    n_ahead = 0;
    monocle_runner_configure (runner, directory, monocle_device_get_uuid (test_get_device ()),
                              MONOCLE_PRECISION_F32, 7);
  }
  WAIT_UNTIL (n_ahead > 0);
  test_assert_last (runner);
  test_assert_last (document);
  test_assert_last (query);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ahead/all", test_all);
  g_test_add_func ("/ahead/regions", test_regions);
  g_test_add_func ("/ahead/remainder", test_remainder);
  g_test_add_func ("/ahead/gives-way", test_gives_way);
  g_test_add_func ("/ahead/stop", test_stop);
  g_test_add_func ("/ahead/runner", test_runner);
  g_test_add_func ("/ahead/runner-asked", test_runner_asked);
  return test_end (g_test_run ());
}
