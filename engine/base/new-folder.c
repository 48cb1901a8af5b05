/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/base/new-folder.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>

static void
set_error (GError **error, const char *path, int code)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", path, g_strerror (code));
}

char *
monocle_new_folder_begin (const char *path, GError **error)
{
  g_autofree char *whole = g_canonicalize_filename (path, NULL);
  g_autofree char *part = g_strconcat (whole, ".part-XXXXXX", NULL);

  if (g_file_test (whole, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, "%s: is there already", path);
      return NULL;
    }
  if (g_mkdtemp_full (part, 0755))
    return g_steal_pointer (&part);
  set_error (error, path, errno);
  return NULL;
}

static void
remove_all (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      g_remove (path);
    }
  g_rmdir (directory);
}

gboolean
monocle_new_folder_end (char *part, const char *path, gboolean whole, GError **error)
{
  g_autofree char *owned = part;
  g_autofree char *canonical = g_canonicalize_filename (path, NULL);

  if (whole && g_rename (owned, canonical) == 0)
    return TRUE;
  if (whole)
    set_error (error, path, errno);
  remove_all (owned);
  return FALSE;
}
