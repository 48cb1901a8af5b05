/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Journals of earlier versions, in fixtures/journals: they open, say what they said, and can be
 * taken back to their beginning and made again.
 *
 * `test-old-journals --write FOLDER` made them: what each version knew of verbs, records and
 * members of answers, and no more.
 */
#include "config.h"

#include <string.h>

#include "app/document/journal.h"
#include "tests/unit/steps-fixture.h"

/* In the order in which they came. */
static const char *const versions[] = { "1-edits", "2-attributes", "3-saved", "4-compact" };

/* --- Written --- */

static void
do_first (MonocleDocument *document)
{
  MonocleQuery *query = ask (document);
  g_autoptr (GPtrArray) picked = NULL;
  g_autoptr (GPtrArray) found = NULL;

  monocle_document_flush (document);
  picked = pick (draw (document, 4));
  monocle_document_set_label (document, picked, "hut");
  monocle_document_move (document, picked, 1, 2);
  monocle_document_move (document, picked, 1, 2);
  monocle_document_duplicate (document, picked, 5, 5);
  found = pick (peek (monocle_query_get_annotations (query), 1));
  monocle_document_keep (document, query, found);
  monocle_document_rotate (document, 1);
  monocle_document_remove_regions (document, picked);
  monocle_undo_undo (monocle_document_get_undo (document));
  monocle_undo_redo (monocle_document_get_undo (document));
  monocle_document_clear_queries (document);
  monocle_undo_undo (monocle_document_get_undo (document));
}

static void
do_second (MonocleDocument *document)
{
  GListModel *regions = monocle_document_get_regions (document);
  MonocleQuery *query = peek (monocle_document_get_queries (document), 0);
  g_autoptr (GPtrArray) picked = pick (draw (document, 30));
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  monocle_document_set_attribute (document, picked, "age", g_variant_new_double (12));
  monocle_document_set_attribute (document, picked, "season", g_variant_new_string ("winter"));
  monocle_document_correct (document, query, 0, "Baum?");
  for (guint i = 0; i < count_items (regions); i++)
    g_ptr_array_add (all, peek (regions, i));
  monocle_document_merge (document, all);
  g_ptr_array_set_size (all, 0);
  g_ptr_array_add (all, peek (regions, 0));
  monocle_document_split (document, all);
  monocle_document_set_done (document, TRUE);
}

static void
do_third (MonocleDocument *document)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autoptr (GPtrArray) some = pick (peek (monocle_document_get_regions (document), 0));
  Step step = { .document = document,
                .rand = rand,
                .regions = monocle_document_get_regions (document),
                .some = some };

  step_merge_versions (&step);
  step_open (&step);
  monocle_document_set_saved (document, "/somewhere/street.monocle.json", "d1");
}

typedef struct
{
  MonocleJournal *to;
  gboolean is_first; /* with what answers said then */
} Copy;

static void
copy_record (MonocleRecordType type, GVariant *content, gpointer data)
{
  static const char *const later[]
      = { "model-digest", "driver", "num-beams", "max-tokens", "sampling", "corrected", NULL };
  Copy *copy = data;
  g_autoptr (GVariant) answer = NULL;
  GVariantDict dict;
  guint64 id;

  if (!copy->is_first || type != MONOCLE_RECORD_ANSWER)
    {
      g_assert_true (monocle_journal_append (copy->to, type, content, NULL));
      return;
    }
  g_variant_get (content, "(t@a{sv})", &id, &answer);
  g_variant_dict_init (&dict, answer);
  for (guint i = 0; later[i]; i++)
    g_variant_dict_remove (&dict, later[i]);
  g_assert_true (monocle_journal_append (
      copy->to, type, g_variant_new ("(t@a{sv})", id, g_variant_dict_end (&dict)), NULL));
}

static char *
dup_path (const char *folder, const char *name, const char *ending)
{
  g_autofree char *file = g_strconcat (name, ending, NULL);

  return g_build_filename (folder, file, NULL);
}

/* What it says now, and before all of it. */
static char *
describe_both (MonocleDocument *document)
{
  MonocleUndo *undo = monocle_document_get_undo (document);
  g_autofree char *end = describe (document);
  g_autofree char *start = NULL;
  guint n = 0;

  while (monocle_undo_undo (undo))
    n++;
  start = describe (document);
  for (guint i = 0; i < n; i++)
    monocle_undo_redo (undo);
  return g_strdup_printf ("%s\n%u steps before:\n%s", end, n, start);
}

static void
write_version (const char *folder, guint version)
{
  g_autofree char *work = g_dir_make_tmp ("monocle-old-XXXXXX", NULL);
  g_autofree char *from = g_build_filename (work, "one.journal", NULL);
  g_autofree char *to = dup_path (folder, versions[version], ".journal");
  g_autofree char *text = dup_path (folder, versions[version], ".txt");
  MonocleDocument *document = open_document (from);
  g_autofree char *words = NULL;
  Copy copy = { .is_first = version == 0 };

  do_first (document);
  if (version >= 1)
    do_second (document);
  if (version >= 2)
    do_third (document);
  /* Too long, so that it is written anew when it is opened. */
  for (guint i = 0; version >= 3 && i < 1000; i++)
    {
      monocle_document_rotate (document, 1);
      monocle_undo_undo (monocle_document_get_undo (document));
    }
  g_object_unref (document);
  document = open_document (from);
  words = describe_both (document);
  g_object_unref (document);
  g_assert_true (g_file_set_contents (text, words, -1, NULL));
  g_unlink (to);
  /* There is nothing in it to be copied. */
  copy.to = monocle_journal_open (to, copy_record, NULL, NULL);
  g_assert_true (monocle_journal_read (from, copy_record, &copy, NULL));
  monocle_journal_close (copy.to);
}

/* --- Read --- */

/* In a place of its own: it is written to. */
static void
test_version (gconstpointer data)
{
  const char *name = data;
  g_autofree char *folder = g_test_build_filename (G_TEST_BUILT, "fixtures", "journals", NULL);
  g_autofree char *fixture = dup_path (folder, name, ".journal");
  g_autofree char *text = dup_path (folder, name, ".txt");
  g_autofree char *work = g_dir_make_tmp ("monocle-old-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (work, "one.journal", NULL);
  g_autofree char *bytes = NULL;
  g_autofree char *expected = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (fixture, &bytes, &n, NULL));
  g_assert_true (g_file_get_contents (text, &expected, NULL, NULL));
  g_assert_true (g_file_set_contents (path, bytes, (gssize) n, NULL));
  for (guint round = 0; round < 2; round++)
    {
      MonocleDocument *document = open_document (path);
      g_autofree char *words = NULL;
      g_autofree char *again = NULL;

      g_assert_no_error (monocle_document_get_trouble (document));
      words = describe_both (document);
      g_assert_cmpstr (words, ==, expected);
      again = describe_both (document);
      g_assert_cmpstr (again, ==, expected);
      /* It is gone on with. */
      draw (document, 60);
      g_object_unref (document);
      document = open_document (path);
      g_assert_cmpstr (monocle_undo_get_undo_title (monocle_document_get_undo (document)), ==,
                       "Draw Region");
      g_object_unref (document);
      g_assert_true (g_file_set_contents (path, bytes, (gssize) n, NULL));
    }
  g_unlink (path);
  g_assert_cmpint (g_rmdir (work), ==, 0);
}

int
main (int argc, char *argv[])
{
  if (argc == 3 && g_str_equal (argv[1], "--write"))
    {
      for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
        write_version (argv[2], i);
      return 0;
    }
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      g_autofree char *path = g_strdup_printf ("/old-journals/%s", versions[i]);

      g_test_add_data_func (path, versions[i], test_version);
    }
  return g_test_run ();
}
