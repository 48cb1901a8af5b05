/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures and requests on the queue, of whoever has no document: a batch, a server.
 */
#include "config.h"

#include "app/runner/private.h"

typedef struct
{
  MonocleRunnerJob job;
  GTask *task;
  MonocleImage *image;
  MonocleRequest *request;
  MonocleUpdateFunc on_update; /* (nullable) */
  gpointer user_data;
  GCancellable *cancellable; /* (nullable): the caller's */
  gulong cancelled;          /* its handler */
} Submission;

static MonocleImage *
get_image (MonocleRunnerJob *job, GError **error)
{
  return monocle_image_ref (((Submission *) job)->image);
}

static MonocleSession *
begin (MonocleRunnerJob *job, MonocleImage *image, MonocleRequest *request)
{
  Submission *self = (Submission *) job;
  MonocleRunner *runner = job->runner;

  *request = *self->request;
  if (request->num_beams == 0 && !request->sampling)
    request->num_beams = runner->num_beams;
  return monocle_sessions_open (runner->sessions, runner->model, NULL, image);
}

static void
update (MonocleRunnerJob *job, const MonocleUpdate *news)
{
  Submission *self = (Submission *) job;

  if (self->on_update)
    self->on_update (news, self->user_data);
}

/* Nobody sees it but who asks, and who asks knows that it was stopped. */
static void
ignore (MonocleRunnerJob *job)
{
}

static void
submission_free (Submission *self)
{
  if (self->cancellable)
    g_signal_handler_disconnect (self->cancellable, self->cancelled);
  g_clear_object (&self->cancellable);
  g_object_unref (self->task);
  monocle_image_unref (self->image);
  monocle_request_free (self->request);
  monocle_runner_job_free (&self->job);
}

static void
end (MonocleRunnerJob *job, MonocleRun *run, const GError *error)
{
  Submission *self = (Submission *) job;
  g_autoptr (GTask) task = g_object_ref (self->task);

  /* Who hears of it may let go of everything. */
  submission_free (self);
  if (run)
    g_task_return_pointer (task, run, (GDestroyNotify) monocle_run_free);
  else
    g_task_return_error (task, g_error_copy (error));
}

static const MonocleRunnerJobClass submission_class = { .get_image = get_image,
                                                        .begin = begin,
                                                        .update = update,
                                                        .stopping = ignore,
                                                        .requeue = ignore,
                                                        .end = end };

static gboolean
is_job (const MonocleRunnerJob *job, gconstpointer other)
{
  return job == other;
}

static void
on_cancelled (GCancellable *cancellable, MonocleRunnerJob *job)
{
  /* Without a runner it is being stopped. */
  if (job->runner)
    monocle_runner_stop_jobs (job->runner, is_job, job);
}

void
monocle_runner_submit (MonocleRunner *self,
                       MonocleImage *image,
                       const MonocleRequest *request,
                       GCancellable *cancellable,
                       MonocleUpdateFunc on_update,
                       gpointer update_data,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  Submission *submission;

  g_return_if_fail (MONOCLE_IS_RUNNER (self));
  g_return_if_fail (image);
  g_return_if_fail (request && request->task);

  /* It does not keep the runner: that can be let go at any time. What was found by the time of a
   * stop is handed over, so the task does not look at @cancellable. */
  task = g_task_new (NULL, NULL, callback, user_data);
  g_task_set_source_tag (task, monocle_runner_submit);
  if (g_cancellable_set_error_if_cancelled (cancellable, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  submission = g_new0 (Submission, 1);
  submission->task = g_steal_pointer (&task);
  submission->image = monocle_image_ref (image);
  submission->request = monocle_request_copy (request);
  submission->on_update = on_update;
  submission->user_data = update_data;
  if (cancellable)
    {
      submission->cancellable = g_object_ref (cancellable);
      submission->cancelled
          = g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), submission);
    }
  monocle_runner_push (self, &submission->job, &submission_class);

  g_object_ref (self);
  monocle_runner_advance (self);
  monocle_runner_check_busy (self);
  g_object_unref (self);
}

MonocleRun *
monocle_runner_submit_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, monocle_runner_submit), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
