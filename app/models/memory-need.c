/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/memory-need.h"

#include <glib/gi18n-lib.h>

#include "app/models/device-name.h"

gboolean
monocle_memory_need_plan (MonocleMemoryNeed *self,
                          const char *directory,
                          MonocleDevice *device,
                          GError **error)
{
  static const MonocleMemoryQuestion talk = { .n_talk_tokens = MONOCLE_MEMORY_TALK_TOKENS };
  MonocleMemoryPlan f32, f16;

  if (!monocle_memory_plan_make (&f32, directory, device, MONOCLE_PRECISION_F32, &talk, error))
    return FALSE;

  self->f32_bytes = f32.peak_bytes;
  self->f16_bytes
      = monocle_memory_plan_make (&f16, directory, device, MONOCLE_PRECISION_F16, NULL, NULL)
            ? f16.peak_bytes
            : 0;
  /* What was said is kept in 32 bits, whatever weights are. */
  self->talk_bytes = f32.talk_bytes;
  return TRUE;
}

/* --- in a thread --------------------------------------------------------------------------- */

typedef struct
{
  char *directory;
  MonocleDevice *device;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->directory);
  g_object_unref (job->device);
  g_free (job);
}

static void
plan (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Job *job = data;
  MonocleMemoryNeed need;
  GError *error = NULL;

  if (monocle_memory_need_plan (&need, job->directory, job->device, &error))
    g_task_return_pointer (task, g_memdup2 (&need, sizeof need), g_free);
  else
    g_task_return_error (task, error);
}

void
monocle_memory_need_plan_async (const char *directory,
                                MonocleDevice *device,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->directory = g_strdup (directory);
  job->device = g_object_ref (device);
  g_task_set_source_tag (task, monocle_memory_need_plan_async);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, plan);
}

gboolean
monocle_memory_need_plan_finish (MonocleMemoryNeed *self, GAsyncResult *result, GError **error)
{
  g_autofree MonocleMemoryNeed *need = NULL;

  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  need = g_task_propagate_pointer (G_TASK (result), error);
  if (need)
    *self = *need;
  return need != NULL;
}

/* --- in words ------------------------------------------------------------------------------ */

char *
monocle_memory_need_describe (const MonocleMemoryNeed *self, MonocleDevice *device)
{
  g_autofree char *f32 = g_format_size (self->f32_bytes);
  g_autofree char *f16 = g_format_size (self->f16_bytes);
  g_autofree char *needs = NULL, *budget = NULL, *name = NULL;

  if (self->f16_bytes > 0)
    /* Translators: memory that a model needs, and with the smaller kind of weights */
    needs = g_strdup_printf (_ ("Needs %s of memory, %s with 16-bit weights"), f32, f16);
  else
    /* Translators: memory that a model needs */
    needs = g_strdup_printf (_ ("Needs %s of memory"), f32);
  if (self->talk_bytes > 0)
    {
      g_autofree char *plain = g_steal_pointer (&needs);
      g_autofree char *more = g_format_size (self->talk_bytes);

      /* Translators: "Needs 80 MB of memory"; an amount of memory */
      needs = g_strdup_printf (_ ("%s, %s more for a conversation"), plain, more);
    }
  if (!device)
    return g_steal_pointer (&needs);

  budget = g_format_size (monocle_device_get_budget_bytes (device));
  name = monocle_device_name_shorten (monocle_device_get_name (device));
  /* Translators: "Needs 80 MB of memory"; how much of a device's memory may be used; its name */
  return g_strdup_printf (_ ("%s, of %s on %s"), needs, budget, name);
}
