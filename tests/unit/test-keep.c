/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is done to a document is kept as it is done: read back whole, cut at every byte, damaged, in
 * two places at once, without room; and ten thousand steps of all kinds taken back and again in any
 * order.
 */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

#include "app/json/query.h"
#include "tests/unit/steps-fixture.h"

/* Each thing that can be done, as it was; steps can be taken back afterwards. */
static void
test_all (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) picked = NULL;
  g_autofree char *start = describe (f->document);
  g_autofree char *end = NULL;
  g_autofree char *back = NULL;
  MonocleQuery *query;
  guint n = 0;

  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
  query = ask (f->document);
  assert_same_after_reopening (f);
  query = peek (monocle_document_get_queries (f->document), 0);
  g_assert_cmpstr (monocle_query_get_task (query)->id, ==, "detect");
  draw (f->document, 5);
  draw (f->document, 9);
  picked = pick (peek (monocle_query_get_annotations (query), 1));
  g_assert_cmpuint (monocle_document_keep (f->document, query, picked), ==, 1);
  g_assert_cmpuint (monocle_document_keep (f->document, query, picked), ==, 0);
  g_assert_cmpuint (count_items (monocle_query_get_annotations (query)), ==, 2);
  assert_same_after_reopening (f);

  g_clear_pointer (&picked, g_ptr_array_unref);
  picked = pick (peek (monocle_document_get_regions (f->document), 2));
  g_assert_cmpstr (monocle_annotation_get_label (picked->pdata[0]), ==, "caf\303\251");
  monocle_document_set_label (f->document, picked, "Caf\303\251 du Nord");
  monocle_document_duplicate (f->document, picked, 3, 4);
  monocle_document_move (f->document, picked, 1, 1);
  monocle_document_move (f->document, picked, 1, 1);
  monocle_document_rotate (f->document, 1);
  monocle_document_remove_regions (f->document, picked);
  assert_same_after_reopening (f);
  query = peek (monocle_document_get_queries (f->document), 0);
  g_clear_pointer (&picked, g_ptr_array_unref);
  picked = pick (peek (monocle_query_get_annotations (query), 0));
  monocle_document_move (f->document, picked, 2, 0);
  monocle_document_remove_query (f->document, query);
  assert_same_after_reopening (f);
  monocle_undo_undo (monocle_document_get_undo (f->document));
  assert_same_after_reopening (f);
  g_assert_cmpuint (count_items (monocle_document_get_queries (f->document)), ==, 1);

  end = describe (f->document);
  while (monocle_undo_undo (monocle_document_get_undo (f->document)))
    n++;
  g_assert_cmpuint (n, ==, 9);
  monocle_document_clear_queries (f->document);
  back = describe (f->document);
  g_assert_cmpstr (back, ==, start);
  monocle_undo_undo (monocle_document_get_undo (f->document));
  assert_same_after_reopening (f);
  g_assert_cmpuint (count_items (monocle_document_get_queries (f->document)), ==, 1);
}

/* That the person is done with it is a step like any other, and alone is work already. */
static void
test_done (Fixture *f, gconstpointer data)
{
  MonocleUndo *undo = monocle_document_get_undo (f->document);

  monocle_document_set_done (f->document, FALSE);
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
  monocle_document_set_done (f->document, TRUE);
  g_assert_true (monocle_document_has_work (f->document));
  g_assert_cmpstr (monocle_undo_get_undo_title (undo), ==, "Mark as Done");
  assert_same_after_reopening (f);
  g_assert_true (monocle_document_is_done (f->document));
  monocle_document_set_done (f->document, FALSE);
  undo = monocle_document_get_undo (f->document);
  g_assert_cmpstr (monocle_undo_get_undo_title (undo), ==, "Mark as Not Done");
  assert_same_after_reopening (f);
  g_assert_false (monocle_document_is_done (f->document));
  monocle_undo_undo (monocle_document_get_undo (f->document));
  assert_same_after_reopening (f);
  g_assert_true (monocle_document_is_done (f->document));
}

/* What was answered first is first, also where something was done to a later answer at once. */
static void
test_order (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) picked = NULL;
  MonocleQuery *second;

  ask (f->document);
  second = ask (f->document);
  picked = pick (peek (monocle_query_get_annotations (second), 1));
  g_assert_cmpuint (monocle_document_keep (f->document, second, picked), ==, 1);
  assert_same_after_reopening (f);
}

/* What gives way while words are typed is not kept, and what was asked last is. */
static void
test_live (Fixture *f, gconstpointer data)
{
  MonocleQuery *last = NULL;

  for (guint i = 0; i < 3; i++)
    {
      MonocleQuery *query = ask (f->document);

      monocle_document_replace_query (f->document, last, NULL);
      last = query;
    }
  assert_same_after_reopening (f);
  g_assert_cmpuint (count_items (monocle_document_get_queries (f->document)), ==, 1);
  /* One that is there already goes too. */
  monocle_document_replace_query (f->document, peek (monocle_document_get_queries (f->document), 0),
                                  NULL);
  assert_same_after_reopening (f);
  g_assert_cmpuint (count_items (monocle_document_get_queries (f->document)), ==, 0);
}

/* The file ends anywhere in its last record, as a kill leaves it: all before that is there. */
static void
test_cut (Fixture *f, gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autofree char *bytes = NULL;
  gsize n_before, n;
  g_autofree char *start = NULL;

  ask (f->document);
  draw (f->document, 1);
  assert_same_after_reopening (f);
  before = describe (f->document);
  g_assert_true (g_file_get_contents (f->path, &start, &n_before, NULL));
  monocle_document_rotate (f->document, 1);
  g_assert_true (g_file_get_contents (f->path, &bytes, &n, NULL));
  g_assert_cmpmem (bytes, n_before, start, n_before);
  g_clear_object (&f->document);

  for (gsize i = n_before; i < n; i++)
    {
      g_autofree char *after = NULL;
      g_autofree char *damaged = g_strconcat (f->path, ".damaged", NULL);
      g_autofree char *again = NULL;

      g_assert_true (g_file_set_contents (f->path, bytes, (gssize) i, NULL));
      f->document = open_document (f->path);
      g_assert_no_error (monocle_document_get_trouble (f->document));
      after = describe (f->document);
      g_assert_cmpstr (after, ==, before);
      g_assert_false (g_file_test (damaged, G_FILE_TEST_EXISTS));
      /* What is done next stands behind what is sound. */
      monocle_document_rotate (f->document, 2);
      reopen (f);
      again = describe (f->document);
      g_assert_true (g_str_has_prefix (again, "turned 2"));
      g_clear_object (&f->document);
    }
  /* Of the first eight bytes too. */
  for (gsize i = 0; i < 8; i++)
    {
      g_assert_true (g_file_set_contents (f->path, bytes, (gssize) i, NULL));
      f->document = open_document (f->path);
      draw (f->document, 3);
      reopen (f);
      g_assert_cmpuint (count_items (monocle_document_get_regions (f->document)), ==, 1);
      g_clear_object (&f->document);
    }
}

/* A byte of an earlier record is another one: what is before it stands, and the whole is set aside.
 */
static void
test_damaged (Fixture *f, gconstpointer data)
{
  g_autofree char *damaged = g_strconcat (f->path, ".damaged", NULL);
  g_autofree char *bytes = NULL;
  g_autofree char *aside = NULL;
  gsize n_first, n, n_aside;

  draw (f->document, 1);
  g_assert_true (g_file_get_contents (f->path, &bytes, &n_first, NULL));
  g_clear_pointer (&bytes, g_free);
  draw (f->document, 2);
  draw (f->document, 3);
  g_clear_object (&f->document);
  g_assert_true (g_file_get_contents (f->path, &bytes, &n, NULL));
  bytes[n_first + 40] ^= 1;
  g_assert_true (g_file_set_contents (f->path, bytes, (gssize) n, NULL));

  f->document = open_document (f->path);
  g_assert_no_error (monocle_document_get_trouble (f->document));
  g_assert_cmpuint (count_items (monocle_document_get_regions (f->document)), ==, 1);
  g_assert_true (g_file_get_contents (damaged, &aside, &n_aside, NULL));
  g_assert_cmpmem (aside, n_aside, bytes, n);
}

/* Another one has it open: nothing is mixed up, and it is said. */
static void
test_twice (Fixture *f, gconstpointer data)
{
  g_autoptr (MonocleDocument) other = NULL;

  draw (f->document, 1);
  other = open_document (f->path);
  g_assert_error (monocle_document_get_trouble (other), G_IO_ERROR, G_IO_ERROR_BUSY);
  g_assert_cmpuint (count_items (monocle_document_get_regions (other)), ==, 0);
  draw (other, 2);
  draw (f->document, 3);
  assert_same_after_reopening (f);
  g_assert_cmpuint (count_items (monocle_document_get_regions (f->document)), ==, 2);
}

static void
on_trouble (guint *n)
{
  (*n)++;
}

/* No room any more: it is said once, what was kept stays sound. */
static void
test_full (Fixture *f, gconstpointer data)
{
  struct rlimit before, limit;
  GStatBuf info;
  guint n_told = 0;
  g_autofree char *kept = NULL;
  g_autofree char *after = NULL;

  draw (f->document, 1);
  kept = describe (f->document);
  g_signal_connect_swapped (f->document, "notify::trouble", G_CALLBACK (on_trouble), &n_told);
  g_assert_cmpint (g_stat (f->path, &info), ==, 0);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  limit = before;
  limit.rlim_cur = (rlim_t) info.st_size + 60;
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  draw (f->document, 2);
  draw (f->document, 3);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_cmpuint (n_told, ==, 1);
  g_assert_nonnull (monocle_document_get_trouble (f->document));
  g_assert_cmpuint (count_items (monocle_document_get_regions (f->document)), ==, 3);
  reopen (f);
  after = describe (f->document);
  g_assert_cmpstr (after, ==, kept);
}

/* --- Any order --- */

/* Those that outlast the program, of a long journal. */
#define HISTORY_STEPS 1000

static guint
take_all_back (MonocleUndo *undo)
{
  guint n = 0;

  while (monocle_undo_undo (undo))
    n++;
  return n;
}

static void
make_again (MonocleUndo *undo, guint n)
{
  while (n-- > 0)
    g_assert_true (monocle_undo_redo (undo));
}

static void
assert_is (MonocleDocument *document, const char *expected)
{
  g_autofree char *words = describe (document);

  g_assert_cmpstr (words, ==, expected);
}

/* The last step, here and as it is read back; and again, and back. */
static void
assert_taken_back (Fixture *f, const char *before)
{
  g_autofree char *after = describe (f->document);

  for (guint round = 0; round < 2; round++)
    {
      g_assert_true (monocle_undo_undo (monocle_document_get_undo (f->document)));
      assert_is (f->document, before);
      assert_same_after_reopening (f);
      g_assert_true (monocle_undo_redo (monocle_document_get_undo (f->document)));
      assert_is (f->document, after);
      assert_same_after_reopening (f);
    }
  g_assert_true (monocle_undo_undo (monocle_document_get_undo (f->document)));
}

/* What a step did last is taken back first: each thing comes to where it was. */
static void
test_within (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) some = g_ptr_array_new ();
  g_autofree char *before = NULL;
  GListModel *regions;

  for (guint i = 0; i < 3; i++)
    ask (f->document);
  for (guint i = 0; i < 5; i++)
    draw (f->document, (float) i);
  before = describe (f->document);
  regions = monocle_document_get_regions (f->document);
  g_ptr_array_add (some, peek (regions, 0));
  g_ptr_array_add (some, peek (regions, 2));
  g_ptr_array_add (some, peek (regions, 3));
  monocle_document_remove_regions (f->document, some);
  assert_taken_back (f, before);
  monocle_document_clear_queries (f->document);
  assert_taken_back (f, before);
}

/* Ten thousand steps, taken back and again in any order between them; all of them back is the
 * beginning, all of them again the end, and so it is in the file, of which the last outlast the
 * program. */
static void
test_any_order (Fixture *f, gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (77);
  MonocleUndo *undo;
  g_autofree char *start = NULL;
  g_autofree char *before_last = NULL;
  g_autofree char *end = NULL;
  guint n;

  ask (f->document);
  assert_same_after_reopening (f);
  start = describe (f->document);
  undo = monocle_document_get_undo (f->document);
  for (guint i = 0; i < 10000; i++)
    {
      const int what = g_rand_int_range (rand, 0, 10);

      if (what < 2)
        monocle_undo_undo (undo);
      else if (what < 4)
        monocle_undo_redo (undo);
      else
        do_anything (f->document, rand);
    }
  while (monocle_undo_redo (undo))
    ;
  end = describe (f->document);
  n = take_all_back (undo);
  assert_is (f->document, start);
  g_assert_cmpuint (n, >, HISTORY_STEPS);
  make_again (undo, n - HISTORY_STEPS);
  before_last = describe (f->document);
  make_again (undo, HISTORY_STEPS);
  assert_is (f->document, end);
  for (guint round = 0; round < 2; round++)
    {
      assert_same_after_reopening (f);
      undo = monocle_document_get_undo (f->document);
      g_assert_cmpuint (take_all_back (undo), ==, HISTORY_STEPS);
      assert_is (f->document, before_last);
      make_again (undo, HISTORY_STEPS);
      assert_is (f->document, end);
    }
}

/* What has a name is in the data that is taken out, with an answer or without one. */
static void
test_taken_out (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) picked = NULL;
  g_autofree char *alone = NULL;
  g_autofree char *both = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonArray *array, *annotations;
  JsonObject *own;

  draw (f->document, 4);
  g_assert_null (monocle_query_json_format (f->document, NULL));
  picked = pick (draw (f->document, 5));
  monocle_document_set_label (f->document, picked, "Hut");
  alone = monocle_query_json_format (f->document, NULL);
  node = json_from_string (alone, NULL);
  own = json_node_get_object (node);
  g_assert_cmpstr (json_object_get_string_member (own, "image"), ==, "street.jpg");
  annotations = json_object_get_array_member (own, "annotations");
  g_assert_cmpuint (json_array_get_length (annotations), ==, 1);
  own = json_array_get_object_element (annotations, 0);
  g_assert_cmpstr (json_object_get_string_member (own, "label"), ==, "Hut");
  g_assert_false (json_object_has_member (own, "score"));
  g_assert_cmpfloat (json_array_get_double_element (json_object_get_array_member (own, "box"), 0),
                     ==, 5);

  both = monocle_query_json_format (f->document, ask (f->document));
  json_node_unref (node);
  node = json_from_string (both, NULL);
  array = json_node_get_array (node);
  g_assert_cmpuint (json_array_get_length (array), ==, 2);
  g_assert_true (json_object_has_member (json_array_get_object_element (array, 0), "task"));
  g_assert_true (json_object_has_member (json_array_get_object_element (array, 1), "annotations"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/keep/all", Fixture, NULL, set_up, test_all, tear_down);
  g_test_add ("/keep/done", Fixture, NULL, set_up, test_done, tear_down);
  g_test_add ("/keep/order", Fixture, NULL, set_up, test_order, tear_down);
  g_test_add ("/keep/live", Fixture, NULL, set_up, test_live, tear_down);
  g_test_add ("/keep/cut", Fixture, NULL, set_up, test_cut, tear_down);
  g_test_add ("/keep/damaged", Fixture, NULL, set_up, test_damaged, tear_down);
  g_test_add ("/keep/twice", Fixture, NULL, set_up, test_twice, tear_down);
  g_test_add ("/keep/full", Fixture, NULL, set_up, test_full, tear_down);
  g_test_add ("/keep/taken-out", Fixture, NULL, set_up, test_taken_out, tear_down);
  g_test_add ("/keep/within", Fixture, NULL, set_up, test_within, tear_down);
  g_test_add ("/keep/any-order", Fixture, NULL, set_up, test_any_order, tear_down);
  return g_test_run ();
}
