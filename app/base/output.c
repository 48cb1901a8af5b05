/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/base/error.h"
#include "app/models/store.h"

/* As many as the system follows. */
#define MAX_LINKS 40

/* (transfer full): the file itself, where @path is a link to one. */
static char *
follow (const char *path)
{
  char *real = realpath (path, NULL);
  char *target = g_strdup (real ? real : path), *next;

  /* What a link points at need not be there yet. */
  for (guint i = 0; !real && i < MAX_LINKS && (next = g_file_read_link (target, NULL)); i++)
    {
      g_autofree char *folder = g_path_get_dirname (target);

      g_free (target);
      target = g_path_is_absolute (next) ? g_strdup (next) : g_build_filename (folder, next, NULL);
      g_free (next);
    }
  free (real);
  return target;
}

char *
monocle_output_find_input (const MonocleFileSet *inputs, const char *path)
{
  const char *input = monocle_file_set_find (inputs, path);
  g_autofree char *target = NULL;

  if (input)
    return g_strdup (input);
  target = follow (path);
  return monocle_model_store_is_part (target) ? g_steal_pointer (&target) : NULL;
}

const char *
monocle_output_find_obstacle (const char *path)
{
  g_autofree char *target = follow (path);
  g_autofree char *folder = g_path_get_dirname (target);
  GStatBuf status;
  gboolean is_there = g_stat (target, &status) == 0;

  if (is_there && S_ISDIR (status.st_mode))
    return g_strerror (EISDIR);
  /* A rename would ask the folder alone. */
  if (is_there && g_access (target, W_OK) != 0)
    return g_strerror (errno);
  /* Devices and pipes are not replaced. */
  if (is_there && !S_ISREG (status.st_mode))
    return NULL;
  return g_access (folder, W_OK | X_OK) == 0 ? NULL : g_strerror (errno);
}

static gboolean
fail (GError **error, const char *reason)
{
  g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE, reason);
  return FALSE;
}

gboolean
monocle_output_write_all (int fd, const void *data, gsize size)
{
  const guint8 *rest = data;

  while (size > 0)
    {
      gssize n = write (fd, rest, size);

      if (n < 0 && errno == EINTR)
        continue;
      /* Which says no reason of its own. */
      if (n == 0)
        errno = EIO;
      if (n <= 0)
        return FALSE;
      rest += n;
      size -= (gsize) n;
    }
  return TRUE;
}

gboolean
monocle_output_append (int fd, guint64 *end, const void *data, gsize size)
{
  int fault;

  if (lseek (fd, (off_t) *end, SEEK_SET) >= 0 && monocle_output_write_all (fd, data, size))
    {
      *end += size;
      return TRUE;
    }
  fault = errno;
  if (ftruncate (fd, (off_t) *end) != 0)
    g_debug ("cutting off what was half written: %s", g_strerror (errno));
  errno = fault;
  return FALSE;
}

/* Nothing can be renamed over a device or a pipe. */
static gboolean
write_through (const char *path, const void *data, gsize size, GError **error)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
  int fault = fd < 0 || !monocle_output_write_all (fd, data, size) ? errno : 0;

  if (fd >= 0 && close (fd) != 0 && fault == 0)
    fault = errno;
  return fault == 0 || fail (error, g_strerror (fault));
}

gboolean
monocle_output_write (const char *path, const void *data, gsize size, GError **error)
{
  g_autofree char *target = follow (path);
  g_autoptr (GError) cause = NULL;
  const char *reason = monocle_output_find_obstacle (path);
  GStatBuf status;
  int mode = 0666;

  if (reason)
    return fail (error, reason);
  if (g_stat (target, &status) == 0)
    {
      if (!S_ISREG (status.st_mode))
        return write_through (target, data, size, error);
      mode = (int) (status.st_mode & 0777);
    }
  if (g_file_set_contents_full (target, size > 0 ? data : "", (gssize) size,
                                G_FILE_SET_CONTENTS_CONSISTENT, mode, &cause))
    return TRUE;

  /* GLib names its temporary file, which says nothing to anybody; the reason is at the end. */
  reason = strrchr (cause->message, ':');
  return fail (error, reason && reason[1] == ' ' ? reason + 2 : cause->message);
}
