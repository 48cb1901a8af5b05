/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/pictures/folder-private.h"

#include <string.h>

#include "app/pictures/source.h"

#define CHUNK_FILES 200
/* The first ones are shown at once, the others together: each time takes as long as laying out all
 * that there is. A folder that is far away comes in pieces. */
#define INSERT_USEC G_USEC_PER_SEC
/* A file that is being written is there before it can be read. */
#define WATCH_MSEC 400
/* A document of more pages is cut off: nobody walks through that. */
#define MAX_PAGES 10000

#define ATTRIBUTES                                                                                 \
  G_FILE_ATTRIBUTE_STANDARD_NAME                                                                   \
  "," G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_IS_HIDDEN                       \
  "," G_FILE_ATTRIBUTE_STANDARD_IS_BACKUP "," G_FILE_ATTRIBUTE_STANDARD_FAST_CONTENT_TYPE

/* --- The list --- */

struct _MonocleFolder
{
  GObject parent_instance;

  GPtrArray *items;  /* in order */
  GHashTable *known; /* GFile -> its first item, not owned */

  GCancellable *cancellable;
  guint n_pending;   /* queries and listings under way */
  GFile *neighbours; /* (nullable): the folder whose pictures these are, when it is one */

  GPtrArray *monitors;
  GHashTable *changed; /* GFile -> group + 1: to be looked at */
  guint changed_source;
  gboolean is_looking; /* at one of them */
};

enum
{
  READY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MonocleFolder,
                               monocle_folder,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static GType
get_item_type (GListModel *list)
{
  return MONOCLE_TYPE_FOLDER_ITEM;
}

static guint
get_n_items (GListModel *list)
{
  return MONOCLE_FOLDER (list)->items->len;
}

static gpointer
get_item (GListModel *list, guint position)
{
  MonocleFolder *self = MONOCLE_FOLDER (list);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
monocle_folder_dispose (GObject *object)
{
  monocle_folder_cancel (MONOCLE_FOLDER (object));
  G_OBJECT_CLASS (monocle_folder_parent_class)->dispose (object);
}

static void
monocle_folder_finalize (GObject *object)
{
  MonocleFolder *self = MONOCLE_FOLDER (object);

  g_ptr_array_unref (self->items);
  g_hash_table_unref (self->known);
  g_hash_table_unref (self->changed);
  g_ptr_array_unref (self->monitors);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->neighbours);
  G_OBJECT_CLASS (monocle_folder_parent_class)->finalize (object);
}

static void
monocle_folder_class_init (MonocleFolderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = monocle_folder_dispose;
  object_class->finalize = monocle_folder_finalize;

  signals[READY] = g_signal_new ("ready", MONOCLE_TYPE_FOLDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
}

static void
monocle_folder_init (MonocleFolder *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->known
      = g_hash_table_new_full (g_file_hash, (GEqualFunc) g_file_equal, g_object_unref, NULL);
  self->changed
      = g_hash_table_new_full (g_file_hash, (GEqualFunc) g_file_equal, g_object_unref, NULL);
  self->monitors = g_ptr_array_new_with_free_func (g_object_unref);
}

MonocleFolder *
monocle_folder_new (void)
{
  return g_object_new (MONOCLE_TYPE_FOLDER, NULL);
}

/* Where @item is, or would be. */
static guint
find_place (MonocleFolder *self, MonocleFolderItem *item)
{
  guint low = 0, high = self->items->len;

  while (low < high)
    {
      const guint middle = low + (high - low) / 2;

      if (monocle_folder_item_compare (&self->items->pdata[middle], &item) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* @at: where the first of @items belongs; @last: where the last one does */
static void
merge_items (MonocleFolder *self, GPtrArray *items, guint at, guint last)
{
  GPtrArray *merged;
  guint from = 0;

  /* Files that come one by one are not worth a list each. */
  if (items->len == 1)
    {
      g_ptr_array_insert (self->items, (int) at, g_object_ref (items->pdata[0]));
      return;
    }
  merged = g_ptr_array_new_full (self->items->len + items->len, g_object_unref);

  for (guint i = 0; i < items->len; i++)
    {
      while (from < at
             || (from < last
                 && monocle_folder_item_compare (&self->items->pdata[from], &items->pdata[i]) < 0))
        g_ptr_array_add (merged, g_object_ref (self->items->pdata[from++]));
      g_ptr_array_add (merged, g_object_ref (items->pdata[i]));
    }
  while (from < self->items->len)
    g_ptr_array_add (merged, g_object_ref (self->items->pdata[from++]));
  g_ptr_array_unref (self->items);
  self->items = merged;
}

/* In one change, however many places they go to: a list view has work with each change, and knows
 * again what it shows. */
static void
insert_items (MonocleFolder *self, GPtrArray *items)
{
  guint at, last;

  for (guint i = items->len; i-- > 0;)
    {
      MonocleFolderItem *item = items->pdata[i];

      /* What was named is in its folder too. */
      if (g_hash_table_contains (self->known, item->file))
        g_ptr_array_remove_index (items, i);
      else
        g_hash_table_insert (self->known, g_object_ref (item->file), item);
    }
  if (items->len == 0)
    return;
  g_ptr_array_sort (items, monocle_folder_item_compare);
  at = find_place (self, items->pdata[0]);
  last = find_place (self, items->pdata[items->len - 1]);
  merge_items (self, items, at, last);
  g_list_model_items_changed (G_LIST_MODEL (self), at, last - at, last - at + items->len);
}

static void
add_file (MonocleFolder *self, GFile *file, guint group)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (items, monocle_folder_item_new (file, group));
  insert_items (self, items);
}

static guint
count_pages (MonocleFolder *self, guint position)
{
  GFile *file = ((MonocleFolderItem *) self->items->pdata[position])->file;
  guint n = 1;

  while (position + n < self->items->len
         && g_file_equal (((MonocleFolderItem *) self->items->pdata[position + n])->file, file))
    n++;
  return n;
}

static void
remove_file (MonocleFolder *self, GFile *file)
{
  guint position, n;

  if (!monocle_folder_find (self, file, 0, &position))
    return;
  n = count_pages (self, position);
  g_hash_table_remove (self->known, file);
  g_ptr_array_remove_range (self->items, position, n);
  g_list_model_items_changed (G_LIST_MODEL (self), position, n, 0);
}

MonocleFolderItem *
monocle_folder_find (MonocleFolder *self, GFile *file, guint page, guint *position)
{
  MonocleFolderItem *first;
  guint at;

  g_return_val_if_fail (MONOCLE_IS_FOLDER (self), NULL);
  g_return_val_if_fail (G_IS_FILE (file), NULL);

  first = g_hash_table_lookup (self->known, file);
  if (!first)
    return NULL;
  at = find_place (self, first);
  /* It may be about to come. */
  if (at >= self->items->len || self->items->pdata[at] != first)
    return NULL;
  if (page >= count_pages (self, at))
    return NULL;
  if (position)
    *position = at + page;
  return self->items->pdata[at + page];
}

void
monocle_folder_set_pages (MonocleFolder *self, GFile *file, guint n_pages)
{
  guint at;

  g_return_if_fail (MONOCLE_IS_FOLDER (self));
  g_return_if_fail (G_IS_FILE (file));

  n_pages = MIN (n_pages, MAX_PAGES);
  if (n_pages < 2 || !monocle_folder_find (self, file, 0, &at) || count_pages (self, at) > 1)
    return;
  monocle_folder_item_set_page (self->items->pdata[at], 0);
  for (guint page = 1; page < n_pages; page++)
    {
      MonocleFolderItem *first = self->items->pdata[at];
      MonocleFolderItem *item = monocle_folder_item_new (first->file, first->group);

      monocle_folder_item_set_page (item, page);
      g_ptr_array_insert (self->items, (int) (at + page), item);
    }
  g_list_model_items_changed (G_LIST_MODEL (self), at, 1, n_pages);
}

/* --- Listing --- */

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
    g_signal_emit (self, signals[READY], 0, self->items->len > 0);
}

static gboolean
is_picture (GFileInfo *info)
{
  return g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR
         && !g_file_info_get_is_hidden (info) && !g_file_info_get_is_backup (info)
         && monocle_image_source_can_open (
             g_file_info_get_attribute_string (info, G_FILE_ATTRIBUTE_STANDARD_FAST_CONTENT_TYPE));
}

static void
insert_found (Call *call)
{
  insert_items (call->folder, call->found);
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

        g_ptr_array_add (call->found, monocle_folder_item_new (file, call->group));
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
  g_file_enumerate_children_async (folder, ATTRIBUTES, G_FILE_QUERY_INFO_NONE,
                                   G_PRIORITY_DEFAULT_IDLE, self->cancellable, on_enumerated,
                                   call_new (self, folder, group));
}

/* @alone: nothing else was opened, so its neighbours come along; @found: takes a file for the list
 */
static void
add_named (
    MonocleFolder *self, GFile *file, GFileType type, guint group, gboolean alone, GPtrArray *found)
{
  if (type == G_FILE_TYPE_DIRECTORY)
    {
      if (alone)
        g_set_object (&self->neighbours, file);
      list_folder (self, file, group);
      return;
    }
  g_ptr_array_add (found, monocle_folder_item_new (file, 0));
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
  add_named (call->folder, call->file,
             info ? g_file_info_get_file_type (info) : G_FILE_TYPE_UNKNOWN, call->group,
             call->group == 0, call->found);
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
      g_signal_emit (self, signals[READY], 0, TRUE);
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
        add_named (self, file, g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, NULL), group,
                   alone, found);
      else
        {
          self->n_pending++;
          g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE,
                                   G_PRIORITY_DEFAULT, cancellable, on_named_queried,
                                   call_new (self, file, group));
        }
    }
  /* Together: each change takes as long as the list is. */
  insert_items (self, found);
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
    add_file (call->folder, call->file, call->group);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    remove_file (call->folder, call->file);
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
      g_file_query_info_async (file, ATTRIBUTES, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT_IDLE,
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
