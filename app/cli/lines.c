/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/lines.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_BYTES 4096

void
monocle_cli_lines_clear (MonocleCliLines *self)
{
  if (self->bytes)
    g_string_free (self->bytes, TRUE);
  self->bytes = NULL;
}

static gboolean
note (int fd, GIOCondition condition, gpointer is_there)
{
  *(gboolean *) is_there = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
note_cancelled (GCancellable *cancellable, gpointer is_there)
{
  *(gboolean *) is_there = TRUE;
  return G_SOURCE_REMOVE;
}

/* Something can be read, or the end is there. */
static gboolean
wait_for_input (GCancellable *cancellable, GError **error)
{
  gboolean is_there = FALSE, is_stopped = FALSE;
  g_autoptr (GSource) input = g_unix_fd_source_new (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR);
  g_autoptr (GSource) stop = g_cancellable_source_new (cancellable);

  g_source_set_callback (input, G_SOURCE_FUNC (note), &is_there, NULL);
  g_source_attach (input, NULL);
  g_source_set_callback (stop, G_SOURCE_FUNC (note_cancelled), &is_stopped, NULL);
  g_source_attach (stop, NULL);
  while (!is_there && !is_stopped)
    g_main_context_iteration (NULL, TRUE);
  g_source_destroy (input);
  g_source_destroy (stop);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/* (transfer full) (nullable): what is there of a line and whole, or the last one */
static char *
take_line (MonocleCliLines *self)
{
  const char *end = memchr (self->bytes->str, '\n', self->bytes->len);
  gsize n = end ? (gsize) (end - self->bytes->str) : self->bytes->len;
  char *line;

  if (!end && (!self->is_over || n == 0))
    return NULL;
  line = g_memdup2 (self->bytes->str, n + 1);
  line[n] = '\0';
  /* It is no text either, and would hide what comes behind it. */
  for (gsize i = 0; i < n; i++)
    if (line[i] == '\0')
      line[i] = '\xff';
  g_string_erase (self->bytes, 0, (gssize) (end ? n + 1 : n));
  return g_strchomp (line);
}

static gboolean
read_more (MonocleCliLines *self, GError **error)
{
  char chunk[CHUNK_BYTES];
  gssize n = read (STDIN_FILENO, chunk, sizeof chunk);

  if (n == 0)
    self->is_over = TRUE;
  else if (n > 0)
    g_string_append_len (self->bytes, chunk, n);
  else if (errno != EINTR && errno != EAGAIN)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", _ ("standard input"),
                   g_strerror (errno));
      return FALSE;
    }
  if (self->bytes->len <= MONOCLE_CLI_LINES_MAX_BYTES
      || memchr (self->bytes->str, '\n', self->bytes->len))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s", _ ("standard input"),
               _ ("a line is longer than 1 MiB"));
  return FALSE;
}

char *
monocle_cli_lines_read (MonocleCliLines *self, GCancellable *cancellable, GError **error)
{
  char *line;

  if (!self->bytes)
    self->bytes = g_string_new (NULL);
  while (!(line = take_line (self)) && !self->is_over)
    if (!wait_for_input (cancellable, error) || !read_more (self, error))
      {
        self->is_over = !g_cancellable_is_cancelled (cancellable);
        return NULL;
      }
  return line ? line : take_line (self);
}
