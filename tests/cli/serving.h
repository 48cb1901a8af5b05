/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A server that runs while a test does.
 */
#pragma once

#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "harness.h"

typedef struct
{
  TemporaryFolder *folder;
  char *model, *picture;
  GPid pid;
  char *uri;
  SoupSession *session;
} Fixture;

/* --- the server --- */

static inline char *
read_line (int fd)
{
  g_autoptr (GString) line = g_string_new (NULL);
  char c;

  while (read (fd, &c, 1) == 1 && c != '\n')
    g_string_append_c (line, c);
  return g_string_free (g_steal_pointer (&line), FALSE);
}

/* @options: (array zero-terminated=1) */
static inline void
start (Fixture *self, const char *const *options)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autofree char *line = NULL;
  int out;

  g_ptr_array_add (arguments, (char *) harness_get_program ());
  g_ptr_array_add (arguments, (char *) "serve");
  g_ptr_array_add (arguments, (char *) "--model");
  g_ptr_array_add (arguments, self->model);
  for (guint i = 0; options[i]; i++)
    g_ptr_array_add (arguments, (char *) options[i]);
  g_ptr_array_add (arguments, NULL);
  g_assert_true (g_spawn_async_with_pipes (NULL, (char **) arguments->pdata, NULL,
                                           G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL,
                                           NULL, NULL, &self->pid, NULL, &out, NULL, NULL));
  line = read_line (out);
  g_close (out, NULL);
  g_assert_true (g_str_has_prefix (line, "listening at "));
  self->uri = g_strdup (line + strlen ("listening at "));
}

#define START(self, ...) start (self, (const char *const[]) { __VA_ARGS__, NULL })

/* Returns: how it ended */
static inline int
stop (Fixture *self)
{
  int status;

  kill (self->pid, SIGINT);
  g_assert_cmpint (waitpid (self->pid, &status, 0), ==, self->pid);
  self->pid = 0;
  g_clear_pointer (&self->uri, g_free);
  return WIFEXITED (status) ? WEXITSTATUS (status) : -1;
}

static inline void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = harness_make_folder ();
  self->model = harness_fixture ("models/native-96");
  self->picture = harness_fixture ("images/a.png");
  self->session = soup_session_new ();
}

static inline void
tear_down (Fixture *self, gconstpointer data)
{
  if (self->pid)
    g_assert_cmpint (stop (self), ==, 128 + SIGINT);
  g_object_unref (self->session);
  harness_remove_folder (self->folder);
  g_free (self->model);
  g_free (self->picture);
}
