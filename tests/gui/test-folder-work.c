/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Working through a folder: pictures are marked as done by key, which is a step like any other and
 * is there the next time; only some are gone through; straight to one by a part of its name; one
 * that is another picture than when it was worked on; what there is in all of them.
 */
#include "config.h"

#include <glib/gstdio.h>

#include "app/document/work-index.h"
#include "app/document/work.h"
#include "tests/gui/folder-fixture.h"
#include "ui/folder-statistics.h"
#include "ui/picture-popover.h"
#include "ui/share-bar.h"
#include "ui/thumbnail.h"

static guint
count_children (MonocleWindow *window)
{
  g_autoptr (GPtrArray) all = gui_find_all (find_strip (window), MONOCLE_TYPE_THUMBNAIL);
  guint n = 0;

  for (guint i = 0; i < all->len; i++)
    n += gtk_widget_get_mapped (all->pdata[i]);
  return n;
}

static gboolean
shows_all (gpointer window)
{
  return count_children (window) == N_PICTURES;
}

static gboolean
says (gpointer data)
{
  Expected *expected = data;

  return gui_has_text (expected->window, expected->name);
}

static void
expect_text (MonocleWindow *window, const char *text)
{
  gui_wait_for (text, says, &(Expected){ window, text });
}

static gboolean
has_entry (gpointer window)
{
  GtkWidget *popover = gui_find (window, MONOCLE_TYPE_PICTURE_POPOVER);
  GtkWidget *entry = popover ? gui_find (popover, GTK_TYPE_TEXT) : NULL;

  return entry && gtk_widget_has_focus (entry);
}

static gboolean
has_none (gpointer window)
{
  return !gui_find (window, MONOCLE_TYPE_PICTURE_POPOVER);
}

/* Ctrl+G, and what is typed there. */
static void
jump (MonocleWindow *window, const char *keys)
{
  gui_type (GTK_WINDOW (window), "ctrl+g");
  gui_wait_for ("an entry", has_entry, window);
  gui_settle ();
  gui_type (GTK_WINDOW (window), keys);
}

/* --- Tests --- */

/* Marked, taken back, marked again; on to the next; and all of it is known another day. */
static void
test_done (void)
{
  g_autofree char *folder = NULL;
  g_autofree char *second = NULL;
  MonocleWindow *window = open_folder (&folder);

  if (gui_lacks_input ())
    return;
  gui_wait_for ("all of them", shows_all, window);
  gui_type (GTK_WINDOW (window), "F8");
  gui_settle ();
  g_assert_true (monocle_document_is_done (gui_get_document (window)));
  expect_text (window, "1 of 6, done");
  gui_type (GTK_WINDOW (window), "ctrl+z");
  gui_settle ();
  g_assert_false (monocle_document_is_done (gui_get_document (window)));
  gui_type (GTK_WINDOW (window), "ctrl+y");
  gui_settle ();
  g_assert_true (monocle_document_is_done (gui_get_document (window)));
  gui_type (GTK_WINDOW (window), "F8");
  gui_settle ();
  g_assert_false (monocle_document_is_done (gui_get_document (window)));

  gui_type (GTK_WINDOW (window), "shift+F8");
  expect (window, "picture 2.png");
  gui_type (GTK_WINDOW (window), "shift+F8");
  expect (window, "picture 3.png");
  gui_wait_ms (300);
  gui_keep_picture (window, "folder-done");
  gui_type (GTK_WINDOW (window), "Page_Up");
  expect (window, "picture 2.png");
  /* What is done is passed over. */
  gui_type (GTK_WINDOW (window), "Page_Up");
  expect (window, "picture 1.png");
  gui_type (GTK_WINDOW (window), "shift+F8");
  expect (window, "picture 3.png");
  gui_close_all ();
  gui_settle ();
  monocle_work_index_shut_default ();

  second = g_build_filename (folder, "picture 4.png", NULL);
  window = gui_open_again (second);
  expect (window, "picture 4.png");
  gui_act (window, "win.filter", "done");
  /* And the one that is looked at. */
  expect_strip (window, "124");
  for (guint i = 4; i <= N_PICTURES; i++)
    {
      gui_act (window, "win.filter", "all");
      gui_act (window, "win.done-next", NULL);
      gui_settle ();
    }
  expect (window, "picture 3.png");
  gui_act (window, "win.done-next", NULL);
  gui_settle ();
  expect_text (window, "All pictures of this folder are done");
}

/* Only some are gone through, by keys too; it is said, and there is a way out of it. */
static void
test_filter (void)
{
  g_autofree char *folder = NULL;
  MonocleWindow *window = open_folder (&folder);
  GtkWidget *button;

  if (gui_lacks_input ())
    return;
  gui_act (window, "win.done-next", NULL);
  expect (window, "picture 2.png");
  gui_act (window, "win.done", NULL);
  gui_act (window, "win.next", NULL);
  expect (window, "picture 3.png");
  gui_act (window, "win.filter", "todo");
  expect_strip (window, "3456");
  expect_text (window, "Not Done: 4 of 6");
  expect_text (window, "1 of 4");
  gui_keep_picture (window, "folder-filter");
  /* What is marked stays as long as it is looked at. */
  gui_type (GTK_WINDOW (window), "F8");
  expect_text (window, "Not Done: 3 of 6");
  expect_strip (window, "3456");
  gui_type (GTK_WINDOW (window), "Next");
  expect (window, "picture 4.png");
  expect_strip (window, "456");
  expect_text (window, "1 of 3");
  g_assert_false (gui_can_act (window, "win.previous"));
  gui_type (GTK_WINDOW (window), "End");
  expect (window, "picture 6.png");

  gui_act (window, "win.filter", "objects");
  expect_strip (window, "6");
  expect_text (window, "With Objects: none of 6");
  gui_keep_picture (window, "folder-filter-none");
  g_assert_false (gui_can_act (window, "win.next"));
  button = gui_find_text (find_strip (window), "Show All");
  g_assert_nonnull (button);
  gui_click (button, gtk_widget_get_width (button) / 2.0, gtk_widget_get_height (button) / 2.0, 1);
  expect_strip (window, "123456");
  g_assert_false (gui_has_text (find_strip (window), "none of"));
  g_assert_true (gui_can_act (window, "win.previous"));
}

static gboolean
is_known (gpointer data)
{
  guint64 n_bytes;

  return monocle_work_index_count (monocle_work_index_get_default (), &n_bytes) == 1;
}

/* By the menu, with the keyboard alone. */
static void
test_menu (void)
{
  g_autofree char *folder = NULL;
  MonocleWindow *window = open_folder (&folder);
  GtkWidget *button;

  if (gui_lacks_input ())
    return;
  gui_act (window, "win.done", NULL);
  gui_wait_for ("it to be known", is_known, NULL);
  button = gui_find (find_strip (window), GTK_TYPE_MENU_BUTTON);
  gtk_widget_grab_focus (button);
  gui_type (GTK_WINDOW (window), "space");
  expect_text (window, "Not Done (5)");
  gui_settle ();
  g_assert_true (gui_has_text (button, "Done (1)"));
  g_assert_true (gui_has_text (button, "Not Done (5)"));
  gui_keep_picture (window, "folder-menu");
  gui_type (GTK_WINDOW (window), "Down");
  gui_type (GTK_WINDOW (window), "space");
  expect_text (window, "Not Done: 5 of 6");
  expect_strip (window, "123456");
  /* A choice of several leaves the menu open. A window that goes with it would keep the keyboard.
   */
  gui_type (GTK_WINDOW (window), "Escape");
  gui_settle ();
  gui_close_all ();
}

static void
test_sort (void)
{
  g_autofree char *folder = NULL;
  MonocleWindow *window = open_folder (&folder);

  gui_act (window, "win.filmstrip-sort", "size");
  expect_strip (window, "654321");
  g_assert_false (gui_can_act (window, "win.next"));
  gui_act (window, "win.previous", NULL);
  expect (window, "picture 2.png");
  gui_act (window, "win.filmstrip-sort", "name");
  expect_strip (window, "123456");
}

/* Ctrl+G, a part of the name, Enter. */
static void
test_jump (void)
{
  g_autofree char *folder = NULL;
  MonocleWindow *window = open_folder (&folder);

  if (gui_lacks_input ())
    return;
  jump (window, "E space 5");
  expect_text (window, "picture 5.png");
  gui_keep_picture (window, "folder-jump");
  gui_type (GTK_WINDOW (window), "Return");
  expect (window, "picture 5.png");
  gui_wait_for ("no popover", has_none, window);

  jump (window, "x");
  expect_text (window, "No picture is called so");
  gui_type (GTK_WINDOW (window), "Return");
  gui_type (GTK_WINDOW (window), "Escape");
  gui_wait_for ("no popover", has_none, window);
  expect (window, "picture 5.png");

  /* To one that is not gone through otherwise. */
  gui_act (window, "win.filter", "done");
  expect_strip (window, "5");
  jump (window, "3");
  gui_type (GTK_WINDOW (window), "Return");
  expect (window, "picture 3.png");
  expect_strip (window, "3");
}

/* --- Changed meanwhile --- */

/* The window closed, another byte behind the picture, and opened again. */
static MonocleWindow *
change_and_open (const char *path, const char *name)
{
  g_autofree char *bytes = NULL;
  g_autofree char *more = NULL;
  MonocleWindow *window;
  gsize n;

  gui_close_all ();
  gui_settle ();
  monocle_work_index_shut_default ();
  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  more = g_malloc0 (n + 1);
  memcpy (more, bytes, n);
  more[n] = 'x';
  g_assert_true (g_file_set_contents (path, more, (gssize) n + 1, NULL));
  window = gui_open_again (path);
  expect (window, name);
  return window;
}

static void
click_text (MonocleWindow *window, const char *text)
{
  GtkWidget *found = gui_find_text (window, text);

  g_assert_nonnull (found);
  gui_click (found, gtk_widget_get_width (found) / 2.0, gtk_widget_get_height (found) / 2.0, 1);
  gui_settle ();
}

/* A picture that is another one than when it was worked on: its work is offered, once. */
static void
test_changed (void)
{
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;
  MonocleWindow *window = open_folder (&folder);

  if (gui_lacks_input ())
    return;
  path = g_build_filename (folder, "picture 1.png", NULL);
  draw (window);
  draw (window);
  window = change_and_open (path, "picture 1.png");
  expect_text (window, "This Picture Changed Since You Worked on It");
  g_assert_true (gui_has_text (window, "2 objects of yours lie on what it was before."));
  g_assert_cmpuint (count_own (window), ==, 0);
  gui_keep_picture (window, "folder-changed");
  click_text (window, "Use Them Here");
  g_assert_cmpuint (count_own (window), ==, 2);
  g_assert_false (gui_has_text (window, "This Picture Changed"));
  gui_type (GTK_WINDOW (window), "ctrl+z");
  gui_settle ();
  g_assert_cmpuint (count_own (window), ==, 0);
  gui_type (GTK_WINDOW (window), "ctrl+y");
  gui_settle ();

  window = change_and_open (path, "picture 1.png");
  expect_text (window, "This Picture Changed Since You Worked on It");
  click_text (window, "Start Fresh");
  g_assert_cmpuint (count_own (window), ==, 0);
  g_assert_false (gui_has_text (window, "This Picture Changed"));
  gui_close_all ();
  gui_settle ();
  monocle_work_index_shut_default ();
  window = gui_open_again (path);
  expect (window, "picture 1.png");
  gui_wait_ms (1000);
  g_assert_false (gui_has_text (window, "This Picture Changed"));
}

/* --- Statistics --- */

static gboolean
has_statistics (gpointer data)
{
  GtkWidget **dialog = data;
  g_autoptr (GListModel) windows = g_object_ref (gtk_window_get_toplevels ());

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (MONOCLE_IS_FOLDER_STATISTICS (window) && gtk_widget_get_mapped (window))
        *dialog = window;
    }
  return *dialog != NULL;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  *(char **) data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static char *
take_copied (GtkWidget *widget)
{
  char *text = NULL;

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (widget), NULL, on_read, &text);
  while (!text)
    g_main_context_iteration (NULL, TRUE);
  return text;
}

/* Numbers in rows, with bars, which go along; and taken out as text and as a table. */
static void
test_statistics (void)
{
  g_autofree char *folder = NULL;
  MonocleWindow *window = open_folder (&folder);
  GtkWidget *dialog = NULL;
  g_autofree char *text = NULL;
  g_autofree char *csv = NULL;
  g_autoptr (GPtrArray) bars = NULL;
  g_autoptr (MonocleAnnotation) region = NULL;
  g_autoptr (GPtrArray) one = g_ptr_array_new ();

  draw (window);
  draw (window);
  region = g_list_model_get_item (monocle_document_get_regions (gui_get_document (window)), 0);
  g_ptr_array_add (one, region);
  monocle_document_set_label (gui_get_document (window), one, "dog");
  gui_act (window, "win.done", NULL);
  gui_act (window, "win.statistics", NULL);
  gui_wait_for ("statistics", has_statistics, &dialog);
  gui_wait_for_text (dialog, "dog");
  gui_wait_for_text (dialog, "Without a label");
  gui_wait_for_text (dialog, "128 to 256 px");
  gui_settle ();
  bars = gui_find_all (dialog, MONOCLE_TYPE_SHARE_BAR);
  g_assert_cmpuint (bars->len, ==, 3 + 2 + MONOCLE_SUMMARY_SIZES);
  gui_keep_picture (dialog, "folder-statistics");
  gtk_widget_activate_action (dialog, "statistics.copy-text", NULL);
  text = take_copied (dialog);
  g_assert_nonnull (strstr (text, "Pictures: 6\nWorked on: 1\nDone: 1\nObjects: 2\n"));
  g_assert_nonnull (strstr (text, "\n128 to 256 px: 2\n"));
  gtk_widget_activate_action (dialog, "statistics.copy-csv", NULL);
  csv = take_copied (dialog);
  g_assert_nonnull (strstr (csv, "label,\"dog\",1"));
  gtk_window_close (GTK_WINDOW (dialog));
  gui_settle ();
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);
  g_test_add_func ("/gui/folder-work/done", test_done);
  g_test_add_func ("/gui/folder-work/filter", test_filter);
  g_test_add_func ("/gui/folder-work/menu", test_menu);
  g_test_add_func ("/gui/folder-work/jump", test_jump);
  g_test_add_func ("/gui/folder-work/changed", test_changed);
  g_test_add_func ("/gui/folder-work/statistics", test_statistics);
  g_test_add_func ("/gui/folder-work/sort", test_sort);
  return gui_run ();
}
