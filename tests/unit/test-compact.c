/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Journals that are written anew as they have become too long: they say the same, they do not grow
 * without end, nothing that can be taken back in a session is lost, and whatever comes between
 * leaves the one or the other.
 */
#include "config.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "app/document/journal.h"
#include "tests/unit/steps-fixture.h"

/* From which on a journal is looked at when it is opened. */
#define OPENED_BYTES  (64 * 1024)
#define HISTORY_STEPS 1000

static gsize
measure (const char *path)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  return (gsize) info.st_size;
}

/* The same thing is moved to and fro. */
static void
move_often (MonocleDocument *document, guint n)
{
  g_autoptr (GPtrArray) picked = pick (peek (monocle_document_get_regions (document), 0));

  /* Taken back and done again, as moves in quick succession are one. */
  for (guint i = 0; i < n; i++)
    {
      monocle_document_set_label (document, picked, i % 2 ? "tree" : "bush");
      monocle_document_move (document, picked, i % 2 ? 1 : -1, 0);
    }
}

/* All that can be made again and taken back, step by step, in words. */
static GPtrArray *
describe_steps (MonocleDocument *document, guint most)
{
  MonocleUndo *undo = monocle_document_get_undo (document);
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);
  guint n = 0;

  g_ptr_array_add (words, describe (document));
  for (; n < most && monocle_undo_redo (undo); n++)
    g_ptr_array_add (words, describe (document));
  for (; n > 0; n--)
    monocle_undo_undo (undo);
  while (n < most && monocle_undo_undo (undo))
    {
      g_ptr_array_add (words, describe (document));
      n++;
    }
  while (n-- > 0)
    monocle_undo_redo (undo);
  return words;
}

static void
assert_same_words (GPtrArray *a, GPtrArray *b)
{
  g_assert_cmpuint (a->len, ==, b->len);
  for (guint i = 0; i < a->len; i++)
    g_assert_cmpstr (a->pdata[i], ==, b->pdata[i]);
}

/* After ten thousand steps it is as long as what it still says, and stays so. */
static void
test_bounded (Fixture *f, gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autoptr (GPtrArray) steps = NULL;
  g_autoptr (GPtrArray) steps_after = NULL;
  gsize n_first, n;

  draw (f->document, 1);
  ask (f->document);
  move_often (f->document, 5000);
  before = describe (f->document);
  steps = describe_steps (f->document, HISTORY_STEPS);
  n_first = measure (f->path);
  assert_same_after_reopening (f);
  n = measure (f->path);
  g_test_message ("%zu bytes were %zu", n, n_first);
  g_assert_cmpuint (n_first, >, 4 * n);
  steps_after = describe_steps (f->document, G_MAXUINT);
  assert_same_words (steps, steps_after);
  for (guint i = 0; i < 3; i++)
    {
      move_often (f->document, 1000);
      reopen (f);
      g_assert_cmpuint (measure (f->path), <=, 2 * n + OPENED_BYTES);
    }
}

/* While it is open: what goes on for long makes it no longer, and all that was done can be taken
 * back. */
static void
test_session (Fixture *f, gconstpointer data)
{
  MonocleUndo *undo = monocle_document_get_undo (f->document);
  g_autoptr (GPtrArray) picked = pick (draw (f->document, 1));
  g_autofree char *end = NULL;
  g_autofree char *again = NULL;
  guint n_steps = 0;
  gsize most = 0;

  ask (f->document);
  for (guint i = 0; i < 50; i++)
    draw (f->document, (float) i);
  for (guint i = 0; i < 8000; i++)
    {
      monocle_document_rotate (f->document, 1);
      monocle_undo_undo (undo);
      most = MAX (most, measure (f->path));
    }
  for (guint i = 0; i < 8000; i++)
    {
      monocle_document_move (f->document, picked, i % 2 ? 1 : -1, 0);
      most = MAX (most, measure (f->path));
    }
  end = describe (f->document);
  g_test_message ("%zu bytes at most", most);
  /* It is written anew in the middle of a step. */
  g_assert_cmpuint (most, <=, 1024 * 1024);
  g_assert_cmpuint (most, >, 1024 * 1024 - 1024);
  while (monocle_undo_undo (undo))
    n_steps++;
  g_assert_cmpuint (n_steps, >, 51);
  g_assert_cmpuint (count_items (monocle_document_get_regions (f->document)), ==, 0);
  while (monocle_undo_redo (undo))
    ;
  again = describe (f->document);
  g_assert_cmpstr (again, ==, end);
  assert_same_after_reopening (f);
}

/* What becomes one step, and leaves a record of each. */
static void
move_for_long (MonocleDocument *document)
{
  g_autoptr (GPtrArray) picked = pick (draw (document, 3));

  for (guint i = 0; i < 700; i++)
    monocle_document_move (document, picked, i % 2 ? 1 : -1, 0);
}

/* Anything, often: what is said is the same before and after, step by step. */
static void
test_anything (Fixture *f, gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  guint n_shorter = 0;

  ask (f->document);
  for (guint round = 0; round < 15; round++)
    {
      g_autoptr (GPtrArray) before = NULL;
      g_autoptr (GPtrArray) after = NULL;
      gboolean is_saved;
      gsize n;

      if (round % 5 == 4)
        ask (f->document);
      for (guint i = 0; i < 120; i++)
        {
          do_anything (f->document, rand);
          if (g_rand_int_range (rand, 0, 4) == 0)
            monocle_undo_undo (monocle_document_get_undo (f->document));
        }
      move_for_long (f->document);
      for (guint i = 0; i <= round % 4; i++)
        monocle_undo_undo (monocle_document_get_undo (f->document));
      monocle_document_flush (f->document);
      before = describe_steps (f->document, 100);
      if (round % 3 == 0)
        monocle_document_set_saved (f->document, "/somewhere/x.monocle.json", "d1");
      n = measure (f->path);
      is_saved = monocle_document_is_saved (f->document);
      assert_same_after_reopening (f);
      n_shorter += measure (f->path) < n;
      /* As the other one says it. */
      assert_same_after_reopening (f);
      g_assert_cmpint (monocle_document_is_saved (f->document), ==, is_saved);
      after = describe_steps (f->document, 100);
      assert_same_words (before, after);
    }
  g_assert_cmpuint (n_shorter, >, 5);
}

/* (transfer full): a journal that is too long, and @words what it says */
static char *
make_long (Fixture *f, gsize *n, char **words)
{
  g_autoptr (GPtrArray) picked = pick (draw (f->document, 1));
  char *bytes;

  ask (f->document);
  for (guint i = 0; i < 400; i++)
    monocle_document_move (f->document, picked, i % 2 ? 1 : -1, 0);
  *words = describe (f->document);
  g_clear_object (&f->document);
  g_assert_true (g_file_get_contents (f->path, &bytes, n, NULL));
  return bytes;
}

static void
assert_says (Fixture *f, const char *words)
{
  g_autofree char *after = NULL;

  f->document = open_document (f->path);
  g_assert_no_error (monocle_document_get_trouble (f->document));
  after = describe (f->document);
  g_assert_cmpstr (after, ==, words);
  g_clear_object (&f->document);
}

/* Killed while the other is written: however much of that there is, it is not looked at, and made
 * again. */
static void
test_cut (Fixture *f, gconstpointer data)
{
  g_autofree char *fresh = g_strconcat (f->path, MONOCLE_JOURNAL_FRESH, NULL);
  g_autofree char *words = NULL;
  gsize n_long, n;
  g_autofree char *is_long = make_long (f, &n_long, &words);
  g_autofree char *is_short = NULL;

  assert_says (f, words);
  g_assert_true (g_file_get_contents (f->path, &is_short, &n, NULL));
  g_assert_cmpuint (n, <, n_long / 2);
  for (gsize i = 0; i < n; i += 11)
    {
      gsize n_now;
      g_autofree char *now = NULL;

      g_assert_true (g_file_set_contents (f->path, is_long, (gssize) n_long, NULL));
      g_assert_true (g_file_set_contents (fresh, is_short, (gssize) i, NULL));
      assert_says (f, words);
      g_assert_true (g_file_get_contents (f->path, &now, &n_now, NULL));
      g_assert_cmpmem (now, n_now, is_short, n);
      g_assert_false (g_file_test (fresh, G_FILE_TEST_EXISTS));
    }
}

/* No room for the other, at any byte of it: the first stays, and is gone on with. */
static void
test_full (Fixture *f, gconstpointer data)
{
  g_autofree char *fresh = g_strconcat (f->path, MONOCLE_JOURNAL_FRESH, NULL);
  g_autofree char *words = NULL;
  gsize n_long, n_short;
  g_autofree char *is_long = make_long (f, &n_long, &words);
  struct rlimit before, limit;

  assert_says (f, words);
  n_short = measure (f->path);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  for (gsize i = 0; i < n_short; i += 23)
    {
      gsize n_now;
      g_autofree char *now = NULL;

      g_assert_true (g_file_set_contents (f->path, is_long, (gssize) n_long, NULL));
      limit = before;
      limit.rlim_cur = (rlim_t) i;
      g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
      f->document = open_document (f->path);
      g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
      g_assert_no_error (monocle_document_get_trouble (f->document));
      g_assert_true (g_file_get_contents (f->path, &now, &n_now, NULL));
      g_assert_cmpmem (now, n_now, is_long, n_long);
      g_assert_false (g_file_test (fresh, G_FILE_TEST_EXISTS));
      draw (f->document, 5);
      reopen (f);
      g_assert_cmpuint (count_items (monocle_document_get_regions (f->document)), ==, 2);
      g_clear_object (&f->document);
    }
}

static void
pass_over (MonocleRecordType type, GVariant *content, gpointer data)
{
}

/* Something that a later version wrote is in it: that is left alone. */
static void
test_later (Fixture *f, gconstpointer data)
{
  g_autofree char *words = NULL;
  gsize n_long, n_now;
  g_autofree char *is_long = make_long (f, &n_long, &words);
  g_autofree char *now = NULL;
  MonocleJournal *journal = monocle_journal_open (f->path, pass_over, NULL, NULL);

  g_assert_true (monocle_journal_append (journal, (MonocleRecordType) 200,
                                         g_variant_new_string ("of 2040"), NULL));
  monocle_journal_close (journal);
  n_long = measure (f->path);
  assert_says (f, words);
  g_assert_true (g_file_get_contents (f->path, &now, &n_now, NULL));
  g_assert_cmpuint (n_now, >=, n_long);
  g_assert_nonnull (memmem (now, n_now, "of 2040", 7));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/compact/bounded", Fixture, NULL, set_up, test_bounded, tear_down);
  g_test_add ("/compact/session", Fixture, NULL, set_up, test_session, tear_down);
  g_test_add ("/compact/anything", Fixture, NULL, set_up, test_anything, tear_down);
  g_test_add ("/compact/cut", Fixture, NULL, set_up, test_cut, tear_down);
  g_test_add ("/compact/full", Fixture, NULL, set_up, test_full, tear_down);
  g_test_add ("/compact/later", Fixture, NULL, set_up, test_later, tear_down);
  return g_test_run ();
}
