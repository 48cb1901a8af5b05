/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Working through a folder: pictures are marked as done by key, which is a step like any other and
 * is there the next time; only some are gone through; straight to one by a part of its name.
 */
#include "config.h"

#include <glib/gstdio.h>

#include "app/document/work-index.h"
#include "tests/gui/harness.h"
#include "ui/filmstrip.h"
#include "ui/thumbnail.h"

#define N_PICTURES 6

/* A folder of six pictures that differ, and a window on the first. */
static MonocleWindow *
open_folder (char **folder)
{
  g_autofree char *sample = gui_sample ("1-park.png");
  g_autofree char *bytes = NULL;
  g_autofree char *first = NULL;
  gsize n;

  *folder = gui_temporary (NULL);
  g_assert_true (g_file_get_contents (sample, &bytes, &n, NULL));
  for (guint i = 1; i <= N_PICTURES; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/picture %u.png", *folder, i);
      g_autofree char *more = g_malloc0 (n + i);

      /* What is behind the end of a picture makes another file of it. */
      memcpy (more, bytes, n);
      g_assert_true (g_file_set_contents (path, more, (gssize) (n + i), NULL));
    }
  first = g_build_filename (*folder, "picture 1.png", NULL);
  return gui_open_path (first);
}

typedef struct
{
  MonocleWindow *window;
  const char *name;
} Expected;

static gboolean
shows (gpointer data)
{
  Expected *expected = data;
  MonocleDocument *document = gui_get_document (expected->window);

  return document && monocle_document_get_image (document)
         && g_str_equal (monocle_document_get_name (document), expected->name);
}

static void
expect (MonocleWindow *window, const char *name)
{
  gui_wait_for (name, shows, &(Expected){ window, name });
  gui_settle ();
}

static MonocleFilmstrip *
find_strip (MonocleWindow *window)
{
  return gui_find (window, MONOCLE_TYPE_FILMSTRIP);
}

/* The names of what the strip shows, without what they have in common. */
static char *
list_shown (MonocleWindow *window)
{
  GtkListView *list = gui_find (find_strip (window), GTK_TYPE_LIST_VIEW);
  GListModel *items = G_LIST_MODEL (gtk_list_view_get_model (list));
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (MonocleFolderItem) item = g_list_model_get_item (items, i);

      g_string_append_c (text, monocle_folder_item_get_name (item)[strlen ("picture ")]);
    }
  return g_string_free (text, FALSE);
}

static gboolean
strip_shows (gpointer data)
{
  Expected *expected = data;
  g_autofree char *shown = list_shown (expected->window);

  return g_str_equal (shown, expected->name);
}

static void
expect_strip (MonocleWindow *window, const char *numbers)
{
  gui_wait_for (numbers, strip_shows, &(Expected){ window, numbers });
  gui_settle ();
}

static guint
count_children (MonocleWindow *window)
{
  g_autoptr (GPtrArray) all = gui_find_all (find_strip (window), MONOCLE_TYPE_THUMBNAIL);
  guint n = 0;

  for (guint i = 0; i < all->len; i++)
    n += gtk_widget_get_mapped (all->pdata[i]);
  return n;
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
  gui_wait_ms (300);
  g_assert_cmpuint (count_children (window), ==, N_PICTURES);
  gui_type (GTK_WINDOW (window), "F8");
  gui_settle ();
  g_assert_true (monocle_document_is_done (gui_get_document (window)));
  g_assert_true (gui_has_text (window, "1 of 6, done"));
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
  g_assert_true (gui_has_text (window, "All pictures of this folder are done"));
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
  g_assert_true (gui_has_text (window, "Not Done: 4 of 6"));
  g_assert_true (gui_has_text (window, "1 of 4"));
  gui_keep_picture (window, "folder-filter");
  /* What is marked stays as long as it is looked at. */
  gui_type (GTK_WINDOW (window), "F8");
  gui_wait_ms (800);
  expect_strip (window, "3456");
  g_assert_true (gui_has_text (window, "Not Done: 3 of 6"));
  gui_type (GTK_WINDOW (window), "Next");
  expect (window, "picture 4.png");
  expect_strip (window, "456");
  g_assert_true (gui_has_text (window, "1 of 3"));
  g_assert_false (gui_can_act (window, "win.previous"));
  gui_type (GTK_WINDOW (window), "End");
  expect (window, "picture 6.png");

  gui_act (window, "win.filter", "objects");
  expect_strip (window, "6");
  g_assert_true (gui_has_text (window, "With Objects: none of 6"));
  gui_keep_picture (window, "folder-filter-none");
  g_assert_false (gui_can_act (window, "win.next"));
  button = gui_find_text (find_strip (window), "Show All");
  g_assert_nonnull (button);
  gui_click (button, gtk_widget_get_width (button) / 2.0, gtk_widget_get_height (button) / 2.0, 1);
  expect_strip (window, "123456");
  g_assert_false (gui_has_text (find_strip (window), "none of"));
  g_assert_true (gui_can_act (window, "win.previous"));
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
  gui_wait_ms (800);
  button = gui_find (find_strip (window), GTK_TYPE_MENU_BUTTON);
  gtk_widget_grab_focus (button);
  gui_type (GTK_WINDOW (window), "space");
  gui_wait_ms (300);
  g_assert_true (gui_has_text (button, "Done (1)"));
  g_assert_true (gui_has_text (button, "Not Done (5)"));
  gui_keep_picture (window, "folder-menu");
  gui_type (GTK_WINDOW (window), "Down");
  gui_type (GTK_WINDOW (window), "space");
  gui_wait_ms (300);
  expect_strip (window, "123456");
  g_assert_true (gui_has_text (window, "Not Done: 5 of 6"));
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
  gui_type (GTK_WINDOW (window), "ctrl+g");
  gui_wait_ms (300);
  gui_type (GTK_WINDOW (window), "E space 5");
  gui_wait_ms (300);
  g_assert_true (gui_has_text (window, "picture 5.png"));
  gui_keep_picture (window, "folder-jump");
  gui_type (GTK_WINDOW (window), "Return");
  expect (window, "picture 5.png");

  gui_type (GTK_WINDOW (window), "ctrl+g");
  gui_wait_ms (300);
  gui_type (GTK_WINDOW (window), "x");
  gui_wait_ms (300);
  g_assert_true (gui_has_text (window, "No picture is called so"));
  gui_type (GTK_WINDOW (window), "Return");
  gui_type (GTK_WINDOW (window), "Escape");
  gui_wait_ms (300);
  expect (window, "picture 5.png");
  g_assert_false (gui_has_text (window, "No picture is called so"));

  /* To one that is not gone through otherwise. */
  gui_act (window, "win.filter", "done");
  expect_strip (window, "5");
  gui_type (GTK_WINDOW (window), "ctrl+g");
  gui_wait_ms (300);
  gui_type (GTK_WINDOW (window), "3");
  gui_type (GTK_WINDOW (window), "Return");
  expect (window, "picture 3.png");
  expect_strip (window, "3");
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);
  g_test_add_func ("/gui/folder-work/done", test_done);
  g_test_add_func ("/gui/folder-work/filter", test_filter);
  g_test_add_func ("/gui/folder-work/menu", test_menu);
  g_test_add_func ("/gui/folder-work/sort", test_sort);
  g_test_add_func ("/gui/folder-work/jump", test_jump);
  return gui_run ();
}
