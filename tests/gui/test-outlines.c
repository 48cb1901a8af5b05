/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Outlines drawn with the pointer: point by point and freely, closed and given up, on corners and
 * borders that are near. Needs real input.
 */
#include "config.h"

#include "tests/gui/outline-fixture.h"

static MonocleWindow *
open_with_tool (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");

  gui_act (window, "win.tool", "polygon");
  return window;
}

static const double *
get_points (MonocleWindow *window, guint index, guint *n)
{
  return monocle_shape_get_points (monocle_annotation_get_shape (gui_get_region (window, index)),
                                   n);
}

/* --- Point by point --- */

/* A click at the first point closes it; wherever the picture is turned. */
static void
test_clicks (void)
{
  if (gui_lacks_input ())
    return;
  for (guint quarters = 0; quarters < 4; quarters++)
    {
      MonocleWindow *window = open_with_tool ();

      monocle_document_rotate (gui_get_document (window), quarters);
      gui_settle ();
      gui_click_at (window, 200, 200, 1);
      gui_click_at (window, 400, 220, 1);
      gui_click_at (window, 350, 400, 1);
      g_assert_cmpuint (gui_count_regions (window), ==, 0);
      gui_click_at (window, 202, 201, 1);
      g_assert_cmpuint (gui_count_regions (window), ==, 1);
      g_assert_cmpuint (count_points (gui_get_region (window, 0)), ==, 3);
      assert_point (gui_get_region (window, 0), 0, 200, 200);
      assert_point (gui_get_region (window, 0), 1, 400, 220);
      assert_point (gui_get_region (window, 0), 2, 350, 400);
      g_assert_cmpuint (count_selected (window), ==, 1);
      /* One step. */
      gui_undo (window, "Draw Outline");
      g_assert_cmpuint (gui_count_regions (window), ==, 0);
      gui_act (window, "win.tool", "select");
    }
}

/* A double click adds its point and closes. */
static void
test_double_click (void)
{
  MonocleWindow *window;
  double x, y;

  if (gui_lacks_input ())
    return;
  window = open_with_tool ();
  gui_click_at (window, 200, 200, 1);
  gui_click_at (window, 400, 220, 1);
  gui_locate (window, 350, 400, &x, &y);
  /* However busy the machine is. */
  g_object_set (gtk_settings_get_default (), "gtk-double-click-time", 10000, NULL);
  gui_click (GTK_WIDGET (gui_get_view (window)), x, y, 1);
  gui_click (GTK_WIDGET (gui_get_view (window)), x, y, 1);
  gui_settle ();
  gtk_settings_reset_property (gtk_settings_get_default (), "gtk-double-click-time");
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  g_assert_cmpuint (count_points (gui_get_region (window, 0)), ==, 3);

  /* The next one, while that is selected and shows its points. */
  gui_act (window, "win.edit-vertices", NULL);
  gui_click_at (window, 100, 100, 1);
  gui_click_at (window, 150, 100, 1);
  gui_click_at (window, 150, 150, 1);
  g_assert_cmpuint (count_selected (window), ==, 0);
  gui_type (GTK_WINDOW (window), "Return");
  g_assert_cmpuint (gui_count_regions (window), ==, 2);
  g_assert_cmpuint (count_points (gui_get_region (window, 1)), ==, 3);
  assert_point (gui_get_region (window, 1), 0, 100, 100);
  gui_act (window, "win.tool", "select");
}

static void
test_keys (void)
{
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = open_with_tool ();
  gui_click_at (window, 200, 200, 1);
  gui_click_at (window, 400, 220, 1);
  gui_type (GTK_WINDOW (window), "Return"); /* no outline yet */
  g_assert_cmpuint (gui_count_regions (window), ==, 0);
  gui_click_at (window, 500, 400, 1);
  gui_type (GTK_WINDOW (window), "BackSpace");
  gui_click_at (window, 350, 400, 1);
  gui_click_at (window, 250, 400, 1);
  gui_type (GTK_WINDOW (window), "ctrl+z");
  gui_type (GTK_WINDOW (window), "Return");
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  g_assert_cmpuint (count_points (gui_get_region (window, 0)), ==, 3);
  assert_point (gui_get_region (window, 0), 2, 350, 400);

  /* Given up, and nothing of it is left. */
  gui_act (window, "win.select-none", NULL);
  gui_click_at (window, 100, 100, 1);
  gui_click_at (window, 140, 100, 1);
  gui_type (GTK_WINDOW (window), "Escape");
  g_assert_cmpint (monocle_image_view_get_tool (gui_get_view (window)), ==, MONOCLE_TOOL_POLYGON);
  gui_click_at (window, 500, 500, 1);
  gui_click_at (window, 560, 500, 1);
  gui_click_at (window, 560, 560, 1);
  gui_type (GTK_WINDOW (window), "Return");
  g_assert_cmpuint (gui_count_regions (window), ==, 2);
  g_assert_cmpuint (count_points (gui_get_region (window, 1)), ==, 3);
  gui_act (window, "win.tool", "select");
}

/* --- Freely --- */

static void
test_freehand (void)
{
  MonocleWindow *window;
  guint n;
  const double *points;

  if (gui_lacks_input ())
    return;
  window = open_with_tool ();
  gui_drag_at (window, NULL, 200, 200, 200, 20);
  gui_drag_at (window, NULL, 350, 400, -100, -20);
  gui_type (GTK_WINDOW (window), "Return");
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  assert_point (gui_get_region (window, 0), 0, 200, 200);
  points = get_points (window, 0, &n);
  /* Start, middle and end of each stroke is what the pointer says. */
  g_assert_cmpuint (n, >=, 6);
  g_assert_cmpfloat_with_epsilon (points[2 * (n - 1)], 250, 3);
  g_assert_cmpfloat_with_epsilon (points[2 * (n - 1) + 1], 380, 3);
  gui_act (window, "win.tool", "select");
}

/* --- What is near --- */

static void
test_snap (void)
{
  MonocleWindow *window;
  guint n;
  const double *points;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  add_rings (window, &triangle, 1, "");
  gui_act (window, "win.tool", "polygon");
  gui_click_at (window, 404, 397, 1); /* a corner of the other one, exactly */
  gui_click_at (window, 500, 3, 1);   /* the upper border */
  gui_click_at (window, 500, 300, 1);
  gui_type (GTK_WINDOW (window), "Return");
  points = get_points (window, 1, &n);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpfloat (points[0], ==, 400);
  g_assert_cmpfloat (points[1], ==, 400);
  g_assert_cmpfloat (points[3], ==, 0);
  g_assert_cmpfloat_with_epsilon (points[2], 500, 3);
  gui_act (window, "win.tool", "select");
}

/* Other tools and pictures have nothing to do with it. */
static void
test_tools (void)
{
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = open_with_tool ();
  gui_click_at (window, 200, 200, 1);
  gui_click_at (window, 400, 220, 1);
  gui_click_at (window, 350, 400, 1);
  gui_act (window, "win.tool", "select");
  gui_act (window, "win.tool", "polygon");
  gui_type (GTK_WINDOW (window), "Return");
  g_assert_cmpuint (gui_count_regions (window), ==, 0);
  gui_act (window, "win.tool", "select");
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

  g_test_add_func ("/gui/outlines/clicks", test_clicks);
  g_test_add_func ("/gui/outlines/double-click", test_double_click);
  g_test_add_func ("/gui/outlines/keys", test_keys);
  g_test_add_func ("/gui/outlines/freehand", test_freehand);
  g_test_add_func ("/gui/outlines/snap", test_snap);
  g_test_add_func ("/gui/outlines/tools", test_tools);

  return gui_run ();
}
