/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines that do not close, and points, drawn with the pointer. Needs real input.
 */
#include "config.h"

#include "tests/gui/outline-fixture.h"

static MonocleWindow *
open_with_tool (const char *tool)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");

  gui_act (window, "win.tool", tool);
  return window;
}

/* Click by click, back to where it began: it stays open. */
static void
test_clicks (void)
{
  if (gui_lacks_input ())
    return;
  for (guint quarters = 0; quarters < 4; quarters++)
    {
      MonocleWindow *window = open_with_tool ("line");

      monocle_document_rotate (gui_get_document (window), quarters);
      gui_settle ();
      gui_click_at (window, 200, 200, 1);
      gui_type (GTK_WINDOW (window), "Return"); /* no line yet */
      g_assert_cmpuint (gui_count_regions (window), ==, 0);
      gui_click_at (window, 400, 220, 1);
      gui_click_at (window, 350, 400, 1);
      gui_click_at (window, 202, 202, 1);
      g_assert_cmpuint (gui_count_regions (window), ==, 0);
      if (quarters == 0)
        gui_keep_picture (window, "line-drawn");
      gui_type (GTK_WINDOW (window), "BackSpace");
      gui_type (GTK_WINDOW (window), "Return");
      g_assert_cmpuint (gui_count_regions (window), ==, 1);
      g_assert_cmpint (get_kind (gui_get_region (window, 0)), ==, MONOCLE_SHAPE_LINE);
      g_assert_cmpuint (count_points (gui_get_region (window, 0)), ==, 3);
      assert_point (gui_get_region (window, 0), 2, 350, 400);
      gui_undo (window, "Draw Line");
      g_assert_cmpuint (gui_count_regions (window), ==, 0);
    }
}

/* A stroke is a line; so is a drag that goes on from clicks, when it is closed by a key. */
static void
test_freehand (void)
{
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = open_with_tool ("line");
  gui_drag_at (window, NULL, 200, 200, 200, 100);
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  assert_point (gui_get_region (window, 0), 0, 200, 200);
  assert_point (gui_get_region (window, 0), count_points (gui_get_region (window, 0)) - 1, 400,
                300);
  gui_type (GTK_WINDOW (window), "Escape");
  gui_click_at (window, 100, 500, 1);
  gui_drag_at (window, NULL, 200, 500, 100, 0);
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  gui_type (GTK_WINDOW (window), "Return");
  g_assert_cmpuint (gui_count_regions (window), ==, 2);
}

/* It is taken hold of where it is, and its points can be moved, added, taken away. */
static void
test_edit (void)
{
  static const double bend[] = { 200, 200, 400, 200, 400, 400 };
  MonocleWindow *window;
  MonocleAnnotation *line;

  if (gui_lacks_input ())
    return;
  window = open_with_tool ("select");
  line = add_shape (window, monocle_shape_new_line (bend, 3), "");
  gui_click_at (window, 300, 300, 1); /* no inside */
  g_assert_cmpuint (count_selected (window), ==, 0);
  gui_click_at (window, 300, 200, 1);
  g_assert_cmpuint (count_selected (window), ==, 1);
  g_assert_false (gui_can_act (window, "win.split"));
  gui_keep_picture (window, "line-selected");
  gui_act (window, "win.edit-vertices", NULL);
  gui_drag_at (window, NULL, 400, 400, 50, 50);
  assert_point (line, 2, 450, 450);
  gui_type (GTK_WINDOW (window), "Insert"); /* behind the last there is nothing: before it */
  g_assert_cmpuint (count_points (line), ==, 4);
  assert_point (line, 2, 425, 325);
  assert_point (line, 3, 450, 450);
  gui_type (GTK_WINDOW (window), "Delete Delete");
  g_assert_cmpuint (count_points (line), ==, 2);
  gui_type (GTK_WINDOW (window), "Delete");
  g_assert_cmpuint (count_points (line), ==, 2);
}

/* Each click is a point of what is selected, a step of its own; Escape begins another. */
static void
test_points (void)
{
  g_autofree char *path = gui_sample ("1-park.png");
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = open_with_tool ("points");
  gui_click_at (window, 200, 200, 1);
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  g_assert_cmpint (get_kind (gui_get_region (window, 0)), ==, MONOCLE_SHAPE_POINTS);
  assert_point (gui_get_region (window, 0), 0, 200, 200);
  g_assert_false (gui_can_act (window, "win.to-box"));
  gui_click_at (window, 300, 250, 1);
  gui_click_at (window, 330, 250, 1);
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  g_assert_cmpuint (count_points (gui_get_region (window, 0)), ==, 3);
  assert_point (gui_get_region (window, 0), 2, 330, 250);
  gui_undo (window, "Add Point");
  g_assert_cmpuint (count_points (gui_get_region (window, 0)), ==, 2);
  gui_type (GTK_WINDOW (window), "Escape");
  gui_click_at (window, 500, 450, 1);
  g_assert_cmpuint (gui_count_regions (window), ==, 2);
  gui_keep_picture (window, "points");

  window = gui_open_again (path);
  g_assert_cmpuint (gui_count_regions (window), ==, 2);
  g_assert_cmpuint (count_points (gui_get_region (window, 0)), ==, 2);
  gui_select_regions (window, 0, 1);
  gui_act (window, "win.split", NULL);
  g_assert_cmpuint (gui_count_regions (window), ==, 3);
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

  g_test_add_func ("/gui/lines/clicks", test_clicks);
  g_test_add_func ("/gui/lines/freehand", test_freehand);
  g_test_add_func ("/gui/lines/edit", test_edit);
  g_test_add_func ("/gui/lines/points", test_points);

  return gui_run ();
}
