/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Work that is forgotten: that on a picture, of a folder, and all of it.
 */
#include "config.h"

#include "app/document/work-index.h"
#include "app/document/work.h"
#include "tests/gui/folder-fixture.h"

static gboolean
has_dialog (gpointer window)
{
  return gui_find_dialog (window) != NULL;
}

static gboolean
has_no_work (gpointer window)
{
  return !monocle_document_has_work (gui_get_document (window));
}

static gboolean
has_works (gpointer n)
{
  guint64 n_bytes;

  return monocle_work_index_count (monocle_work_index_get_default (), &n_bytes)
         == GPOINTER_TO_UINT (n);
}

/* It is written down a moment later. */
static void
expect_works (guint n)
{
  gui_wait_for ("so much work to be known", has_works, GUINT_TO_POINTER (n));
}

/* Gone here and where it is kept, once it was said; what is done next is kept again. */
static void
test_forget (void)
{
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  MonocleWindow *window = open_folder (&folder);
  guint64 n_bytes;
  GtkWidget *dialog;

  if (gui_lacks_input ())
    return;
  path = g_build_filename (folder, "picture 1.png", NULL);
  g_assert_false (gui_can_act (window, "win.forget-work"));
  draw (window);
  gui_act (window, "win.done", NULL);
  gui_act (window, "win.rotate-right", NULL);
  expect_works (1);
  gui_act (window, "win.forget-work", NULL);
  gui_wait_for ("a question", has_dialog, window);
  gui_settle ();
  dialog = gui_find_dialog (window);
  gui_keep_picture (window, "folder-forget");
  gui_close_dialog (dialog);
  gui_settle ();
  g_assert_true (monocle_document_has_work (gui_get_document (window)));

  g_assert_true (monocle_work_forget (gui_get_document (window), &error));
  g_assert_no_error (error);
  gui_wait_for ("nothing", has_no_work, window);
  g_assert_cmpuint (monocle_document_get_rotation (gui_get_document (window)), ==, 0);
  g_assert_false (gui_can_act (window, "win.undo"));
  expect_works (0);
  draw (window);
  window = gui_open_again (path);
  expect (window, "picture 1.png");
  g_assert_cmpuint (count_own (window), ==, 1);

  /* All of it, of what is open and what is not. */
  gui_act (window, "win.next", NULL);
  expect (window, "picture 2.png");
  draw (window);
  expect_works (2);
  g_assert_true (monocle_work_forget_all (&error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_own (window), ==, 0);
  gui_close_all ();
  gui_settle ();
  monocle_work_index_shut_default ();
  window = gui_open_again (path);
  expect (window, "picture 1.png");
  g_assert_cmpuint (count_own (window), ==, 0);
  gui_wait_ms (600);
  g_assert_cmpuint (monocle_work_index_count (monocle_work_index_get_default (), &n_bytes), ==, 0);
}

static gboolean
has_said (gpointer data)
{
  const Expected *expected = data;

  return gui_has_text (expected->window, expected->name);
}

static void
expect_said (MonocleWindow *window, const char *text)
{
  gui_wait_for (text, has_said, &(Expected){ window, text });
}

/* All of a folder, after it was said on how many pictures. */
static void
test_forget_folder (void)
{
  g_autofree char *folder = NULL;
  MonocleWindow *window = open_folder (&folder);
  g_autoptr (GPtrArray) buttons = NULL;
  GtkWidget *dialog;
  guint i = 0;

  g_assert_true (monocle_work_forget_all (NULL));
  gui_act (window, "win.forget-folder", NULL);
  expect_said (window, "Nothing is kept of this folder");
  draw (window);
  gui_act (window, "win.next", NULL);
  expect (window, "picture 2.png");
  draw (window);
  expect_works (2);
  gui_act (window, "win.forget-folder", NULL);
  gui_wait_for ("a question", has_dialog, window);
  gui_settle ();
  dialog = gui_find_dialog (window);
  g_assert_true (gui_has_text (dialog, "What was done to 2 pictures is lost for good"));
  g_assert_true (gui_has_text (dialog, "2 objects of yours, 0 answers"));
  g_assert_true (gui_has_text (dialog, "Export First"));
  gui_keep_picture (window, "folder-forget-all");
  buttons = gui_find_all (dialog, GTK_TYPE_BUTTON);
  while (i < buttons->len && !gui_has_text (buttons->pdata[i], "Delete"))
    i++;
  g_assert_cmpuint (i, <, buttons->len);
  g_signal_emit_by_name (buttons->pdata[i], "clicked");
  expect_works (0);
  /* After what was said before. */
  expect_said (window, "Work on 2 pictures deleted");
  g_assert_cmpuint (count_own (window), ==, 0);
  g_assert_false (gui_can_act (window, "win.undo"));
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);
  g_test_add_func ("/gui/folder-forget/picture", test_forget);
  g_test_add_func ("/gui/folder-forget/folder", test_forget_folder);
  return gui_run ();
}
