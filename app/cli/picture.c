/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/cli/out.h"
#include "app/cli/wait.h"
#include "app/pictures/source.h"

#define CHUNK_BYTES (64 * 1024)

gboolean
monocle_cli_picture_is_stream (const char *path)
{
  GStatBuf status;

  if (strcmp (path, MONOCLE_CLI_STDIN) == 0)
    return TRUE;
  if (g_stat (path, &status) != 0)
    return FALSE;
  /* Other devices have no end. */
  return S_ISFIFO (status.st_mode)
         || (S_ISCHR (status.st_mode) && strcmp (path, "/dev/stdin") == 0);
}

static gboolean
note_ready (int fd, GIOCondition condition, gpointer is_ready)
{
  *(gboolean *) is_ready = TRUE;
  return G_SOURCE_REMOVE;
}

/* Something can be read, or the end is there. */
static gboolean
wait_for (int fd, GCancellable *cancellable, GError **error)
{
  gboolean is_ready = FALSE;
  guint source = g_unix_fd_add (fd, G_IO_IN | G_IO_HUP | G_IO_ERR, note_ready, &is_ready);

  while (!is_ready && !g_cancellable_is_cancelled (cancellable))
    g_main_context_iteration (NULL, TRUE);
  if (!is_ready)
    g_source_remove (source);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static gboolean
fail (GError **error, const char *path, const char *reason)
{
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE, "%s: %s", path, reason);
  return FALSE;
}

static gboolean
read_all (int fd, const char *path, GByteArray *bytes, GError **error)
{
  GCancellable *cancellable = monocle_cli_wait_get_cancellable ();
  g_autofree guint8 *chunk = g_malloc (CHUNK_BYTES);

  while (wait_for (fd, cancellable, error))
    {
      gssize n = read (fd, chunk, CHUNK_BYTES);

      if (n == 0)
        return TRUE;
      if (n < 0 && errno != EINTR && errno != EAGAIN)
        return fail (error, path, g_strerror (errno));
      if (n > 0 && bytes->len + (gsize) n > MONOCLE_IMAGE_MAX_FILE_BYTES)
        return fail (error, path, _ ("is more than the limit of 512 MiB for an image"));
      if (n > 0)
        g_byte_array_append (bytes, chunk, (guint) n);
    }
  return FALSE;
}

static MonocleImage *
open_stream (const char *path, guint page, guint *n_pages, GError **error)
{
  /* A pipe without a writer is waited for, but not inside open(), which no SIGINT would end. */
  int fd = strcmp (path, MONOCLE_CLI_STDIN) == 0
               ? dup (STDIN_FILENO)
               : g_open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);
  g_autoptr (GByteArray) array = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  gboolean is_read;

  if (fd < 0)
    {
      fail (error, path, g_strerror (errno));
      return NULL;
    }
  is_read = read_all (fd, path, array, error);
  close (fd);
  if (!is_read)
    return NULL;
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&array));
  return monocle_image_source_load_bytes (bytes, path, page, n_pages, error);
}

MonocleImage *
monocle_cli_picture_open (const char *path, GError **error)
{
  guint n_pages;

  return monocle_cli_picture_open_page (path, 0, &n_pages, error);
}

MonocleImage *
monocle_cli_picture_open_page (const char *path, guint page, guint *n_pages, GError **error)
{
  MonocleImage *image = monocle_cli_picture_is_stream (path)
                            ? open_stream (path, page, n_pages, error)
                            : monocle_image_source_load_page (path, page, n_pages, error);

  if (image && page >= *n_pages)
    {
      g_clear_pointer (&image, monocle_image_unref);
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   _ ("%s: has no page %u"), path, page + 1);
    }
  if (image && monocle_image_is_partial (image))
    {
      g_autofree char *shown = g_filename_display_name (path);
      g_autofree char *name = monocle_cli_out_clean_line (shown);

      fprintf (stderr,
               _ ("monocle-cli: note: %s: the file is damaged or incomplete: the readable "
                  "part is used\n"),
               name);
    }
  return image;
}
