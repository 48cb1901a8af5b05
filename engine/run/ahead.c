/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/ahead.h"

#include "engine/run/call.h"
#include "engine/run/fraction.h"
#include "engine/run/model-private.h"
#include "engine/text/generate.h"

typedef struct
{
  guint num_beams;
  MonocleFraction *fraction; /* (nullable) */

  /* The worker's, while it runs. */
  guint n_made;    /* by the parts before this one */
  double furthest; /* said so far */
  MonocleWorker *worker;
  GCancellable *cancellable; /* the call's */
  GCancellable *stop;        /* the call's, or somebody else waits */
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  monocle_fraction_free (job->fraction);
  g_object_unref (job->stop);
  g_free (job);
}

/* A part at a time: nobody knows what the next one lacks, or whether it is the last. That all is
 * there is said by the end of the call alone. */
static void
report (Job *job, guint n_done, guint n)
{
  if (n_done == n)
    {
      job->n_made += n;
      return;
    }
  job->furthest = MAX (job->furthest, (double) (job->n_made + n_done) / (job->n_made + n));
  monocle_fraction_send (job->fraction, job->furthest);
}

/* The first one is made in any case: of two that give way to each other both get on. */
static void
on_compiled (guint n_done, guint n, gpointer user_data)
{
  Job *job = user_data;

  report (job, n_done, n);
  if (g_cancellable_is_cancelled (job->cancellable)
      || (n_done > 0 && monocle_worker_is_wanted (job->worker)))
    g_cancellable_cancel (job->stop);
}

/* @n_prompts: that are answered side by side; more than one only of a task that takes regions */
static gboolean
compile_for_task (
    MonocleModel *model, Job *job, const MonocleTask *task, guint n_prompts, GError **error)
{
  const MonocleFamily *family = monocle_model_get_family (model);
  const MonocleBox whole = { 0, 0, 1, 1 };
  g_autofree char *prompt = NULL;
  const char *prompts[MONOCLE_GENERATE_MAX_BATCH];
  const MonocleFamilyQuestion question = {
    .task = task,
    .prompts = prompts,
    .n_prompts = n_prompts,
    .num_beams = job->num_beams,
    .max_tokens = task->max_tokens,
    .width = 1,
    .height = 1,
    .cancellable = job->stop,
    .user_data = job,
  };

  if (g_cancellable_set_error_if_cancelled (job->cancellable, error)
      || g_cancellable_set_error_if_cancelled (job->stop, error))
    return FALSE;
  if (family->write_prompt)
    {
      prompt
          = family->write_prompt (task, task->takes & MONOCLE_TAKES_TEXT ? "a" : NULL,
                                  task->takes & MONOCLE_TAKES_REGION ? &whole : NULL, 1, 1, error);
      if (!prompt)
        return FALSE;
    }
  for (guint i = 0; i < n_prompts; i++)
    prompts[i] = prompt;
  return family->compile (monocle_model_get_data (model), &question, on_compiled, error);
}

/* One region may be one of many that are asked about at once, and each number of them needs some
 * more. */
static gboolean
compile_for_regions (MonocleModel *model, Job *job, const MonocleTask *task, GError **error)
{
  for (guint n = 2; n <= MONOCLE_GENERATE_MAX_BATCH; n++)
    if (!compile_for_task (model, job, task, n, error))
      return FALSE;
  /* Nobody asked yet: what many take of the device is given back. */
  return compile_for_task (model, job, task, 1, error);
}

/* First for what is asked most. What is offered no more needs nothing of its own. */
static gboolean
compile_all (MonocleModel *model, Job *job, GError **error)
{
  const GPtrArray *tasks = monocle_model_list_tasks (model);

  for (guint i = 0; i < tasks->len; i++)
    if (!((const MonocleTask *) tasks->pdata[i])->is_former
        && !compile_for_task (model, job, tasks->pdata[i], 1, error))
      return FALSE;
  for (guint i = 0; i < tasks->len; i++)
    if (((const MonocleTask *) tasks->pdata[i])->takes & MONOCLE_TAKES_REGION
        && !compile_for_regions (model, job, tasks->pdata[i], error))
      return FALSE;
  return TRUE;
}

static void
compile_on_worker (MonocleWorker *worker, MonocleCall *call)
{
  GTask *task = monocle_call_get_task (call);
  MonocleModel *model = g_task_get_source_object (task);
  MonocleVkGpu *gpu = monocle_worker_get_gpu (worker, NULL);
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;

  job->worker = worker;
  job->cancellable = monocle_call_get_cancellable (call);
  compile_all (model, job, &error);

  if (gpu)
    monocle_model_update_used (model, gpu);
  if (!error)
    {
      monocle_call_return_pointer (call, g_object_ref (model), g_object_unref);
      return;
    }

  if (g_cancellable_is_cancelled (job->stop) && !g_cancellable_is_cancelled (job->cancellable))
    {
      g_clear_error (&error);
      g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_BUSY, "The device has other work to do");
    }
  monocle_worker_report (worker, error);
  monocle_call_return_error (call, error);
}

void
monocle_ahead_compile_async (MonocleModel *model,
                             guint num_beams,
                             GCancellable *cancellable,
                             MonocleProgress progress,
                             gpointer progress_data,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Job *job;

  g_return_if_fail (MONOCLE_IS_MODEL (model));

  task = g_task_new (model, cancellable, callback, user_data);
  g_task_set_source_tag (task, monocle_ahead_compile_async);
  job = g_new0 (Job, 1);
  job->num_beams = num_beams;
  job->fraction = monocle_fraction_new (task, progress, progress_data);
  job->stop = g_cancellable_new ();
  g_task_set_task_data (task, job, job_free);

  monocle_call_start (g_object_ref (task), monocle_model_get_worker (model), compile_on_worker);
}

gboolean
monocle_ahead_compile_finish (MonocleModel *model, GAsyncResult *result, GError **error)
{
  g_autoptr (MonocleModel) compiled = NULL;

  g_return_val_if_fail (g_task_is_valid (result, model), FALSE);

  compiled = g_task_propagate_pointer (G_TASK (result), error);
  return compiled != NULL;
}
