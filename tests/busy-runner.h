/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A runner that has something to do: what is asked of it waits until the main context runs.
 */
#pragma once

#include "app/runner/runner.h"

G_BEGIN_DECLS

static inline void
test_on_busy_over (GObject *source, GAsyncResult *result, gpointer user_data)
{
  /* Also where the runner is let go first. */
  g_autoptr (MonocleRun) run = monocle_runner_submit_finish (result, NULL);
}

/* @runner: has its model, and is idle */
static inline void
test_keep_busy (MonocleRunner *runner, MonocleImage *image)
{
  GPtrArray *tasks = monocle_runner_list_tasks (runner);
  MonocleRequest request = { 0 };

  for (guint i = 0; i < tasks->len && !request.task; i++)
    if (((MonocleTask *) tasks->pdata[i])->takes == MONOCLE_TAKES_NOTHING)
      request.task = tasks->pdata[i];
  g_assert_nonnull (request.task);
  request.max_tokens = 1;
  monocle_runner_submit (runner, image, &request, NULL, NULL, NULL, test_on_busy_over, NULL);
  g_assert_true (monocle_runner_is_busy (runner));
}

G_END_DECLS
