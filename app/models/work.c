/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/work.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "app/base/error.h"
#include "app/base/output.h"

#define TICK_MS     250
#define CHUNK_BYTES (1024 * 1024)

typedef struct
{
  MonocleWork work;
  MonocleWorkFunc func;
  gpointer data;
  GDestroyNotify free_data, free_result;
  MonocleProgress progress;
  gpointer progress_data;
  GSource *tick;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  if (job->free_data)
    job->free_data (job->data);
  g_clear_object (&job->work.cancellable);
  g_mutex_clear (&job->work.mutex);
  g_free (job);
}

void
monocle_work_count (MonocleWork *self, gint64 n)
{
  g_mutex_lock (&self->mutex);
  self->done += n;
  g_mutex_unlock (&self->mutex);
}

static gboolean
on_tick (gpointer data)
{
  Job *job = data;
  double fraction;

  g_mutex_lock (&job->work.mutex);
  fraction = job->work.total > 0 ? (double) job->work.done / (double) job->work.total : 0;
  g_mutex_unlock (&job->work.mutex);
  job->progress (CLAMP (fraction, 0, 1), job->progress_data);
  return G_SOURCE_CONTINUE;
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  gpointer result = job->func (&job->work, job->data, &error);

  if (result)
    g_task_return_pointer (task, result, job->free_result);
  else
    g_task_return_error (task, error);
}

/* The answer and the last look at how far it is come in the same loop: no look after the answer. */
static void
on_ran (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Job *job = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;
  gpointer pointer = g_task_propagate_pointer (G_TASK (result), &error);

  if (job->tick)
    {
      g_source_destroy (job->tick);
      g_clear_pointer (&job->tick, g_source_unref);
    }
  if (pointer)
    g_task_return_pointer (task, pointer, job->free_result);
  else
    g_task_return_error (task, error);
}

void
monocle_work_async (MonocleWorkFunc func,
                    gpointer data,
                    GDestroyNotify free_data,
                    GDestroyNotify free_result,
                    GCancellable *cancellable,
                    MonocleProgress progress,
                    gpointer progress_data,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GTask) running = g_task_new (NULL, cancellable, on_ran, g_object_ref (task));
  Job *job = g_new0 (Job, 1);

  g_mutex_init (&job->work.mutex);
  job->work.cancellable = cancellable ? g_object_ref (cancellable) : NULL;
  job->func = func;
  job->data = data;
  job->free_data = free_data;
  job->free_result = free_result;
  job->progress = progress;
  job->progress_data = progress_data;
  g_task_set_source_tag (task, monocle_work_async);
  /* What is done is done. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_check_cancellable (running, FALSE);
  g_task_set_task_data (running, job, job_free);
  if (progress)
    {
      job->tick = g_timeout_source_new (TICK_MS);
      g_source_set_callback (job->tick, on_tick, job, NULL);
      g_source_attach (job->tick, g_task_get_context (task));
    }
  g_task_run_in_thread (running, run);
}

gpointer
monocle_work_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Bytes --- */

/* @to: -1 for nowhere */
static gboolean
pump (MonocleWork *self,
      int from,
      int to,
      const char *path,
      const char *copy,
      GChecksum *checksum,
      guint64 *size,
      GError **error)
{
  g_autofree guint8 *buffer = g_malloc (CHUNK_BYTES);
  ssize_t n;

  while ((n = read (from, buffer, CHUNK_BYTES)) != 0)
    {
      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;
      if (n < 0)
        return monocle_file_set_error (error, path, "%s", g_strerror (errno));
      g_checksum_update (checksum, buffer, n);
      if (to >= 0 && !monocle_output_write_all (to, buffer, (gsize) n))
        return monocle_app_error_set_write (error, copy, errno);
      *size += (guint64) n;
      monocle_work_count (self, n);
    }
  return to < 0 || fsync (to) == 0 || monocle_app_error_set_write (error, copy, errno);
}

char *
monocle_work_digest (
    MonocleWork *self, const char *path, const char *copy, guint64 *size, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  /* What is no file must not be waited for. */
  int from = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0), to = -1;
  guint64 bytes = 0;
  GStatBuf status;
  gboolean done = FALSE;

  if (from < 0)
    monocle_file_set_error (error, path, "%s", g_strerror (errno));
  else if (fstat (from, &status) != 0 || !S_ISREG (status.st_mode))
    monocle_file_set_error (error, path, "not a regular file");
  else if (copy && (to = g_open (copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)) < 0)
    monocle_app_error_set_write (error, copy, errno);
  else
    done = pump (self, from, to, path, copy, checksum, &bytes, error);
  if (from >= 0)
    close (from);
  if (to >= 0 && close (to) != 0 && done)
    done = monocle_app_error_set_write (error, copy, errno);
  if (size)
    *size = bytes;
  return done ? g_strdup (g_checksum_get_string (checksum)) : NULL;
}
