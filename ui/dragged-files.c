/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/dragged-files.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

static char *folder;

/* Only what we put there: a folder for each file. */
static void
remove_folder (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *inner = g_build_filename (folder, name, NULL);
      g_autoptr (GDir) files = g_dir_open (inner, 0, NULL);
      const char *file;

      while (files && (file = g_dir_read_name (files)))
        {
          g_autofree char *path = g_build_filename (inner, file, NULL);

          g_unlink (path);
        }
      g_rmdir (inner);
    }
  g_rmdir (folder);
  g_clear_pointer (&folder, g_free);
}

/* A new folder inside our own, so that every file keeps its proposed name. */
GFile *
monocle_dragged_files_new (const char *name, GError **error)
{
  static guint count;
  g_autofree char *number = g_strdup_printf ("%u", ++count);
  g_autofree char *inner = NULL;

  if (!folder)
    {
      folder = g_dir_make_tmp ("monocle-XXXXXX", error);
      if (!folder)
        return NULL;
      if (g_application_get_default ())
        g_signal_connect (g_application_get_default (), "shutdown", G_CALLBACK (remove_folder),
                          NULL);
    }
  inner = g_build_filename (folder, number, NULL);
  if (g_mkdir (inner, 0700) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", inner,
                   g_strerror (errno));
      return NULL;
    }
  return g_file_new_build_filename (inner, name, NULL);
}

GFile *
monocle_dragged_files_write (const char *name, GBytes *bytes, GError **error)
{
  g_autoptr (GFile) file = monocle_dragged_files_new (name, error);

  if (!file
      || !g_file_set_contents (g_file_peek_path (file), g_bytes_get_data (bytes, NULL),
                               (gssize) g_bytes_get_size (bytes), error))
    return NULL;
  return g_steal_pointer (&file);
}

GBytes *
monocle_dragged_files_list (GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);
  char *line = g_strconcat (uri, "\r\n", NULL);

  return g_bytes_new_take (line, strlen (line));
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
monocle_dragged_files_send (GTask *task, GOutputStream *stream, GBytes *bytes)
{
  g_object_set_data_full (G_OBJECT (task), "bytes", bytes, (GDestroyNotify) g_bytes_unref);
  g_output_stream_write_all_async (stream, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                   g_task_get_priority (task), g_task_get_cancellable (task),
                                   on_sent, task);
}
