/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/world/watch.h"

#include <glib/gi18n-lib.h>

#include "app/base/error.h"
#include "app/eval/measure.h"
#include "app/world/follow.h"
#include "app/world/frames.h"
#include "app/world/scene.h"

typedef struct
{
  GPtrArray *images; /* (nullable) */
  gboolean is_film;
  MonocleVideoInfo film;
  GPtrArray *sights; /* (element-type GArray): of the frames that were looked at */
  MonocleWorldWatchProgress progress;
  gpointer progress_data;
} Watch;

/* What is read in a thread of its own. */
typedef struct
{
  GPtrArray *files;
  MonocleWorldPick pick;
  MonocleVideoInfo film;
  gboolean is_film;
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_ptr_array_unref (reading->files);
  g_free (reading);
}

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  g_clear_pointer (&watch->images, g_ptr_array_unref);
  g_ptr_array_unref (watch->sights);
  g_free (watch);
}

void
monocle_world_watched_free (MonocleWorldWatched *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->tracks, monocle_tracks_free);
  g_clear_pointer (&self->images, g_ptr_array_unref);
  g_free (self);
}

/* --- looking ------------------------------------------------------------------------------ */

static GArray *
list_sights (const MonocleImage *image, const MonocleRun *run)
{
  GArray *sights = g_array_new (FALSE, FALSE, sizeof (MonocleWorldSight));
  const MonocleResult *found = run->results->len > 0 ? run->results->pdata[0] : NULL;
  const guint n = found ? monocle_result_get_n_objects (found) : 0;

  for (guint i = 0; i < n; i++)
    {
      const MonocleObject *object = monocle_result_get_object (found, i);
      const MonocleRect bounds = monocle_shape_get_bounds (object->shape);
      const MonocleBox box = monocle_rect_to_box (&bounds);
      const MonocleWorldSight sight = monocle_world_sight_make (image, &box);

      g_array_append_val (sights, sight);
    }
  return sights;
}

static void
end (GTask *task)
{
  Watch *watch = g_task_get_task_data (task);
  MonocleWorldWatched *watched;
  GError *error = NULL;
  guint first;
  MonocleTracks *tracks
      = monocle_world_follow_later (watch->sights, MONOCLE_WORLD_MAX_BALLS, &first, &error);

  if (!tracks)
    {
      g_task_return_error (task, error);
      return;
    }
  if (first > 0)
    g_ptr_array_remove_range (watch->images, 0, first);
  watched = g_new (MonocleWorldWatched, 1);
  *watched = (MonocleWorldWatched){ tracks, g_steal_pointer (&watch->images) };
  g_task_return_pointer (task, watched, (GDestroyNotify) monocle_world_watched_free);
}

static void look_at_next (GTask *task);

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Watch *watch = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (MonocleRun) run = monocle_runner_submit_finish (result, &error);

  /* Also where it was stopped while it was answered. */
  if (g_task_return_error_if_cancelled (task))
    g_clear_error (&error);
  else if (!run)
    g_task_return_error (task, error);
  else
    {
      g_ptr_array_add (watch->sights, list_sights (watch->images->pdata[watch->sights->len], run));
      look_at_next (g_object_ref (task));
    }
}

/* @task: (transfer full) */
static void
look_at_next (GTask *task)
{
  Watch *watch = g_task_get_task_data (task);
  MonocleRunner *runner = g_task_get_source_object (task);
  const guint next = watch->sights->len;
  MonocleRequest request
      = { .task = monocle_eval_measure_find_detection (monocle_runner_list_tasks (runner)) };

  if (next == watch->images->len)
    {
      end (task);
      g_object_unref (task);
      return;
    }
  if (!request.task)
    {
      g_task_return_new_error (task, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_UNSUPPORTED_TASK,
                               "the model finds no objects");
      g_object_unref (task);
      return;
    }
  if (watch->progress)
    watch->progress (next + 1, watch->images->len, watch->progress_data);
  monocle_runner_submit (runner, watch->images->pdata[next], &request,
                         g_task_get_cancellable (task), NULL, NULL, on_looked, task);
}

/* --- reading ------------------------------------------------------------------------------ */

static void
read_frames (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Reading *reading = data;
  GError *error = NULL;
  GPtrArray *images = monocle_world_frames_read (reading->files, &reading->pick, &reading->film,
                                                 &reading->is_film, cancellable, &error);

  if (images)
    g_task_return_pointer (task, images, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Watch *watch = g_task_get_task_data (task);
  const Reading *reading = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;

  watch->is_film = reading->is_film;
  watch->film = reading->film;
  watch->images = g_task_propagate_pointer (G_TASK (result), &error);
  if (watch->images)
    {
      look_at_next (task);
      return;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

void
monocle_world_watch_async (MonocleRunner *runner,
                           GPtrArray *files,
                           const MonocleWorldPick *pick,
                           GCancellable *cancellable,
                           MonocleWorldWatchProgress progress,
                           gpointer progress_data,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) read = NULL;
  Reading *reading;
  GTask *task;
  Watch *watch;

  g_return_if_fail (MONOCLE_IS_RUNNER (runner));
  g_return_if_fail (files && files->len > 0);

  task = g_task_new (runner, cancellable, callback, user_data);
  read = g_task_new (NULL, cancellable, on_read, task);
  reading = g_new0 (Reading, 1);
  reading->files = g_ptr_array_ref (files);
  reading->pick = *pick;
  watch = g_new0 (Watch, 1);
  watch->sights = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  watch->progress = progress;
  watch->progress_data = progress_data;
  g_task_set_task_data (task, watch, watch_free);
  g_task_set_task_data (read, reading, reading_free);
  if (progress)
    progress (0, 0, progress_data);
  g_task_run_in_thread (read, read_frames);
}

MonocleWorldWatched *
monocle_world_watch_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
monocle_world_watch_get_film (GAsyncResult *result, MonocleVideoInfo *film)
{
  const Watch *watch = g_task_get_task_data (G_TASK (result));

  *film = watch->film;
  return watch->is_film;
}
