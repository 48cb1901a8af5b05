/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every Vulkan call that can fail does, at its first, second, … last time, while a program lists
 * devices, loads a model, asks two questions and closes. Each try is a process of its own: none may
 * crash, hang or warn; what fails has an error; and once the failure is over the same process gets
 * the right answer.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/models/florence2/tasks.h"
#include "failing.h"
#include "tests/models/model-test.h"

/* Seconds after which a try hangs: one takes less than one on an idle machine. */
#define PATIENCE 300

#define MODEL "models/native-96"
#define IMAGE "images/a.png"

typedef enum
{
  TRY_ANSWERED,
  TRY_REFUSED,
} TryStatus;

static char (*answer)[4096]; /* of a try in which nothing fails; shared by all processes */
static guint n_tries, n_refused;

/* An error of one line for whatever is not there. */
static gboolean
check (gconstpointer result, const GError *error)
{
  if (result)
    {
      g_assert_no_error (error);
      return TRUE;
    }

  g_assert_nonnull (error);
  g_assert_true (error->message[0] != '\0' && !strchr (error->message, '\n'));
  g_printerr ("  %s\n", error->message);
  return FALSE;
}

static gboolean
ask (MonocleSession *session, GError **error)
{
  const MonocleRequest request
      = { .task = monocle_florence2_find_task ("<OD>"), .num_beams = 2, .max_tokens = 3 };
  g_autoptr (MonocleRun) run = test_run (session, &request, error);
  const char *text;

  if (!check (run, error ? *error : NULL))
    return FALSE;

  text = monocle_result_get_generated_text (run->results->pdata[0]);
  if (**answer == '\0')
    g_strlcpy (*answer, text, sizeof *answer);
  g_assert_cmpstr (text, ==, *answer);
  return TRUE;
}

/* All that a program does; @again: ask once more where the first question failed, as a person
 * would.
 */
static TryStatus
use_everything (gboolean again)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) devices = monocle_device_list (&error);
  g_autoptr (MonocleModel) model = NULL;
  g_autoptr (MonocleSession) session = NULL;
  g_autoptr (GAsyncResult) loaded = NULL;
  g_autofree char *directory = test_fixture (MODEL);
  g_autofree char *image = test_fixture (IMAGE);
  gboolean answered;

  if (!check (devices, error))
    return TRY_REFUSED;

  monocle_model_load_async (directory, devices->pdata[0], MONOCLE_PRECISION_F32, NULL, NULL, NULL,
                            test_take_result, &loaded);
  model = monocle_model_load_finish (test_wait (&loaded), &error);
  if (!check (model, error))
    return TRY_REFUSED;

  session = test_open_image (model, image);
  answered = ask (session, &error) && ask (session, &error);
  if (!answered && again)
    {
      g_clear_error (&error);
      g_assert_true (ask (session, &error));
    }

  return answered ? TRY_ANSWERED : TRY_REFUSED;
}

/* @transient: the failure passes. Ends the process. */
static void
run_try (gboolean transient)
{
  TryStatus status;

  alarm (PATIENCE);
  status = use_everything (transient);
  if (transient && status == TRY_REFUSED)
    g_assert_cmpint (use_everything (FALSE), ==, TRY_ANSWERED);
  exit (test_end ((int) status));
}

/* The status of a process that made the try, or -1 where it did not end well. */
static int
fork_try (gboolean transient, gboolean timing)
{
  int status = 0;
  pid_t pid;

  fflush (NULL);
  pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      /* Timing has calls of its own, and much to say. */
      g_setenv ("MONOCLE_DEBUG", timing ? "timing" : "", TRUE);
      run_try (transient);
    }

  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  n_tries++;
  return WIFEXITED (status) && WEXITSTATUS (status) <= TRY_REFUSED ? WEXITSTATUS (status) : -1;
}

static void
try_failing (const FailingFunction *function, guint n, VkResult result, gboolean for_good)
{
  int status;

  failing_reset ();
  failing_plan (function->name, n, result, for_good);
  status = fork_try (!for_good, strstr (function->name, "Query") != NULL);
  if (status < 0)
    g_test_fail_printf ("%s failing with %d at its call %u%s: the program did not end well",
                        function->name, result, n, for_good ? " and after" : "");
  else if (failing_get_n_failed () == 0)
    g_test_fail_printf ("%s was not called %u times", function->name, n);
  n_refused += status == TRY_REFUSED;
}

/* The calls of a program in which nothing fails. */
static guint
count_calls (guint function)
{
  static guint *n_calls;

  if (!n_calls)
    {
      failing_reset ();
      g_assert_cmpint (fork_try (FALSE, TRUE), ==, TRY_ANSWERED);
      n_calls = g_new (guint, n_failing_functions);
      for (guint i = 0; i < n_failing_functions; i++)
        n_calls[i] = failing_get_n_calls (failing_functions[i].name);
    }

  return n_calls[function];
}

/* The first calls, the last one and some between: 1, 2, 8, 32, …, n; each one where there is time
 * (-m slow). */
static void
test_function (gconstpointer data)
{
  const FailingFunction *function = data;
  VkResult results[FAILING_MAX_RESULTS];
  const guint n_results = failing_get_results (function, results);
  const guint n_calls = count_calls ((guint) (function - failing_functions));
  guint turn = 0;

  if (n_calls == 0)
    {
      g_test_skip ("nothing of this device calls it");
      return;
    }

  for (guint i = 0; i < n_results; i++)
    try_failing (function, 1, results[i], FALSE);
  for (guint n = 2; n < n_calls; n = g_test_slow () ? n + 1 : n * 4)
    try_failing (function, n, results[turn++ % n_results], FALSE);
  if (n_calls > 1)
    try_failing (function, n_calls, results[turn++ % n_results], FALSE);
  try_failing (function, (n_calls + 1) / 2, results[n_results - 1], TRUE);
  g_test_message ("%s: %u calls", function->name, n_calls);
}

/* A device that never answers again. */
static void
test_never (void)
{
  static const VkResult results[]
      = { VK_ERROR_DEVICE_LOST, VK_TIMEOUT, VK_ERROR_OUT_OF_HOST_MEMORY };

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      failing_reset ();
      failing_plan ("vkWaitForFences", 1, results[i], TRUE);
      failing_plan ("vkQueueWaitIdle", 1, VK_ERROR_DEVICE_LOST, TRUE);
      g_assert_cmpint (fork_try (FALSE, FALSE), ==, TRY_REFUSED);
    }
}

static void
test_no_devices (void)
{
  int status = 0;
  pid_t pid;

  failing_reset ();
  failing_plan ("vkEnumeratePhysicalDevices", 1, FAILING_EMPTY, TRUE);
  fflush (NULL);
  pid = fork ();
  if (pid == 0)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) devices = monocle_device_list (&error);

      g_assert_null (devices);
      g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_NO_DEVICE);
      exit (0);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  failing_init ();
  answer = mmap (NULL, sizeof *answer, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

  g_test_add_func ("/failures/no-devices", test_no_devices);
  for (guint i = 0; i < n_failing_functions; i++)
    {
      g_autofree char *path = g_strdup_printf ("/failures/%s", failing_functions[i].name);

      g_test_add_data_func (path, &failing_functions[i], test_function);
    }
  g_test_add_func ("/failures/never", test_never);

  status = g_test_run ();
  g_printerr ("# %u programs were tried, %u said no\n", n_tries, n_refused);
  return status;
}
