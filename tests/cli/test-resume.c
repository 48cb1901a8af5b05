/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Indexing a folder that is killed again and again comes to the same as indexing it in one go, and
 * many pictures take no more memory than few. MONOCLE_PICTURES says how many there are,
 * MONOCLE_KILLS how often it is killed.
 */
#include "config.h"

#include <cairo.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "app/search/index-file.h"
#include "harness.h"

#define MODEL   "clip/clip-quick"
#define N_DIMS  24
#define FOLDERS 10

/* Paths and what is known of files stay in memory, some hundred bytes a picture. */
#define PER_PICTURE 1024
#define MORE_KB     (24 * 1024)

typedef struct
{
  TemporaryFolder *folder;
  char *pictures, *model;
  guint n, n_kills;
} Fixture;

static guint
get_number (const char *name, guint usual)
{
  const char *text = g_getenv (name);

  return text ? (guint) strtoul (text, NULL, 10) : usual;
}

/* A picture like no other. */
static void
draw (const char *path, guint which)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 24, 24);
  g_autoptr (GRand) random = g_rand_new_with_seed (which);
  cairo_t *cr = cairo_create (surface);

  for (guint i = 0; i < 6; i++)
    {
      cairo_set_source_rgb (cr, g_rand_double (random), g_rand_double (random),
                            g_rand_double (random));
      cairo_rectangle (cr, g_rand_int_range (random, -4, 20), g_rand_int_range (random, -4, 20), 12,
                       12);
      cairo_fill (cr);
    }
  g_assert_cmpint (cairo_surface_write_to_png (surface, path), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static Fixture *
begin (guint n, guint n_kills)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->folder = harness_make_folder ();
  self->pictures = g_build_filename (self->folder, "pictures", NULL);
  self->model = harness_fixture (MODEL);
  self->n = get_number ("MONOCLE_PICTURES", n);
  self->n_kills = get_number ("MONOCLE_KILLS", n_kills);
  for (guint i = 0; i < self->n; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u/%06u.png", i % FOLDERS, i);
      g_autofree char *path = g_build_filename (self->pictures, name, NULL);
      g_autofree char *below = g_path_get_dirname (path);

      g_assert_cmpint (g_mkdir_with_parents (below, 0700), ==, 0);
      draw (path, i);
    }
  return self;
}

static void
end (Fixture *self)
{
  g_free (self->pictures);
  g_free (self->model);
  harness_remove_folder (self->folder);
  g_free (self);
}

/* What is written about @folder lies in the data of that name. */
static GPid
start (const Fixture *self, const char *data, const char *folder)
{
  g_autofree char *path = g_build_filename (self->folder, data, NULL);
  const char *const arguments[]
      = { harness_get_program (), "index", "--model", self->model, folder, NULL };
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "XDG_DATA_HOME", path, TRUE);
  GPid pid;

  g_assert_true (g_spawn_async (NULL, (char **) arguments, environment,
                                G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL
                                    | G_SPAWN_STDERR_TO_DEV_NULL,
                                NULL, NULL, &pid, NULL));
  return pid;
}

/* To its end. @seconds: (out): how long it took. Returns: the most memory that it had, in KiB */
static long
run (const Fixture *self, const char *data, const char *folder, double *seconds)
{
  gint64 from = g_get_monotonic_time ();
  GPid pid = start (self, data, folder);
  struct rusage usage;
  int status;

  g_assert_cmpint (wait4 (pid, &status, 0, &usage), ==, pid);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
  *seconds = (double) (g_get_monotonic_time () - from) / G_USEC_PER_SEC;
  return usage.ru_maxrss;
}

/* (transfer full) (nullable) */
static char *
find_index (const Fixture *self, const char *data)
{
  g_autofree char *below = g_build_filename (self->folder, data, "monocle", "index", NULL);
  g_autoptr (GDir) directory = g_dir_open (below, 0, NULL);
  const char *name;

  while (directory && (name = g_dir_read_name (directory)))
    if (g_str_has_suffix (name, ".index"))
      return g_build_filename (below, name, NULL);
  return NULL;
}

static goffset
get_size (const Fixture *self, const char *data)
{
  g_autofree char *path = find_index (self, data);
  GStatBuf info;

  return path && g_stat (path, &info) == 0 ? info.st_size : 0;
}

static MonocleIndex *
open_index (const Fixture *self, const char *data)
{
  g_autofree char *path = find_index (self, data);
  g_autoptr (GError) error = NULL;
  MonocleIndex *index;

  g_assert_nonnull (path);
  index = monocle_index_open (path, N_DIMS, FALSE, &error);
  g_assert_no_error (error);
  return index;
}

/* The same pictures, each with what is known of it and with its vector. */
static void
check_same (const Fixture *self, const char *one, const char *other)
{
  g_autoptr (MonocleIndex) a = open_index (self, one), b = open_index (self, other);
  g_autoptr (GPtrArray) as = monocle_index_list (a), bs = monocle_index_list (b);
  g_autoptr (GHashTable) vectors
      = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);

  g_assert_cmpuint (as->len, ==, self->n);
  g_assert_cmpuint (bs->len, ==, self->n);
  for (guint i = 0; i < self->n; i++)
    {
      const MonocleIndexEntry *x = as->pdata[i], *y = bs->pdata[i];
      const guint16 *of_x = monocle_index_get_vector (a, x),
                    *of_y = monocle_index_get_vector (b, y);

      g_assert_cmpstr (x->path, ==, y->path);
      g_assert_cmpint (x->state, ==, MONOCLE_INDEX_SEEN);
      g_assert_cmpint (y->state, ==, MONOCLE_INDEX_SEEN);
      g_assert_cmpuint (x->size, ==, y->size);
      g_assert_cmpint (x->mtime, ==, y->mtime);
      g_assert_cmpmem (x->digest, sizeof x->digest, y->digest, sizeof y->digest);
      g_assert_cmpmem (of_x, N_DIMS * sizeof *of_x, of_y, N_DIMS * sizeof *of_y);
      g_hash_table_add (vectors, g_bytes_new (of_x, N_DIMS * sizeof *of_x));
    }
  /* Else the comparison says nothing. */
  g_assert_cmpuint (g_hash_table_size (vectors), >, self->n * 9 / 10);
}

/* Kills one when it has written that much, or is about to; some before they write at all. Returns:
 * whether it was not done yet */
static gboolean
kill_at (const Fixture *self, goffset size, double seconds)
{
  GPid pid = start (self, "pieces", self->pictures);
  gint64 from = g_get_monotonic_time ();
  int status = 0;

  while (waitpid (pid, &status, WNOHANG) == 0)
    {
      double passed = (double) (g_get_monotonic_time () - from) / G_USEC_PER_SEC;

      if (size > 0 ? get_size (self, "pieces") >= size : passed >= seconds)
        {
          g_usleep ((gulong) g_test_rand_int_range (0, 20000));
          kill (pid, SIGKILL);
          g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
          break;
        }
      g_usleep (500);
    }
  return WIFSIGNALED (status);
}

static void
test_killed (void)
{
  Fixture *self = begin (120, 6);
  double whole = 0, nothing = 0, rest = 0;
  guint n_inside = 0;
  goffset size;

  run (self, "whole", self->pictures, &whole);
  /* What it takes before it begins. */
  run (self, "whole", self->pictures, &nothing);
  size = get_size (self, "whole");
  for (guint i = 0; i < self->n_kills; i++)
    n_inside += kill_at (
        self,
        i % 5 == 4 ? 0 : (goffset) ((double) size * (i + g_test_rand_double ()) / self->n_kills),
        g_test_rand_double_range (0, nothing));
  g_test_message ("%u pictures in %.1f s, %.1f s where all are known; killed %u times", self->n,
                  whole, nothing, n_inside);
  g_assert_cmpuint (n_inside, >, self->n_kills / 2);
  g_assert_cmpint (get_size (self, "pieces"), >, 0);
  run (self, "pieces", self->pictures, &rest);
  check_same (self, "whole", "pieces");
  end (self);
}

static void
test_memory (void)
{
  Fixture *self = begin (400, 0);
  g_autofree char *one = g_build_filename (self->pictures, "0", NULL);
  double seconds;
  long few = run (self, "few", one, &seconds), many = run (self, "many", self->pictures, &seconds);

  g_test_message ("%u pictures: %ld KiB; %u pictures: %ld KiB", self->n / FOLDERS, few, self->n,
                  many);
  g_assert_cmpint (many, <, few + MORE_KB + (long) self->n * PER_PICTURE / 1024);
  end (self);
}

int
main (int argc, char **argv)
{
  harness_init (&argc, &argv);
  g_test_add_func ("/cli/resume/killed", test_killed);
  g_test_add_func ("/cli/resume/memory", test_memory);
  return g_test_run ();
}
