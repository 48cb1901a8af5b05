/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * app/document/folder-view and folder-tally: some of a folder's pictures in some order, told in
 * changes that lead to what is there; the one that is looked at stays; what there is, counted up.
 */
#include "config.h"

#include <math.h>
#include <string.h>
#include <utime.h>

#include <glib/gstdio.h>

#include "app/document/folder-tally.h"
#include "app/document/folder-view.h"

#define N_PICTURES 40

typedef struct
{
  char *folder;
  MonocleFolder *pictures;
  MonocleFolderView *view;
  GPtrArray *mirror; /* what the changes lead to */
} Fixture;

static void
on_items_changed (GListModel *list, guint position, guint removed, guint added, Fixture *f)
{
  g_assert_cmpuint (position + removed, <=, f->mirror->len);
  g_ptr_array_remove_range (f->mirror, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (f->mirror, (int) (position + i),
                        g_list_model_get_item (list, position + i));
}

static char *
dup_path (Fixture *f, guint number)
{
  return g_strdup_printf ("%s/%u.png", f->folder, number);
}

static void
write_file (Fixture *f, guint number, gsize n_bytes, time_t modified)
{
  g_autofree char *path = dup_path (f, number);
  g_autofree char *bytes = g_malloc0 (n_bytes + 1);
  struct utimbuf times = { modified, modified };

  g_assert_true (g_file_set_contents (path, bytes, (gssize) n_bytes, NULL));
  g_assert_cmpint (utime (path, &times), ==, 0);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  f->folder = g_dir_make_tmp ("monocle-view-XXXXXX", NULL);
  /* The later its number, the older it is; sizes go up and down. */
  for (guint i = 1; i <= N_PICTURES; i++)
    write_file (f, i, 100 + i * 7 % 40, 1700000000 - (time_t) i);
  f->pictures = monocle_folder_new ();
  f->view = monocle_folder_view_new (f->pictures);
  f->mirror = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (f->view, "items-changed", G_CALLBACK (on_items_changed), f);
  g_ptr_array_add (files, g_file_new_for_path (f->folder));
  monocle_folder_open (f->pictures, files);
  while (monocle_folder_is_loading (f->pictures))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (f->mirror->len, ==, N_PICTURES);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  monocle_folder_cancel (f->pictures);
  g_ptr_array_unref (f->mirror);
  g_assert_finalize_object (f->view);
  g_object_unref (f->pictures);
  for (guint i = 1; i <= N_PICTURES; i++)
    {
      g_autofree char *path = dup_path (f, i);

      g_unlink (path);
    }
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->folder);
  monocle_work_index_shut_default ();
}

static MonocleFolderItem *
get_item (Fixture *f, guint number)
{
  g_autofree char *path = dup_path (f, number);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  return monocle_folder_find (f->pictures, file, 0, NULL);
}

static gboolean
set_true (gpointer flag)
{
  *(gboolean *) flag = TRUE;
  return G_SOURCE_REMOVE;
}

/* What the index tells, it tells a moment later. */
static void
wait_a_moment (void)
{
  gboolean is_over = FALSE;

  g_timeout_add (250, set_true, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
  /* And all that was due by then. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* @label: (nullable) */
static void
work_on (Fixture *f, guint number, gboolean is_done, const char *label, double score)
{
  MonocleSummary *summary = monocle_summary_new_empty ();
  MonocleFolderItem *item = get_item (f, number);
  g_autofree char *work = g_strdup_printf ("%064u", number);

  summary->is_done = is_done;
  summary->n_own = label != NULL;
  summary->sizes[2] = label != NULL;
  if (label)
    g_hash_table_insert (summary->own_labels, g_strdup (label), GUINT_TO_POINTER (1));
  summary->n_found = isfinite (score);
  summary->n_answers = 1;
  summary->best = score;
  monocle_work_index_note (monocle_work_index_get_default (), work, "/nowhere", summary);
  monocle_work_index_note_picture (monocle_work_index_get_default (),
                                   monocle_folder_item_get_file (item), 0,
                                   monocle_folder_item_get_stamp (item), work);
}

/* The list, what its changes lead to, and where it says that things are, are the same: these. */
static void
expect (Fixture *f, const char *names)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->view)), ==, f->mirror->len);
  for (guint i = 0; i < f->mirror->len; i++)
    {
      g_autoptr (MonocleFolderItem) item = g_list_model_get_item (G_LIST_MODEL (f->view), i);
      guint position;

      g_assert_true (item == f->mirror->pdata[i]);
      g_assert_true (
          monocle_folder_view_find (f->view, monocle_folder_item_get_file (item), 0, &position)
          == item);
      g_assert_cmpuint (position, ==, i);
      g_string_append_printf (text, "%s%d", i > 0 ? " " : "",
                              atoi (monocle_folder_item_get_name (item)));
    }
  if (names)
    g_assert_cmpstr (text->str, ==, names);
}

/* --- Tests --- */

static void
test_filter (Fixture *f, gconstpointer data)
{
  MonocleFolderView *view = f->view;

  work_on (f, 2, TRUE, "cat", NAN);
  work_on (f, 10, TRUE, NULL, 0.95);
  work_on (f, 9, FALSE, "dog_house", 0.6);
  work_on (f, 30, FALSE, NULL, NAN);
  g_assert_true (monocle_folder_view_set_filter (view, MONOCLE_FOLDER_DONE));
  expect (f, "2 10");
  g_assert_true (monocle_folder_view_is_filtered (view));
  g_assert_true (monocle_folder_view_set_filter (view, MONOCLE_FOLDER_OBJECTS));
  expect (f, "2 9 10");
  g_assert_true (monocle_folder_view_set_filter (view, "label:dog_house"));
  expect (f, "9");
  g_assert_true (monocle_folder_view_set_filter (view, "score:0.5-0.7"));
  expect (f, "9");
  g_assert_true (monocle_folder_view_set_filter (view, "score:0.9-2"));
  expect (f, "10");
  g_assert_true (monocle_folder_view_set_filter (view, "label:"));
  expect (f, "");
  g_assert_true (monocle_folder_view_set_filter (view, MONOCLE_FOLDER_TODO));
  g_assert_cmpuint (f->mirror->len, ==, N_PICTURES - 2);
  g_assert_cmpuint (monocle_folder_view_get_n_passing (view), ==, N_PICTURES - 2);
  expect (f, NULL);
  for (guint i = 0; i < 5; i++)
    {
      static const char *const nonsense[] = { "", "some", "score:", "score:0.5", "score:0.9-0.5" };

      g_assert_false (monocle_folder_view_set_filter (view, nonsense[i]));
      g_assert_cmpstr (monocle_folder_view_get_filter (view), ==, MONOCLE_FOLDER_TODO);
    }
  g_assert_true (monocle_folder_view_set_filter (view, MONOCLE_FOLDER_ALL));
  g_assert_cmpuint (f->mirror->len, ==, N_PICTURES);
  expect (f, NULL);
}

/* It goes along with what is done, and what is looked at stays until something else is. */
static void
test_current (Fixture *f, gconstpointer data)
{
  monocle_folder_view_set_filter (f->view, MONOCLE_FOLDER_DONE);
  expect (f, "");
  monocle_folder_view_set_current (f->view, get_item (f, 5));
  expect (f, "5");
  g_assert_cmpuint (monocle_folder_view_get_n_passing (f->view), ==, 0);
  work_on (f, 7, TRUE, NULL, NAN);
  work_on (f, 3, TRUE, NULL, NAN);
  wait_a_moment ();
  expect (f, "3 5 7");
  g_assert_cmpuint (monocle_folder_view_get_n_passing (f->view), ==, 2);
  work_on (f, 7, FALSE, NULL, NAN);
  monocle_folder_view_set_current (f->view, get_item (f, 7));
  wait_a_moment ();
  expect (f, "3 7");
  /* Straight to one that is not in the list. */
  monocle_folder_view_set_current (f->view, get_item (f, 20));
  expect (f, "3 20");
  monocle_folder_view_set_current (f->view, NULL);
  wait_a_moment ();
  expect (f, "3");
}

static void
test_sort (Fixture *f, gconstpointer data)
{
  gint64 last = G_MAXINT64;

  monocle_folder_view_set_sort (f->view, MONOCLE_FOLDER_SORT_DATE);
  expect (f, NULL);
  g_assert_cmpuint (atoi (monocle_folder_item_get_name (f->mirror->pdata[0])), ==, 1);
  monocle_folder_view_set_sort (f->view, MONOCLE_FOLDER_SORT_SIZE);
  expect (f, NULL);
  for (guint i = 0; i < f->mirror->len; i++)
    {
      const MonocleStamp *stamp = monocle_folder_item_get_stamp (f->mirror->pdata[i]);

      g_assert_cmpint (stamp->size, <=, last);
      last = stamp->size;
    }
  work_on (f, 9, TRUE, NULL, NAN);
  work_on (f, 33, FALSE, NULL, NAN);
  monocle_folder_view_set_filter (f->view, MONOCLE_FOLDER_DONE);
  monocle_folder_view_set_sort (f->view, MONOCLE_FOLDER_SORT_WORKED);
  expect (f, "9");
  monocle_folder_view_set_filter (f->view, MONOCLE_FOLDER_ALL);
  expect (f, NULL);
  /* What was never worked on comes behind, by name. */
  g_assert_cmpstr (monocle_folder_item_get_name (f->mirror->pdata[N_PICTURES - 1]), ==, "40.png");
  monocle_folder_view_set_sort (f->view, MONOCLE_FOLDER_SORT_NAME);
  g_assert_cmpstr (monocle_folder_item_get_name (f->mirror->pdata[8]), ==, "9.png");
  expect (f, NULL);
}

/* Files come, go and change, whatever is shown. */
static void
test_files (Fixture *f, gconstpointer data)
{
  MonocleWorkEntry entry;
  g_autofree char *path = dup_path (f, 12);

  work_on (f, 12, TRUE, NULL, NAN);
  work_on (f, 13, TRUE, NULL, NAN);
  monocle_folder_view_set_filter (f->view, MONOCLE_FOLDER_DONE);
  expect (f, "12 13");
  g_assert_true (monocle_folder_view_look_up (get_item (f, 12), &entry));
  write_file (f, 12, 500, 1700001000);
  while (f->mirror->len > 1)
    wait_a_moment ();
  expect (f, "13");
  g_assert_false (monocle_folder_view_look_up (get_item (f, 12), &entry));
  g_assert_cmpint (monocle_folder_item_get_stamp (get_item (f, 12))->size, ==, 500);
  monocle_folder_view_set_filter (f->view, MONOCLE_FOLDER_TODO);
  g_assert_cmpuint (f->mirror->len, ==, N_PICTURES - 1);
  g_unlink (path);
  while (f->mirror->len >= N_PICTURES - 1)
    wait_a_moment ();
  g_assert_cmpuint (f->mirror->len, ==, N_PICTURES - 2);
  expect (f, NULL);
}

static void
test_tally (Fixture *f, gconstpointer data)
{
  g_autoptr (MonocleFolderTally) tally = NULL;
  g_autoptr (GPtrArray) names = NULL;
  g_autofree char *text = NULL;
  g_autofree char *csv = NULL;
  g_autofree char *filter = monocle_folder_tally_dup_score_filter (1);

  g_assert_cmpstr (filter, ==, "score:0.5-0.7");
  work_on (f, 1, TRUE, "cat", 0.55);
  work_on (f, 2, TRUE, "cat", 0.95);
  work_on (f, 3, FALSE, "ape", NAN);
  work_on (f, 4, FALSE, NULL, 0.2);
  work_on (f, 5, FALSE, "bee", 1);
  tally = monocle_folder_tally_new (G_LIST_MODEL (f->pictures));
  g_assert_cmpuint (tally->n_pictures, ==, N_PICTURES);
  g_assert_cmpuint (tally->n_worked, ==, 5);
  g_assert_cmpuint (tally->n_done, ==, 2);
  g_assert_cmpuint (tally->n_objects, ==, 5);
  g_assert_cmpuint (tally->n_scores[0], ==, 1);
  g_assert_cmpuint (tally->n_scores[1], ==, 1);
  g_assert_cmpuint (tally->n_scores[2], ==, 0);
  g_assert_cmpuint (tally->n_scores[3], ==, 2);
  g_assert_cmpuint (tally->sum->n_own, ==, 4);
  g_assert_cmpuint (tally->sum->sizes[2], ==, 4);
  names = monocle_folder_tally_sort (tally->labels);
  g_assert_cmpuint (names->len, ==, 3);
  g_assert_cmpstr (names->pdata[0], ==, "cat");
  g_assert_cmpstr (names->pdata[1], ==, "ape");
  g_assert_cmpstr (names->pdata[2], ==, "bee");

  /* In words, and as a table: names are quoted, and are no formulas. */
  g_assert_cmpuint (monocle_summary_find_size (31, 31), ==, 1);
  {
    g_autofree char *size = monocle_folder_tally_dup_size (1);
    g_autofree char *last = monocle_folder_tally_dup_size (MONOCLE_SUMMARY_SIZES - 1);

    g_assert_cmpstr (size, ==, "16 to 32 px");
    g_assert_cmpstr (last, ==, "512 px and more");
  }
  g_hash_table_insert (tally->sum->own_labels, g_strdup ("=a\"b"), GUINT_TO_POINTER (7));
  text = monocle_folder_tally_format_text (tally);
  g_assert_nonnull (strstr (text, "Pictures: 40\nWorked on: 5\nDone: 2\nObjects: 4\n"));
  g_assert_nonnull (strstr (text, "\ncat: 2\n"));
  g_assert_nonnull (strstr (text, "\n32 to 64 px: 4\n"));
  csv = monocle_folder_tally_format_csv (tally);
  g_assert_true (g_str_has_prefix (csv, "kind,name,count\r\npictures,\"all\",40\r\n"));
  g_assert_nonnull (strstr (csv, "\r\nlabel,\"'=a\"\"b\",7\r\n"));
  g_assert_nonnull (strstr (csv, "\r\nsize,\"from 32 px\",4\r\n"));
}

/* Whatever happens in whatever order, changes lead to what is there. */
static void
test_any_order (Fixture *f, gconstpointer data)
{
  static const char *const filters[]
      = { "all", "todo", "done", "objects", "label:a", "score:0-0.5" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint i = 0; i < 2000; i++)
    {
      const guint number = (guint) g_rand_int_range (rand, 1, N_PICTURES + 1);

      switch (g_rand_int_range (rand, 0, 4))
        {
        case 0:
          monocle_folder_view_set_filter (f->view, filters[g_rand_int_range (rand, 0, 6)]);
          break;
        case 1:
          monocle_folder_view_set_sort (f->view, (MonocleFolderSort) g_rand_int_range (rand, 0, 4));
          break;
        case 2:
          monocle_folder_view_set_current (
              f->view, g_rand_int_range (rand, 0, 5) ? get_item (f, number) : NULL);
          break;
        default:
          work_on (f, number, g_rand_boolean (rand), g_rand_boolean (rand) ? "a" : NULL,
                   g_rand_double (rand));
          g_signal_emit_by_name (monocle_work_index_get_default (), "changed");
        }
      while (g_main_context_iteration (NULL, FALSE))
        ;
      expect (f, NULL);
    }
}

int
main (int argc, char *argv[])
{
  g_autofree char *home = g_dir_make_tmp ("monocle-home-XXXXXX", NULL);
  int status;

  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/folder-view/filter", Fixture, NULL, set_up, test_filter, tear_down);
  g_test_add ("/folder-view/current", Fixture, NULL, set_up, test_current, tear_down);
  g_test_add ("/folder-view/sort", Fixture, NULL, set_up, test_sort, tear_down);
  g_test_add ("/folder-view/files", Fixture, NULL, set_up, test_files, tear_down);
  g_test_add ("/folder-view/tally", Fixture, NULL, set_up, test_tally, tear_down);
  g_test_add ("/folder-view/any-order", Fixture, NULL, set_up, test_any_order, tear_down);
  status = g_test_run ();
  g_rmdir (home);
  return status;
}
