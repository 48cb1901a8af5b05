/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures to be indexed, with data of a test's own; programs that are killed while they index, and
 * what they leave.
 */
#pragma once

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/wait.h>

#include "harness.h"

/* The last two are too small for parts of a side. */
static const char *const indexing_pictures[]
    = { "pictures/photo-131x97.png", "images/a.png", "images/b.png", "clip/tall-9x41.png",
        "clip/wide-41x9.png" };

/* Data of its own, so that nothing is indexed yet. */
static inline TemporaryFolder *
indexing_begin (void)
{
  TemporaryFolder *folder = harness_make_folder ();
  g_autofree char *data = g_build_filename (folder, "data", NULL);

  g_setenv ("XDG_DATA_HOME", data, TRUE);
  return folder;
}

/* The @i-th of them, as a file of that name. */
static inline void
indexing_put_picture (const char *path, guint i)
{
  g_autofree char *source
      = harness_fixture (indexing_pictures[i % G_N_ELEMENTS (indexing_pictures)]);
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (source, &bytes, &size, NULL));
  /* What is behind the end of a PNG file makes it another content, and no other picture. */
  bytes = g_realloc (bytes, size + 1);
  bytes[size] = (char) i;
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size + 1, NULL));
}

/* (transfer full): a folder of them, 00.png and so on, so often */
static inline char *
indexing_make_pictures (const char *folder, guint copies)
{
  char *path = g_build_filename (folder, "pictures", NULL);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  for (guint i = 0; i < copies * G_N_ELEMENTS (indexing_pictures); i++)
    {
      g_autofree char *name = g_strdup_printf ("%02u.png", i);
      g_autofree char *to = g_build_filename (path, name, NULL);

      indexing_put_picture (to, i);
    }
  return path;
}

/* Starts it so often, and kills it each time after @most microseconds or less; then lets it end.
 * @arguments: (array zero-terminated=1): with the program */
static inline void
indexing_kill (const char *const *arguments, guint times, int most)
{
  for (guint i = 0; i < times; i++)
    {
      GPid pid;

      g_assert_true (g_spawn_async (NULL, (char **) arguments, NULL,
                                    G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL
                                        | G_SPAWN_STDERR_TO_DEV_NULL,
                                    NULL, NULL, &pid, NULL));
      g_usleep ((gulong) g_test_rand_int_range (50000, most));
      kill (pid, SIGKILL);
      g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
    }
  {
    g_autoptr (Outcome) rest = harness_run_v (arguments + 1);

    harness_assert_done (rest);
  }
}

/* (transfer full): what is kept with that ending */
static inline char *
indexing_find (const char *ending)
{
  g_autofree char *kept = g_build_filename (g_getenv ("XDG_DATA_HOME"), "monocle", "index", NULL);
  g_autoptr (GDir) dir = g_dir_open (kept, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)))
    if (g_str_has_suffix (name, ending))
      return g_build_filename (kept, name, NULL);
  g_assert_not_reached ();
}

/* The sum of the records of the first block, as it is stored; forged records need the right one. */
static inline guint64
indexing_sum (const char *records, gsize n)
{
  guint64 sum = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (gsize i = 0; i < n; i++)
    sum = (sum ^ (guint8) records[i]) * G_GUINT64_CONSTANT (0x100000001b3);
  return GUINT64_TO_LE (sum);
}
