/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Folders that are there whole or not at all, and what is left of them when a program is killed.
 */
#include "config.h"

#include "engine/base/new-folder.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/io-files.h"

typedef struct
{
  char *folder, *place;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = new_folder ();
  self->place = g_build_filename (self->folder, "model", NULL);
}

static void
remove_inner (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    remove_folder (path);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  GDir *dir = g_dir_open (self->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    remove_inner (self->folder, name);
  g_dir_close (dir);
  remove_folder (self->folder);
  g_free (self->folder);
  g_free (self->place);
}

static guint
count (const char *folder)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir))
    n++;
  g_dir_close (dir);
  return n;
}

static MonocleNewFolder *
begin (const char *place)
{
  g_autoptr (GError) error = NULL;
  MonocleNewFolder *fresh = monocle_new_folder_begin (place, &error);
  g_autofree char *file = NULL;

  g_assert_no_error (error);
  g_assert_nonnull (fresh);
  file = write_file (monocle_new_folder_get_path (fresh), "weights", "1234", 4);
  return fresh;
}

static void
test_whole (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_build_filename (self->place, "weights", NULL);
  MonocleNewFolder *fresh = begin (self->place);

  g_assert_false (g_file_test (self->place, G_FILE_TEST_EXISTS));
  g_assert_true (monocle_new_folder_end (fresh, TRUE, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (file, G_FILE_TEST_IS_REGULAR));
  g_assert_cmpuint (count (self->folder), ==, 1);

  g_assert_null (monocle_new_folder_begin (self->place, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
}

static void
test_given_up (Fixture *self, gconstpointer data)
{
  g_assert_false (monocle_new_folder_end (begin (self->place), FALSE, NULL));
  g_assert_cmpuint (count (self->folder), ==, 0);
}

/* A program that begins one and goes no further. */
static pid_t
begin_elsewhere (const char *place)
{
  int ends[2];
  char byte;
  pid_t pid;

  g_assert_cmpint (pipe (ends), ==, 0);
  pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      begin (place);
      if (write (ends[1], "", 1) == 1)
        pause ();
      _exit (1);
    }
  close (ends[1]);
  g_assert_cmpint (read (ends[0], &byte, 1), ==, 1);
  close (ends[0]);
  return pid;
}

/* What one at work holds stays; what one that was killed held goes, and nothing else does. */
static void
test_killed (Fixture *self, gconstpointer data)
{
  g_autofree char *other = g_build_filename (self->folder, "other", NULL);
  g_autofree char *own = g_build_filename (self->folder, "model.part-mine", NULL);
  const pid_t pid = begin_elsewhere (self->place);
  MonocleNewFolder *fresh = begin (self->place), *beside = begin (other);

  g_assert_cmpint (g_mkdir (own, 0700), ==, 0);
  monocle_new_folder_sweep (self->place);
  g_assert_cmpuint (count (self->folder), ==, 4);

  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  monocle_new_folder_sweep (other);
  g_assert_cmpuint (count (self->folder), ==, 4);
  monocle_new_folder_sweep (self->place);
  g_assert_cmpuint (count (self->folder), ==, 3);
  g_assert_true (g_file_test (monocle_new_folder_get_path (fresh), G_FILE_TEST_IS_DIR));
  g_assert_true (g_file_test (own, G_FILE_TEST_IS_DIR));

  monocle_new_folder_end (fresh, FALSE, NULL);
  monocle_new_folder_end (beside, FALSE, NULL);
}

/* The next one of that place takes away what is left of an earlier one. */
static void
test_next (Fixture *self, gconstpointer data)
{
  const pid_t pid = begin_elsewhere (self->place);
  MonocleNewFolder *fresh;

  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  g_assert_cmpuint (count (self->folder), ==, 1);
  fresh = begin (self->place);
  g_assert_cmpuint (count (self->folder), ==, 1);
  g_assert_true (monocle_new_folder_end (fresh, TRUE, NULL));
  g_assert_cmpuint (count (self->folder), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/engine/new-folder/whole", Fixture, NULL, set_up, test_whole, tear_down);
  g_test_add ("/engine/new-folder/given-up", Fixture, NULL, set_up, test_given_up, tear_down);
  g_test_add ("/engine/new-folder/killed", Fixture, NULL, set_up, test_killed, tear_down);
  g_test_add ("/engine/new-folder/next", Fixture, NULL, set_up, test_next, tear_down);
  return g_test_run ();
}
