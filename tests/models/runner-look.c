/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures that are looked at side by side ahead of questions that nobody waits for.
 */
#include "config.h"

#include "app/runner/private.h"
#include "engine/models/florence2/tasks.h"
#include "pace-test.h"
#include "runner-test.h"
#include "tests/busy-runner.h"

/* As many as the model takes side by side. */
#define N 4

typedef struct
{
  MonocleRunner *runner;
  MonocleDocument *documents[N];
  MonocleQuery *queries[N];
} Asked;

/* In one go: none of them begins before all wait. */
static void
ask (Asked *asked)
{
  static const char *const names[N]
      = { "photo-113x29.png", "photo-131x97.png", "photo-31x96.png", "photo-97x131.png" };

  asked->runner = test_make_runner (OTHER_MODEL);
  monocle_runner_load (asked->runner);
  WAIT_UNTIL (monocle_runner_get_state (asked->runner) == MONOCLE_RUNNER_READY);
  g_assert_cmpuint (monocle_model_get_n_together (asked->runner->model), ==, N);
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *name = g_build_filename ("..", "pictures", names[i], NULL);

      asked->documents[i] = test_open_document (name);
      asked->queries[i]
          = monocle_query_new (monocle_florence2_find_task ("caption"), NULL, NULL, 0, NULL);
    }
  test_keep_busy (asked->runner, monocle_document_get_image (asked->documents[0]));
  for (guint i = 0; i < N; i++)
    monocle_runner_run_behind (asked->runner, asked->documents[i], asked->queries[i]);
}

static gboolean
are_active (const Asked *asked)
{
  for (guint i = 0; i < N; i++)
    if (!monocle_query_is_active (asked->queries[i]))
      return FALSE;
  return TRUE;
}

static void
wait_answers (const Asked *asked)
{
  for (guint i = 0; i < N; i++)
    {
      WAIT_UNTIL (!monocle_query_is_active (asked->queries[i]));
      test_assert_state (asked->queries[i], MONOCLE_QUERY_DONE);
    }
}

static void
clear (Asked *asked)
{
  for (guint i = 0; i < N; i++)
    {
      test_assert_last (asked->documents[i]);
      test_assert_last (asked->queries[i]);
    }
  if (asked->runner)
    test_assert_last (asked->runner);
}

/* The answers from @first on are those to each question alone. */
static void
assert_answers (const Asked *asked, guint first)
{
  for (guint i = first; i < N; i++)
    {
      MonocleQuery *again = test_ask (asked->runner, asked->documents[i], "caption");
      g_autofree char *ahead = test_describe (asked->queries[i]), *alone = NULL;

      WAIT_UNTIL (!monocle_query_is_active (again));
      alone = test_describe (again);
      g_assert_cmpstr (ahead, ==, alone);
      g_object_unref (again);
    }
}

/* They are looked at before they are asked about. */
void
test_look (void)
{
  Asked asked;

  ask (&asked);
  WAIT_UNTIL (asked.runner->look);
  wait_answers (&asked);
  g_assert_null (asked.runner->look);
  g_assert_cmpuint (test_get_pace (asked.runner->model).n_sets, ==, 1);
  assert_answers (&asked, 0);
  clear (&asked);
}

/* Whoever asks meanwhile is answered first, and they are looked at another time. */
void
test_look_gives_way (void)
{
  MonocleDocument *document = test_open_document ("a.png");
  MonocleQuery *by_hand;
  Asked asked;

  ask (&asked);
  WAIT_UNTIL (asked.runner->look);
  by_hand = test_ask (asked.runner, document, "caption");
  g_assert_true (g_cancellable_is_cancelled (asked.runner->look->cancellable));
  WAIT_UNTIL (!monocle_query_is_active (by_hand));
  test_assert_state (by_hand, MONOCLE_QUERY_DONE);
  g_assert_true (are_active (&asked));
  wait_answers (&asked);
  test_assert_last (document);
  test_assert_last (by_hand);
  clear (&asked);
}

/* What one model saw is not what another one is asked about, while it looks and afterwards. */
void
test_look_other_model (void)
{
  Asked asked;

  ask (&asked);
  WAIT_UNTIL (asked.runner->look);
  test_configure (asked.runner, MODEL);
  wait_answers (&asked);
  g_assert_cmpstr (monocle_query_get_model_name (asked.queries[0]), ==, "native-96");
  assert_answers (&asked, 0);
  clear (&asked);

  ask (&asked);
  WAIT_UNTIL (monocle_runner_get_query (asked.runner) == asked.queries[0]);
  test_configure (asked.runner, MODEL);
  wait_answers (&asked);
  g_assert_cmpstr (monocle_query_get_model_name (asked.queries[1]), ==, "native-96");
  assert_answers (&asked, 1);
  clear (&asked);
}

void
test_look_stopped (void)
{
  Asked asked;

  ask (&asked);
  WAIT_UNTIL (asked.runner->look);
  monocle_runner_stop_query (asked.runner, asked.queries[1]);
  test_assert_state (asked.queries[1], MONOCLE_QUERY_STOPPED);
  WAIT_UNTIL (!monocle_query_is_active (asked.queries[0]));
  test_assert_state (asked.queries[0], MONOCLE_QUERY_DONE);
  monocle_runner_stop (asked.runner);
  WAIT_UNTIL (!monocle_runner_get_query (asked.runner) && !asked.runner->look);
  clear (&asked);

  ask (&asked);
  WAIT_UNTIL (asked.runner->look);
  test_assert_last (g_steal_pointer (&asked.runner));
  test_assert_state (asked.queries[0], MONOCLE_QUERY_STOPPED);
  clear (&asked);
}
