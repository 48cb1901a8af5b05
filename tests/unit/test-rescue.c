/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What could not be kept is in files when the program has to end, wherever there is room for it,
 * and that is told once.
 */
#include "config.h"

#include <glib/gstdio.h>

#include "app/document/work.h"
#include "app/json/rescue.h"
#include "app/json/work-file.h"

#define SIDE 8

static MonocleDocument *
open_work (const char *name, char digit)
{
  g_autofree guint8 *pixels = g_malloc0 (SIDE * SIDE * 3);
  g_autoptr (MonocleImage) image
      = monocle_image_new_from_pixels (SIDE, SIDE, SIDE * 3, pixels, NULL);
  g_autofree char *digest = g_strnfill (64, digit);
  const MonocleWorkKey key = { .digest = digest, .stamp = MONOCLE_STAMP_UNKNOWN };

  return monocle_work_open (NULL, name, image, &key, NULL);
}

static void
block (const char *base, const char *name)
{
  g_autofree char *path = g_build_filename (base, "monocle", name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
}

static void
unblock (const char *base, const char *name)
{
  g_autofree char *path = g_build_filename (base, "monocle", name, NULL);

  g_assert_cmpint (g_unlink (path), ==, 0);
}

static guint
rescue (void)
{
  g_autoptr (GPtrArray) unkept = monocle_work_list_unkept ();

  return monocle_rescue_write (unkept);
}

static void
assert_rescued (const char *base, guint expected)
{
  guint n = 0;
  g_autofree char *folder = monocle_rescue_take (&n);
  g_autofree char *again = NULL;
  g_autofree char *path = NULL;
  g_autoptr (MonocleWorkFile) work = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (folder);
  g_assert_true (g_str_has_prefix (folder, base));
  g_assert_cmpuint (n, ==, expected);
  again = monocle_rescue_take (&n);
  g_assert_null (again);
  path = g_build_filename (folder, "street.monocle.json", NULL);
  work = monocle_work_file_read (path, &error);
  g_assert_no_error (error);
  g_assert_true (work->is_done);
  g_assert_cmpstr (work->name, ==, "street.png");
}

static void
test_rescued (void)
{
  g_autoptr (MonocleDocument) kept = NULL;
  g_autoptr (MonocleDocument) lost = NULL;
  g_autoptr (MonocleDocument) other = NULL;
  guint n;

  g_assert_null (monocle_rescue_take (&n));
  kept = open_work ("kept.png", '1');
  monocle_document_set_done (kept, TRUE);
  g_assert_cmpuint (rescue (), ==, 0);
  g_assert_null (monocle_rescue_take (&n));
  monocle_document_close (kept);
  {
    g_autofree char *work = monocle_work_dup_folder ();
    g_autofree char *aside = g_strconcat (work, "-aside", NULL);

    g_assert_cmpint (g_rename (work, aside), ==, 0);
  }

  /* Where work is kept nothing can be written; two pictures are called the same. */
  block (g_get_user_data_dir (), "work");
  lost = open_work ("street.png", '2');
  other = open_work ("street.jpg", '3');
  g_assert_cmpuint (rescue (), ==, 0);
  monocle_document_set_done (lost, TRUE);
  monocle_document_set_done (other, TRUE);
  g_assert_true (monocle_document_is_unkept (lost));
  g_assert_cmpuint (rescue (), ==, 2);
  {
    guint n_files = 0;
    g_autofree char *folder = monocle_rescue_take (&n_files);

    g_assert_cmpuint (n_files, ==, 2);
    g_assert_true (g_str_has_prefix (folder, g_get_user_data_dir ()));
  }

  /* Nor beside it: the next place. */
  monocle_document_set_done (other, FALSE);
  {
    g_autofree char *place = g_build_filename (g_get_user_data_dir (), "monocle", "rescued", NULL);
    g_autofree char *aside = g_strconcat (place, "-aside", NULL);

    g_assert_cmpint (g_rename (place, aside), ==, 0);
  }
  block (g_get_user_data_dir (), "rescued");
  g_assert_cmpuint (rescue (), ==, 1);
  assert_rescued (g_get_user_state_dir (), 1);
  unblock (g_get_user_data_dir (), "rescued");
  unblock (g_get_user_data_dir (), "work");
  monocle_work_close_all ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/rescue/rescued", test_rescued);
  return g_test_run ();
}
