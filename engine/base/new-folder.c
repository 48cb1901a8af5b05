/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whoever writes into such a folder holds a lock on it, which ends with its program however that
 * ends: what nobody holds is nobody's.
 */
#include "config.h"

#include "engine/base/new-folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#define INFIX     ".part-"
#define N_RANDOM  6
#define MAX_TRIES 8

struct _MonocleNewFolder
{
  char *path, *part;
  int lock;
};

static void
set_error (GError **error, const char *path, int code)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", path, g_strerror (code));
}

static void
new_folder_free (MonocleNewFolder *self)
{
  if (self->lock >= 0)
    close (self->lock);
  g_free (self->path);
  g_free (self->part);
  g_free (self);
}

static void
remove_all (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      g_unlink (path);
    }
  g_rmdir (directory);
}

static int
open_folder (const char *path)
{
  return g_open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
}

/* --- sweeping ----------------------------------------------------------------------------- */

/* Of a place called @base. */
static gboolean
is_part_of (const char *name, const char *base)
{
  const gsize n = strlen (base);

  if (strlen (name) != n + strlen (INFIX) + N_RANDOM || strncmp (name, base, n) != 0
      || strncmp (name + n, INFIX, strlen (INFIX)) != 0)
    return FALSE;
  for (const char *c = name + n + strlen (INFIX); *c; c++)
    if (!g_ascii_isalnum (*c))
      return FALSE;
  return TRUE;
}

/* Where locks do not work it is left: it may be at work. */
static void
remove_if_left (const char *part)
{
  const int lock = open_folder (part);
  GStatBuf about;

  if (lock < 0)
    return;
  if (fstat (lock, &about) == 0 && about.st_uid == geteuid ()
      && flock (lock, LOCK_EX | LOCK_NB) == 0)
    remove_all (part);
  close (lock);
}

void
monocle_new_folder_sweep (const char *path)
{
  g_autofree char *whole = g_canonicalize_filename (path, NULL);
  g_autofree char *base = g_path_get_basename (whole), *parent = g_path_get_dirname (whole);
  g_autoptr (GDir) dir = g_dir_open (parent, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (is_part_of (name, base))
      {
        g_autofree char *part = g_build_filename (parent, name, NULL);

        remove_if_left (part);
      }
}

/* --- writing ------------------------------------------------------------------------------ */

/* Whether the folder is there still: it may have been swept before it was locked. */
static gboolean
hold (MonocleNewFolder *self)
{
  GStatBuf held, found;

  self->lock = open_folder (self->part);
  if (self->lock < 0)
    return FALSE;
  flock (self->lock, LOCK_EX);
  if (fstat (self->lock, &held) == 0 && g_lstat (self->part, &found) == 0
      && held.st_ino == found.st_ino && held.st_dev == found.st_dev)
    return TRUE;
  close (self->lock);
  self->lock = -1;
  return FALSE;
}

static gboolean
make (MonocleNewFolder *self, GError **error)
{
  for (guint i = 0; i < MAX_TRIES; i++)
    {
      g_free (self->part);
      self->part = g_strconcat (self->path, INFIX "XXXXXX", NULL);
      if (!g_mkdtemp_full (self->part, 0755))
        break;
      if (hold (self))
        return TRUE;
    }
  set_error (error, self->path, errno);
  return FALSE;
}

MonocleNewFolder *
monocle_new_folder_begin (const char *path, GError **error)
{
  g_autofree char *whole = g_canonicalize_filename (path, NULL);
  MonocleNewFolder *self;

  if (g_file_test (whole, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, "%s: is there already", path);
      return NULL;
    }
  monocle_new_folder_sweep (whole);
  self = g_new0 (MonocleNewFolder, 1);
  self->path = g_steal_pointer (&whole);
  self->lock = -1;
  if (make (self, error))
    return self;
  new_folder_free (self);
  return NULL;
}

const char *
monocle_new_folder_get_path (const MonocleNewFolder *self)
{
  return self->part;
}

gboolean
monocle_new_folder_end (MonocleNewFolder *self, gboolean whole, GError **error)
{
  gboolean done = whole && g_rename (self->part, self->path) == 0;

  if (whole && !done)
    set_error (error, self->path, errno);
  if (!done)
    remove_all (self->part);
  new_folder_free (self);
  return done;
}
