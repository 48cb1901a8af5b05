/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/output.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/error.h"
#include "app/model-store.h"

/* (transfer full): the file itself, where @path is a link to one. */
static char *
follow (const char *path)
{
  char *real = realpath (path, NULL);
  char *target = g_strdup (real ? real : path);

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

static gboolean
fail (GError **error, const char *reason)
{
  g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE, reason);
  return FALSE;
}

/* Nothing can be renamed over a device or a pipe. */
static gboolean
write_through (const char *path, const char *data, gsize size, GError **error)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
  int fault = fd < 0 ? errno : 0;

  while (fault == 0 && size > 0)
    {
      gssize n = write (fd, data, size);

      if (n < 0 && errno != EINTR)
        fault = errno;
      else if (n > 0)
        {
          data += n;
          size -= (gsize) n;
        }
    }
  if (fd >= 0 && close (fd) != 0 && fault == 0)
    fault = errno;
  return fault == 0 || fail (error, g_strerror (fault));
}

gboolean
monocle_output_write (const char *path, const void *data, gsize size, GError **error)
{
  g_autofree char *target = follow (path);
  g_autoptr (GError) cause = NULL;
  const char *reason;
  GStatBuf status;
  int mode = 0666;

  if (g_stat (target, &status) == 0)
    {
      if (S_ISDIR (status.st_mode))
        return fail (error, g_strerror (EISDIR));
      if (!S_ISREG (status.st_mode))
        return write_through (target, data, size, error);
      /* A rename would ask the folder alone. */
      if (g_access (target, W_OK) != 0)
        return fail (error, g_strerror (errno));
      mode = (int) (status.st_mode & 0777);
    }
  if (g_file_set_contents_full (target, size > 0 ? data : "", (gssize) size,
                                G_FILE_SET_CONTENTS_CONSISTENT, mode, &cause))
    return TRUE;

  /* GLib names its temporary file, which says nothing to anybody; the reason is at the end. */
  reason = strrchr (cause->message, ':');
  return fail (error, reason && reason[1] == ' ' ? reason + 2 : cause->message);
}
