/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/call.h"

#include "engine/base/error.h"

/* From cancelling to the answer. */
#define PATIENCE_MS 1500

struct _MonocleCall
{
  gatomicrefcount ref_count;
  GTask *task;
  GCancellable *cancellable;
  MonocleCallFunc func;

  GMutex mutex;
  gboolean is_answered;
  GSource *waiting; /* (nullable): for the cancellation, then for the end of patience */
};

static void
call_unref (gpointer data)
{
  MonocleCall *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_object_unref (self->task);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* Waits for @source (transfer full) instead of what was waited for; for nothing once there is an
 * answer. */
static void
wait_for (MonocleCall *self, GSource *source, GSourceFunc func)
{
  GSource *before;

  g_mutex_lock (&self->mutex);
  if (self->is_answered)
    {
      before = source;
    }
  else
    {
      before = self->waiting;
      self->waiting = source;
      g_atomic_ref_count_inc (&self->ref_count);
      g_source_set_callback (source, func, self, call_unref);
      g_source_attach (source, g_task_get_context (self->task));
    }
  g_mutex_unlock (&self->mutex);

  if (before)
    {
      g_source_destroy (before);
      g_source_unref (before);
    }
}

/* Whether the caller may answer: the first one may. */
static gboolean
take_turn (MonocleCall *self)
{
  GSource *waiting;
  gboolean is_first;

  g_mutex_lock (&self->mutex);
  is_first = !self->is_answered;
  self->is_answered = TRUE;
  waiting = g_steal_pointer (&self->waiting);
  g_mutex_unlock (&self->mutex);

  if (waiting)
    {
      g_source_destroy (waiting);
      g_source_unref (waiting);
    }
  return is_first;
}

static gboolean
on_impatient (gpointer data)
{
  GError *error = NULL;

  if (g_cancellable_set_error_if_cancelled (((MonocleCall *) data)->cancellable, &error))
    monocle_call_return_error (data, error);
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  wait_for (data, g_timeout_source_new (PATIENCE_MS), on_impatient);
  return G_SOURCE_REMOVE;
}

static void
run (MonocleWorker *worker, gpointer data)
{
  MonocleCall *self = data;

  /* It waited behind the one that lost the device. */
  if (monocle_worker_is_lost (worker))
    {
      monocle_call_return_error (
          self, g_error_new_literal (MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST,
                                     "The device stopped answering (earlier)"));
      return;
    }
  monocle_worker_set_stoppable (worker, self->cancellable);
  self->func (worker, self);
  monocle_worker_set_stoppable (worker, NULL);
}

void
monocle_call_start (GTask *task, MonocleWorker *worker, MonocleCallFunc func)
{
  MonocleCall *self = g_new0 (MonocleCall, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);

  g_atomic_ref_count_init (&self->ref_count);
  self->task = task;
  self->cancellable = cancellable ? g_object_ref (cancellable) : g_cancellable_new ();
  self->func = func;
  g_mutex_init (&self->mutex);
  if (cancellable)
    wait_for (self, g_cancellable_source_new (cancellable), G_SOURCE_FUNC (on_cancelled));

  monocle_worker_push (worker, run, self, call_unref);
}

GTask *
monocle_call_get_task (MonocleCall *self)
{
  return self->task;
}

GCancellable *
monocle_call_get_cancellable (MonocleCall *self)
{
  return self->cancellable;
}

void
monocle_call_return_pointer (MonocleCall *self, gpointer result, GDestroyNotify destroy)
{
  if (take_turn (self))
    g_task_return_pointer (self->task, result, destroy);
  else
    destroy (result);
}

void
monocle_call_return_error (MonocleCall *self, GError *error)
{
  if (take_turn (self))
    g_task_return_error (self->task, error);
  else
    g_error_free (error);
}
