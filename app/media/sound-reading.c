/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sounds of files, read in a thread: the same with GStreamer and without.
 */
#include "config.h"

#include "app/media/sound-file.h"

typedef struct
{
  double from, duration;
} Reading;

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Reading *reading = data;
  GError *error = NULL;
  MonocleSound *sound
      = monocle_sound_file_read (source, reading->from, &reading->duration, cancellable, &error);

  if (sound)
    g_task_return_pointer (task, sound, (GDestroyNotify) monocle_sound_unref);
  else
    g_task_return_error (task, error);
}

void
monocle_sound_file_read_async (GFile *file,
                               double from,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (file, cancellable, callback, user_data);
  Reading *reading = g_new0 (Reading, 1);

  reading->from = from;
  g_task_set_source_tag (task, monocle_sound_file_read_async);
  g_task_set_task_data (task, reading, g_free);
  g_task_run_in_thread (task, read_in_thread);
}

MonocleSound *
monocle_sound_file_read_finish (GAsyncResult *result, double *duration, GError **error)
{
  const Reading *reading = g_task_get_task_data (G_TASK (result));

  if (duration)
    *duration = reading->duration;
  return g_task_propagate_pointer (G_TASK (result), error);
}
