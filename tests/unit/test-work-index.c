/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * app/document/work-index: what is known of all work is what the journals say, whether the index
 * heard of it, was deleted, is damaged or says nonsense; and a file that was changed is another
 * one.
 */
#include "config.h"

#include <math.h>
#include <unistd.h>

#include "app/document/work-index.h"
#include "tests/unit/keep-fixture.h"

typedef struct
{
  char *folder;
  GFile *file;
  MonocleWorkIndex *index; /* (nullable) */
} Index;

static const MonocleStamp stamp = { 1234, 1700000000000000 };

/* Sixty-four digits, which begin with these two. */
static char *
name_work (guint number)
{
  return g_strdup_printf ("%02x%062x", number, number);
}

static char *
find_journal (Index *f, guint number)
{
  g_autofree char *work = name_work (number);
  g_autofree char *name = g_strconcat (work, ".journal", NULL);

  return g_strdup_printf ("%s/%.2s/%s", f->folder, work, name);
}

static GFile *
find_file (guint number)
{
  g_autofree char *path = g_strdup_printf ("/pictures/%u.jpg", number);

  return g_file_new_for_path (path);
}

/* A document of its own, as the window has it; with what is in its journal. */
static MonocleDocument *
open_work (Index *f, guint number)
{
  g_autofree guint8 *pixels = g_malloc0 (WIDTH * HEIGHT * 3);
  g_autoptr (MonocleImage) image
      = monocle_image_new_from_pixels (WIDTH, HEIGHT, WIDTH * 3, pixels, NULL);
  g_autoptr (GFile) file = find_file (number);
  MonocleDocument *document = monocle_document_new (file, "some.jpg", image);
  g_autofree char *path = find_journal (f, number);

  monocle_document_set_stamp (document, &stamp);
  monocle_document_keep_in (document, path);
  g_assert_no_error (monocle_document_get_trouble (document));
  return document;
}

static void
draw_called (MonocleDocument *document, float x, const char *label)
{
  g_autoptr (GPtrArray) one = pick (draw (document, x));

  if (*label)
    monocle_document_set_label (document, one, label);
}

static void
start (Index *f)
{
  f->index = monocle_work_index_new (f->folder);
}

static void
wait_for_all (Index *f)
{
  while (monocle_work_index_get_fraction (f->index) < 1)
    g_main_context_iteration (NULL, TRUE);
}

static void
stop (Index *f)
{
  g_assert_finalize_object (f->index);
  f->index = NULL;
}

static void
restart (Index *f)
{
  if (f->index)
    stop (f);
  start (f);
  wait_for_all (f);
}

static void
set_up_index (Index *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("monocle-index-XXXXXX", NULL);
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      if (g_file_test (inner, G_FILE_TEST_IS_DIR) && !g_file_test (inner, G_FILE_TEST_IS_SYMLINK))
        remove_all (inner);
      else
        g_unlink (inner);
    }
  g_rmdir (path);
}

static void
tear_down_index (Index *f, gconstpointer data)
{
  if (f->index)
    stop (f);
  remove_all (f->folder);
  g_free (f->folder);
}

static gboolean
find (Index *f, guint number, MonocleWorkEntry *entry)
{
  g_autoptr (GFile) file = find_file (number);

  return monocle_work_index_find (f->index, file, 0, &stamp, entry);
}

static guint
get_count (GHashTable *labels, const char *label)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (labels, label));
}

static char *
find_index (Index *f)
{
  return g_build_filename (f->folder, "index", NULL);
}

/* --- Tests --- */

static void
fill (Index *f)
{
  MonocleDocument *one = open_work (f, 1), *two = open_work (f, 2), *three = open_work (f, 3);

  draw_called (one, 5, "cat");
  draw_called (one, 9, "cat");
  draw_called (one, 20, "");
  monocle_document_set_done (one, TRUE);
  ask (two);
  draw_called (three, 5, "dog");
  monocle_undo_undo (monocle_document_get_undo (three));
  monocle_undo_undo (monocle_document_get_undo (three));
  g_assert_finalize_object (one);
  g_assert_finalize_object (two);
  g_assert_finalize_object (three);
}

static void
expect_filled (Index *f)
{
  MonocleWorkEntry entry;
  guint64 n_bytes;

  g_assert_true (find (f, 1, &entry));
  g_assert_true (entry.summary->is_done);
  g_assert_cmpuint (entry.summary->n_own, ==, 3);
  g_assert_cmpuint (get_count (entry.summary->own_labels, "cat"), ==, 2);
  g_assert_cmpuint (get_count (entry.summary->own_labels, ""), ==, 1);
  g_assert_cmpuint (entry.summary->sizes[0], ==, 3);
  g_assert_true (isnan (entry.summary->best));
  g_assert_cmpint (ABS (g_get_real_time () - entry.worked), <, 600 * G_USEC_PER_SEC);

  g_assert_true (find (f, 2, &entry));
  g_assert_false (entry.summary->is_done);
  g_assert_cmpuint (entry.summary->n_own, ==, 0);
  g_assert_cmpuint (entry.summary->n_answers, ==, 1);
  g_assert_cmpuint (entry.summary->n_found, ==, 3);
  g_assert_cmpfloat (entry.summary->best, ==, 0.5);
  g_assert_true (monocle_summary_has_label (entry.summary, "Baum"));
  g_assert_false (monocle_summary_has_label (entry.summary, "cat"));

  /* All of it was taken back. */
  g_assert_false (find (f, 3, &entry));
  g_assert_false (find (f, 4, &entry));
  g_assert_cmpuint (monocle_work_index_count (f->index, &n_bytes), ==, 2);
  g_assert_cmpuint (n_bytes, >, 500);
}

/* Found in the journals; then in the file alone; and again without it. */
static void
test_rebuilt (Index *f, gconstpointer data)
{
  g_autofree char *path = find_index (f);
  MonocleWorkEntry entry;

  fill (f);
  restart (f);
  expect_filled (f);
  stop (f);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));

  start (f);
  while (!find (f, 1, &entry))
    g_main_context_iteration (NULL, TRUE);
  wait_for_all (f);
  expect_filled (f);
  stop (f);

  g_assert_cmpint (g_unlink (path), ==, 0);
  restart (f);
  expect_filled (f);
}

/* What is done while it runs, before the file is there and after; the latest counts. */
static void
test_noted (Index *f, gconstpointer data)
{
  MonocleDocument *document = open_work (f, 7);
  g_autofree char *work = name_work (7);
  g_autofree char *path = find_journal (f, 7);
  g_autoptr (GFile) file = find_file (7);
  MonocleWorkEntry entry;

  draw (document, 3);
  start (f);
  draw (document, 4);
  monocle_work_index_note_picture (f->index, file, 0, &stamp, work);
  monocle_work_index_note (f->index, work, path, monocle_summary_new (document));
  g_assert_true (find (f, 7, &entry));
  g_assert_cmpuint (entry.summary->n_own, ==, 2);
  wait_for_all (f);
  g_assert_true (find (f, 7, &entry));
  g_assert_cmpuint (entry.summary->n_own, ==, 2);
  monocle_document_set_done (document, TRUE);
  monocle_work_index_note (f->index, work, path, monocle_summary_new (document));
  g_assert_finalize_object (document);
  stop (f);

  /* It need not read the journal for that. */
  g_assert_cmpint (g_chmod (path, 0), ==, 0);
  restart (f);
  g_assert_true (find (f, 7, &entry));
  g_assert_true (entry.summary->is_done);

  monocle_work_index_forget (f->index, work);
  g_assert_false (find (f, 7, &entry));
  g_assert_cmpint (g_unlink (path), ==, 0);
  restart (f);
  g_assert_false (find (f, 7, &entry));
}

/* Journals that became longer, or went, while nobody told. */
static void
test_stale (Index *f, gconstpointer data)
{
  g_autofree char *path = find_journal (f, 1);
  MonocleDocument *document;
  MonocleWorkEntry entry;

  fill (f);
  restart (f);
  stop (f);
  document = open_work (f, 2);
  draw_called (document, 1, "late");
  g_assert_finalize_object (document);
  g_assert_cmpint (g_unlink (path), ==, 0);
  restart (f);
  g_assert_false (find (f, 1, &entry));
  g_assert_true (find (f, 2, &entry));
  g_assert_true (monocle_summary_has_label (entry.summary, "late"));
  /* And so it is in the file, whoever opens it without waiting. */
  stop (f);
  start (f);
  stop (f);
  restart (f);
  g_assert_false (find (f, 1, &entry));
}

/* Another file under the same name has none of the work, but what it was before is known. */
static void
test_changed (Index *f, gconstpointer data)
{
  const MonocleStamp later = { 1234, stamp.modified + 1 };
  const MonocleStamp unknown = MONOCLE_STAMP_UNKNOWN;
  g_autoptr (GFile) file = find_file (1);
  g_autofree char *old = name_work (1);
  g_autofree char *new = name_work (5);
  g_autofree char *former = NULL;
  MonocleWorkEntry entry;

  fill (f);
  restart (f);
  g_assert_false (monocle_work_index_find (f->index, file, 0, &later, &entry));
  g_assert_false (monocle_work_index_find (f->index, file, 1, &stamp, &entry));
  g_assert_true (monocle_work_index_find (f->index, file, 0, &unknown, &entry));
  former = monocle_work_index_dup_former (f->index, file, 0, new, NULL);
  g_assert_cmpstr (former, ==, old);
  g_assert_null (monocle_work_index_dup_former (f->index, file, 0, old, NULL));
  /* Once it has work of its own, or was told so, that is what it is. */
  monocle_work_index_note_picture (f->index, file, 0, &later, new);
  g_assert_null (monocle_work_index_dup_former (f->index, file, 0, new, NULL));
  restart (f);
  g_assert_null (monocle_work_index_dup_former (f->index, file, 0, new, NULL));
}

/* The file is anything: nothing of it is believed that is not sound, and the journals are read. */
static void
test_hostile (Index *f, gconstpointer data)
{
  g_autofree char *path = find_index (f);
  g_autofree char *bytes = NULL;
  g_autofree char *junk = g_strdup_printf ("%s/01/%s.journal", f->folder, "not-a-digest");
  g_autofree char *huge = find_journal (f, 9);
  gsize n;

  fill (f);
  g_assert_true (g_file_set_contents (junk, "MONOCLE1", 8, NULL));
  restart (f);
  stop (f);
  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  for (gsize i = 0; i < n; i += 7)
    {
      g_autofree char *other = g_memdup2 (bytes, n);

      /* Cut there; then another byte there. */
      g_assert_true (g_file_set_contents (path, bytes, (gssize) i, NULL));
      restart (f);
      expect_filled (f);
      stop (f);
      other[i] ^= 0x55;
      g_assert_true (g_file_set_contents (path, other, (gssize) n, NULL));
      restart (f);
      expect_filled (f);
      stop (f);
    }
  /* A journal that is nonsense is work that nobody knows; a folder in its place is none. */
  g_assert_true (g_file_set_contents (path, "nonsense", -1, NULL));
  g_free (g_steal_pointer (&junk));
  junk = g_path_get_dirname (huge);
  g_assert_cmpint (g_mkdir (junk, 0700), ==, 0);
  g_assert_true (g_file_set_contents (huge, "MONOCLE1\xff\xff\xff\xff....", 16, NULL));
  restart (f);
  expect_filled (f);
  stop (f);
  g_unlink (path);
  g_assert_cmpint (symlink ("/dev/zero", path), ==, 0);
  restart (f);
  expect_filled (f);
  stop (f);
  g_unlink (path);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  restart (f);
  expect_filled (f);
}

/* Two programs: the second one knows all, and the file stays the first one's. */
static void
test_twice (Index *f, gconstpointer data)
{
  Index other = { .folder = f->folder };

  fill (f);
  restart (f);
  restart (&other);
  expect_filled (&other);
  stop (&other);
  expect_filled (f);
}

/* It does not grow without end. */
static void
test_short (Index *f, gconstpointer data)
{
  g_autofree char *path = find_index (f);
  g_autofree char *work = name_work (1);
  g_autofree char *journal = find_journal (f, 1);
  GStatBuf before, after;

  fill (f);
  restart (f);
  for (guint i = 0; i < 4000; i++)
    {
      MonocleSummary *summary = monocle_summary_new_empty ();

      summary->n_own = i;
      monocle_work_index_note (f->index, work, journal, summary);
    }
  stop (f);
  g_assert_cmpint (g_stat (path, &before), ==, 0);
  restart (f);
  g_assert_cmpint (g_stat (path, &after), ==, 0);
  g_assert_cmpint (after.st_size, <, before.st_size / 100);
  restart (f);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
}

/* Looked at while somebody is at it: all of it is there, and the file stays what it is. */
static void
test_read (Fixture *f, gconstpointer data)
{
  const MonocleStamp of_file = { 77, 88 };
  g_autoptr (MonocleDocument) other = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  g_autofree char *after = NULL;
  g_autofree char *name = NULL;
  gsize n, n_after;

  g_assert_null (monocle_document_new_read (f->path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_clear_object (&f->document);
  {
    g_autofree guint8 *pixels = g_malloc0 (WIDTH * HEIGHT * 3);
    g_autoptr (MonocleImage) image
        = monocle_image_new_from_pixels (WIDTH, HEIGHT, WIDTH * 3, pixels, NULL);
    g_autoptr (GFile) file = g_file_new_for_path ("/pictures/street.jpg");

    f->document = monocle_document_new (file, "street.jpg", image);
  }
  monocle_document_set_stamp (f->document, &of_file);
  monocle_document_keep_in (f->document, f->path);
  ask (f->document);
  assert_same_after_reopening (f);
  draw (f->document, 3);
  monocle_document_set_done (f->document, TRUE);
  monocle_document_rotate (f->document, 1);
  /* Half a record is none yet. */
  g_assert_true (g_file_get_contents (f->path, &bytes, &n, NULL));
  g_clear_object (&f->document);
  g_assert_true (g_file_set_contents (f->path, bytes, (gssize) n - 3, NULL));
  other = monocle_document_new_read (f->path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (monocle_document_get_rotation (other), ==, 0);
  g_assert_true (g_file_get_contents (f->path, &after, &n_after, NULL));
  g_assert_cmpmem (after, n_after, bytes, n - 3);
  g_assert_true (monocle_document_is_done (other));
  g_assert_cmpint (monocle_document_get_stamp (other)->size, ==, 77);
  g_assert_cmpint (monocle_document_get_stamp (other)->modified, ==, 88);
  g_assert_cmpuint (monocle_document_get_width (other), ==, WIDTH);
  name = g_file_get_path (monocle_document_get_file (other));
  g_assert_cmpstr (name, ==, "/pictures/street.jpg");
  monocle_document_set_done (other, FALSE);
  f->document = open_document (f->path);
  g_assert_no_error (monocle_document_get_trouble (f->document));
  g_assert_true (monocle_document_is_done (f->document));
  monocle_document_set_done (f->document, FALSE);
  g_assert_cmpuint (count_items (monocle_document_get_regions (other)), ==, 1);
  g_assert_cmpuint (count_items (monocle_document_get_queries (other)), ==, 1);
}

/* Sides, and sums of what is counted. */
static void
test_summary (void)
{
  g_autoptr (MonocleSummary) sum = monocle_summary_new_empty ();
  g_autoptr (MonocleSummary) other = monocle_summary_new_empty ();
  g_autoptr (MonocleSummary) back = NULL;
  g_autoptr (GVariant) stored = NULL;

  g_assert_cmpuint (monocle_summary_find_size (0, 9), ==, 0);
  g_assert_cmpuint (monocle_summary_find_size (15.9, 15.9), ==, 0);
  g_assert_cmpuint (monocle_summary_find_size (16, 16), ==, 1);
  g_assert_cmpuint (monocle_summary_find_size (4, 256), ==, 2);
  g_assert_cmpuint (monocle_summary_find_size (511, 511), ==, 5);
  g_assert_cmpuint (monocle_summary_find_size (1e9, 1e9), ==, MONOCLE_SUMMARY_SIZES - 1);

  other->is_done = TRUE;
  other->n_own = G_MAXUINT - 1;
  other->best = 0.5;
  other->sizes[3] = 4;
  g_hash_table_insert (other->own_labels, g_strdup ("x"), GUINT_TO_POINTER (3));
  stored = g_variant_ref_sink (monocle_summary_store (other));
  back = monocle_summary_restore (stored);
  monocle_summary_add (sum, other);
  monocle_summary_add (sum, back);
  g_assert_cmpuint (sum->n_own, ==, G_MAXUINT);
  g_assert_cmpuint (sum->sizes[3], ==, 8);
  g_assert_cmpfloat (sum->best, ==, 0.5);
  g_assert_cmpuint (get_count (sum->own_labels, "x"), ==, 6);
  g_assert_true (back->is_done);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name, func)                                                                           \
  g_test_add ("/work-index/" name, Index, NULL, set_up_index, func, tear_down_index)
  TEST ("rebuilt", test_rebuilt);
  TEST ("noted", test_noted);
  TEST ("stale", test_stale);
  TEST ("changed", test_changed);
  TEST ("hostile", test_hostile);
  TEST ("twice", test_twice);
  TEST ("short", test_short);
#undef TEST
  g_test_add_func ("/work-index/summary", test_summary);
  g_test_add ("/work-index/read", Fixture, NULL, set_up, test_read, tear_down);
  return g_test_run ();
}
