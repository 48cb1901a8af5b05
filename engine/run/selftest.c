/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/selftest.h"

#include "engine/base/error.h"
#include "engine/nn/check.h"
#include "engine/run/call.h"
#include "engine/run/fraction.h"
#include "engine/run/device-private.h"

typedef struct
{
  MonocleDevice *device;
  MonoclePrecision precision;
  MonocleFraction *fraction; /* (nullable) */
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_object_unref (job->device);
  monocle_fraction_free (job->fraction);
  g_free (job);
}

static void
on_compiled (guint n_done, guint n, gpointer user_data)
{
  Job *job = user_data;

  monocle_fraction_send (job->fraction, (double) n_done / n);
}

static void
run_on_worker (MonocleWorker *worker, MonocleCall *call)
{
  Job *job = g_task_get_task_data (monocle_call_get_task (call));
  GCancellable *cancellable = monocle_call_get_cancellable (call);
  g_autofree char *fault = NULL;
  GError *error = NULL;
  MonocleVkGpu *gpu = monocle_worker_get_gpu (worker, &error);

  if (gpu && !g_cancellable_set_error_if_cancelled (cancellable, &error)
      && monocle_check_run (gpu, job->precision != MONOCLE_PRECISION_F32,
                            monocle_precision_get_word_bits (job->precision), cancellable,
                            on_compiled, job, &fault, &error)
      && fault)
    g_set_error (&error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_WRONG_RESULTS,
                 "%s computes wrongly: %s", monocle_device_get_name (job->device), fault);
  if (error)
    {
      monocle_worker_report (worker, error);
      monocle_call_return_error (call, error);
    }
  else
    monocle_call_return_pointer (call, g_object_ref (job->device), g_object_unref);
}

void
monocle_selftest_async (MonocleDevice *device,
                        MonoclePrecision precision,
                        GCancellable *cancellable,
                        MonocleProgress progress,
                        gpointer progress_data,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (MonocleWorker) worker = NULL;
  GError *error = NULL;
  Job *job;

  g_return_if_fail (MONOCLE_IS_DEVICE (device));
  g_return_if_fail (precision != MONOCLE_PRECISION_AUTO);

  g_task_set_source_tag (task, monocle_selftest_async);
  if (!monocle_device_check_precision (device, precision, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  job = g_new0 (Job, 1);
  job->device = g_object_ref (device);
  job->precision = precision;
  job->fraction = monocle_fraction_new (task, progress, progress_data);
  g_task_set_task_data (task, job, job_free);
  /* It closes the device behind the last job, unless a model keeps it open. */
  worker = monocle_worker_get (device);
  monocle_call_start (g_object_ref (task), worker, run_on_worker);
}

gboolean
monocle_selftest_finish (GAsyncResult *result, GError **error)
{
  g_autoptr (MonocleDevice) device = NULL;

  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  device = g_task_propagate_pointer (G_TASK (result), error);
  return device != NULL;
}

const char *
monocle_selftest_get_subject (void)
{
  static char *subject;

  if (g_once_init_enter (&subject))
    g_once_init_leave (&subject, monocle_kernels_hash (monocle_kernels, MONOCLE_N_KERNELS));
  return subject;
}
