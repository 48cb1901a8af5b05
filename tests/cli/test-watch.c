/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Indexing that goes on: folders to which something happens while they are watched.
 */
#include "config.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

#define MODEL "clip/clip-quick"

/* What is told within a second or two; machines that run tests are busy. */
#define PATIENCE_MS 240000

static const char *const pictures[] = { "pictures/photo-131x97.png", "images/a.png", "images/b.png",
                                        "clip/tall-9x41.png", "clip/wide-41x9.png" };

typedef struct
{
  TemporaryFolder *folder;
  char *below, *model;
  GSubprocess *process;
  int output;      /* of it */
  GString *unread; /* of that */
} Watch;

static char *
name_in (const char *folder, const char *name)
{
  return g_build_filename (folder, name, NULL);
}

/* The @which-th picture as a file of that name, whole at once. */
static void
put (const char *folder, const char *name, guint which)
{
  g_autofree char *source = harness_fixture (pictures[which]), *to = name_in (folder, name);
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (source, &bytes, &size, NULL));
  g_assert_true (g_file_set_contents (to, bytes, (gssize) size, NULL));
}

/* @own: the folder below which it writes itself */
static Watch *
begin (const char *own)
{
  Watch *self = g_new0 (Watch, 1);
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autofree char *data = NULL;
  int ends[2];
  g_autoptr (GError) error = NULL;

  self->folder = harness_make_folder ();
  self->below = name_in (self->folder, "pictures");
  self->model = harness_fixture (MODEL);
  self->unread = g_string_new (NULL);
  data = name_in (self->folder, own);
  g_assert_cmpint (g_mkdir (self->below, 0700), ==, 0);
  put (self->below, "a.png", 0);
  put (self->below, "b.png", 1);
  g_assert_cmpint (pipe2 (ends, O_CLOEXEC), ==, 0);
  self->output = ends[0];
  g_subprocess_launcher_take_stdout_fd (launcher, ends[1]);
  g_subprocess_launcher_setenv (launcher, "XDG_DATA_HOME", data, TRUE);
  self->process
      = g_subprocess_launcher_spawn (launcher, &error, harness_get_program (), "index", "--watch",
                                     "--model", self->model, "--format", "json", self->below, NULL);
  g_assert_no_error (error);
  return self;
}

/* Whether there is a line within that time; it is taken away. */
static gboolean
read_line (Watch *self, int milliseconds, char **line)
{
  char *end;

  while (!(end = strchr (self->unread->str, '\n')))
    {
      struct pollfd wanted = { .fd = self->output, .events = POLLIN };
      char bytes[256];
      gssize n;

      if (poll (&wanted, 1, milliseconds) != 1)
        return FALSE;
      n = read (self->output, bytes, sizeof bytes);
      if (n <= 0)
        return FALSE;
      g_string_append_len (self->unread, bytes, n);
    }
  *line = g_strndup (self->unread->str, (gsize) (end - self->unread->str));
  g_string_erase (self->unread, 0, end - self->unread->str + 1);
  return TRUE;
}

/* The next thing that is told has that many new, changed, moved and gone. */
static void
expect (Watch *self, int n_new, int n_changed, int n_moved, int n_gone, int n_all)
{
  g_autofree char *line = NULL;
  g_autofree char *wanted
      = g_strdup_printf ("{\"new\":%d,\"changed\":%d,\"moved\":%d,\"gone\":%d,\"unreadable\":0,"
                         "\"pictures\":%d}",
                         n_new, n_changed, n_moved, n_gone, n_all);

  if (!read_line (self, PATIENCE_MS, &line))
    g_error ("nothing is told; expected %s", wanted);
  g_assert_cmpstr (line, ==, wanted);
}

static void
end (Watch *self)
{
  g_autofree char *errors = NULL;
  g_autofree char *line = NULL;

  g_assert_false (read_line (self, 3000, &line));
  g_subprocess_send_signal (self->process, SIGINT);
  g_assert_true (g_subprocess_communicate_utf8 (self->process, NULL, NULL, NULL, &errors, NULL));
  g_assert_true (g_subprocess_get_if_exited (self->process));
  g_assert_cmpint (g_subprocess_get_exit_status (self->process), ==, 0);
  g_assert_null (strstr (errors, "monocle-cli: error"));
  g_object_unref (self->process);
  close (self->output);
  g_string_free (self->unread, TRUE);
  g_free (self->below);
  g_free (self->model);
  harness_remove_folder (self->folder);
  g_free (self);
}

static void
test_changes (void)
{
  /* What it writes lies among what it watches. */
  Watch *self = begin ("pictures/data");
  g_autofree char *first = name_in (self->below, "a.png");
  g_autofree char *second = name_in (self->below, "b.png");
  g_autofree char *inner = name_in (self->below, "inner");
  g_autofree char *moved = name_in (inner, "a.png");
  g_autofree char *renamed = name_in (self->below, "other");
  g_autofree char *there = name_in (renamed, "c.png");

  expect (self, 2, 0, 0, 0, 2);
  put (self->below, "c.png", 2);
  expect (self, 1, 0, 0, 0, 3);
  /* What is no picture is nothing to tell of. */
  {
    g_autofree char *text = name_in (self->below, "notes.txt");

    g_assert_true (g_file_set_contents (text, "nothing", -1, NULL));
  }
  g_assert_cmpint (g_mkdir (inner, 0700), ==, 0);
  g_assert_cmpint (g_rename (first, moved), ==, 0);
  expect (self, 0, 0, 1, 0, 3);
  put (self->below, "b.png", 3);
  expect (self, 0, 1, 0, 0, 3);
  g_assert_cmpint (g_remove (second), ==, 0);
  expect (self, 0, 0, 0, 1, 2);

  /* A folder of the same name, but another one; and one that has another name now. */
  g_assert_cmpint (g_remove (moved), ==, 0);
  g_assert_cmpint (g_rmdir (inner), ==, 0);
  expect (self, 0, 0, 0, 1, 1);
  g_assert_cmpint (g_mkdir (inner, 0700), ==, 0);
  put (inner, "d.png", 4);
  expect (self, 1, 0, 0, 0, 2);
  g_assert_cmpint (g_rename (inner, renamed), ==, 0);
  expect (self, 0, 0, 1, 0, 2);
  put (renamed, "c.png", 3);
  expect (self, 1, 0, 0, 0, 3);
  g_assert_cmpint (g_remove (there), ==, 0);
  expect (self, 0, 0, 0, 1, 2);
  end (self);
}

/* Many changes at once are one; and the folder itself may go for a while. */
static void
test_away (void)
{
  Watch *self = begin ("data");
  g_autofree char *away = name_in (self->folder, "away");
  g_autofree char *line = NULL;

  expect (self, 2, 0, 0, 0, 2);
  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.png", i);

      put (self->below, name, 2);
      g_usleep (50 * 1000);
    }
  expect (self, 12, 0, 0, 0, 14);
  g_assert_cmpint (g_rename (self->below, away), ==, 0);
  /* What is not there is not known to be gone. */
  g_assert_false (read_line (self, 3000, &line));
  g_assert_cmpint (g_rename (away, self->below), ==, 0);
  put (self->below, "late.png", 3);
  expect (self, 1, 0, 0, 0, 15);
  end (self);
}

static void
test_refused (void)
{
  g_autofree char *model = harness_fixture (MODEL);
  g_autoptr (Outcome) both
      = harness_run ("index", "--model", model, "--watch", "--read", "/tmp", NULL);
  g_autoptr (Outcome) nowhere
      = harness_run ("index", "--model", model, "--watch", "/nowhere", NULL);

  harness_assert_refused (both, 2, "--watch");
  g_assert_cmpint (nowhere->status, ==, 1);
  g_assert_nonnull (strstr (nowhere->errors[0], "/nowhere"));
}

int
main (int argc, char **argv)
{
  harness_init (&argc, &argv);
  g_test_add_func ("/cli/watch/changes", test_changes);
  g_test_add_func ("/cli/watch/away", test_away);
  g_test_add_func ("/cli/watch/refused", test_refused);
  return g_test_run ();
}
