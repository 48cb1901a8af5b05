/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files that are written: which of them would be an input, under whatever name, and what is left
 * when writing fails.
 */
#include "config.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app/base/error.h"
#include "app/base/output.h"
#include "tests/unit/io-files.h"

typedef struct
{
  char *folder;
  char *file;
} Fixture;

static void
set_up (Fixture *fixture_, gconstpointer data)
{
  fixture_->folder = new_folder ();
  fixture_->file = write_file (fixture_->folder, "picture.png", "old", 3);
}

static void
tear_down (Fixture *fixture_, gconstpointer data)
{
  remove_folder (fixture_->folder);
  g_free (fixture_->folder);
  g_free (fixture_->file);
}

static char *
name_in (const Fixture *fixture_, const char *name)
{
  return g_build_filename (fixture_->folder, name, NULL);
}

static void
assert_holds (const char *path, const char *text)
{
  g_autofree char *there = NULL;

  g_assert_true (g_file_get_contents (path, &there, NULL, NULL));
  g_assert_cmpstr (there, ==, text);
}

static guint
count_files (const Fixture *fixture_)
{
  g_autoptr (GDir) dir = g_dir_open (fixture_->folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir))
    n++;
  return n;
}

/* One file has many names. */
static void
test_names (Fixture *fixture_, gconstpointer data)
{
  g_autoptr (MonocleFileSet) set = monocle_file_set_new ();
  g_autofree char *hard = name_in (fixture_, "hard.png");
  g_autofree char *soft = name_in (fixture_, "soft.png");
  g_autofree char *around = g_build_filename (fixture_->folder, ".", "..", NULL);
  g_autofree char *folder = g_path_get_basename (fixture_->folder);
  g_autofree char *winding = g_build_filename (around, folder, "picture.png", NULL);
  g_autofree char *other = name_in (fixture_, "other.png");
  g_autofree char *none = name_in (fixture_, "none.png");
  g_autofree char *none_loud = g_build_filename (around, folder, "NONE.png", NULL);
  g_autofree char *relative = NULL, *before = g_get_current_dir ();
  const char *const names[] = { fixture_->file, hard, soft, winding };

  g_assert_no_errno (link (fixture_->file, hard));
  g_assert_no_errno (symlink ("picture.png", soft));
  g_assert_true (monocle_file_set_add (set, fixture_->file));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *input = monocle_output_find_input (set, names[i]);

      g_assert_cmpstr (input, ==, fixture_->file);
      g_assert_false (monocle_file_set_add (set, names[i]));
    }
  g_assert_null (monocle_file_set_find (set, other));
  g_assert_true (monocle_file_set_add (set, none));
  /* Where there is no file yet, a file system without case could make them one. */
  g_assert_cmpstr (monocle_file_set_find (set, none_loud), ==, none);

  g_assert_no_errno (g_chdir (fixture_->folder));
  relative = monocle_output_find_input (set, "picture.png");
  g_assert_no_errno (g_chdir (before));
  g_assert_cmpstr (relative, ==, fixture_->file);
}

static void
test_model (Fixture *fixture_, gconstpointer data)
{
  static const char *const parts[] = { "config.json",       "tokenizer.json",
                                       "model.safetensors", "model-00001-of-00002.safetensors",
                                       "pytorch_model.bin", "merges.txt" };
  g_autoptr (MonocleFileSet) none = monocle_file_set_new ();
  g_autofree char *config = NULL, *link_name = name_in (fixture_, "out.json");
  g_autofree char *mine = name_in (fixture_, "results.json");

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *path = name_in (fixture_, parts[i]);
      g_autofree char *input = monocle_output_find_input (none, path);

      g_assert_null (input);
    }
  config = write_file (fixture_->folder, "config.json", "{}", 2);
  g_assert_no_errno (symlink (config, link_name));
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *path = name_in (fixture_, parts[i]);
      g_autofree char *input = monocle_output_find_input (none, path);

      g_assert_cmpstr (input, ==, path);
    }
  {
    g_autofree char *linked = monocle_output_find_input (none, link_name);
    g_autofree char *beside = monocle_output_find_input (none, mine);

    g_assert_nonnull (linked);
    g_assert_null (beside);
  }
}

/* The file behind a link is replaced and keeps who may read it. */
static void
test_replace (Fixture *fixture_, gconstpointer data)
{
  g_autofree char *soft = name_in (fixture_, "soft.png");
  g_autoptr (GError) error = NULL;
  GStatBuf status;

  g_assert_no_errno (symlink ("picture.png", soft));
  g_assert_no_errno (g_chmod (fixture_->file, 0600));
  g_assert_true (monocle_output_write (soft, "new!", 4, &error));
  g_assert_no_error (error);
  assert_holds (fixture_->file, "new!");
  g_assert_true (g_file_test (soft, G_FILE_TEST_IS_SYMLINK));
  g_assert_no_errno (g_stat (fixture_->file, &status));
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  g_assert_true (monocle_output_write (fixture_->file, "", 0, &error));
  assert_holds (fixture_->file, "");
  /* What it points at comes to be. */
  g_assert_no_errno (g_remove (fixture_->file));
  g_assert_null (monocle_output_find_obstacle (soft));
  g_assert_true (monocle_output_write (soft, "back", 4, &error));
  assert_holds (fixture_->file, "back");
  g_assert_true (g_file_test (soft, G_FILE_TEST_IS_SYMLINK));
  g_assert_cmpstr (monocle_output_find_obstacle (fixture_->folder), ==, g_strerror (EISDIR));
  g_assert_cmpuint (count_files (fixture_), ==, 2);
}

static gpointer
read_pipe (gpointer path)
{
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

/* A pipe stays one, as would /dev/null. */
static void
test_pipe (Fixture *fixture_, gconstpointer data)
{
  g_autofree char *pipe_name = name_in (fixture_, "pipe"), *text = NULL;
  g_autoptr (GError) error = NULL;
  GThread *reader;
  GStatBuf status;

  g_assert_no_errno (mkfifo (pipe_name, 0600));
  reader = g_thread_new ("reader", read_pipe, pipe_name);
  g_assert_true (monocle_output_write (pipe_name, "through", 7, &error));
  text = g_thread_join (reader);
  g_assert_cmpstr (text, ==, "through");
  g_assert_no_errno (g_stat (pipe_name, &status));
  g_assert_true (S_ISFIFO (status.st_mode));
}

/* What was there stays, and nothing lies beside it. */
static void
test_failure (Fixture *fixture_, gconstpointer data)
{
  g_autofree char *big = g_strnfill (100000, 'x');
  g_autofree char *nowhere = g_build_filename (fixture_->folder, "no", "file", NULL);
  g_autofree char *fresh = name_in (fixture_, "fresh.png");
  g_autoptr (GError) error = NULL;
  struct rlimit limit, small;

  g_assert_no_errno (getrlimit (RLIMIT_FSIZE, &limit));
  small = limit;
  small.rlim_cur = 5000;
  signal (SIGXFSZ, SIG_IGN);
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &small));
  g_assert_false (monocle_output_write (fixture_->file, big, strlen (big), &error));
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE);
  g_clear_error (&error);
  g_assert_false (monocle_output_write (fresh, big, strlen (big), NULL));
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &limit));

  g_assert_false (monocle_output_write (fixture_->folder, "x", 1, &error));
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE);
  g_clear_error (&error);
  g_assert_false (monocle_output_write (nowhere, "x", 1, &error));
  /* The reason, not the name of a temporary file. */
  g_assert_null (strstr (error->message, nowhere));
  assert_holds (fixture_->file, "old");
  g_assert_cmpuint (count_files (fixture_), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/output/names", Fixture, NULL, set_up, test_names, tear_down);
  g_test_add ("/app/output/model", Fixture, NULL, set_up, test_model, tear_down);
  g_test_add ("/app/output/replace", Fixture, NULL, set_up, test_replace, tear_down);
  g_test_add ("/app/output/pipe", Fixture, NULL, set_up, test_pipe, tear_down);
  g_test_add ("/app/output/failure", Fixture, NULL, set_up, test_failure, tear_down);
  return g_test_run ();
}
