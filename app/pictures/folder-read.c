/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is put into the list: folders are read in pieces, in the background, and watched from then
 * on.
 */
#include "config.h"

#include "app/pictures/folder-private.h"
#include "app/pictures/kinds.h"

#define CHUNK_FILES 200
/* The first ones are shown at once, the others together: each time takes as long as laying out all
 * that there is. A folder that is far away comes in pieces. */
#define INSERT_USEC G_USEC_PER_SEC
/* A file that is being written is there before it can be read. */
#define WATCH_MSEC 400

#define ATTRIBUTES                                                                                 \
  G_FILE_ATTRIBUTE_STANDARD_NAME                                                                   \
  "," G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_IS_HIDDEN                       \
  "," G_FILE_ATTRIBUTE_STANDARD_IS_BACKUP "," G_FILE_ATTRIBUTE_STANDARD_FAST_CONTENT_TYPE          \
  "," MONOCLE_STAMP_ATTRIBUTES

#define NAMED_ATTRIBUTES G_FILE_ATTRIBUTE_STANDARD_TYPE "," MONOCLE_STAMP_ATTRIBUTES

/* What an asynchronous call needs to know; keeps the folder. */
typedef struct
{
  MonocleFolder *folder;
  GCancellable *cancellable; /* tells calls for an older list */
  GFile *file;
  guint group;
  GPtrArray *found;   /* not in the list yet */
  gint64 insert_time; /* when some were put there last */
} Call;

static Call *
call_new (MonocleFolder *self, GFile *file, guint group)
{
  Call *call = g_new0 (Call, 1);

  call->folder = g_object_ref (self);
  call->cancellable = g_object_ref (self->cancellable);
  call->file = g_object_ref (file);
  call->group = group;
  call->found = g_ptr_array_new_with_free_func (g_object_unref);
  return call;
}

static void
call_free (Call *call)
{
  g_object_unref (call->folder);
  g_object_unref (call->cancellable);
  g_object_unref (call->file);
  g_ptr_array_unref (call->found);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static gboolean
is_current (const Call *call)
{
  return call->folder->cancellable == call->cancellable
         && !g_cancellable_is_cancelled (call->cancellable);
}

static void
end_pending (MonocleFolder *self)
{
  if (--self->n_pending == 0)
    monocle_folder_emit_ready (self);
}

static gboolean
is_picture (GFileInfo *info)
{
  return g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR
         && !g_file_info_get_is_hidden (info) && !g_file_info_get_is_backup (info)
         && monocle_picture_kinds_is_picture (
             g_file_info_get_attribute_string (info, G_FILE_ATTRIBUTE_STANDARD_FAST_CONTENT_TYPE),
             g_file_info_get_name (info));
}

static void
insert_found (Call *call)
{
  monocle_folder_insert_items (call->folder, call->found);
  g_ptr_array_set_size (call->found, 0);
  call->insert_time = g_get_monotonic_time ();
}

static void on_next_files (GObject *source, GAsyncResult *result, gpointer data);

/* Takes @call. */
static void
request_files (GFileEnumerator *enumerator, Call *call)
{
  g_file_enumerator_next_files_async (enumerator, CHUNK_FILES, G_PRIORITY_DEFAULT,
                                      call->cancellable, on_next_files, call);
}

static void
on_next_files (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Call) call = data;
  MonocleFolder *self = call->folder;
  GFileEnumerator *enumerator = G_FILE_ENUMERATOR (source);
  GList *infos = g_file_enumerator_next_files_finish (enumerator, result, NULL);

  if (!is_current (call))
    {
      g_list_free_full (infos, g_object_unref);
      return;
    }
  /* At the end, or where a folder cannot be read any further. */
  if (!infos)
    {
      insert_found (call);
      if (is_current (call))
        end_pending (self);
      return;
    }
  for (GList *l = infos; l; l = l->next)
    if (is_picture (l->data))
      {
        g_autoptr (GFile) file = g_file_enumerator_get_child (enumerator, l->data);
        const MonocleStamp stamp = monocle_stamp_of_info (l->data);

        g_ptr_array_add (call->found, monocle_folder_item_new (file, &stamp, call->group));
      }
  g_list_free_full (infos, g_object_unref);
  if (g_get_monotonic_time () - call->insert_time >= INSERT_USEC)
    insert_found (call);
  /* Somebody who listens may have opened something else. */
  if (is_current (call))
    request_files (enumerator, g_steal_pointer (&call));
}

static void
on_enumerated (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Call) call = data;
  g_autoptr (GFileEnumerator) enumerator
      = g_file_enumerate_children_finish (G_FILE (source), result, NULL);

  if (!is_current (call))
    return;
  if (enumerator)
    request_files (enumerator, g_steal_pointer (&call));
  else
    end_pending (call->folder);
}

static void watch (MonocleFolder *self, GFile *folder, guint group);

static void
list_folder (MonocleFolder *self, GFile *folder, guint group)
{
  self->n_pending++;
  /* Before it is listed: nothing can slip through between the two. */
  watch (self, folder, group);
  g_file_enumerate_children_async (folder, ATTRIBUTES, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT,
                                   self->cancellable, on_enumerated,
                                   call_new (self, folder, group));
}

/* @info: (nullable): where nothing is known of it; @alone: nothing else was opened, so its
 * neighbours come along; @found: takes a file for the list */
static void
add_named (MonocleFolder *self,
           GFile *file,
           GFileInfo *info,
           guint group,
           gboolean alone,
           GPtrArray *found)
{
  const MonocleStamp stamp = monocle_stamp_of_info (info);

  if (info && g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
    {
      if (alone)
        g_set_object (&self->neighbours, file);
      list_folder (self, file, group);
      return;
    }
  g_ptr_array_add (found, monocle_folder_item_new (file, &stamp, 0));
  if (alone)
    {
      g_autoptr (GFile) folder = g_file_get_parent (file);

      if (folder && g_set_object (&self->neighbours, folder))
        list_folder (self, folder, 0);
    }
}

static void
on_named_queried (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Call) call = data;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, NULL);

  if (!is_current (call))
    return;
  /* One that is not there is in the list nevertheless: what opens it says why it cannot. */
  add_named (call->folder, call->file, info, call->group, call->group == 0, call->found);
  insert_found (call);
  if (is_current (call))
    end_pending (call->folder);
}

void
monocle_folder_open (MonocleFolder *self, GPtrArray *files)
{
  g_autoptr (GCancellable) cancellable = NULL;
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GFile) folder = NULL;
  guint n;

  g_return_if_fail (MONOCLE_IS_FOLDER (self));
  g_return_if_fail (files != NULL);

  if (files->len == 1)
    folder = g_file_get_parent (files->pdata[0]);
  if (folder && self->neighbours && g_file_equal (folder, self->neighbours) && self->n_pending == 0
      && monocle_folder_find (self, files->pdata[0], 0, NULL))
    {
      monocle_folder_emit_ready (self);
      return;
    }

  monocle_folder_cancel (self);
  g_clear_object (&self->neighbours);
  g_hash_table_remove_all (self->known);
  n = self->items->len;
  g_ptr_array_set_size (self->items, 0);
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);

  self->cancellable = cancellable = g_cancellable_new ();
  g_object_ref (cancellable);
  self->n_pending = 1;
  for (guint i = 0; i < files->len; i++)
    {
      GFile *file = files->pdata[i];
      const gboolean alone = files->len == 1;
      const guint group = alone ? 0 : i + 1;

      if (g_file_is_native (file))
        {
          g_autoptr (GFileInfo) info
              = g_file_query_info (file, NAMED_ATTRIBUTES, G_FILE_QUERY_INFO_NONE, NULL, NULL);

          add_named (self, file, info, group, alone, found);
        }
      else
        {
          self->n_pending++;
          g_file_query_info_async (file, NAMED_ATTRIBUTES, G_FILE_QUERY_INFO_NONE,
                                   G_PRIORITY_DEFAULT, cancellable, on_named_queried,
                                   call_new (self, file, group));
        }
    }
  /* Together: each change takes as long as the list is. */
  monocle_folder_insert_items (self, found);
  if (self->cancellable == cancellable)
    end_pending (self);
}

void
monocle_folder_cancel (MonocleFolder *self)
{
  g_return_if_fail (MONOCLE_IS_FOLDER (self));

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->n_pending = 0;
  for (guint i = 0; i < self->monitors->len; i++)
    {
      g_signal_handlers_disconnect_by_data (self->monitors->pdata[i], self);
      g_file_monitor_cancel (self->monitors->pdata[i]);
    }
  g_ptr_array_set_size (self->monitors, 0);
  g_hash_table_remove_all (self->changed);
  g_clear_handle_id (&self->changed_source, g_source_remove);
  self->is_looking = FALSE;
}

gboolean
monocle_folder_is_loading (MonocleFolder *self)
{
  g_return_val_if_fail (MONOCLE_IS_FOLDER (self), FALSE);

  return self->n_pending > 0;
}

/* --- Watching --- */

static void look_at_next (MonocleFolder *self);

static void
on_changed_queried (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Call) call = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, &error);

  if (!is_current (call))
    return;
  if (info && is_picture (info))
    {
      const MonocleStamp stamp = monocle_stamp_of_info (info);

      g_ptr_array_add (call->found, monocle_folder_item_new (call->file, &stamp, call->group));
      insert_found (call);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    monocle_folder_remove_file (call->folder, call->file);
  if (is_current (call))
    look_at_next (call->folder);
}

/* One after the other: what shows the folder draws and listens in between, also when thousands go.
 */
static void
look_at_next (MonocleFolder *self)
{
  GHashTableIter iter;
  gpointer key, group;

  g_hash_table_iter_init (&iter, self->changed);
  self->is_looking = g_hash_table_iter_next (&iter, &key, &group);
  if (self->is_looking)
    {
      g_autoptr (GFile) file = g_object_ref (key);

      g_hash_table_iter_remove (&iter);
      g_file_query_info_async (file, ATTRIBUTES, G_FILE_QUERY_INFO_NONE, G_PRIORITY_HIGH_IDLE,
                               self->cancellable, on_changed_queried,
                               call_new (self, file, GPOINTER_TO_UINT (group) - 1));
    }
}

static gboolean
look_at_changed (gpointer data)
{
  MonocleFolder *self = data;

  self->changed_source = 0;
  if (!self->is_looking)
    look_at_next (self);
  return G_SOURCE_REMOVE;
}

static void
note_changed (MonocleFolder *self, GFile *file, guint group)
{
  g_hash_table_insert (self->changed, g_object_ref (file), GUINT_TO_POINTER (group + 1));
  if (self->changed_source == 0)
    self->changed_source = g_timeout_add (WATCH_MSEC, look_at_changed, self);
}

static void
on_folder_changed (
    GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, MonocleFolder *self)
{
  const guint group = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (monitor), "group"));

  /* While it is being written: the end of that is told too. */
  if (event == G_FILE_MONITOR_EVENT_CHANGED || event == G_FILE_MONITOR_EVENT_ATTRIBUTE_CHANGED
      || event == G_FILE_MONITOR_EVENT_PRE_UNMOUNT)
    return;
  note_changed (self, file, group);
  /* Otherwise it is in another folder. */
  if (other && event == G_FILE_MONITOR_EVENT_RENAMED)
    note_changed (self, other, group);
}

static void
watch (MonocleFolder *self, GFile *folder, guint group)
{
  GFileMonitor *monitor
      = g_file_monitor_directory (folder, G_FILE_MONITOR_WATCH_MOVES, self->cancellable, NULL);

  /* Not every file system can tell; the list is what it is then. */
  if (!monitor)
    return;
  g_object_set_data (G_OBJECT (monitor), "group", GUINT_TO_POINTER (group));
  g_signal_connect_object (monitor, "changed", G_CALLBACK (on_folder_changed), self, 0);
  g_ptr_array_add (self->monitors, monitor);
}
