/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * app/search: how words are read, parts of pictures, what several vectors come to, in which band
 * what is found belongs and how far it is in it.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "app/search/question.h"
#include "app/search/ranking.h"

#define N_DIMS 4

/* --- Words --- */

static void
check_words (const char *text, const char *wanted, const char *unwanted)
{
  g_autoptr (GPtrArray) plus = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) minus = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *a = NULL, *b = NULL;

  monocle_search_read_words (text, plus, minus);
  g_ptr_array_add (plus, NULL);
  g_ptr_array_add (minus, NULL);
  a = g_strjoinv ("|", (char **) plus->pdata);
  b = g_strjoinv ("|", (char **) minus->pdata);
  g_assert_cmpstr (a, ==, wanted);
  g_assert_cmpstr (b, ==, unwanted);
}

static void
test_words (void)
{
  check_words ("", "", "");
  check_words ("   ", "", "");
  check_words ("a dog on grass", "a dog on grass", "");
  check_words ("dog -cat", "dog", "cat");
  check_words ("dog - a black cat + snow", "dog|snow", "a black cat");
  check_words ("-cat", "", "cat");
  check_words ("\u2212cat", "", "cat");
  check_words ("t-shirt", "t-shirt", "");
  check_words ("a t-shirt -x-ray", "a t-shirt", "x-ray");
  check_words ("dog - ", "dog", "");
  check_words ("Hündin -Kätzchen", "Hündin", "Kätzchen");
}

/* --- Pictures --- */

static void
test_cut (void)
{
  guint8 pixels[4 * 3 * 3];
  g_autoptr (MonocleImage) image = NULL, part = NULL;
  MonocleBox inside = { 1.2f, 0, 2.5f, 2 };
  const MonocleBox outside[]
      = { { 0, 0, 5, 1 }, { -1, 0, 1, 1 }, { 2, 1, 2, 2 }, { 3, 2, 1, 1 }, { -9, -9, -1, -1 } };

  for (guint i = 0; i < sizeof pixels; i++)
    pixels[i] = (guint8) i;
  image = monocle_image_new_from_pixels (4, 3, 12, pixels, NULL);
  part = monocle_search_cut (image, &inside, NULL);
  g_assert_cmpuint (monocle_image_get_width (part), ==, 2);
  g_assert_cmpuint (monocle_image_get_height (part), ==, 2);
  g_assert_cmpmem (monocle_image_get_pixels (part), 6, pixels + 3, 6);
  g_assert_cmpmem (monocle_image_get_pixels (part) + 6, 6, pixels + 15, 6);
  for (guint i = 0; i < G_N_ELEMENTS (outside); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (monocle_search_cut (image, &outside[i], &error));
      g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
    }
}

static void
test_blend (void)
{
  const float a[N_DIMS] = { 1, 0, 2, 0 }, b[N_DIMS] = { 0, 1, 2, 0 };
  const float expected[N_DIMS] = { 1, -1, 0, 0 };
  float sum[N_DIMS] = { 0 };

  monocle_search_blend (sum, a, N_DIMS, TRUE);
  monocle_search_blend (sum, b, N_DIMS, FALSE);
  g_assert_cmpmem (sum, sizeof sum, expected, sizeof expected);
}

/* --- Bands --- */

/* One that stands out, one that does a little, and many that are alike. */
static void
write_index (const char *path)
{
  g_autoptr (MonocleIndex) index = monocle_index_open (path, N_DIMS, TRUE, NULL);

  g_assert_nonnull (index);
  for (guint i = 0; i < 100; i++)
    {
      float x = i == 7 ? 0.9f : i == 8 ? 0.45f : 0.1f + 0.1f * (float) (i % 3);
      float vector[N_DIMS] = { x, sqrtf (1 - x * x), 0, 0 };
      g_autofree char *name = g_strdup_printf ("/pictures/%02u.png", i);
      MonocleIndexEntry entry = { .path = name, .state = MONOCLE_INDEX_SEEN, .size = i };

      memcpy (entry.digest, &i, sizeof i);
      g_assert_true (monocle_index_append (index, &entry, 1, vector, NULL));
    }
}

static void
check_hits (const MonocleSearchHit *hit)
{
  g_assert_cmpstr (hit[0].entry->path, ==, "/pictures/07.png");
  g_assert_cmpint (hit[0].band, ==, MONOCLE_SEARCH_SURE);
  g_assert_cmpfloat (hit[0].fit, ==, 3);
  g_assert_cmpint (hit[1].band, ==, MONOCLE_SEARCH_MAYBE);
  g_assert_cmpfloat (hit[1].fit, >=, 1);
  g_assert_cmpfloat (hit[1].fit, <, 2);
  for (guint i = 2; i < 100; i++)
    {
      g_assert_cmpint (hit[i].band, ==, MONOCLE_SEARCH_REST);
      g_assert_cmpfloat (hit[i].fit, <, 1);
      g_assert_cmpfloat (hit[i].fit, <=, hit[i - 1].fit);
    }
  g_assert_cmpfloat (hit[99].fit, ==, 0);
}

static void
test_bands (void)
{
  g_autofree char *folder = g_dir_make_tmp ("monocle-finding-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "x.index", NULL);
  g_autofree char *lock = g_strconcat (path, ".lock", NULL);
  const float query[N_DIMS] = { 1, 0, 0, 0 };
  g_autoptr (MonocleIndex) index = NULL;
  MonocleSearchHits hits;

  write_index (path);
  index = monocle_index_open (path, N_DIMS, FALSE, NULL);
  g_assert_nonnull (index);
  monocle_search_rank (
      index, &(MonocleSearchQuery){ .vector = query, .n_dims = N_DIMS, .top = 1000 }, &hits);
  g_assert_cmpuint (hits.n, ==, 100);
  g_assert_cmpuint (hits.n_sure, ==, 1);
  g_assert_cmpuint (hits.n_fit, ==, 2);
  check_hits ((const MonocleSearchHit *) (gpointer) hits.hits->data);
  g_array_unref (hits.hits);
  g_remove (path);
  g_remove (lock);
  g_rmdir (folder);
}

/* --- What is known --- */

#define N_KNOWN 500

/* So that each is found by what it is last. */
static void
set_vector (float *vector, guint value)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (value);

  for (guint i = 0; i < N_DIMS; i++)
    vector[i] = (float) g_rand_double_range (random, -1, 1);
  monocle_vector_normalise (vector, N_DIMS);
}

static void
learn (MonocleIndex *index, guint which, guint value, MonocleIndexState state)
{
  g_autofree char *name = g_strdup_printf ("/pictures/%03u.png", which);
  const MonocleIndexEntry entry = { .path = name, .state = state, .size = value };
  float vector[N_DIMS];

  set_vector (vector, value);
  g_assert_true (monocle_index_append (index, &entry, 1, vector, NULL));
}

/* All but every seventh, in the order of their paths; every third is known anew. */
static void
check_known (MonocleIndex *index)
{
  g_autoptr (GPtrArray) list = monocle_index_list (index);
  g_autoptr (GPtrArray) again = monocle_index_list (index);
  guint at = 0;

  g_assert_true (list == again);
  for (guint i = 0; i < N_KNOWN; i++)
    {
      g_autofree char *name = g_strdup_printf ("/pictures/%03u.png", i);
      const MonocleIndexEntry *found = monocle_index_find (index, name);
      const MonocleIndexEntry *entry;

      if (i % 7 == 0)
        {
          g_assert_null (found);
          continue;
        }
      g_assert_cmpuint (at, <, list->len);
      entry = list->pdata[at++];
      g_assert_true (entry == found);
      g_assert_cmpstr (entry->path, ==, name);
      g_assert_cmpuint (entry->size, ==, i % 3 == 0 ? 1000 + i : i);
    }
  g_assert_cmpuint (at, ==, list->len);
}

/* The best of all, whichever thread looks at it, and nothing but its last vector counts. */
static void
check_best (MonocleIndex *index)
{
  for (guint value = 1; value < 1000 + N_KNOWN; value += 97)
    {
      const guint which = value < 1000 ? value : value - 1000;
      float query[N_DIMS];
      MonocleSearchHits hits;
      const MonocleSearchHit *best;

      set_vector (query, value);
      monocle_search_rank (
          index, &(MonocleSearchQuery){ .vector = query, .n_dims = N_DIMS, .top = 3 }, &hits);
      best = (const MonocleSearchHit *) (gpointer) hits.hits->data;
      g_assert_cmpuint (hits.n, ==, N_KNOWN - (N_KNOWN + 6) / 7);
      g_assert_cmpuint (hits.hits->len, ==, 3);
      if (which < N_KNOWN && which % 7 && (which % 3 == 0) == (value >= 1000))
        g_assert_cmpuint (best->entry->size, ==, value);
      g_assert_cmpfloat (best[0].cosine, >=, best[1].cosine);
      g_array_unref (hits.hits);
    }
}

/* In any order, changed and gone in between. */
static void
test_known (void)
{
  g_autofree char *folder = g_dir_make_tmp ("finding-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "m.index", NULL);
  g_autofree char *lock = g_strconcat (path, ".lock", NULL);
  MonocleIndex *index = monocle_index_open (path, N_DIMS, TRUE, NULL);

  g_assert_nonnull (index);
  for (guint i = 0; i < N_KNOWN; i++)
    learn (index, i * 337 % N_KNOWN, i * 337 % N_KNOWN, MONOCLE_INDEX_SEEN);
  g_ptr_array_unref (monocle_index_list (index));
  for (guint i = 0; i < N_KNOWN; i += 7)
    learn (index, i, 0, MONOCLE_INDEX_GONE);
  g_ptr_array_unref (monocle_index_list (index));
  for (guint i = 0; i < N_KNOWN; i += 3)
    learn (index, i, 1000 + i, MONOCLE_INDEX_SEEN);
  for (guint i = 0; i < N_KNOWN; i += 21)
    learn (index, i, 0, MONOCLE_INDEX_GONE);
  check_known (index);
  monocle_index_free (index);

  index = monocle_index_open (path, N_DIMS, FALSE, NULL);
  g_assert_nonnull (index);
  check_known (index);
  check_best (index);
  monocle_index_free (index);
  g_remove (path);
  g_remove (lock);
  g_rmdir (folder);
}

/* An index of vectors of another length goes aside, and what takes its place can be read. */
static void
test_other_length (void)
{
  g_autofree char *folder = g_dir_make_tmp ("finding-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "m.index", NULL);
  g_autofree char *lock = g_strconcat (path, ".lock", NULL);
  g_autofree char *aside = NULL;
  const float vector[2 * N_DIMS] = { 1 };
  const MonocleIndexEntry entry
      = { .path = (char *) "/pictures/a.png", .state = MONOCLE_INDEX_SEEN, .size = 1 };
  MonocleIndex *index;

  write_index (path);
  index = monocle_index_open (path, 2 * N_DIMS, TRUE, NULL);
  g_assert_nonnull (index);
  aside = g_strdup (monocle_index_get_set_aside (index));
  g_assert_nonnull (aside);
  g_assert_true (monocle_index_append (index, &entry, 1, vector, NULL));
  monocle_index_free (index);

  index = monocle_index_open (path, 2 * N_DIMS, FALSE, NULL);
  g_assert_nonnull (index);
  g_assert_nonnull (monocle_index_find (index, entry.path));
  monocle_index_free (index);
  g_remove (aside);
  g_remove (path);
  g_remove (lock);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/search/words", test_words);
  g_test_add_func ("/search/cut", test_cut);
  g_test_add_func ("/search/blend", test_blend);
  g_test_add_func ("/search/bands", test_bands);
  g_test_add_func ("/search/known", test_known);
  g_test_add_func ("/search/other-length", test_other_length);
  return g_test_run ();
}
