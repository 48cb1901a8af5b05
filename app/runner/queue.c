/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The runner's queue: the job that runs, those that wait, and how each comes to its end. What it is
 * about its class knows: queries, submit.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/runner/private.h"

/* (nullable): the first that waits until nobody is waiting for an answer */
static GList *
find_behind (MonocleRunner *self)
{
  for (GList *l = self->waiting.head; l; l = l->next)
    if (((MonocleRunnerJob *) l->data)->gives_way)
      return l;
  return NULL;
}

void
monocle_runner_push (MonocleRunner *self, MonocleRunnerJob *job, const MonocleRunnerJobClass *klass)
{
  job->klass = klass;
  job->runner = self;
  job->cancellable = g_cancellable_new ();
  if (!job->gives_way)
    monocle_runner_stop_look (self);
  g_queue_insert_before (&self->waiting, job->gives_way ? NULL : find_behind (self), job);
}

void
monocle_runner_job_free (MonocleRunnerJob *job)
{
  g_object_unref (job->cancellable);
  g_clear_object (&job->session);
  g_free (job);
}

void
monocle_runner_check_busy (MonocleRunner *self)
{
  gboolean busy = monocle_runner_is_busy (self);

  if (busy == self->was_busy)
    return;

  self->was_busy = busy;
  monocle_runner_notify (self, MONOCLE_RUNNER_PROP_BUSY);
}

static void
set_job (MonocleRunner *self, MonocleRunnerJob *job)
{
  self->job = job;
  monocle_runner_notify (self, MONOCLE_RUNNER_PROP_QUERY);
}

/* --- Jobs that do not run --- */

static void
stop_job (MonocleRunnerJob *job)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Stopped"));

  job->klass->end (job, NULL, error);
}

/* Those that are wanted (%NULL: all). They are taken off the queue first: whoever hears that they
 * are stopped may ask the next thing. */
static void
stop_waiting (MonocleRunner *self, MonocleRunnerJobFunc is_wanted, gconstpointer data)
{
  GQueue stopped = G_QUEUE_INIT;
  GList *next;

  for (GList *l = self->waiting.head; l; l = next)
    {
      next = l->next;
      if (!is_wanted || is_wanted (l->data, data))
        {
          g_queue_unlink (&self->waiting, l);
          g_queue_push_tail_link (&stopped, l);
        }
    }
  g_queue_clear_full (&stopped, (GDestroyNotify) stop_job);
}

void
monocle_runner_fail_waiting (MonocleRunner *self, const GError *error)
{
  GQueue failed = self->waiting;
  MonocleRunnerJob *job;

  g_queue_init (&self->waiting);
  while ((job = g_queue_pop_head (&failed)))
    job->klass->end (job, NULL, error);
}

/* --- The job that runs --- */

static void
on_update (const MonocleUpdate *update, gpointer user_data)
{
  MonocleRunnerJob *job = user_data;

  job->klass->update (job, update);
}

static void
note_fewer (MonocleRunner *self, guint n)
{
  g_autofree char *text
      = g_strdup_printf (ngettext ("Too little memory: regions were asked about one by one",
                                   "Too little memory: regions were asked about %u at a time", n),
                         n);

  monocle_runner_emit_noted (self, text);
}

/* The device is gone with all that was on it. */
static void
take_loss (MonocleRunner *self, MonocleRunnerJob *job, const GError *error)
{
  monocle_runner_drop_model (self);
  monocle_runner_set_state (self, MONOCLE_RUNNER_EMPTY);
  if (g_cancellable_is_cancelled (job->cancellable))
    stop_job (job);
  else if (job->was_lost)
    {
      job->klass->end (job, NULL, error);
      monocle_runner_give_up (self, error);
    }
  else
    {
      job->was_lost = TRUE;
      job->klass->requeue (job);
      g_queue_insert_before (&self->waiting,
                             job->gives_way ? find_behind (self) : self->waiting.head, job);
      monocle_runner_emit_device_lost (self);
    }
}

void
monocle_runner_end_job (MonocleRunnerJob *job, MonocleRun *run, const GError *error)
{
  g_autoptr (MonocleRunner) self = job->runner ? g_object_ref (job->runner) : NULL;

  if (self)
    set_job (self, NULL);

  if (self && g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST))
    take_loss (self, job, error);
  else
    {
      if (self && run && run->n_at_once > 0)
        note_fewer (self, run->n_at_once);
      job->klass->end (job, run, error);
    }

  if (self)
    {
      monocle_runner_advance (self);
      monocle_runner_check_busy (self);
    }
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer job)
{
  g_autoptr (GError) error = NULL;
  MonocleRun *run = monocle_session_run_finish (MONOCLE_SESSION (source), result, &error);

  monocle_runner_end_job (job, run, error);
}

static void
start_by_itself (MonocleRunner *self, MonocleRunnerJob *job)
{
  g_autoptr (GError) error = NULL;

  set_job (self, job);
  if (job->klass->start (job, &error))
    return;
  set_job (self, NULL);
  job->klass->end (job, NULL, error);
}

static void
start (MonocleRunner *self, MonocleRunnerJob *job)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = job->klass->get_image (job, &error);
  g_autoptr (MonocleSession) session = NULL;
  MonocleRequest request;

  if (!image)
    {
      job->klass->end (job, NULL, error);
      return;
    }

  set_job (self, job);
  session = job->klass->begin (job, image, &request);
  monocle_session_run_async (session, &request, job->cancellable, on_update, job, on_answered, job);
}

static void
begin_job (MonocleRunner *self, MonocleRunnerJob *job)
{
  if (job->klass->start)
    start_by_itself (self, job);
  else
    start (self, job);
}

void
monocle_runner_advance (MonocleRunner *self)
{
  while (!self->job && !self->load && !self->look)
    {
      if (monocle_runner_is_stale (self)
          || (self->waiting.length > 0 && self->state != MONOCLE_RUNNER_READY))
        monocle_runner_begin_load (self);
      else if (self->waiting.length > 0 && !monocle_runner_look (self))
        begin_job (self, g_queue_pop_head (&self->waiting));
      else if (self->waiting.length == 0)
        {
          monocle_runner_get_ahead (self);
          break;
        }
    }
}

/* --- Stopping --- */

void
monocle_runner_stop_jobs (MonocleRunner *self, MonocleRunnerJobFunc is_wanted, gconstpointer data)
{
  g_object_ref (self);
  if (self->job && (!is_wanted || is_wanted (self->job, data)))
    {
      self->job->klass->stopping (self->job);
      g_cancellable_cancel (self->job->cancellable);
    }
  monocle_runner_stop_look (self);
  stop_waiting (self, is_wanted, data);
  monocle_runner_check_busy (self);
  g_object_unref (self);
}

void
monocle_runner_stop (MonocleRunner *self)
{
  g_return_if_fail (MONOCLE_IS_RUNNER (self));

  monocle_runner_stop_jobs (self, NULL, NULL);
}

void
monocle_runner_let_go_of_jobs (MonocleRunner *self)
{
  /* What it gave by now still goes to who asked. */
  if (self->job)
    {
      self->job->runner = NULL;
      g_cancellable_cancel (self->job->cancellable);
      self->job = NULL;
    }
  if (self->look)
    {
      self->look->runner = NULL;
      monocle_runner_stop_look (self);
      self->look = NULL;
    }
  stop_waiting (self, NULL, NULL);
}
