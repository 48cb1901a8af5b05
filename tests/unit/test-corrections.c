/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person wrote in place of what a model said: everywhere instead of it, taken back, kept,
 * written as corrected beside what was said.
 */
#include "config.h"

#include "app/export/export.h"
#include "app/json/query.h"
#include "tests/unit/keep-fixture.h"

/* About two regions, in words. */
static MonocleQuery *
ask_words (MonocleDocument *document, const char *first, const char *second)
{
  const MonocleBox boxes[] = { { 1, 2, 30, 40 }, { 5, 6, 9, 9 } };
  g_autoptr (MonocleQuery) query = monocle_query_new (
      monocle_florence2_find_task ("region-to-description"), NULL, boxes, second ? 2 : 1, NULL);
  MonocleRun *run = g_new0 (MonocleRun, 1);

  run->results = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_result_unref);
  for (guint i = 0; i < (second ? 2 : 1); i++)
    {
      MonocleResult *result = answer_with (NULL, 0);

      monocle_result_take_text (result, g_strdup (i == 0 ? first : second));
      g_ptr_array_add (run->results, result);
    }
  monocle_document_add_query (document, query);
  monocle_query_start (query, NULL, 0);
  monocle_query_finish (query, run);
  return query;
}

static void
count (guint *n)
{
  ++*n;
}

static MonocleQuery *
get_query (Fixture *f)
{
  return peek (monocle_document_get_queries (f->document), 0);
}

static void
test_words (Fixture *f, gconstpointer data)
{
  MonocleQuery *query = ask_words (f->document, "a tre", "a hut");
  MonocleUndo *undo = monocle_document_get_undo (f->document);
  g_autofree char *words = NULL;
  g_autofree char *json = NULL;
  g_autofree char *much = g_strnfill (MONOCLE_CORRECTION_MAX_BYTES + 1, 'x');
  guint n = 0;

  g_signal_connect_swapped (query, "notify::text", G_CALLBACK (count), &n);
  g_assert_true (monocle_document_correct (f->document, query, 0, "a tree"));
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpstr (monocle_query_get_region_text (query, 0), ==, "a tree");
  g_assert_cmpstr (monocle_query_get_said (query, 0), ==, "a tre");
  g_assert_cmpstr (monocle_query_get_text (query), ==, "1. a tree\n2. a hut");
  words = monocle_export_format_words (query, NULL);
  g_assert_cmpstr (words, ==, "1. a tree\n2. a hut");
  json = monocle_query_json_format (f->document, query);
  g_assert_nonnull (strstr (json, "\"corrections\""));
  g_assert_nonnull (strstr (json, "\"a tree\""));
  g_assert_nonnull (strstr (json, "\"a tre\""));
  g_assert_cmpstr (monocle_undo_get_undo_title (undo), ==, "Correct Text");
  /* What cannot be. */
  g_assert_false (monocle_document_correct (f->document, query, 2, "x"));
  g_assert_false (monocle_document_correct (f->document, query, 0, much));
  g_assert_false (monocle_document_correct (f->document, query, 0, "\xff"));

  assert_same_after_reopening (f);
  query = get_query (f);
  g_assert_cmpstr (monocle_query_get_text (query), ==, "1. a tree\n2. a hut");
  undo = monocle_document_get_undo (f->document);
  monocle_undo_undo (undo);
  g_assert_null (monocle_query_get_correction (query, 0));
  g_assert_cmpstr (monocle_query_get_text (query), ==, "1. a tre\n2. a hut");
  monocle_undo_redo (undo);
  /* As the model said it: none any more; and nothing twice. */
  g_assert_true (monocle_document_correct (f->document, query, 0, "a tre"));
  g_assert_null (monocle_query_get_correction (query, 0));
  g_assert_true (monocle_document_correct (f->document, query, 0, ""));
  monocle_undo_undo (undo);
  g_assert_cmpstr (monocle_query_get_correction (query, 0), ==, "a tree");
}

static void
test_objects (Fixture *f, gconstpointer data)
{
  MonocleQuery *query = ask (f->document);
  MonocleAnnotation *object = peek (monocle_query_get_annotations (query), 0);
  const guint place = monocle_query_find_object (query, object);
  g_autoptr (GPtrArray) picked = pick (object);
  g_autofree char *words = NULL;

  g_assert_true (monocle_document_correct (f->document, query, place, "Birke"));
  g_assert_cmpstr (monocle_annotation_get_label (object), ==, "Birke");
  g_assert_cmpstr (monocle_query_get_said (query, place), ==, "Baum");
  words = monocle_export_format_words (query, picked);
  g_assert_cmpstr (words, ==, "Birke");
  assert_same_after_reopening (f);
  query = get_query (f);
  object = peek (monocle_query_get_annotations (query), 0);
  g_assert_cmpstr (monocle_annotation_get_label (object), ==, "Birke");
  /* Kept as corrected. */
  picked->pdata[0] = object;
  g_assert_cmpuint (monocle_document_keep (f->document, query, picked), ==, 1);
  g_assert_cmpstr (
      monocle_annotation_get_label (peek (monocle_document_get_regions (f->document), 0)), ==,
      "Birke");
  monocle_undo_undo (monocle_document_get_undo (f->document));
  monocle_undo_undo (monocle_document_get_undo (f->document));
  g_assert_cmpstr (monocle_annotation_get_label (object), ==, "Baum");
}

/* Before the answer was in the journal: it comes there corrected. */
static void
test_at_once (Fixture *f, gconstpointer data)
{
  MonocleQuery *query = ask_words (f->document, "a tre", NULL);

  monocle_document_correct (f->document, query, 0, "a tree");
  monocle_document_close (f->document);
  reopen (f);
  g_assert_cmpstr (monocle_query_get_text (get_query (f)), ==, "a tree");
  g_assert_cmpstr (monocle_query_get_said (get_query (f), 0), ==, "a tre");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/corrections/words", Fixture, NULL, set_up, test_words, tear_down);
  g_test_add ("/corrections/objects", Fixture, NULL, set_up, test_objects, tear_down);
  g_test_add ("/corrections/at-once", Fixture, NULL, set_up, test_at_once, tear_down);
  return g_test_run ();
}
