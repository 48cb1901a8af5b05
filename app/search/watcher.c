/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/search/watcher.h"

#include "app/pictures/kinds.h"
#include "app/search/crawl.h"

/* Systems allow some tens of thousands for all programs of a person. */
#define MAX_FOLDERS 8192

/* Copying a folder is one change, not a thousand; and may take hours, during which some can be
 * searched already. */
#define QUIET_MS  1000
#define LATEST_MS 15000

#define AGAIN_MS 10000

struct _MonocleWatcher
{
  GObject parent_instance;

  GStrv directories;
  GHashTable *monitors; /* of a folder's path: GFileMonitor */
  gint64 first_us;      /* when something changed that nobody was told of; 0: nothing did */
  guint source;
};

enum
{
  DUE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleWatcher, monocle_watcher, G_TYPE_OBJECT)

static gboolean
on_due (gpointer data)
{
  MonocleWatcher *self = data;

  self->source = 0;
  self->first_us = 0;
  g_signal_emit (self, signals[DUE], 0);
  return G_SOURCE_REMOVE;
}

static void
wait_for (MonocleWatcher *self, guint milliseconds)
{
  g_clear_handle_id (&self->source, g_source_remove);
  self->source = g_timeout_add (milliseconds, on_due, self);
}

static void
note_change (MonocleWatcher *self)
{
  gint64 now = g_get_monotonic_time (), left_ms;

  if (self->first_us == 0)
    self->first_us = now;
  left_ms = MAX (0, LATEST_MS - (now - self->first_us) / 1000);
  wait_for (self, (guint) MIN (QUIET_MS, left_ms));
}

/* What is no picture by its name, and no folder, is nobody's business: an index that lies below one
 * of the folders grows when it is looked at. */
static gboolean
matters (MonocleWatcher *self, GFile *file)
{
  g_autofree char *path = file ? g_file_get_path (file) : NULL;
  g_autofree char *name = path ? g_path_get_basename (path) : NULL;
  g_autofree char *type = NULL;

  if (!name || name[0] == '.')
    return FALSE;
  type = g_content_type_guess (name, NULL, 0, NULL);
  return monocle_picture_kinds_is_picture (type, name)
         || g_hash_table_contains (self->monitors, path) || g_file_test (path, G_FILE_TEST_IS_DIR);
}

static void
on_changed (
    GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, MonocleWatcher *self)
{
  /* While it is being written: the end of that is told too. */
  if (event == G_FILE_MONITOR_EVENT_CHANGED || event == G_FILE_MONITOR_EVENT_ATTRIBUTE_CHANGED
      || event == G_FILE_MONITOR_EVENT_PRE_UNMOUNT)
    return;
  if (matters (self, file) || matters (self, other))
    note_change (self);
}

/* Returns: whether it is watched. One that is not there may come. */
static gboolean
watch (MonocleWatcher *self, const char *path)
{
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  GFileMonitor *monitor;

  if (g_hash_table_contains (self->monitors, path))
    return TRUE;
  monitor = g_hash_table_size (self->monitors) < MAX_FOLDERS
                ? g_file_monitor_directory (folder, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL)
                : NULL;
  if (!monitor)
    return FALSE;
  g_signal_connect_object (monitor, "changed", G_CALLBACK (on_changed), self, 0);
  g_hash_table_insert (self->monitors, g_strdup (path), monitor);
  return TRUE;
}

guint
monocle_watcher_begin (MonocleWatcher *self, GCancellable *cancellable)
{
  g_autoptr (GPtrArray) folders = NULL;
  guint n_left = 0;

  g_return_val_if_fail (MONOCLE_IS_WATCHER (self), 0);

  g_clear_handle_id (&self->source, g_source_remove);
  self->first_us = 0;
  /* All anew: a folder that was taken away and made again has the same name. */
  g_hash_table_remove_all (self->monitors);
  for (guint i = 0; self->directories[i]; i++)
    n_left += !watch (self, self->directories[i]);
  folders = monocle_crawl_folders ((const char *const *) self->directories, MAX_FOLDERS + 1,
                                   cancellable);
  for (guint i = 0; i < folders->len; i++)
    n_left += !watch (self, folders->pdata[i]);
  return n_left;
}

void
monocle_watcher_try_again (MonocleWatcher *self)
{
  g_return_if_fail (MONOCLE_IS_WATCHER (self));

  if (self->source == 0)
    wait_for (self, AGAIN_MS);
}

static void
monitor_free (gpointer monitor)
{
  g_file_monitor_cancel (monitor);
  g_object_unref (monitor);
}

static void
monocle_watcher_dispose (GObject *object)
{
  MonocleWatcher *self = MONOCLE_WATCHER (object);

  g_clear_handle_id (&self->source, g_source_remove);
  g_hash_table_remove_all (self->monitors);

  G_OBJECT_CLASS (monocle_watcher_parent_class)->dispose (object);
}

static void
monocle_watcher_finalize (GObject *object)
{
  MonocleWatcher *self = MONOCLE_WATCHER (object);

  g_strfreev (self->directories);
  g_hash_table_unref (self->monitors);

  G_OBJECT_CLASS (monocle_watcher_parent_class)->finalize (object);
}

static void
monocle_watcher_class_init (MonocleWatcherClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = monocle_watcher_dispose;
  G_OBJECT_CLASS (klass)->finalize = monocle_watcher_finalize;

  signals[DUE] = g_signal_new ("due", MONOCLE_TYPE_WATCHER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 0);
}

static void
monocle_watcher_init (MonocleWatcher *self)
{
  self->monitors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, monitor_free);
}

MonocleWatcher *
monocle_watcher_new (const char *const *directories)
{
  MonocleWatcher *self = g_object_new (MONOCLE_TYPE_WATCHER, NULL);

  self->directories = g_strdupv ((char **) directories);
  return self;
}
