/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Work in a file of the person's: what comes from one is one step, also after another start; what
 * was saved where is known then; and there is work that nothing has only where that is so.
 */
#include "config.h"

#include "app/json/work-file.h"
#include "tests/unit/keep-fixture.h"

#define SOME_DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* As it would come out of a file: things of nobody. */
static MonocleWorkFile *
copy_work (MonocleDocument *document)
{
  g_autoptr (MonocleWorkFile) here = monocle_work_file_new_of (document);
  g_autofree char *text = monocle_work_file_format (here);
  g_autoptr (GError) error = NULL;
  MonocleWorkFile *copy = monocle_work_file_parse (text, strlen (text), "copy", &error);

  g_assert_no_error (error);
  return copy;
}

static void
take (MonocleDocument *document, const MonocleWorkFile *work)
{
  g_autoptr (GArray) takes = monocle_work_file_list_takes (work, document);

  monocle_document_take (document, MONOCLE_VERB_OPEN, takes, work->queries,
                         work->talk->len > 0 ? work->talk : NULL, work->rotation, work->is_done);
}

static void
assert_is (MonocleDocument *document, const MonocleWorkFile *work)
{
  g_autoptr (MonocleWorkFile) here = monocle_work_file_new_of (document);
  g_autofree char *left = monocle_work_file_format (here);
  g_autofree char *right = monocle_work_file_format (work);

  g_test_message ("%s\nand\n%s", left, right);
  g_assert_true (monocle_work_file_equal (here, work));
}

/* A document that has nothing becomes what the file says, in a step that can be taken back, here
 * and after another start. */
static void
test_taken (Fixture *f, gconstpointer data)
{
  g_autoptr (MonocleWorkFile) work = NULL;
  g_autoptr (MonocleWorkFile) nothing = NULL;
  g_autoptr (GPtrArray) picked = NULL;
  Fixture other;
  MonocleUndo *undo;

  nothing = copy_work (f->document);
  draw (f->document, 3);
  draw (f->document, 5);
  ask (f->document);
  picked = pick (peek (
      monocle_query_get_annotations (peek (monocle_document_get_queries (f->document), 0)), 1));
  monocle_document_keep (f->document, peek (monocle_document_get_queries (f->document), 0), picked);
  monocle_document_rotate (f->document, 3);
  monocle_document_set_done (f->document, TRUE);
  work = copy_work (f->document);
  assert_is (f->document, work);

  set_up (&other, NULL);
  take (other.document, work);
  assert_is (other.document, work);
  assert_same_after_reopening (&other);
  assert_is (other.document, work);
  undo = monocle_document_get_undo (other.document);
  g_assert_cmpstr (monocle_undo_get_undo_title (undo), ==, "Open Work");
  g_assert_true (monocle_undo_undo (undo));
  g_assert_false (monocle_undo_undo (undo));
  assert_is (other.document, nothing);
  assert_same_after_reopening (&other);
  assert_is (other.document, nothing);
  monocle_undo_redo (monocle_document_get_undo (other.document));
  assert_is (other.document, work);
  assert_same_after_reopening (&other);
  /* The same once more is nothing to be done. */
  take (other.document, work);
  assert_is (other.document, work);
  tear_down (&other, NULL);
}

/* In place of other work: what is there and not in the file goes, what has the same name changes.
 */
static void
test_instead (Fixture *f, gconstpointer data)
{
  g_autoptr (MonocleWorkFile) before = NULL;
  g_autoptr (MonocleWorkFile) now = NULL;
  g_autoptr (GPtrArray) picked = NULL;

  for (guint i = 0; i < 5; i++)
    draw (f->document, (float) i);
  before = copy_work (f->document);
  picked = pick (peek (monocle_document_get_regions (f->document), 3));
  monocle_document_set_label (f->document, picked, "hut");
  monocle_document_move (f->document, picked, 2, 2);
  picked->pdata[0] = peek (monocle_document_get_regions (f->document), 0);
  monocle_document_remove_regions (f->document, picked);
  draw (f->document, 20);
  draw (f->document, 21);
  now = copy_work (f->document);
  g_assert_false (monocle_work_file_equal (before, now));

  take (f->document, before);
  g_assert_cmpuint (count_items (monocle_document_get_regions (f->document)), ==, 5);
  assert_same_after_reopening (f);
  monocle_undo_undo (monocle_document_get_undo (f->document));
  assert_is (f->document, now);
  assert_same_after_reopening (f);
  assert_is (f->document, now);
}

static void
on_saved (guint *n)
{
  (*n)++;
}

static void
test_saved (Fixture *f, gconstpointer data)
{
  guint n_told = 0;

  draw (f->document, 1);
  g_assert_false (monocle_document_is_saved (f->document));
  monocle_document_set_saved (f->document, "/tmp/caf\303\251.monocle.json", SOME_DIGEST);
  g_assert_true (monocle_document_is_saved (f->document));
  reopen (f);
  g_assert_true (monocle_document_is_saved (f->document));
  g_assert_cmpstr (monocle_document_get_saved_path (f->document), ==,
                   "/tmp/caf\303\251.monocle.json");
  g_assert_cmpstr (monocle_document_get_saved_digest (f->document), ==, SOME_DIGEST);
  g_signal_connect_swapped (f->document, "notify::saved", G_CALLBACK (on_saved), &n_told);
  draw (f->document, 2);
  g_assert_cmpuint (n_told, ==, 1);
  g_assert_false (monocle_document_is_saved (f->document));
  reopen (f);
  g_assert_false (monocle_document_is_saved (f->document));
  monocle_document_set_saved (f->document, "/tmp/a.monocle.json", SOME_DIGEST);
  /* An answer is something too; and so is a step back. */
  ask (f->document);
  g_assert_false (monocle_document_is_saved (f->document));
  monocle_document_set_saved (f->document, "/tmp/a.monocle.json", SOME_DIGEST);
  reopen (f);
  g_assert_true (monocle_document_is_saved (f->document));
  g_assert_cmpuint (count_items (monocle_document_get_queries (f->document)), ==, 1);
  monocle_undo_undo (monocle_document_get_undo (f->document));
  g_assert_false (monocle_document_is_saved (f->document));
}

/* Work that is in no journal is lost unless a file has it as it is now. */
static void
test_unkept (Fixture *f, gconstpointer data)
{
  g_autoptr (MonocleDocument) other = open_document (f->path);

  draw (f->document, 1);
  g_assert_false (monocle_document_is_unkept (f->document));
  g_clear_object (&other);
  other = open_document (f->path); /* which is open elsewhere */
  g_assert_nonnull (monocle_document_get_trouble (other));
  g_assert_false (monocle_document_is_unkept (other));
  draw (other, 2);
  g_assert_true (monocle_document_is_unkept (other));
  monocle_document_set_saved (other, "/tmp/a.monocle.json", SOME_DIGEST);
  g_assert_false (monocle_document_is_unkept (other));
  ask (other);
  g_assert_true (monocle_document_is_unkept (other));
}

/* The answer of this very moment is written when somebody is about to leave; where it cannot be,
 * it is told before. */
static void
test_flush (Fixture *f, gconstpointer data)
{
  GStatBuf before, after;

  draw (f->document, 1);
  ask (f->document);
  g_assert_cmpint (g_stat (f->path, &before), ==, 0);
  monocle_document_flush (f->document);
  g_assert_cmpint (g_stat (f->path, &after), ==, 0);
  g_assert_cmpint (after.st_size, >, before.st_size);
  g_assert_null (monocle_document_get_trouble (f->document));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/saved/taken", Fixture, NULL, set_up, test_taken, tear_down);
  g_test_add ("/saved/instead", Fixture, NULL, set_up, test_instead, tear_down);
  g_test_add ("/saved/saved", Fixture, NULL, set_up, test_saved, tear_down);
  g_test_add ("/saved/unkept", Fixture, NULL, set_up, test_unkept, tear_down);
  g_test_add ("/saved/flush", Fixture, NULL, set_up, test_flush, tear_down);
  return g_test_run ();
}
