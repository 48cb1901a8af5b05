/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * app/search: each vector with each other, against comparing them one by one; groups in which each
 * fits each other, against the plainest way to find them; which files count as duplicates.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>
#include <utime.h>

#include "app/search/duplicates.h"
#include "app/search/linkage.h"

/* No multiple of what is compared at once. */
#define N      203
#define N_DIMS 21

/* Made-up vectors of which many are near others, in 16 bits. */
typedef struct
{
  guint16 values[N][N_DIMS];
  const guint16 *rows[N];
} Vectors;

static void
make_vector (GRand *rand, const float *near, float *vector)
{
  for (guint k = 0; k < N_DIMS; k++)
    vector[k]
        = (near ? near[k] : 0) + (near ? 0.1f : 1.f) * (float) g_rand_double_range (rand, -1, 1);
  monocle_vector_normalise (vector, N_DIMS);
}

static Vectors *
make_vectors (guint32 seed)
{
  Vectors *vectors = g_new (Vectors, 1);
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  float last[N_DIMS] = { 0 };

  for (guint i = 0; i < N; i++)
    {
      float vector[N_DIMS];

      make_vector (rand, i % 5 ? last : NULL, vector);
      memcpy (last, vector, sizeof last);
      monocle_half_narrow (vector, N_DIMS, vectors->values[i]);
      vectors->rows[i] = vectors->values[i];
    }
  return vectors;
}

static double
compare_two (const Vectors *vectors, guint a, guint b)
{
  float x[N_DIMS], y[N_DIMS];

  monocle_half_widen (vectors->rows[a], N_DIMS, x);
  monocle_half_widen (vectors->rows[b], N_DIMS, y);
  return MIN (monocle_vector_dot (x, y, N_DIMS), 1);
}

/* --- Pairs --- */

static void
test_dots (void)
{
  enum
  {
    MOST_ROWS = 9,
    MOST_NUMBERS = 35
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  float a[MOST_ROWS * MOST_NUMBERS], b[MOST_ROWS * MOST_NUMBERS], out[MOST_ROWS * MOST_ROWS + 1];

  for (guint i = 0; i < G_N_ELEMENTS (a); i++)
    {
      a[i] = (float) g_rand_double_range (rand, -1, 1);
      b[i] = (float) g_rand_double_range (rand, -1, 1);
    }
  for (guint n_a = 1; n_a <= MOST_ROWS; n_a++)
    for (guint n_b = 1; n_b <= MOST_ROWS; n_b++)
      for (guint n = 1; n <= MOST_NUMBERS; n++)
        {
          out[n_a * n_b] = 1234;
          monocle_vector_dot_all (a, n_a, b, n_b, n, out);
          for (guint i = 0; i < n_a; i++)
            for (guint j = 0; j < n_b; j++)
              g_assert_cmpfloat_with_epsilon ((double) out[i * n_b + j],
                                              monocle_vector_dot (a + i * n, b + j * n, n), 1e-5);
          g_assert_cmpfloat ((double) out[n_a * n_b], ==, 1234);
        }
}

static void
check_pairs (const Vectors *vectors, GArray *pairs, double least)
{
  guint n = 0;

  for (guint i = 0; i < pairs->len; i++)
    {
      const MonoclePair *pair = &g_array_index (pairs, MonoclePair, i);

      g_assert_cmpuint (pair->a, <, pair->b);
      g_assert_cmpfloat_with_epsilon ((double) pair->cosine,
                                      compare_two (vectors, pair->a, pair->b), 1e-6);
      if (i > 0)
        g_assert_cmpfloat ((double) pair->cosine, <=, (double) pair[-1].cosine);
    }
  for (guint a = 0; a < N; a++)
    for (guint b = a + 1; b < N; b++)
      n += compare_two (vectors, a, b) >= least;
  g_assert_cmpuint (n, >, 10);
  g_assert_cmpuint (pairs->len, ==, n);
}

static void
count_progress (double part, gpointer last)
{
  g_assert_cmpfloat (part, >, *(double *) last);
  g_assert_cmpfloat (part, <=, 1);
  *(double *) last = part;
}

static void
test_pairs (void)
{
  g_autofree Vectors *vectors = make_vectors (2);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GArray) all = NULL, few = NULL, none = NULL;
  g_autoptr (GError) error = NULL;
  double progress = 0;
  float above;
  MonoclePairsQuery query = { .rows = vectors->rows,
                              .n = N,
                              .n_dims = N_DIMS,
                              .least = 0.8f,
                              .most = N * N,
                              .progress = count_progress,
                              .user_data = &progress };

  all = monocle_pairs_find (&query, &above, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat ((double) above, ==, -1);
  check_pairs (vectors, all, (double) query.least);

  /* Where there are too many the best are left. */
  query.progress = NULL;
  query.most = 7;
  few = monocle_pairs_find (&query, &above, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (few->len, ==, 7);
  g_assert_cmpmem (few->data, 7 * sizeof (MonoclePair), all->data, 7 * sizeof (MonoclePair));
  g_assert_cmpfloat ((double) above, ==, (double) g_array_index (all, MonoclePair, 7).cosine);

  g_cancellable_cancel (cancellable);
  none = monocle_pairs_find (&query, &above, cancellable, &error);
  g_assert_null (none);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* What is no number, or all zeros, fits nothing; what is the same in all bits fits. */
static void
test_no_number (void)
{
  g_autofree Vectors *vectors = make_vectors (3);
  g_autoptr (GArray) pairs = NULL;
  float above;

  memset (vectors->values[1], 0xff, sizeof vectors->values[1]);
  memset (vectors->values[2], 0xff, sizeof vectors->values[2]);
  memset (vectors->values[3], 0, sizeof vectors->values[3]);
  memcpy (vectors->values[70], vectors->values[0], sizeof vectors->values[0]);
  pairs = monocle_pairs_find (
      &(MonoclePairsQuery){
          .rows = vectors->rows, .n = N, .n_dims = N_DIMS, .least = 0.999f, .most = N * N },
      &above, NULL, NULL);
  g_assert_cmpuint (pairs->len, ==, 1);
  g_assert_cmpuint (g_array_index (pairs, MonoclePair, 0).a, ==, 0);
  g_assert_cmpuint (g_array_index (pairs, MonoclePair, 0).b, ==, 70);
}

/* --- Groups --- */

#define FEW 40

typedef double Table[FEW][FEW];

/* The lowest of all pairs across two groups. */
static double
find_worst (Table cosines, const guint *group, guint a, guint b)
{
  double worst = 1;

  for (guint i = 0; i < FEW; i++)
    for (guint j = 0; j < FEW; j++)
      if (group[i] == a && group[j] == b)
        worst = MIN (worst, cosines[i][j]);
  return worst;
}

/* The best two groups become one, as long as they fit. Each is named by its first one. */
static void
group_plainly (Table cosines, double least, guint *group)
{
  for (guint i = 0; i < FEW; i++)
    group[i] = i;
  for (;;)
    {
      guint best_a = 0, best_b = 0;
      double best = -1;

      for (guint a = 0; a < FEW; a++)
        for (guint b = a + 1; b < FEW; b++)
          if (group[a] == a && group[b] == b)
            {
              double worst = find_worst (cosines, group, a, b);

              if (worst > best)
                {
                  best = worst;
                  best_a = a;
                  best_b = b;
                }
            }
      if (best < least)
        return;
      for (guint i = 0; i < FEW; i++)
        if (group[i] == best_b)
          group[i] = best_a;
    }
}

/* The same groups, read off a chain where it is parted. */
static void
group_by_chain (const MonocleLinkage *linkage, double least, guint *group)
{
  for (guint i = 0; i < linkage->n; i++)
    {
      g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (guint));

      if (linkage->joined[i] >= 0)
        continue;
      for (guint32 k = i; k != MONOCLE_LINKAGE_END; k = linkage->next[k])
        {
          guint32 next = linkage->next[k], lowest = N;

          g_array_append_val (members, k);
          if (next != MONOCLE_LINKAGE_END && (double) linkage->joined[next] >= least)
            continue;
          for (guint m = 0; m < members->len; m++)
            lowest = MIN (lowest, g_array_index (members, guint, m));
          for (guint m = 0; m < members->len; m++)
            group[g_array_index (members, guint, m)] = lowest;
          g_array_set_size (members, 0);
        }
    }
}

static void
test_groups (void)
{
  static const double cuts[] = { 0.7, 0.8, 0.9, 0.95, 0.98 };

  for (guint32 seed = 10; seed < 14; seed++)
    {
      g_autofree Vectors *vectors = make_vectors (seed);
      g_autoptr (MonocleLinkage) linkage = NULL;
      g_autoptr (GArray) pairs = NULL;
      Table cosines;
      double progress = 0;
      float above;

      for (guint a = 0; a < FEW; a++)
        for (guint b = 0; b < FEW; b++)
          cosines[a][b] = compare_two (vectors, a, b);
      pairs = monocle_pairs_find (&(MonoclePairsQuery){ .rows = vectors->rows,
                                                        .n = FEW,
                                                        .n_dims = N_DIMS,
                                                        .least = 0.7f,
                                                        .most = N * N,
                                                        .progress = count_progress,
                                                        .user_data = &progress },
                                  &above, NULL, NULL);
      /* So few are compared by the one that asks. */
      g_assert_cmpfloat (progress, ==, 1);
      linkage = monocle_linkage_new (FEW, pairs);
      for (guint i = 0; i < G_N_ELEMENTS (cuts); i++)
        {
          guint expected[FEW], group[FEW];

          group_plainly (cosines, cuts[i], expected);
          group_by_chain (linkage, cuts[i], group);
          g_assert_cmpmem (group, sizeof group, expected, sizeof expected);
        }
    }
}

/* --- Files --- */

typedef struct
{
  char *folder, *path;
  MonocleIndex *index;
  gint64 mtime;
} Fixture;

/* @angle: of its vector: those of 0 and 0.1 fit by 0.995 */
static void
add_file (Fixture *self, const char *name, const char *content, float angle)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  float vector[2] = { cosf (angle), sinf (angle) };
  MonocleIndexEntry entry = { .path = path, .state = MONOCLE_INDEX_SEEN };
  g_autoptr (GError) error = NULL;
  GStatBuf status;
  gsize n = strlen (content);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    g_assert_true (g_file_set_contents (path, content, -1, NULL));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  entry.size = (guint64) status.st_size;
  entry.mtime = status.st_mtim.tv_sec * G_USEC_PER_SEC + (gint64) status.st_mtim.tv_nsec / 1000;
  memcpy (entry.digest, content, MIN (n, sizeof entry.digest));
  g_assert_true (monocle_index_append (self->index, &entry, 1, vector, &error));
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("monocle-duplicates-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "x.index", NULL);
  self->index = monocle_index_open (self->path, 2, TRUE, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;

  g_clear_pointer (&self->index, monocle_index_free);
  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);

      g_remove (path);
    }
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

/* (transfer full): "a copy, b copy | c near 0.995, d near 0.995" */
static char *
find (Fixture *self, float least, guint *n)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (MonocleIndex) index = NULL;
  g_autoptr (GError) error = NULL;
  MonocleDuplicates duplicates;
  guint n_groups = 0;

  g_clear_pointer (&self->index, monocle_index_free);
  index = monocle_index_open (self->path, 2, FALSE, &error);
  g_assert_no_error (error);
  g_assert_true (monocle_search_find_duplicates (
      index, &(MonocleDuplicatesQuery){ .n_dims = 2, .least = least }, &duplicates, NULL, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < duplicates.found->len; i++)
    {
      const MonocleDuplicate *found = &g_array_index (duplicates.found, MonocleDuplicate, i);
      g_autofree char *name = g_path_get_basename (found->entry->path);

      n_groups += found->joined < 0;
      if (i > 0)
        g_string_append (text, found->joined < 0 ? " | " : ", ");
      g_string_append_printf (text, "%s %s", name, monocle_duplicate_kind_get_id (found->kind));
      if (found->kind == MONOCLE_DUPLICATE_NEAR)
        g_string_append_printf (text, " %.3f", (double) found->cosine);
    }
  g_assert_cmpuint (duplicates.n_groups, ==, n_groups);
  *n = duplicates.n;
  g_array_unref (duplicates.found);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_kinds (Fixture *self, gconstpointer data)
{
  g_autofree char *found = NULL;
  guint n;

  add_file (self, "a", "same bytes", 0);
  add_file (self, "b", "same bytes", 0);
  add_file (self, "c", "other bytes", 0);
  add_file (self, "d", "alone", 1);
  add_file (self, "e", "a large picture", 2);
  add_file (self, "f", "its small one", 2.1f);
  add_file (self, "g", "too far from e", 2.25f);
  found = find (self, 0.97f, &n);
  /* Of two that fit alike the larger file is first; f goes with whom it fits best. */
  g_assert_cmpstr (found, ==, "c exact, a copy, b copy | e near 0.995, f near 0.995");
  g_assert_cmpuint (n, ==, 7);
}

/* Names of one file are no copies of it; what is gone or another file now counts no more. */
static void
test_files (Fixture *self, gconstpointer data)
{
  g_autofree char *a = g_build_filename (self->folder, "a", NULL);
  g_autofree char *b = g_build_filename (self->folder, "b", NULL);
  g_autofree char *hard = g_build_filename (self->folder, "a-hard", NULL);
  g_autofree char *soft = g_build_filename (self->folder, "0-soft", NULL);
  g_autofree char *gone = g_build_filename (self->folder, "gone", NULL);
  g_autofree char *changed = g_build_filename (self->folder, "changed", NULL);
  g_autofree char *found = NULL, *later = NULL;
  guint n;

  add_file (self, "a", "same bytes", 0);
  g_assert_cmpint (link (a, hard), ==, 0);
  g_assert_cmpint (symlink (a, soft), ==, 0);
  add_file (self, "a-hard", "same bytes", 0);
  add_file (self, "0-soft", "same bytes", 0);
  add_file (self, "gone", "same bytes", 0);
  add_file (self, "changed", "same bytes", 0);
  g_assert_cmpint (g_remove (gone), ==, 0);
  g_assert_true (g_file_set_contents (changed, "another", -1, NULL));
  found = find (self, 0.9f, &n);
  g_assert_cmpstr (found, ==, "");
  g_assert_cmpuint (n, ==, 1);

  self->index = monocle_index_open (self->path, 2, TRUE, NULL);
  add_file (self, "b", "same bytes", 0);
  later = find (self, 0.9f, &n);
  g_assert_true (g_file_test (b, G_FILE_TEST_EXISTS));
  g_assert_cmpstr (later, ==, "a copy, b copy");
}

/* What is usual for a model sets the limits, where enough was seen to know. */
static void
test_usual (Fixture *self, gconstpointer data)
{
  float near, alike;

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      if (i == 60)
        {
          monocle_duplicates_calibrate (self->index, 2, &near, &alike);
          g_assert_cmpfloat ((double) near, ==, (double) 0.97f);
          g_assert_cmpfloat ((double) alike, ==, (double) 0.9f);
        }
      /* Two in a hundred are somewhere else, and cannot be read as numbers. */
      add_file (self, name, name, i % 50 == 0 ? (float) NAN : 0.2f * (float) (i % 3));
    }
  g_clear_pointer (&self->index, monocle_index_free);
  self->index = monocle_index_open (self->path, 2, FALSE, NULL);
  monocle_duplicates_calibrate (self->index, 2, &near, &alike);
  /* A third of all pairs are the same, four ninths 0.2 apart. */
  g_assert_cmpfloat_with_epsilon ((double) near, 1 - 0.1 * (1 - cos (0.2)), 1e-4);
  g_assert_cmpfloat_with_epsilon ((double) alike, 1 - 0.3 * (1 - cos (0.2)), 1e-4);
}

static void
test_none (Fixture *self, gconstpointer data)
{
  g_autofree char *found = NULL;
  guint n;

  add_file (self, "a", "alone", 0);
  found = find (self, 0.9f, &n);
  g_assert_cmpstr (found, ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/duplicates/dots", test_dots);
  g_test_add_func ("/duplicates/pairs", test_pairs);
  g_test_add_func ("/duplicates/no-number", test_no_number);
  g_test_add_func ("/duplicates/groups", test_groups);
#define TEST(name, func) g_test_add ("/duplicates/" name, Fixture, NULL, set_up, func, tear_down)
  TEST ("kinds", test_kinds);
  TEST ("files", test_files);
  TEST ("usual", test_usual);
  TEST ("none", test_none);
#undef TEST
  return g_test_run ();
}
