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
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "app/base/error.h"

/* Deeper than any of ours. */
#define MAX_DEPTH   16
#define SPARE_BYTES (G_GUINT64_CONSTANT (64) * 1024 * 1024)
#define GONE        ".gone"
#define N_RANDOM    8
/* Between the name of a program and when it began, as Linux tells of it. */
#define N_BEFORE_START 20
/* By which clocks that were set meanwhile may be off. */
#define SLACK_SECONDS 60

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
monocle_folder_is_of_links (const char *directory, gboolean *is_broken)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;
  guint n = 0;

  *is_broken = FALSE;
  if (!g_file_test (directory, G_FILE_TEST_IS_SYMLINK))
    dir = g_dir_open (directory, 0, NULL);
  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        return FALSE;
      *is_broken = *is_broken || !g_file_test (path, G_FILE_TEST_EXISTS);
      n++;
    }
  return n > 0;
}

gboolean
monocle_folder_check_room (const char *directory, guint64 bytes, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (directory);
  g_autoptr (GFileInfo) info
      = g_file_query_filesystem_info (file, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, NULL);
  g_autofree char *needs = NULL, *spare = NULL, *has = NULL;
  guint64 room;

  if (!info || !g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE))
    return TRUE;
  room = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE);
  if (bytes <= G_MAXUINT64 - SPARE_BYTES && room >= bytes + SPARE_BYTES)
    return TRUE;
  needs = g_format_size (bytes);
  spare = g_format_size (SPARE_BYTES);
  has = g_format_size (room);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
               "%s: it needs %s and %s to spare, and %s are free", directory, needs, spare, has);
  return FALSE;
}

typedef struct
{
  guint64 freed;
  guint n;   /* of what went away */
  int fault; /* the first one's errno */
} Removal;

static gboolean
note (Removal *removal, gboolean done)
{
  if (done)
    removal->n++;
  else if (!removal->fault)
    removal->fault = errno;
  return done;
}

static void
remove_all (const char *path, guint depth, const char *but, Removal *removal)
{
  GStatBuf status;

  if (g_lstat (path, &status) != 0)
    {
      if (errno != ENOENT)
        note (removal, FALSE);
      return;
    }
  if (S_ISDIR (status.st_mode))
    {
      g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
      const char *name;

      if (!dir)
        note (removal, FALSE);
      while (dir && depth > 0 && (name = g_dir_read_name (dir)))
        {
          g_autofree char *inner = g_build_filename (path, name, NULL);

          if (!but || !g_str_equal (name, but))
            remove_all (inner, depth - 1, NULL, removal);
        }
      if (!but)
        note (removal, g_rmdir (path) == 0);
    }
  else if (note (removal, g_unlink (path) == 0) && S_ISREG (status.st_mode) && status.st_nlink == 1)
    removal->freed += (guint64) status.st_size;
}

void
monocle_folder_empty (const char *directory, const char *but)
{
  Removal removal = { 0 };

  remove_all (directory, MAX_DEPTH, but, &removal);
}

char *
monocle_folder_make_aside (const char *parent)
{
  g_autofree char *name = g_strdup_printf (".%u-%08x" GONE, (guint) getpid (), g_random_int ());

  return g_build_filename (parent, name, NULL);
}

static int
open_folder (const char *path)
{
  return g_open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
}

int
monocle_folder_hold (const char *directory)
{
  const int lock = open_folder (directory);

  if (lock >= 0)
    flock (lock, LOCK_EX);
  return lock;
}

gboolean
monocle_folder_remove (const char *directory, guint64 *freed, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (directory);
  g_autofree char *aside = monocle_folder_make_aside (parent);
  Removal removal = { 0 };

  if (g_rename (directory, aside) != 0)
    return monocle_app_error_set_write (error, directory, errno);
  remove_all (aside, MAX_DEPTH, NULL, &removal);
  if (freed)
    *freed = removal.freed;
  if (!removal.fault)
    return TRUE;
  /* All of it is there still. */
  if (removal.n == 0)
    g_rename (aside, directory);
  return monocle_app_error_set_write (error, directory, removal.fault);
}

gboolean
monocle_folder_put (const char *directory, const char *target, gboolean replace, GError **error)
{
  GStatBuf status;
  Removal removal = { 0 };

  /* This puts a folder in the place of nothing but an empty one. */
  if (!replace || g_lstat (target, &status) != 0)
    return g_rename (directory, target) == 0 || monocle_app_error_set_write (error, target, errno);
  /* They change places in one step; then the old one is where nobody looks. */
  if (renameat2 (AT_FDCWD, directory, AT_FDCWD, target, RENAME_EXCHANGE) != 0)
    return monocle_app_error_set_write (error, target, errno);
  remove_all (directory, MAX_DEPTH, NULL, &removal);
  return TRUE;
}

/* --- What was left --- */

/* Of which program, by what it is called; 0: it is none of those. */
static pid_t
read_pid (const char *name)
{
  static const char digits[] = "0123456789abcdef";
  guint64 pid;
  char *end;

  if (*name != '.' || !g_ascii_isdigit (name[1]))
    return 0;
  pid = g_ascii_strtoull (name + 1, &end, 10);
  if (*end != '-' || strspn (end + 1, digits) != N_RANDOM
      || !g_str_equal (end + 1 + N_RANDOM, GONE))
    return 0;
  return pid <= G_MAXINT ? (pid_t) pid : 0;
}

/* In seconds as files have them; 0: nobody knows. */
static gint64
find_start (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int) pid);
  g_autofree char *line = NULL;
  const gint64 ticks = sysconf (_SC_CLK_TCK);
  struct timespec since_boot;
  char *rest;

  if (!g_file_get_contents (path, &line, NULL, NULL) || ticks <= 0
      || clock_gettime (CLOCK_BOOTTIME, &since_boot) != 0)
    return 0;
  /* What it is called may hold anything, and is in brackets. */
  rest = strrchr (line, ')');
  for (guint i = 0; i < N_BEFORE_START && rest; i++)
    rest = strchr (rest + 1, ' ');
  if (!rest)
    return 0;
  return time (NULL) - since_boot.tv_sec + g_ascii_strtoll (rest + 1, NULL, 10) / ticks;
}

/* Whether the program of that number is the one that left it: numbers are given again, in a sandbox
 * the same one each time. */
static gboolean
is_at_work (pid_t pid, const GStatBuf *about)
{
  const gboolean is_there = kill (pid, 0) == 0 || errno == EPERM;

  return is_there && find_start (pid) <= about->st_ctime + SLACK_SECONDS;
}

/* Of another sandbox nobody sees the programs here, but their locks. */
static void
remove_if_left (const char *path, pid_t pid)
{
  GStatBuf about;
  Removal removal = { 0 };
  int lock;

  if (g_lstat (path, &about) != 0 || is_at_work (pid, &about))
    return;
  lock = S_ISDIR (about.st_mode) ? open_folder (path) : -1;
  if (lock < 0 || flock (lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
    remove_all (path, MAX_DEPTH, NULL, &removal);
  if (lock >= 0)
    close (lock);
}

void
monocle_folder_sweep (const char *parent)
{
  g_autoptr (GDir) dir = g_dir_open (parent, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      const pid_t pid = read_pid (name);
      g_autofree char *path = pid > 0 ? g_build_filename (parent, name, NULL) : NULL;

      if (path)
        remove_if_left (path, pid);
    }
}
