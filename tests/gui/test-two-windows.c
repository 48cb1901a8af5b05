/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two windows on one picture: what is done in one is seen in the other and taken back in either,
 * and what is in the middle of being done in one outlives what the other does. Needs real input.
 */
#include "config.h"

#include "tests/gui/outline-fixture.h"
#include "ui/own-list.h"
#include "ui/simplify-bar.h"

static gboolean
has_document (gpointer window)
{
  return gui_get_document (window) != NULL;
}

static MonocleWindow *
open_second (MonocleWindow *first, const char *path)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  MonocleWindow *second;

  g_action_group_activate_action (G_ACTION_GROUP (gui_get_application ()), "new-window", NULL);
  gui_settle ();
  second = MONOCLE_WINDOW (gtk_application_get_active_window (gui_get_application ()));
  g_assert_true (second != first);
  g_ptr_array_add (files, g_file_new_for_path (path));
  monocle_window_open_files (second, files);
  gui_wait_for ("the picture in the second window", has_document, second);
  gui_settle ();
  g_assert_true (gui_get_document (first) == gui_get_document (second));
  return second;
}

static guint32
see (MonocleWindow *window, double x, double y)
{
  cairo_surface_t *picture = gui_take_picture (GTK_WINDOW (window), 1);
  const guint32 colour = get_colour_at (window, picture, x, y);

  cairo_surface_destroy (picture);
  return colour;
}

static void
test_seen (void)
{
  g_autofree char *path = NULL;
  MonocleWindow *first, *second;
  guint32 bare, bare_there;

  if (gui_lacks_input ())
    return;
  path = gui_sample ("1-park.png");
  first = gui_open_path (path);
  second = open_second (first, path);
  gui_raise (first);
  bare = see (second, 300, 200);
  gui_act (first, "win.tool", "region");
  gui_drag_at (first, NULL, 200, 200, 200, 200);
  gui_act (first, "win.tool", "select");
  g_assert_cmpuint (gui_count_regions (second), ==, 1);
  g_assert_true (gui_has_text (gui_find (second, MONOCLE_TYPE_OWN_LIST), "Yours (1)"));
  g_assert_cmphex (see (second, 300, 200), !=, bare);
  /* What is selected is each window's own. */
  g_assert_cmpuint (count_selected (first), ==, 1);
  g_assert_cmpuint (count_selected (second), ==, 0);

  gui_raise (second);
  bare_there = see (first, 300, 250);
  gui_click_at (second, 200, 300, 1); /* its line */
  g_assert_cmpuint (count_selected (second), ==, 1);
  gui_drag_at (second, NULL, 300, 300, 0, 50);
  gui_assert_region (gui_get_region (first, 0), 200, 250, 400, 450);
  g_assert_cmphex (see (first, 300, 250), !=, bare_there);

  gui_raise (first);
  gtk_widget_grab_focus (GTK_WIDGET (gui_get_view (first)));
  gui_undo (first, "Move Region");
  gui_assert_region (gui_get_region (second, 0), 200, 200, 400, 400);
  gui_raise (second);
  gui_undo (second, "Draw Region");
  g_assert_cmpuint (gui_count_regions (first), ==, 0);
  g_assert_false (gui_can_act (first, "win.undo"));
  g_assert_true (gui_can_act (first, "win.redo"));
  g_assert_cmphex (see (second, 300, 200), ==, bare);

  /* The one that stays goes on, and nothing was for nothing. */
  gui_act (first, "win.redo", NULL);
  gtk_window_close (GTK_WINDOW (second));
  gui_settle ();
  gui_raise (first);
  gui_click_at (first, 200, 300, 1);
  gui_type (GTK_WINDOW (first), "Right Right");
  first = gui_open_again (path);
  g_assert_cmpuint (gui_count_regions (first), ==, 1);
  gui_assert_region (gui_get_region (first, 0), 202, 200, 402, 400);
}

/* In the middle of an outline what it was to be a hole in goes: it is something by itself. */
static void
test_hole (void)
{
  g_autofree char *path = NULL;
  MonocleWindow *first, *second;

  if (gui_lacks_input ())
    return;
  path = gui_sample ("1-park.png");
  first = gui_open_path (path);
  second = open_second (first, path);
  gui_raise (first);
  gui_add_region (first, 200, 200, 400, 400);
  gui_select_regions (first, 0, 1);
  gtk_widget_grab_focus (GTK_WIDGET (gui_get_view (first)));
  gui_type (GTK_WINDOW (first), "ctrl+h");
  gui_click_at (first, 250, 250, 1);
  gui_click_at (first, 350, 250, 1);

  gui_raise (second);
  gui_click_at (second, 200, 300, 1);
  gui_type (GTK_WINDOW (second), "Delete");
  g_assert_cmpuint (gui_count_regions (second), ==, 0);

  gui_raise (first);
  gui_click_at (first, 300, 350, 1);
  gui_type (GTK_WINDOW (first), "Return");
  g_assert_cmpuint (gui_count_regions (second), ==, 1);
  gui_assert_region (gui_get_region (second, 0), 250, 250, 350, 350);
  gui_undo (second, "Draw Outline");
  gui_undo (second, "Delete Region");
  gui_assert_region (gui_get_region (first, 0), 200, 200, 400, 400);
}

/* What was to be made simpler, or shows its points, is another meanwhile, or gone. */
static void
test_changed (void)
{
  g_autofree char *path = NULL;
  MonocleWindow *first, *second;
  MonocleAnnotation *region;

  if (gui_lacks_input ())
    return;
  path = gui_sample ("1-park.png");
  first = gui_open_path (path);
  second = open_second (first, path);
  gui_raise (first);
  region = add_rings (first, frame, 2, "");
  gui_select_regions (first, 0, 1);
  gtk_widget_grab_focus (GTK_WIDGET (gui_get_view (first)));
  gui_type (GTK_WINDOW (first), "ctrl+i");
  g_assert_nonnull (gui_find (first, MONOCLE_TYPE_SIMPLIFY_BAR));
  g_assert_null (gui_find (second, MONOCLE_TYPE_SIMPLIFY_BAR));

  gui_raise (second);
  gui_click_at (second, 100, 200, 1);
  gui_type (GTK_WINDOW (second), "Right");
  gui_settle ();
  g_assert_null (gui_find (first, MONOCLE_TYPE_SIMPLIFY_BAR));
  gui_assert_region (region, 101, 100, 301, 300);
  g_assert_cmpuint (count_points (region), ==, 8);

  gui_raise (first);
  gtk_widget_grab_focus (GTK_WIDGET (gui_get_view (first)));
  gui_type (GTK_WINDOW (first), "Return Tab Tab");
  gui_raise (second);
  gui_type (GTK_WINDOW (second), "Delete");
  gui_raise (first);
  gui_type (GTK_WINDOW (first), "Delete");
  g_assert_cmpuint (gui_count_regions (first), ==, 0);
  gui_undo (first, "Delete Region");
  g_assert_cmpuint (count_points (region), ==, 8);
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

  g_test_add_func ("/gui/two-windows/seen", test_seen);
  g_test_add_func ("/gui/two-windows/hole", test_hole);
  g_test_add_func ("/gui/two-windows/changed", test_changed);

  return gui_run ();
}
