/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/draw-frames.h"

#include <math.h>

#include "engine/base/error.h"
#include "engine/run/call.h"
#include "engine/run/foresee.h"
#include "engine/run/model-private.h"

typedef struct
{
  MonocleImage *seen;
  MonocleTracks *tracks;
  float *places;
  guint n;
} DrawJob;

static void
draw_job_free (gpointer data)
{
  DrawJob *job = data;

  monocle_image_unref (job->seen);
  monocle_tracks_free (job->tracks);
  g_free (job->places);
  g_free (job);
}

static MonocleDrawnFrames *
draw (MonocleModel *model,
      MonocleWorker *worker,
      const DrawJob *job,
      GCancellable *cancellable,
      GError **error)
{
  const MonocleFamily *family = monocle_model_get_family (model);
  gpointer data = monocle_model_ensure_data (model, worker, cancellable, error);
  g_autoptr (MonocleDrawnFrames) drawn = monocle_drawn_frames_new ();
  const MonocleFamilyFrames asked = { .seen = job->seen,
                                      .tracks = job->tracks,
                                      .places = job->places,
                                      .n = job->n,
                                      .cancellable = cancellable };

  return data && family->draw_frames (data, &asked, drawn, error) ? g_steal_pointer (&drawn) : NULL;
}

static void
draw_on_worker (MonocleWorker *worker, MonocleCall *call)
{
  GTask *task = monocle_call_get_task (call);
  MonocleModel *model = g_task_get_source_object (task);
  GError *error = NULL;
  MonocleDrawnFrames *drawn = draw (model, worker, g_task_get_task_data (task),
                                    monocle_call_get_cancellable (call), &error);

  monocle_model_report (model, worker, error);
  monocle_model_name_results (model, &error);
  if (drawn)
    {
      monocle_call_return_pointer (call, drawn, (GDestroyNotify) monocle_drawn_frames_free);
      return;
    }
  monocle_call_return_error (call, error);
}

static gboolean
is_finite (const float *values, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (!isfinite (values[i]))
      return FALSE;
  return TRUE;
}

/* (nullable): what is wrong */
static char *
check (MonocleModel *model, const MonocleFrameRequest *request)
{
  const MonocleTracks *tracks = request->tracks;
  guint side, most_things, most_frames;
  double least_decibels, most_surprise;

  if (!monocle_model_get_frames (model, &side, &least_decibels))
    return g_strdup ("draws no frames");
  monocle_model_get_foresight (model, &most_things, &most_frames, &most_surprise);
  if (request->n > MONOCLE_FRAMES_MAX)
    return g_strdup_printf ("there are %u frames to draw, and %u are the most at once", request->n,
                            MONOCLE_FRAMES_MAX);
  if (monocle_image_get_width (request->seen) != side
      || monocle_image_get_height (request->seen) != side)
    return g_strdup_printf ("the frame that was seen must have %u x %u pixels", side, side);
  if (tracks->n_frames == 0 || tracks->n_things == 0 || tracks->n_things > most_things)
    return g_strdup_printf ("there are %u things, and the model knows 1 to %u", tracks->n_things,
                            most_things);
  if (!is_finite (tracks->places, (gsize) tracks->n_frames * tracks->n_things * 2)
      || !is_finite (tracks->radii, tracks->n_things)
      || !is_finite (request->places, (gsize) request->n * tracks->n_things * 2))
    return g_strdup ("a place or a radius is no number");
  return NULL;
}

void
monocle_model_draw_frames_async (MonocleModel *model,
                                 const MonocleFrameRequest *request,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (model, cancellable, callback, user_data);
  g_autofree char *problem = NULL;
  DrawJob *job;

  g_return_if_fail (MONOCLE_IS_MODEL (model));
  g_return_if_fail (request && request->seen && request->tracks);

  g_task_set_source_tag (task, monocle_model_draw_frames_async);
  problem = check (model, request);
  if (problem)
    {
      g_task_return_new_error (task, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                               "%s: %s", monocle_model_get_name (model), problem);
      return;
    }
  job = g_new0 (DrawJob, 1);
  job->seen = monocle_image_ref (request->seen);
  job->tracks = monocle_tracks_copy (request->tracks);
  job->places = g_memdup2 (request->places,
                           (gsize) request->n * request->tracks->n_things * 2 * sizeof (float));
  job->n = request->n;
  g_task_set_task_data (task, job, draw_job_free);
  monocle_call_start (g_object_ref (task), monocle_model_get_worker (model), draw_on_worker);
}

MonocleDrawnFrames *
monocle_model_draw_frames_finish (MonocleModel *model, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, model), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
