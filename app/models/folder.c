/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/base/error.h"

/* Deeper than any of ours. */
#define MAX_DEPTH   8
#define SPARE_BYTES (G_GUINT64_CONSTANT (64) * 1024 * 1024)
#define GONE        ".gone"

guint64
monocle_folder_measure (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;
  guint64 size = 0;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);
      GStatBuf status;

      if (g_stat (path, &status) == 0 && S_ISREG (status.st_mode))
        size += (guint64) status.st_size;
    }

  return size;
}

gboolean
monocle_folder_check_room (const char *directory, guint64 bytes, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (directory);
  g_autoptr (GFileInfo) info
      = g_file_query_filesystem_info (file, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, NULL);
  g_autofree char *needs = NULL, *has = NULL;
  guint64 room;

  if (!info || !g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE))
    return TRUE;
  room = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE);
  if (bytes <= G_MAXUINT64 - SPARE_BYTES && room >= bytes + SPARE_BYTES)
    return TRUE;
  needs = g_format_size (bytes);
  has = g_format_size (room);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "%s: it needs %s, and %s are free",
               directory, needs, has);
  return FALSE;
}

static gboolean
set_error (GError **error, const char *path)
{
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE, "%s: %s", path,
               g_strerror (errno));
  return FALSE;
}

static gboolean
remove_all (const char *path, guint depth, const char *but, guint64 *freed)
{
  GStatBuf status;
  gboolean done = TRUE;

  if (g_lstat (path, &status) != 0)
    return errno == ENOENT;
  if (S_ISDIR (status.st_mode))
    {
      g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
      const char *name;

      while (dir && depth > 0 && (name = g_dir_read_name (dir)))
        {
          g_autofree char *inner = g_build_filename (path, name, NULL);

          if (!but || !g_str_equal (name, but))
            done = remove_all (inner, depth - 1, NULL, freed) && done;
        }
      return but ? done : g_rmdir (path) == 0 && done;
    }
  if (g_unlink (path) != 0)
    return FALSE;
  if (S_ISREG (status.st_mode) && status.st_nlink == 1)
    *freed += (guint64) status.st_size;
  return TRUE;
}

void
monocle_folder_empty (const char *directory, const char *but)
{
  guint64 freed = 0;

  remove_all (directory, MAX_DEPTH, but, &freed);
}

char *
monocle_folder_make_aside (const char *parent)
{
  g_autofree char *name = g_strdup_printf (".%u-%08x" GONE, (guint) getpid (), g_random_int ());

  return g_build_filename (parent, name, NULL);
}

gboolean
monocle_folder_remove (const char *directory, guint64 *freed, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (directory);
  g_autofree char *aside = monocle_folder_make_aside (parent);
  guint64 bytes = 0;
  gboolean done;

  if (g_rename (directory, aside) != 0)
    return set_error (error, directory);
  done = remove_all (aside, MAX_DEPTH, NULL, &bytes);
  if (freed)
    *freed = bytes;
  return done || set_error (error, directory);
}

gboolean
monocle_folder_put (const char *directory, const char *target, gboolean replace, GError **error)
{
  GStatBuf status;
  guint64 freed = 0;

  /* This puts a folder in the place of nothing but an empty one. */
  if (!replace || g_lstat (target, &status) != 0)
    return g_rename (directory, target) == 0 || set_error (error, target);
  /* They change places in one step; then the old one is where nobody looks. */
  if (renameat2 (AT_FDCWD, directory, AT_FDCWD, target, RENAME_EXCHANGE) != 0)
    return set_error (error, target);
  remove_all (directory, MAX_DEPTH, NULL, &freed);
  return TRUE;
}

/* Whether the program that named it so is at work still. */
static gboolean
is_in_use (const char *name)
{
  guint64 pid = g_ascii_strtoull (name + 1, NULL, 10);

  return pid > 0 && pid <= G_MAXINT && (kill ((pid_t) pid, 0) == 0 || errno == EPERM);
}

void
monocle_folder_sweep (const char *parent)
{
  g_autoptr (GDir) dir = g_dir_open (parent, 0, NULL);
  const char *name;
  guint64 freed = 0;

  while (dir && (name = g_dir_read_name (dir)))
    if (*name == '.' && g_str_has_suffix (name, GONE) && !is_in_use (name))
      {
        g_autofree char *path = g_build_filename (parent, name, NULL);

        remove_all (path, MAX_DEPTH, NULL, &freed);
      }
}
