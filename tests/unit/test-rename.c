/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A name of things on all pictures of a folder: counted, and another one in its place, on pictures
 * that are open and in journals of those that are not; each as a step that can be taken back.
 */
#include "config.h"

#include <glib/gstdio.h>

#include "app/document/folder-forget.h"
#include "app/document/folder-view.h"
#include "app/document/rename.h"
#include "app/document/work.h"

#define N_PICTURES 4

typedef struct
{
  char *folder;
  MonocleFolder *pictures;
} Fixture;

static char *
dup_path (Fixture *f, guint number)
{
  return g_strdup_printf ("%s/%u.png", f->folder, number);
}

static void
wait_ms (guint ms)
{
  const gint64 end = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  f->folder = g_dir_make_tmp ("monocle-rename-XXXXXX", NULL);
  for (guint i = 0; i < N_PICTURES; i++)
    {
      g_autofree char *path = dup_path (f, i);

      g_assert_true (g_file_set_contents (path, "picture", -1, NULL));
    }
  f->pictures = monocle_folder_new ();
  g_ptr_array_add (files, g_file_new_for_path (f->folder));
  monocle_folder_open (f->pictures, files);
  while (monocle_folder_is_loading (f->pictures))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->pictures)), ==, N_PICTURES);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  monocle_folder_cancel (f->pictures);
  g_object_unref (f->pictures);
  for (guint i = 0; i < N_PICTURES; i++)
    {
      g_autofree char *path = dup_path (f, i);

      g_unlink (path);
    }
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->folder);
  monocle_work_close_all ();
}

/* What is kept under another name is of another picture. */
static char *
dup_digest (Fixture *f, guint number)
{
  g_autofree char *path = dup_path (f, number);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, path, -1);
}

static MonocleDocument *
open_picture (Fixture *f, guint number)
{
  static const guint8 pixels[3 * 8 * 8] = { 0 };
  g_autoptr (MonocleImage) image = monocle_image_new_from_pixels (8, 8, 24, pixels, NULL);
  g_autofree char *path = dup_path (f, number);
  g_autofree char *digest = dup_digest (f, number);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  MonocleFolderItem *item = monocle_folder_find (f->pictures, file, 0, NULL);
  const MonocleWorkKey key = { digest, 0, *monocle_folder_item_get_stamp (item) };
  MonocleDocument *document = monocle_work_open (file, "a.png", image, &key, NULL);

  g_assert_no_error (monocle_document_get_trouble (document));
  return document;
}

static void
draw (MonocleDocument *document, const char *label)
{
  const MonocleBox box = { 1, 1, 3, 3 };
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);

  monocle_annotation_set_label (region, label);
  monocle_document_add_region (document, region);
}

static char *
dup_labels (MonocleDocument *document)
{
  GListModel *regions = monocle_document_get_regions (document);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (regions); i++)
    {
      g_autoptr (MonocleAnnotation) region = g_list_model_get_item (regions, i);

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                              monocle_annotation_get_label (region));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_labels (MonocleDocument *document, const char *wanted)
{
  g_autofree char *labels = dup_labels (document);

  g_assert_cmpstr (labels, ==, wanted);
}

static void
assert_use (Fixture *f, const char *name, guint n_things, guint n_pictures)
{
  g_autoptr (GHashTable) uses = monocle_rename_count (G_LIST_MODEL (f->pictures));
  const MonocleNameUse *use = g_hash_table_lookup (uses, name);

  g_assert_cmpuint (use ? use->n_things : 0, ==, n_things);
  g_assert_cmpuint (use ? use->n_pictures : 0, ==, n_pictures);
}

/* Pictures 0 and 1 with trees, 2 with none, 3 with nothing; 1 stays open. */
static MonocleDocument *
work (Fixture *f)
{
  MonocleDocument *open, *closed = open_picture (f, 0);

  draw (closed, "tree");
  draw (closed, "hut");
  draw (closed, "tree");
  g_assert_finalize_object (closed);
  closed = open_picture (f, 2);
  draw (closed, "Tree");
  g_assert_finalize_object (closed);
  open = open_picture (f, 1);
  draw (open, "tree");
  /* The sum of what is open comes a moment later. */
  wait_ms (600);
  return open;
}

typedef struct
{
  gboolean is_over, is_good;
  MonocleNameUse use;
  GError *error;
} Outcome;

static void
on_renamed (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->is_good = monocle_rename_finish (result, &outcome->use, &outcome->error);
  outcome->is_over = TRUE;
}

static void
rename_and_wait (Fixture *f, GCancellable *cancellable, Outcome *outcome)
{
  monocle_rename_async (G_LIST_MODEL (f->pictures), "tree", "oak", cancellable, on_renamed,
                        outcome);
  while (!outcome->is_over)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_rename (Fixture *f, gconstpointer data)
{
  MonocleDocument *open = work (f), *closed;
  Outcome outcome = { 0 };

  assert_use (f, "tree", 3, 2);
  assert_use (f, "Tree", 1, 1);
  assert_use (f, "oak", 0, 0);
  rename_and_wait (f, NULL, &outcome);
  g_assert_no_error (outcome.error);
  g_assert_true (outcome.is_good);
  g_assert_cmpuint (outcome.use.n_things, ==, 3);
  g_assert_cmpuint (outcome.use.n_pictures, ==, 2);
  assert_labels (open, "oak");
  wait_ms (600);
  assert_use (f, "tree", 0, 0);
  assert_use (f, "oak", 3, 2);

  closed = open_picture (f, 0);
  assert_labels (closed, "oak hut oak");
  /* One step, with those before it behind. */
  monocle_undo_undo (monocle_document_get_undo (closed));
  assert_labels (closed, "tree hut tree");
  monocle_undo_undo (monocle_document_get_undo (closed));
  assert_labels (closed, "tree hut");
  g_assert_finalize_object (closed);
  closed = open_picture (f, 2);
  assert_labels (closed, "Tree");
  g_assert_finalize_object (closed);
  monocle_undo_undo (monocle_document_get_undo (open));
  assert_labels (open, "tree");
  g_assert_finalize_object (open);
}

/* One journal cannot be had: the others are gone on with, and it is said. */
static void
test_fault (Fixture *f, gconstpointer data)
{
  MonocleDocument *open = work (f), *closed;
  g_autofree char *digest = dup_digest (f, 0);
  g_autofree char *folder = monocle_work_dup_folder ();
  const char group[] = { digest[0], digest[1], '\0' };
  g_autofree char *name = g_strconcat (digest, ".journal", NULL);
  g_autofree char *path = g_build_filename (folder, group, name, NULL);
  g_autofree char *aside = g_strconcat (path, ".aside", NULL);
  Outcome outcome = { 0 };

  g_assert_cmpint (g_rename (path, aside), ==, 0);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  rename_and_wait (f, NULL, &outcome);
  g_assert_false (outcome.is_good);
  g_assert_nonnull (outcome.error);
  g_assert_cmpuint (outcome.use.n_pictures, ==, 1);
  assert_labels (open, "oak");
  g_clear_error (&outcome.error);
  g_rmdir (path);
  g_assert_cmpint (g_rename (aside, path), ==, 0);
  closed = open_picture (f, 0);
  assert_labels (closed, "tree hut tree");
  g_assert_finalize_object (closed);
  g_assert_finalize_object (open);
}

static void
test_cancel (Fixture *f, gconstpointer data)
{
  MonocleDocument *open = work (f);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Outcome outcome = { 0 };

  g_cancellable_cancel (cancellable);
  rename_and_wait (f, cancellable, &outcome);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (outcome.use.n_pictures, ==, 0);
  assert_labels (open, "tree");
  g_clear_error (&outcome.error);
  g_assert_finalize_object (open);
}

/* --- All of it forgotten --- */

static void
count_open (MonocleDocument *document, gpointer n)
{
  (*(guint *) n)++;
}

/* What is open, what is not; what another program is at stays, and it is said. */
static void
test_forget (Fixture *f, gconstpointer data)
{
  MonocleDocument *open = work (f), *closed;
  g_autoptr (GError) error = NULL;
  MonocleFolderKept kept = monocle_folder_forget_count (G_LIST_MODEL (f->pictures));
  guint n_open = 0, n = 0;

  g_assert_cmpuint (kept.n_pictures, ==, 3);
  g_assert_cmpuint (kept.n_own, ==, 5);
  g_assert_cmpuint (kept.n_answers, ==, 0);
  g_assert_true (
      monocle_folder_forget (G_LIST_MODEL (f->pictures), count_open, &n_open, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpuint (n_open, ==, 1);
  assert_labels (open, "");
  kept = monocle_folder_forget_count (G_LIST_MODEL (f->pictures));
  g_assert_cmpuint (kept.n_pictures, ==, 0);
  closed = open_picture (f, 0);
  assert_labels (closed, "");
  g_assert_null (monocle_undo_get_undo_title (monocle_document_get_undo (closed)));
  /* What is done next is kept again. */
  draw (closed, "new");
  draw (open, "newer");
  g_assert_finalize_object (closed);
  g_assert_finalize_object (open);
  wait_ms (600);
  kept = monocle_folder_forget_count (G_LIST_MODEL (f->pictures));
  g_assert_cmpuint (kept.n_pictures, ==, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add ("/rename/all", Fixture, NULL, set_up, test_rename, tear_down);
  g_test_add ("/rename/fault", Fixture, NULL, set_up, test_fault, tear_down);
  g_test_add ("/rename/cancel", Fixture, NULL, set_up, test_cancel, tear_down);
  g_test_add ("/rename/forget", Fixture, NULL, set_up, test_forget, tear_down);
  return g_test_run ();
}
