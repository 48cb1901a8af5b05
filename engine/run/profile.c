/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/profile.h"

#include "engine/base/error.h"
#include "engine/nn/ceilings.h"
#include "engine/run/call.h"
#include "engine/vk/profile.h"

struct _MonocleProfile
{
  MonocleWorker *worker; /* which keeps the device open */
  gboolean f16;
};

static void
start (MonocleWorker *worker, gpointer data)
{
  MonocleVkGpu *gpu = monocle_worker_get_gpu (worker, NULL);

  if (gpu && !gpu->profile)
    gpu->profile = monocle_vk_profile_new ();
}

static void
stop (MonocleWorker *worker, gpointer data)
{
  MonocleVkGpu *gpu = monocle_worker_get_gpu (worker, NULL);

  if (gpu)
    g_clear_pointer (&gpu->profile, monocle_vk_profile_free);
}

MonocleProfile *
monocle_profile_new (MonocleModel *model)
{
  MonocleProfile *self = g_new0 (MonocleProfile, 1);

  g_return_val_if_fail (MONOCLE_IS_MODEL (model), NULL);

  self->worker = monocle_worker_get (monocle_model_get_device (model));
  self->f16 = monocle_model_get_precision (model) != MONOCLE_PRECISION_F32;
  monocle_worker_push (self->worker, start, NULL, NULL);
  return self;
}

void
monocle_profile_free (MonocleProfile *self)
{
  if (!self)
    return;
  monocle_worker_push (self->worker, stop, NULL, NULL);
  monocle_worker_unref (self->worker);
  g_free (self);
}

/* (nullable): the profile of the device */
static MonocleVkGpu *
get_gpu (MonocleWorker *worker, GError **error)
{
  MonocleVkGpu *gpu = monocle_worker_get_gpu (worker, error);

  if (!gpu || (gpu->profile && gpu->info.timestamp_period_ns > 0))
    return gpu;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_NO_DEVICE,
               "%s has no clock that kernels could be timed by", gpu->info.name);
  return NULL;
}

static void
take_on_worker (MonocleWorker *worker, MonocleCall *call)
{
  GError *error = NULL;
  MonocleVkGpu *gpu = get_gpu (worker, &error);

  if (gpu)
    monocle_call_return_pointer (call, monocle_vk_profile_take (gpu->profile),
                                 (GDestroyNotify) g_array_unref);
  else
    monocle_call_return_error (call, error);
}

void
monocle_profile_take_async (MonocleProfile *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, monocle_profile_take_async);
  monocle_call_start (task, self->worker, take_on_worker);
}

GArray *
monocle_profile_take_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
measure_on_worker (MonocleWorker *worker, MonocleCall *call)
{
  const gboolean f16 = GPOINTER_TO_INT (g_task_get_task_data (monocle_call_get_task (call)));
  g_autofree MonocleCeilings *ceilings = g_new0 (MonocleCeilings, 1);
  GError *error = NULL;
  MonocleVkGpu *gpu = get_gpu (worker, &error);

  if (gpu)
    g_array_unref (monocle_vk_profile_take (gpu->profile));
  if (gpu
      && monocle_ceilings_measure (gpu, f16, monocle_call_get_cancellable (call), ceilings, &error))
    monocle_call_return_pointer (call, g_steal_pointer (&ceilings), g_free);
  else
    {
      monocle_worker_report (worker, error);
      monocle_call_return_error (call, error);
    }
}

void
monocle_profile_measure_async (MonocleProfile *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, monocle_profile_measure_async);
  g_task_set_task_data (task, GINT_TO_POINTER (self->f16), NULL);
  monocle_call_start (task, self->worker, measure_on_worker);
}

gboolean
monocle_profile_measure_finish (GAsyncResult *result, double *flops, double *bytes, GError **error)
{
  g_autofree MonocleCeilings *ceilings = NULL;

  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  ceilings = g_task_propagate_pointer (G_TASK (result), error);
  if (!ceilings)
    return FALSE;
  *flops = ceilings->flops;
  *bytes = ceilings->bytes;
  return TRUE;
}
