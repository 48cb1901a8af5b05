/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * app/search: what was read in pictures: how it is kept, whatever happens to its file, and how
 * words are found in it.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app/base/error.h"
#include "app/search/ranking.h"

#define N_DIMS 2

typedef struct
{
  char *folder, *path;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("monocle-texts-XXXXXX", NULL);
  g_assert_nonnull (self->folder);
  self->path = g_build_filename (self->folder, "read.texts", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);

      g_remove (path);
    }
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

static const guint8 *
make_digest (char c)
{
  static guint8 digests[128][MONOCLE_INDEX_DIGEST_BYTES];

  memset (digests[(guint8) c], c, MONOCLE_INDEX_DIGEST_BYTES);
  return digests[(guint8) c];
}

/* @content, @model: a letter for each */
static void
append (MonocleTexts *texts, const char *path, char content, char model, const char *words)
{
  MonocleText text = { .path = path, .size = 7, .mtime = 8, .text = words };
  g_autoptr (GError) error = NULL;

  memcpy (text.digest, make_digest (content), sizeof text.digest);
  memcpy (text.model, make_digest (model), sizeof text.model);
  g_assert_true (monocle_texts_append (texts, &text, &error));
  g_assert_no_error (error);
}

static MonocleTexts *
open_texts (Fixture *self, gboolean writes)
{
  g_autoptr (GError) error = NULL;
  MonocleTexts *texts = monocle_texts_open (self->path, writes, &error);

  g_assert_no_error (error);
  return texts;
}

static void
check_three (MonocleTexts *texts)
{
  g_assert_cmpuint (monocle_texts_get_n (texts), ==, 2);
  g_assert_cmpstr (monocle_texts_find (texts, make_digest ('a'), NULL), ==, "STOP\nhere");
  g_assert_cmpstr (monocle_texts_find (texts, make_digest ('a'), make_digest ('M')), ==,
                   "STOP\nhere");
  g_assert_null (monocle_texts_find (texts, make_digest ('a'), make_digest ('N')));
  g_assert_cmpstr (monocle_texts_find (texts, make_digest ('b'), NULL), ==, "");
  g_assert_null (monocle_texts_find (texts, make_digest ('c'), NULL));
  g_assert_true (monocle_texts_is_read (texts, "/b.png", 7, 8, make_digest ('M')));
  g_assert_true (monocle_texts_is_read (texts, "/copy.png", 7, 8, make_digest ('M')));
  g_assert_false (monocle_texts_is_read (texts, "/b.png", 6, 8, make_digest ('M')));
  g_assert_false (monocle_texts_is_read (texts, "/b.png", 7, 9, make_digest ('M')));
  g_assert_false (monocle_texts_is_read (texts, "/b.png", 7, 8, make_digest ('N')));
  g_assert_false (monocle_texts_is_read (texts, "/c.png", 7, 8, make_digest ('M')));
}

static void
test_kept (Fixture *self, gconstpointer data)
{
  g_autoptr (MonocleTexts) texts = open_texts (self, TRUE);
  g_autoptr (GError) error = NULL;

  append (texts, "/a.png", 'a', 'M', "STOP\nhere");
  append (texts, "/b.png", 'b', 'M', "");
  append (texts, "/copy.png", 'a', 'M', "STOP\nhere");
  check_three (texts);
  /* Nobody else writes meanwhile, but it can be read. */
  g_assert_null (monocle_texts_open (self->path, TRUE, &error));
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BUSY);
  monocle_texts_free (texts);
  texts = open_texts (self, FALSE);
  check_three (texts);
  monocle_texts_free (texts);

  /* What another model reads later counts. */
  texts = open_texts (self, TRUE);
  append (texts, "/a.png", 'a', 'N', "5TOP");
  g_assert_cmpstr (monocle_texts_find (texts, make_digest ('a'), NULL), ==, "5TOP");
  g_assert_false (monocle_texts_is_read (texts, "/a.png", 7, 8, make_digest ('M')));
}

/* Texts that are no UTF-8, or longer than anybody writes. */
static void
test_odd (Fixture *self, gconstpointer data)
{
  g_autofree char *huge = g_strnfill (3 << 20, 'x');
  g_autoptr (MonocleTexts) texts = open_texts (self, TRUE);

  memcpy (huge + (1 << 20) - 1, "ä", 2);
  append (texts, "/a.png", 'a', 'M', "a\xff z");
  append (texts, "/b.png", 'b', 'M', huge);
  append (texts, "/c\xff.png", 'c', 'M', "last");
  monocle_texts_free (texts);
  texts = open_texts (self, FALSE);
  g_assert_cmpstr (monocle_texts_find (texts, make_digest ('a'), NULL), ==, "a\uFFFD z");
  g_assert_cmpuint (strlen (monocle_texts_find (texts, make_digest ('b'), NULL)), ==,
                    (1 << 20) - 1);
  g_assert_true (monocle_texts_is_read (texts, "/c\xff.png", 7, 8, make_digest ('M')));
}

/* Wherever it ends: what is whole before that is there, and grows on. */
static void
test_cut (Fixture *self, gconstpointer data)
{
  g_autoptr (MonocleTexts) texts = open_texts (self, TRUE);
  g_autofree char *bytes = NULL;
  gsize size, one;
  GStatBuf status;

  append (texts, "/a.png", 'a', 'M', "first");
  g_assert_cmpint (g_stat (self->path, &status), ==, 0);
  one = (gsize) status.st_size;
  append (texts, "/b.png", 'b', 'M', "second");
  g_clear_pointer (&texts, monocle_texts_free);
  g_assert_true (g_file_get_contents (self->path, &bytes, &size, NULL));
  for (gsize n = one; n <= size; n += 7)
    {
      g_assert_true (g_file_set_contents (self->path, bytes, (gssize) n, NULL));
      texts = open_texts (self, FALSE);
      g_assert_cmpuint (monocle_texts_get_n (texts), ==, n < size ? 1 : 2);
      monocle_texts_free (texts);
      texts = open_texts (self, TRUE);
      append (texts, "/c.png", 'c', 'M', "third");
      g_clear_pointer (&texts, monocle_texts_free);
      texts = open_texts (self, FALSE);
      g_assert_cmpstr (monocle_texts_find (texts, make_digest ('a'), NULL), ==, "first");
      g_assert_cmpstr (monocle_texts_find (texts, make_digest ('c'), NULL), ==, "third");
      g_clear_pointer (&texts, monocle_texts_free);
    }
}

/* Two pictures that change again and again: the file is as long as what it still says, whatever a
 * killed one left beside it. */
static void
test_written_anew (Fixture *self, gconstpointer data)
{
  g_autofree char *other = g_strconcat (self->path, ".new", NULL);
  g_autoptr (MonocleTexts) texts = open_texts (self, TRUE);
  GStatBuf before, after;

  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *words = g_strdup_printf ("%u", i);

      append (texts, i % 2 ? "/b.png" : "/a.png", (char) ('a' + i % 20), 'M', words);
    }
  append (texts, "/c.png", 'b', 'M', "last");
  g_assert_cmpint (g_stat (self->path, &before), ==, 0);
  monocle_texts_free (texts);
  g_assert_true (g_file_set_contents (other, "half of it", -1, NULL));

  texts = open_texts (self, TRUE);
  g_assert_cmpint (g_stat (self->path, &after), ==, 0);
  g_assert_cmpint (after.st_size, <, 1000);
  g_assert_cmpint (before.st_size, >, 1000 * 100);
  g_assert_false (g_file_test (other, G_FILE_TEST_EXISTS));
  append (texts, "/d.png", 'd', 'M', "more");
  monocle_texts_free (texts);

  texts = open_texts (self, FALSE);
  g_assert_true (monocle_texts_is_read (texts, "/a.png", 7, 8, make_digest ('M')));
  g_assert_true (monocle_texts_is_read (texts, "/b.png", 7, 8, make_digest ('M')));
  g_assert_cmpstr (monocle_texts_find (texts, make_digest ((char) ('a' + 2998 % 20)), NULL), ==,
                   "2998");
  g_assert_cmpstr (monocle_texts_find (texts, make_digest ((char) ('a' + 2999 % 20)), NULL), ==,
                   "2999");
  g_assert_cmpstr (monocle_texts_find (texts, make_digest ('b'), NULL), ==, "last");
  g_assert_cmpstr (monocle_texts_find (texts, make_digest ('d'), NULL), ==, "more");
  g_assert_cmpuint (monocle_texts_get_n (texts), ==, 4);
}

/* No byte that turns makes anything but texts that are missing. */
static void
test_damaged (Fixture *self, gconstpointer data)
{
  g_autoptr (MonocleTexts) texts = open_texts (self, TRUE);
  g_autofree char *bytes = NULL;
  g_autofree char *bad = g_strconcat (self->path, ".bad", NULL);
  g_autoptr (GError) error = NULL;
  gsize size;

  append (texts, "/a.png", 'a', 'M', "first");
  append (texts, "/b.png", 'b', 'M', "second");
  g_clear_pointer (&texts, monocle_texts_free);
  g_assert_true (g_file_get_contents (self->path, &bytes, &size, NULL));
  for (gsize i = 64; i < size; i++)
    {
      bytes[i] ^= 0x41;
      g_assert_true (g_file_set_contents (self->path, bytes, (gssize) size, NULL));
      texts = open_texts (self, FALSE);
      g_assert_cmpuint (monocle_texts_get_n (texts), <=, 2);
      g_clear_pointer (&texts, monocle_texts_free);
      bytes[i] ^= 0x41;
    }

  /* Another kind of file is kept, and says so. */
  g_assert_true (g_file_set_contents (self->path, "somebody's own words, many of them", -1, NULL));
  g_assert_null (monocle_texts_open (self->path, FALSE, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
  texts = open_texts (self, TRUE);
  g_assert_cmpstr (monocle_texts_get_set_aside (texts), ==, bad);
  g_assert_cmpuint (monocle_texts_get_n (texts), ==, 0);
}

/* --- words --- */

static void
check_split (const char *text, const char *wanted)
{
  g_auto (GStrv) words = monocle_texts_split (&text, 1);
  g_autofree char *joined = g_strjoinv ("|", words);

  g_assert_cmpstr (joined, ==, wanted);
}

static void
test_split (void)
{
  check_split ("", "");
  check_split (" - !", "");
  check_split ("Stop  HERE!", "stop|here");
  check_split ("T-Shirt, 3.50€", "t|shirt|3|50");
  check_split ("Straße ΌΔΟΣ", "strasse|όδοσ");
  check_split ("Cafe\u0301 ＡＢＣ ﬁn", "café|abc|fin");
}

static gboolean
has (const char *text, const char *word)
{
  g_autofree char *folded = monocle_texts_fold (text);
  g_autofree char *folded_word = monocle_texts_fold (word);

  return monocle_texts_has_word (folded, folded_word);
}

static void
test_words (void)
{
  g_assert_true (has ("STOP", "stop"));
  g_assert_true (has ("a stop.", "Stop"));
  g_assert_true (has ("(stop)", "stop"));
  g_assert_false (has ("stopped", "stop"));
  g_assert_false (has ("nonstop", "stop"));
  g_assert_true (has ("nonstop stop", "stop"));
  g_assert_false (has ("", "stop"));
  g_assert_true (has ("CAFÉ", "cafe\u0301"));
  g_assert_false (has ("cafés", "café"));
  /* Written without blanks. */
  g_assert_true (has ("東京都庁", "東京"));
  g_assert_true (has ("新東京", "東京"));
  g_assert_false (has ("京都", "東京"));
}

/* --- what is found --- */

static void
write_index (const char *path)
{
  g_autoptr (MonocleIndex) index = monocle_index_open (path, N_DIMS, TRUE, NULL);

  g_assert_nonnull (index);
  for (guint i = 0; i < 30; i++)
    {
      char content = (char) ('A' + i);
      float vector[N_DIMS] = { (float) i / 30, 0.5f };
      g_autofree char *name = g_strdup_printf ("/%c.png", content);
      MonocleIndexEntry entry = { .path = name, .state = MONOCLE_INDEX_SEEN };

      memcpy (entry.digest, make_digest (content), sizeof entry.digest);
      g_assert_true (monocle_index_append (index, &entry, 1, vector, NULL));
    }
}

/* What was read is sure and comes first, however little its vector fits; what is not wanted is
 * looked for in it as well. */
static void
test_found (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "x.index", NULL);
  g_autoptr (MonocleTexts) texts = open_texts (self, TRUE);
  const char *const asked[] = { "stop", "HERE", "taxi" };
  g_auto (GStrv) words = monocle_texts_split (asked, 2);
  g_auto (GStrv) unwanted = monocle_texts_split (asked + 2, 1);
  const float vector[N_DIMS] = { 1, 0 };
  g_autoptr (MonocleIndex) index = NULL;
  MonocleSearchQuery query = { .vector = vector,
                               .n_dims = N_DIMS,
                               .top = 3,
                               .texts = texts,
                               .words = (const char *const *) words,
                               .unwanted = (const char *const *) unwanted };
  const MonocleSearchHit *hit;
  MonocleSearchHits hits;

  write_index (path);
  index = monocle_index_open (path, N_DIMS, FALSE, NULL);
  append (texts, "/B.png", 'B', 'M', "Here\nSTOP");
  append (texts, "/C.png", 'C', 'M', "here stop taxi");
  append (texts, "/D.png", 'D', 'M', "stop");
  monocle_search_rank (index, &query, &hits);
  hit = (const MonocleSearchHit *) (gpointer) hits.hits->data;
  g_assert_cmpuint (hits.hits->len, ==, 3);
  g_assert_cmpstr (hit[0].entry->path, ==, "/B.png");
  g_assert_cmpstr (hit[0].read, ==, "Here\nSTOP");
  g_assert_cmpint (hit[0].band, ==, MONOCLE_SEARCH_SURE);
  g_assert_cmpfloat (hit[0].fit, ==, 3);
  g_assert_cmpstr (hit[1].entry->path, ==, "/^.png");
  g_assert_null (hit[1].read);
  g_assert_cmpuint (hits.n_sure, ==, 1);
  g_array_unref (hits.hits);

  /* Without words nothing is found by them. */
  query.words = query.unwanted;
  query.unwanted = (const char *const[]){ NULL };
  monocle_search_rank (index, &query, &hits);
  g_assert_cmpstr (g_array_index (hits.hits, MonocleSearchHit, 0).entry->path, ==, "/C.png");
  g_array_unref (hits.hits);
  query.words = query.unwanted;
  monocle_search_rank (index, &query, &hits);
  g_assert_null (g_array_index (hits.hits, MonocleSearchHit, 0).read);
  g_array_unref (hits.hits);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name, func) g_test_add ("/texts/" name, Fixture, NULL, set_up, func, tear_down)
  TEST ("kept", test_kept);
  TEST ("odd", test_odd);
  TEST ("cut", test_cut);
  TEST ("written-anew", test_written_anew);
  TEST ("damaged", test_damaged);
  TEST ("found", test_found);
#undef TEST
  g_test_add_func ("/texts/split", test_split);
  g_test_add_func ("/texts/words", test_words);
  return g_test_run ();
}
