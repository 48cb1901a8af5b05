/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How long a search takes over so many pictures: an index of random vectors, and one query after
 * the other, compared with every row.
 *
 *   bench-search [ROWS [DIMS]]
 */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>

#include "app/search/ranking.h"

#define N_QUERIES 9
#define TOP       50

/* Rows that are written in one go. */
#define BLOCK 4096

/* Of no particular length: they are normalised. */
static void
draw (GRand *random, float *vector, guint n_dims)
{
  double sum = 0;

  for (guint i = 0; i < n_dims; i++)
    {
      vector[i] = (float) g_rand_double_range (random, -1, 1);
      sum += (double) vector[i] * (double) vector[i];
    }
  for (guint i = 0; i < n_dims; i++)
    vector[i] = (float) ((double) vector[i] / sqrt (sum));
}

static gboolean
fill (const char *path, guint n, guint n_dims, GError **error)
{
  g_autoptr (MonocleIndex) index = monocle_index_open (path, n_dims, TRUE, error);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autofree float *vectors = g_new (float, (gsize) BLOCK *n_dims);
  g_autofree MonocleIndexEntry *entries = g_new0 (MonocleIndexEntry, BLOCK);
  gboolean is_well = index != NULL;

  for (guint first = 0; is_well && first < n; first += BLOCK)
    {
      guint count = MIN (BLOCK, n - first);

      for (guint i = 0; i < count; i++)
        {
          guint32 which = first + i;

          entries[i] = (MonocleIndexEntry){
            .path = g_strdup_printf ("/pictures/%03u/%08u.jpg", which / 10000, which),
            .state = MONOCLE_INDEX_SEEN,
            .size = 1 + which,
            .mtime = 1 + which,
            .digest = { which & 255, which >> 8 & 255, which >> 16 & 255, which >> 24 },
          };
          draw (random, vectors + (gsize) i * n_dims, n_dims);
        }
      is_well = monocle_index_append (index, entries, count, vectors, error);
      for (guint i = 0; i < count; i++)
        g_free (entries[i].path);
    }
  return is_well;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
measure (MonocleIndex *index, guint n, guint n_dims)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  g_autofree float *vector = g_new (float, n_dims);
  double times[N_QUERIES];

  for (guint i = 0; i < N_QUERIES; i++)
    {
      const MonocleSearchQuery query = { .vector = vector, .n_dims = n_dims, .top = TOP };
      MonocleSearchHits hits = { 0 };
      gint64 start;

      draw (random, vector, n_dims);
      start = g_get_monotonic_time ();
      monocle_search_rank (index, &query, &hits);
      times[i] = (double) (g_get_monotonic_time () - start) / 1000;
      g_assert (hits.n == n && hits.hits->len == MIN (n, TOP));
      g_array_unref (hits.hits);
    }
  g_print ("%u rows of %u: first query %.1f ms", n, n_dims, times[0]);
  qsort (times, N_QUERIES, sizeof *times, compare_numbers);
  g_print (", median %.1f ms, best %.1f ms\n", times[N_QUERIES / 2], times[0]);
}

int
main (int argc, char **argv)
{
  guint n = argc > 1 ? (guint) strtoul (argv[1], NULL, 10) : 100000;
  guint n_dims = argc > 2 ? (guint) strtoul (argv[2], NULL, 10) : 512;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("monocle-bench-XXXXXX", &error);
  g_autofree char *path = folder ? g_build_filename (folder, "index", NULL) : NULL;
  g_autofree char *lock = g_strconcat (path, ".lock", NULL);
  g_autoptr (MonocleIndex) index = NULL;
  gint64 start = g_get_monotonic_time ();

  if (path && fill (path, n, n_dims, &error))
    {
      g_print ("written in %.1f s\n", (double) (g_get_monotonic_time () - start) / 1e6);
      start = g_get_monotonic_time ();
      index = monocle_index_open (path, n_dims, FALSE, &error);
    }
  if (index)
    {
      g_print ("opened in %.1f ms\n", (double) (g_get_monotonic_time () - start) / 1e3);
      measure (index, n, n_dims);
    }
  else
    g_printerr ("%s\n", error->message);
  if (path)
    g_remove (path);
  g_remove (lock);
  if (folder)
    g_rmdir (folder);
  return index ? 0 : 1;
}
