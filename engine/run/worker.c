/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/worker.h"

#include <sys/resource.h>

#include "engine/run/device-private.h"
#include "engine/run/engine-private.h"
#include "engine/base/debug.h"
#include "engine/base/error.h"
#include "engine/vk/pipelines.h"
#include "engine/vk/profile.h"

/* Enough for windows to come first, little enough to get on beside other work. */
#define NICENESS 5

typedef struct
{
  MonocleWorkerFunc func;
  gpointer data;
  GDestroyNotify destroy;
} Job;

struct _MonocleWorker
{
  MonocleDevice *device;
  GThread *thread;
  GAsyncQueue *jobs;
  MonocleVkGpu *gpu; /* opened by the first job that asks; the worker thread's */

  /* Under the lock of all workers. */
  guint n_users;
  gboolean is_lost;        /* with its device: its users keep it, others get a new one */
  GCancellable *stoppable; /* (nullable): of the job that runs */
};

static GMutex mutex;
static GPtrArray *workers;          /* not owned: the last user ends one */
static GQueue ended = G_QUEUE_INIT; /* of GThread */
static gboolean is_stopping, gives_way;

static void
quit (MonocleWorker *self, gpointer data)
{
  g_clear_pointer (&self->gpu, monocle_vk_gpu_close);
}

static void
free_worker (MonocleWorker *self)
{
  g_async_queue_unref (self->jobs);
  g_object_unref (self->device);
  g_mutex_lock (&mutex);
  g_queue_push_tail (&ended, self->thread);
  g_mutex_unlock (&mutex);
  g_free (self);
}

static gpointer
run (gpointer data)
{
  MonocleWorker *self = data;
  gboolean running = TRUE;

  /* Of this thread alone, and of those that drivers start on it. It cannot be taken back. */
  if (gives_way)
    setpriority (PRIO_PROCESS, 0, NICENESS);

  while (running)
    {
      Job *job = g_async_queue_pop (self->jobs);

      running = job->func != quit;
      monocle_engine_enter ();
      job->func (self, job->data);
      if (self->gpu && self->gpu->profile && monocle_debug_has (MONOCLE_DEBUG_TIMING))
        monocle_vk_profile_log (self->gpu->profile);
      if (job->destroy)
        job->destroy (job->data);
      g_free (job);
      if (!running)
        free_worker (self);
      monocle_engine_release ();
    }

  return NULL;
}

void
monocle_worker_join_ended (void)
{
  GThread *thread;

  do
    {
      g_mutex_lock (&mutex);
      thread = g_queue_pop_head (&ended);
      g_mutex_unlock (&mutex);
      if (thread)
        g_thread_join (thread);
    }
  while (thread);
}

MonocleWorker *
monocle_worker_get (MonocleDevice *device)
{
  g_autoptr (GMutexLocker) locker = NULL;
  const char *uuid = monocle_device_get_uuid (device);
  MonocleWorker *self;

  monocle_engine_expect_shutdown ();
  monocle_worker_join_ended ();
  locker = g_mutex_locker_new (&mutex);
  if (!workers)
    workers = g_ptr_array_new ();
  for (guint i = 0; i < workers->len; i++)
    {
      self = workers->pdata[i];
      if (!self->is_lost && g_str_equal (monocle_device_get_uuid (self->device), uuid))
        {
          self->n_users++;
          return self;
        }
    }

  self = g_new0 (MonocleWorker, 1);
  self->n_users = 1;
  self->device = g_object_ref (device);
  self->jobs = g_async_queue_new ();
  self->thread = g_thread_new ("monocle-engine", run, self);
  g_ptr_array_add (workers, self);

  return self;
}

MonocleWorker *
monocle_worker_ref (MonocleWorker *self)
{
  g_mutex_lock (&mutex);
  self->n_users++;
  g_mutex_unlock (&mutex);
  return self;
}

/**
 * monocle_worker_unref:
 * @self: (nullable): a worker
 *
 * After the last user the thread closes the device, stores its caches and ends. Nobody waits for
 * that but monocle_engine_shutdown().
 */
void
monocle_worker_unref (MonocleWorker *self)
{
  gboolean is_last;

  if (!self)
    return;

  g_mutex_lock (&mutex);
  is_last = --self->n_users == 0;
  if (is_last)
    g_ptr_array_remove_fast (workers, self);
  g_mutex_unlock (&mutex);

  if (is_last)
    monocle_worker_push (self, quit, NULL, NULL);
}

void
monocle_worker_push (MonocleWorker *self,
                     MonocleWorkerFunc func,
                     gpointer data,
                     GDestroyNotify destroy)
{
  Job *job = g_new0 (Job, 1);

  job->func = func;
  job->data = data;
  job->destroy = destroy;
  monocle_engine_hold ();
  g_async_queue_push (self->jobs, job);
}

MonocleVkGpu *
monocle_worker_get_gpu (MonocleWorker *self, GError **error)
{
  monocle_worker_assert (self);

  if (!self->gpu)
    {
      self->gpu = monocle_vk_gpu_open (monocle_device_get_info (self->device), error);
      if (self->gpu && monocle_debug_has (MONOCLE_DEBUG_TIMING))
        self->gpu->profile = monocle_vk_profile_new ();
    }

  return self->gpu;
}

void
monocle_worker_set_stoppable (MonocleWorker *self, GCancellable *cancellable)
{
  gboolean stop;

  monocle_worker_assert (self);

  g_mutex_lock (&mutex);
  g_set_object (&self->stoppable, cancellable);
  stop = is_stopping;
  g_mutex_unlock (&mutex);

  if (stop)
    g_cancellable_cancel (cancellable);
}

gboolean
monocle_worker_is_wanted (MonocleWorker *self)
{
  monocle_worker_assert (self);

  return g_async_queue_length (self->jobs) > 0;
}

void
monocle_worker_report (MonocleWorker *self, const GError *error)
{
  if (!g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST))
    return;

  g_mutex_lock (&mutex);
  self->is_lost = TRUE;
  g_mutex_unlock (&mutex);
}

gboolean
monocle_worker_is_lost (MonocleWorker *self)
{
  gboolean is_lost;

  g_mutex_lock (&mutex);
  is_lost = self->is_lost;
  g_mutex_unlock (&mutex);
  return is_lost;
}

void
monocle_worker_assert (MonocleWorker *self)
{
  g_assert (g_thread_self () == self->thread);
}

/* Whose last user never comes because the main loop that held it is over. */
static void
store (MonocleWorker *self, gpointer data)
{
  if (self->gpu)
    monocle_vk_pipelines_store (self->gpu->pipelines);
}

void
monocle_worker_stop_all (void)
{
  g_autoptr (GPtrArray) users
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_worker_unref);
  g_autoptr (GPtrArray) stoppables = g_ptr_array_new_with_free_func (g_object_unref);

  g_mutex_lock (&mutex);
  is_stopping = TRUE;
  for (guint i = 0; workers && i < workers->len; i++)
    {
      MonocleWorker *self = workers->pdata[i];

      self->n_users++;
      g_ptr_array_add (users, self);
      if (self->stoppable)
        g_ptr_array_add (stoppables, g_object_ref (self->stoppable));
    }
  g_mutex_unlock (&mutex);

  for (guint i = 0; i < users->len; i++)
    monocle_worker_push (users->pdata[i], store, NULL, NULL);
  g_ptr_array_foreach (stoppables, (GFunc) (GCallback) g_cancellable_cancel, NULL);
}

void
monocle_worker_give_way (void)
{
  gives_way = TRUE;
}
