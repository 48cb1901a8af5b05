/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All work that is kept on the pictures of a folder. Documents belong to the main thread, which
 * opens one after the other between what else it has to do; a thread writes.
 */
#include "config.h"

#include "app/export/exchange.h"

#include <math.h>
#include <string.h>

#include "app/document/folder-view.h"
#include "app/document/work.h"

/* In place of a picture without work. */
static char nothing;

/* How long it waits before it looks whether it was cancelled. */
#define WAIT_US 100000

typedef struct
{
  GListModel *pictures;
  guint n, at;       /* at: of the main thread */
  GHashTable *names; /* that samples have */
  MonocleExportProgress progress;
  gpointer progress_data;
  /* Looking. */
  MonocleSample *kinds;
  GHashTable *seen; /* which kinds those are */
  MonocleExportFolderCounts counts;
  /* Writing. */
  const MonocleExchangeFormat *to;
  GFile *target;
  gboolean copies;
  GMainContext *context;
  GAsyncQueue *samples; /* one comes for each that was asked for */
  MonocleExchangeCounts written;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  g_clear_object (&work->pictures);
  g_clear_pointer (&work->names, g_hash_table_unref);
  g_clear_pointer (&work->kinds, monocle_sample_free);
  g_clear_pointer (&work->seen, g_hash_table_unref);
  g_clear_object (&work->target);
  g_clear_pointer (&work->context, g_main_context_unref);
  g_clear_pointer (&work->samples, g_async_queue_unref);
  g_free (work);
}

static GTask *
new_task (GListModel *pictures,
          MonocleExportProgress progress,
          gpointer progress_data,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Work *work = g_new0 (Work, 1);

  work->pictures = g_object_ref (pictures);
  work->n = g_list_model_get_n_items (pictures);
  work->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  work->progress = progress;
  work->progress_data = progress_data;
  g_task_set_task_data (task, work, work_free);
  return task;
}

/* Pictures that were opened together may have the same name. */
static void
make_unique (Work *work, MonocleSample *sample)
{
  g_autofree char *stem = monocle_exchange_strip_extension (sample->name);
  g_autofree char *ending = g_strdup (sample->name + strlen (stem));

  for (guint i = 2; g_hash_table_contains (work->names, sample->name); i++)
    {
      g_free (sample->name);
      sample->name = g_strdup_printf ("%s-%u%s", stem, i, ending);
    }
  g_hash_table_add (work->names, g_strdup (sample->name));
}

/* Of the next picture. (transfer full) (nullable): where there is no work, or none that can be
 * read */
static MonocleSample *
make_next (Work *work)
{
  g_autoptr (MonocleFolderItem) item = g_list_model_get_item (work->pictures, work->at++);
  g_autoptr (MonocleDocument) document = NULL;
  MonocleWorkEntry entry;
  MonocleSample *sample;

  if (!item || !monocle_folder_view_look_up (item, &entry))
    return NULL;
  document = monocle_work_borrow (entry.work, NULL);
  if (!document)
    return NULL;
  sample = monocle_export_make_kept (document, monocle_folder_item_get_name (item),
                                     monocle_folder_item_get_file (item),
                                     monocle_folder_item_get_page (item));
  make_unique (work, sample);
  return sample;
}

/* --- Looking --- */

/* One of each kind is kept. */
static void
add_kinds (Work *work, MonocleSample *sample)
{
  for (guint i = 0; i < sample->objects->len; i++)
    {
      MonocleSampleObject *from = sample->objects->pdata[i];
      guint n_rings = 0, n_holes = 0, kind = 0;
      const MonocleRing *rings
          = from->shape ? monocle_shape_get_rings (from->shape, &n_rings) : NULL;
      MonocleSampleObject *to;

      for (guint k = 0; k < n_rings; k++)
        n_holes += rings[k].role == MONOCLE_RING_HOLE;
      kind = from->shape ? 1 + (guint) monocle_shape_get_kind (from->shape) : 0;
      kind = kind * 2 + !isnan (from->score);
      kind = kind * 2 + (from->text != NULL);
      kind = kind * 2 + (from->attributes != NULL);
      kind = kind * 2 + (n_rings - n_holes > 1);
      kind = kind * 2 + (n_holes > 0);
      if (!g_hash_table_add (work->seen, GUINT_TO_POINTER (kind)))
        continue;
      to = monocle_sample_add_object (work->kinds, from->label, &from->box,
                                      from->shape ? monocle_shape_ref (from->shape) : NULL);
      monocle_sample_object_copy_rest (to, from);
    }
  if (sample->captions->len > 0 && work->kinds->captions->len == 0)
    g_ptr_array_add (work->kinds->captions, g_strdup (sample->captions->pdata[0]));
  if (sample->tags->len > 0 && work->kinds->tags->len == 0)
    g_ptr_array_add (work->kinds->tags, g_strdup (sample->tags->pdata[0]));
  work->kinds->width = MAX (work->kinds->width, sample->width);
  work->kinds->height = MAX (work->kinds->height, sample->height);
}

static gboolean
look_at_next (gpointer data)
{
  GTask *task = data;
  Work *work = g_task_get_task_data (task);
  g_autoptr (MonocleSample) sample = NULL;

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  if (work->at >= work->n)
    {
      g_task_return_pointer (task, g_steal_pointer (&work->kinds),
                             (GDestroyNotify) monocle_sample_free);
      return G_SOURCE_REMOVE;
    }
  sample = make_next (work);
  if (sample)
    {
      work->counts.pictures++;
      work->counts.objects += sample->objects->len;
      add_kinds (work, sample);
    }
  if (work->progress)
    work->progress (work->at, work->n, work->progress_data);
  return G_SOURCE_CONTINUE;
}

void
monocle_export_folder_look_async (GListModel *pictures,
                                  MonocleExportProgress progress,
                                  gpointer progress_data,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task = new_task (pictures, progress, progress_data, cancellable, callback, user_data);
  Work *work = g_task_get_task_data (task);

  work->kinds = monocle_sample_new ("");
  work->seen = g_hash_table_new (NULL, NULL);
  /* Priority of what is shown comes first. */
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, look_at_next, task, g_object_unref);
}

MonocleSample *
monocle_export_folder_look_finish (GAsyncResult *result,
                                   MonocleExportFolderCounts *counts,
                                   GError **error)
{
  *counts = ((Work *) g_task_get_task_data (G_TASK (result)))->counts;
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Writing --- */

/* Of the thread: the work of the folder as if it were in a format of its own. */
typedef struct
{
  MonocleExchangeFormat format; /* first */
  GTask *task;
} Kept;

static gboolean
hand_over_next (gpointer data)
{
  GTask *task = data;
  Work *work = g_task_get_task_data (task);
  MonocleSample *sample = work->at < work->n ? make_next (work) : NULL;

  g_async_queue_push (work->samples, sample ? (gpointer) sample : &nothing);
  if (work->progress && !g_task_get_completed (task))
    work->progress (work->at, work->n, work->progress_data);
  return G_SOURCE_REMOVE;
}

static gboolean
read_kept (const MonocleExchangeFormat *format,
           MonocleExchangeSource *source,
           MonocleExchangeTake take,
           gpointer user_data,
           GError **error)
{
  GTask *task = ((const Kept *) format)->task;
  Work *work = g_task_get_task_data (task);

  for (guint i = 0; i < work->n; i++)
    {
      g_autoptr (MonocleSample) sample = NULL;
      gpointer next = NULL;

      g_main_context_invoke_full (work->context, G_PRIORITY_DEFAULT_IDLE, hand_over_next,
                                  g_object_ref (task), g_object_unref);
      while (!next)
        {
          next = g_async_queue_timeout_pop (work->samples, WAIT_US);
          if (!next && g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), error))
            return FALSE;
        }
      sample = next == &nothing ? NULL : next;
      if (sample && !take (sample, user_data, error))
        return FALSE;
    }
  return TRUE;
}

static void
write_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *work = data;
  const Kept kept = { { .id = "kept", .read = read_kept }, task };
  g_autofree char *path = g_file_get_path (work->target);
  g_autofree char *folder = g_path_get_dirname (path);
  const char *inputs[] = { folder, NULL };
  const MonocleExchangeJob job = {
    .from = &kept.format,
    .inputs = inputs,
    .to = work->to,
    .output = path,
    .copies = work->copies,
    .cancellable = cancellable,
  };
  g_autoptr (MonocleNotes) notes = monocle_notes_new ();
  GError *error = NULL;

  if (monocle_exchange_convert (&job, notes, &work->written, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
free_sample (gpointer data)
{
  if (data != &nothing)
    monocle_sample_free (data);
}

void
monocle_export_folder_write_async (GListModel *pictures,
                                   const MonocleExchangeFormat *to,
                                   GFile *target,
                                   gboolean copies,
                                   MonocleExportProgress progress,
                                   gpointer progress_data,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task
      = new_task (pictures, progress, progress_data, cancellable, callback, user_data);
  Work *work = g_task_get_task_data (task);

  g_return_if_fail (g_file_peek_path (target));

  /* What was written is there, also when Stop came too late. */
  g_task_set_check_cancellable (task, FALSE);
  work->to = to;
  work->target = g_object_ref (target);
  work->copies = copies;
  work->context = g_main_context_ref_thread_default ();
  work->samples = g_async_queue_new_full (free_sample);
  g_task_run_in_thread (task, write_in_thread);
}

gboolean
monocle_export_folder_write_finish (GAsyncResult *result,
                                    MonocleExchangeCounts *counts,
                                    GError **error)
{
  *counts = ((Work *) g_task_get_task_data (G_TASK (result)))->written;
  return g_task_propagate_boolean (G_TASK (result), error);
}
