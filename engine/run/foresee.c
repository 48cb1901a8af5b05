/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/foresee.h"

#include <math.h>

#include "engine/base/error.h"
#include "engine/run/call.h"
#include "engine/run/model-private.h"

typedef struct
{
  GPtrArray *tracks; /* of MonocleTracks */
  guint n_frames, n_futures;
  MonocleSampling sampling;
} ForeseeJob;

static void
foresee_job_free (gpointer data)
{
  ForeseeJob *job = data;

  g_ptr_array_unref (job->tracks);
  g_free (job);
}

static GPtrArray *
foresee (MonocleModel *model,
         MonocleWorker *worker,
         const ForeseeJob *job,
         GCancellable *cancellable,
         GError **error)
{
  const MonocleFamily *family = monocle_model_get_family (model);
  gpointer data = monocle_model_ensure_data (model, worker, cancellable, error);
  g_autoptr (GPtrArray) futures
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_futures_free);
  const MonocleFamilyForesight asked = {
    .tracks = (const MonocleTracks *const *) job->tracks->pdata,
    .n = job->tracks->len,
    .n_frames = job->n_frames,
    .n_futures = job->n_futures,
    .sampling = &job->sampling,
    .cancellable = cancellable,
  };

  return data && family->foresee (data, &asked, futures, error) ? g_steal_pointer (&futures) : NULL;
}

static void
foresee_on_worker (MonocleWorker *worker, MonocleCall *call)
{
  GTask *task = monocle_call_get_task (call);
  MonocleModel *model = g_task_get_source_object (task);
  GError *error = NULL;
  GPtrArray *futures = foresee (model, worker, g_task_get_task_data (task),
                                monocle_call_get_cancellable (call), &error);

  monocle_model_report (model, worker, error);
  monocle_model_name_results (model, &error);
  if (futures)
    {
      monocle_call_return_pointer (call, futures, (GDestroyNotify) g_ptr_array_unref);
      return;
    }
  monocle_call_return_error (call, error);
}

/* (nullable): what is wrong with a scene */
static char *
check_tracks (const MonocleTracks *tracks, guint most_things)
{
  const gsize n = (gsize) tracks->n_frames * tracks->n_things * 2;

  if (tracks->n_things == 0 || tracks->n_things > most_things)
    return g_strdup_printf ("there are %u things, and the model follows 1 to %u", tracks->n_things,
                            most_things);
  if (tracks->n_frames < 2)
    return g_strdup ("there must be at least 2 frames");
  for (gsize i = 0; i < n; i++)
    if (!isfinite (tracks->places[i]))
      return g_strdup ("a place is no number");
  for (guint i = 0; i < tracks->n_things; i++)
    if (!isfinite (tracks->radii[i]))
      return g_strdup ("a radius is no number");
  if (tracks->thrown.frame >= 0
      && (tracks->thrown.thing >= tracks->n_things || !isfinite (tracks->thrown.vx)
          || !isfinite (tracks->thrown.vy)))
    return g_strdup ("what is thrown is none of the things, or no number");
  if ((guint) tracks->obstacle.kind >= MONOCLE_N_OBSTACLE_KINDS || !isfinite (tracks->obstacle.left)
      || !isfinite (tracks->obstacle.right) || !isfinite (tracks->obstacle.top))
    return g_strdup ("the obstacle is none, or no number");
  return NULL;
}

static char *
check (MonocleModel *model, const MonocleForesight *foresight)
{
  guint most_things, most_frames;
  double most_surprise;

  if (!monocle_model_get_foresight (model, &most_things, &most_frames, &most_surprise))
    return g_strdup ("foresees nothing");
  if (foresight->n_frames == 0 || foresight->n_futures > MONOCLE_FORESIGHT_MAX_FUTURES)
    return g_strdup ("there must be a frame to foresee, and not too many futures");
  if (monocle_sampling_check (&foresight->sampling))
    return g_strdup (monocle_sampling_check (&foresight->sampling));
  for (guint i = 0; i < foresight->n; i++)
    {
      const MonocleTracks *tracks = foresight->tracks[i];
      char *problem = check_tracks (tracks, most_things);

      if (problem)
        return problem;
      if (tracks->n_frames > most_frames || foresight->n_frames > most_frames - tracks->n_frames)
        return g_strdup_printf ("%u frames and %u more are too many: the model knows %u together",
                                tracks->n_frames, foresight->n_frames, most_frames);
    }
  return NULL;
}

void
monocle_model_foresee_async (MonocleModel *model,
                             const MonocleForesight *foresight,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (model, cancellable, callback, user_data);
  g_autofree char *problem = NULL;
  ForeseeJob *job;

  g_return_if_fail (MONOCLE_IS_MODEL (model));
  g_return_if_fail (foresight);

  g_task_set_source_tag (task, monocle_model_foresee_async);
  problem = check (model, foresight);
  if (problem)
    {
      g_task_return_new_error (task, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                               "%s: %s", monocle_model_get_name (model), problem);
      return;
    }
  job = g_new0 (ForeseeJob, 1);
  job->tracks = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_tracks_free);
  for (guint i = 0; i < foresight->n; i++)
    g_ptr_array_add (job->tracks, monocle_tracks_copy (foresight->tracks[i]));
  job->n_frames = foresight->n_frames;
  job->n_futures = foresight->n_futures;
  job->sampling = foresight->sampling;
  g_task_set_task_data (task, job, foresee_job_free);
  monocle_call_start (g_object_ref (task), monocle_model_get_worker (model), foresee_on_worker);
}

GPtrArray *
monocle_model_foresee_finish (MonocleModel *model, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, model), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
