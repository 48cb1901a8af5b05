/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A training in a thread of its own, for those who have something else to do meanwhile.
 */
#include "config.h"

#include "app/train/training.h"

typedef struct
{
  const MonocleTrainJob *job;
  MonocleTrainUpdateFunc update;
  gpointer user_data;
} Work;

/* An update on its way to whoever asked. */
typedef struct
{
  GTask *task;
  MonocleTrainUpdate update;
} Message;

static void
message_free (gpointer data)
{
  Message *message = data;

  g_object_unref (message->task);
  g_free (message);
}

static gboolean
deliver (gpointer data)
{
  const Message *message = data;
  const Work *work = g_task_get_task_data (message->task);

  work->update (&message->update, work->user_data);
  return G_SOURCE_REMOVE;
}

static void
post (const MonocleTrainUpdate *update, gpointer user_data)
{
  Message *message = g_new0 (Message, 1);

  message->task = g_object_ref (user_data);
  message->update = *update;
  g_main_context_invoke_full (g_task_get_context (message->task),
                              g_task_get_priority (message->task), deliver, message, message_free);
}

static gpointer
run (gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  const Work *work = g_task_get_task_data (task);
  GError *error = NULL;
  MonocleTrainOutcome *outcome;

  g_main_context_push_thread_default (context);
  outcome = monocle_training_run (work->job, work->update ? post : NULL, task,
                                  g_task_get_cancellable (task), &error);
  g_main_context_pop_thread_default (context);
  if (outcome)
    g_task_return_pointer (task, outcome, (GDestroyNotify) monocle_train_outcome_free);
  else
    g_task_return_error (task, error);
  return NULL;
}

void
monocle_training_run_async (const MonocleTrainJob *job,
                            MonocleTrainUpdateFunc update,
                            gpointer update_data,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Work *work = g_new (Work, 1);

  *work = (Work){ job, update, update_data };
  g_task_set_source_tag (task, monocle_training_run_async);
  /* What was learnt is there. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, work, g_free);
  g_thread_unref (g_thread_new ("monocle-training", run, task));
}

MonocleTrainOutcome *
monocle_training_run_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
