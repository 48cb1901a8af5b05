/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rubbish as freedesktop.org's specification lays it out: folders with `files` and `info`, one
 * in the person's home and one on each disk. Where only the desktop may look into it, it is asked.
 */
#include "config.h"

#include "app/base/trash.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GROUP "Trash Info"

/* One that was thrown away, and when; those of a second are told apart by their notes. */
typedef struct
{
  GFile *file;
  GFile *note; /* (nullable): to be deleted with it */
  char *date;
  gint64 noted_at;
} Thrown;

static void
thrown_clear (Thrown *self)
{
  g_clear_object (&self->file);
  g_clear_object (&self->note);
  g_clear_pointer (&self->date, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Thrown, thrown_clear)

/* Takes what is passed where it is later. */
static void
keep_latest (Thrown *latest, GFile *file, GFile *note, const char *date, gint64 noted_at)
{
  int order = latest->file ? g_strcmp0 (date, latest->date) : 1;

  if (order < 0 || (order == 0 && noted_at < latest->noted_at))
    return;
  g_set_object (&latest->file, file);
  g_set_object (&latest->note, note);
  g_free (latest->date);
  latest->date = g_strdup (date);
  latest->noted_at = noted_at;
}

/* Whether the note @path speaks of @wanted, which is on the disk mounted at @top. */
static gboolean
speaks_of (const char *path, const char *wanted, const char *top, char **date)
{
  g_autoptr (GKeyFile) note = g_key_file_new ();
  g_autofree char *escaped = NULL, *place = NULL, *full = NULL;

  if (!g_key_file_load_from_file (note, path, G_KEY_FILE_NONE, NULL))
    return FALSE;
  escaped = g_key_file_get_string (note, GROUP, "Path", NULL);
  place = escaped ? g_uri_unescape_string (escaped, NULL) : NULL;
  if (!place)
    return FALSE;
  full = g_path_is_absolute (place) ? g_strdup (place) : g_build_filename (top, place, NULL);
  if (!g_str_equal (full, wanted))
    return FALSE;
  *date = g_key_file_get_string (note, GROUP, "DeletionDate", NULL);
  return TRUE;
}

static void
search_folder (const char *trash, const char *top, const char *wanted, Thrown *latest)
{
  g_autofree char *notes = g_build_filename (trash, "info", NULL);
  g_autoptr (GDir) folder = g_dir_open (notes, 0, NULL);
  const char *name;

  while (folder && (name = g_dir_read_name (folder)))
    {
      g_autofree char *path = g_build_filename (notes, name, NULL);
      g_autofree char *date = NULL, *stem = NULL, *thrown = NULL;
      g_autoptr (GFile) file = NULL, note = NULL;
      struct stat of_note;

      if (!g_str_has_suffix (name, ".trashinfo") || stat (path, &of_note) != 0
          || !speaks_of (path, wanted, top, &date))
        continue;
      stem = g_strndup (name, strlen (name) - strlen (".trashinfo"));
      thrown = g_build_filename (trash, "files", stem, NULL);
      file = g_file_new_for_path (thrown);
      note = g_file_new_for_path (path);
      keep_latest (latest, file, note, date,
                   (gint64) of_note.st_mtim.tv_sec * G_USEC_PER_SEC
                       + of_note.st_mtim.tv_nsec / 1000);
    }
}

/* (transfer full): the folder that the disk of @path is mounted at */
static char *
find_top (const char *path)
{
  char *top = g_path_get_dirname (path);
  struct stat here, above;

  while (!g_str_equal (top, "/") && stat (top, &here) == 0)
    {
      g_autofree char *parent = g_path_get_dirname (top);

      if (stat (parent, &above) != 0 || above.st_dev != here.st_dev)
        break;
      g_free (top);
      top = g_steal_pointer (&parent);
    }
  return top;
}

static void
search_disks (const char *wanted, Thrown *latest)
{
  g_autofree char *home = g_build_filename (g_get_user_data_dir (), "Trash", NULL);
  g_autofree char *top = find_top (wanted);
  g_autofree char *shared
      = g_strdup_printf ("%s/.Trash/%u", g_str_equal (top, "/") ? "" : top, (guint) getuid ());
  g_autofree char *own
      = g_strdup_printf ("%s/.Trash-%u", g_str_equal (top, "/") ? "" : top, (guint) getuid ());

  search_folder (home, "/", wanted, latest);
  search_folder (shared, top, wanted, latest);
  search_folder (own, top, wanted, latest);
}

/* What the desktop shows as the rubbish. */
static void
search_desktop (const char *wanted, GCancellable *cancellable, Thrown *latest)
{
  g_autoptr (GFile) trash = g_file_new_for_uri ("trash:///");
  g_autoptr (GFileEnumerator) all = g_file_enumerate_children (
      trash,
      G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_TRASH_ORIG_PATH
                                     "," G_FILE_ATTRIBUTE_TRASH_DELETION_DATE,
      G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, cancellable, NULL);
  GFileInfo *info;
  GFile *file;

  while (all && g_file_enumerator_iterate (all, &info, &file, cancellable, NULL) && info)
    if (g_strcmp0 (g_file_info_get_attribute_byte_string (info, G_FILE_ATTRIBUTE_TRASH_ORIG_PATH),
                   wanted)
        == 0)
      keep_latest (latest, file, NULL,
                   g_file_info_get_attribute_string (info, G_FILE_ATTRIBUTE_TRASH_DELETION_DATE),
                   0);
}

static void
restore (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GFile *file = source;
  g_autofree char *path = g_file_get_path (file);
  g_auto (Thrown) latest = { 0 };
  GError *error = NULL;

  if (path)
    search_disks (path, &latest);
  if (path && !latest.file)
    search_desktop (path, cancellable, &latest);
  if (!latest.file)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s is not in the rubbish",
                               path ? path : "it");
      return;
    }
  if (!g_file_move (latest.file, file, G_FILE_COPY_NOFOLLOW_SYMLINKS | G_FILE_COPY_ALL_METADATA,
                    cancellable, NULL, NULL, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (latest.note)
    g_file_delete (latest.note, NULL, NULL);
  g_task_return_boolean (task, TRUE);
}

void
monocle_trash_restore_async (GFile *file,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (G_IS_FILE (file));

  task = g_task_new (file, cancellable, callback, user_data);
  g_task_set_source_tag (task, monocle_trash_restore_async);
  g_task_run_in_thread (task, restore);
}

gboolean
monocle_trash_restore_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
