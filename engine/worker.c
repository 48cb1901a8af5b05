/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/worker.h"

#include "engine/device-private.h"
#include "engine/error.h"

typedef struct
{
  MonocleWorkerFunc func;
  gpointer data;
  GDestroyNotify destroy;
} Job;

struct _MonocleWorker
{
  gatomicrefcount ref_count;
  MonocleDevice *device;
  GThread *thread;
  GAsyncQueue *jobs;
  MonocleVkGpu *gpu; /* opened by the first job that asks; the worker thread's */
};

/* The workers that are in use, by UUID of their device. They are not owned: the last user ends one.
 */
static GMutex workers_mutex;
static GHashTable *workers;
/* Threads that end on their own, since the last user was a job of theirs. */
static GSList *ending;

/* What a job leaves behind may be two more jobs: of a session, of its model. */
#define ROUNDS_AT_EXIT 3

static void
answer (MonocleWorker *self, gpointer data)
{
  g_async_queue_push (data, data);
}

/* A program that ends waits for what its workers still have to tidy up: drivers do not survive
 * being used while they are taken down. */
static void
finish_all (void)
{
  g_autoptr (GPtrArray) users
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_worker_unref);
  g_autoptr (GAsyncQueue) answers = g_async_queue_new ();
  GHashTableIter iter;
  gpointer worker;

  g_mutex_lock (&workers_mutex);
  g_hash_table_iter_init (&iter, workers);
  while (g_hash_table_iter_next (&iter, NULL, &worker))
    g_ptr_array_add (users, monocle_worker_ref (worker));
  g_mutex_unlock (&workers_mutex);

  for (guint i = 0; i < users->len * ROUNDS_AT_EXIT; i++)
    {
      monocle_worker_push (users->pdata[i / ROUNDS_AT_EXIT], answer, answers, NULL);
      g_async_queue_pop (answers);
    }
  /* Whoever is the last user now closes the device. */
  g_ptr_array_set_size (users, 0);
  g_slist_free_full (g_steal_pointer (&ending), (GDestroyNotify) g_thread_join);
}

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
  g_free (self);
}

static gpointer
run (gpointer data)
{
  MonocleWorker *self = data;
  gboolean running = TRUE;

  while (running)
    {
      Job *job = g_async_queue_pop (self->jobs);

      running = job->func != quit;
      job->func (self, job->data);
      if (job->destroy)
        job->destroy (job->data);
      g_free (job);
    }

  free_worker (self);
  return NULL;
}

MonocleWorker *
monocle_worker_get (MonocleDevice *device)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&workers_mutex);
  MonocleWorker *self;

  if (!workers)
    {
      workers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      atexit (finish_all);
    }

  self = g_hash_table_lookup (workers, monocle_device_get_uuid (device));
  if (self)
    return monocle_worker_ref (self);

  self = g_new0 (MonocleWorker, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->device = g_object_ref (device);
  self->jobs = g_async_queue_new ();
  self->thread = g_thread_new ("monocle-engine", run, self);
  g_hash_table_insert (workers, g_strdup (monocle_device_get_uuid (device)), self);

  return self;
}

MonocleWorker *
monocle_worker_ref (MonocleWorker *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
forget (MonocleWorker *self)
{
  const char *uuid = monocle_device_get_uuid (self->device);

  if (g_hash_table_lookup (workers, uuid) == self)
    g_hash_table_remove (workers, uuid);
}

/**
 * monocle_worker_unref:
 * @self: (nullable): a worker
 *
 * The last user waits for the thread to close the device, so that its caches are stored before the
 * program ends.
 */
void
monocle_worker_unref (MonocleWorker *self)
{
  GThread *thread;

  if (!self)
    return;

  g_mutex_lock (&workers_mutex);
  if (!g_atomic_ref_count_dec (&self->ref_count))
    {
      g_mutex_unlock (&workers_mutex);
      return;
    }
  forget (self);
  thread = self->thread;
  if (thread == g_thread_self ())
    ending = g_slist_prepend (ending, thread);
  g_mutex_unlock (&workers_mutex);

  /* The thread frees the worker once it has quit. */
  monocle_worker_push (self, quit, NULL, NULL);
  if (thread != g_thread_self ())
    g_thread_join (thread);
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
  g_async_queue_push (self->jobs, job);
}

MonocleVkGpu *
monocle_worker_get_gpu (MonocleWorker *self, GError **error)
{
  monocle_worker_assert (self);

  if (!self->gpu)
    self->gpu = monocle_vk_gpu_open (monocle_device_get_info (self->device), error);

  return self->gpu;
}

void
monocle_worker_report (MonocleWorker *self, const GError *error)
{
  if (!g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST))
    return;

  g_mutex_lock (&workers_mutex);
  forget (self);
  g_mutex_unlock (&workers_mutex);
}

void
monocle_worker_assert (MonocleWorker *self)
{
  g_assert (g_thread_self () == self->thread);
}
