/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything that can be drawn, drawn by keys alone.
 */
#include "config.h"

#include "tests/gui/outline-fixture.h"

/* The cross is in the middle: the pointer is elsewhere. */
static MonocleWindow *
open_with_cross (const char *key, guint quarters)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");

  monocle_document_rotate (gui_get_document (window), quarters);
  gui_select_regions (window, 0, 0);
  gtk_widget_grab_focus (GTK_WIDGET (gui_get_view (window)));
  gui_type (GTK_WINDOW (window), key);
  gui_type (GTK_WINDOW (window), "Return");
  return window;
}

static MonocleRect
get_bounds (MonocleWindow *window)
{
  return monocle_annotation_get_bounds (gui_get_region (window, 0));
}

static void
test_box (void)
{
  if (gui_lacks_input ())
    return;
  for (guint quarters = 0; quarters < 2; quarters++)
    {
      MonocleWindow *window = open_with_cross ("alt+2", quarters);

      gui_type (GTK_WINDOW (window), "space ctrl+Right ctrl+Right shift+Down shift+Down Down");
      g_assert_cmpuint (gui_count_regions (window), ==, 0);
      if (quarters == 0)
        gui_keep_picture (window, "cross-box");
      gui_type (GTK_WINDOW (window), "space");
      g_assert_cmpuint (gui_count_regions (window), ==, 1);
      g_assert_cmpfloat_with_epsilon (get_bounds (window).width, quarters ? 21 : 100, 1e-6);
      g_assert_cmpfloat_with_epsilon (get_bounds (window).height, quarters ? 100 : 21, 1e-6);
      gui_act (window, "win.undo", NULL);
      g_assert_cmpuint (gui_count_regions (window), ==, 0);
      /* Given up half way, then put away: arrows are about pictures again. */
      gui_type (GTK_WINDOW (window), "space ctrl+Right ctrl+Down Escape");
      g_assert_cmpuint (gui_count_regions (window), ==, 0);
      gui_type (GTK_WINDOW (window), "Escape Escape");
      g_assert_cmpint (monocle_image_view_get_tool (gui_get_view (window)), ==,
                       MONOCLE_TOOL_SELECT);
    }
}

/* An outline, a hole in it, a line. */
static void
test_outline (void)
{
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = open_with_cross ("alt+3", 0);
  gui_type (GTK_WINDOW (window), "space ctrl+Right ctrl+Right space ctrl+Down ctrl+Down space");
  gui_type (GTK_WINDOW (window), "ctrl+Left ctrl+Left space Return");
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  g_assert_cmpuint (count_points (gui_get_region (window, 0)), ==, 4);
  g_assert_cmpfloat_with_epsilon (get_bounds (window).width, 100, 1e-6);
  g_assert_cmpfloat_with_epsilon (get_bounds (window).height, 100, 1e-6);

  gui_type (GTK_WINDOW (window), "ctrl+h shift+Up shift+Up shift+Right shift+Right space");
  gui_type (GTK_WINDOW (window), "ctrl+Right space ctrl+Up space Return");
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  g_assert_cmpuint (count_points (gui_get_region (window, 0)), ==, 7);

  gui_type (GTK_WINDOW (window), "alt+7 space ctrl+Right space Return");
  g_assert_cmpuint (gui_count_regions (window), ==, 2);
  g_assert_cmpint (get_kind (gui_get_region (window, 1)), ==, MONOCLE_SHAPE_LINE);
}

static void
test_points_and_strokes (void)
{
  MonocleWindow *window;
  MonocleAnnotation *painted;

  if (gui_lacks_input ())
    return;
  window = open_with_cross ("alt+8", 0);
  gui_type (GTK_WINDOW (window), "space ctrl+Right space");
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  g_assert_cmpuint (count_points (gui_get_region (window, 0)), ==, 2);
  g_assert_cmpfloat_with_epsilon (get_bounds (window).width, 50, 1e-6);

  gui_type (GTK_WINDOW (window), "Escape alt+5 space ctrl+Down ctrl+Down space");
  g_assert_cmpuint (gui_count_regions (window), ==, 2);
  painted = gui_get_region (window, 1);
  g_assert_cmpint (get_kind (painted), ==, MONOCLE_SHAPE_MASK);
  g_assert_cmpfloat_with_epsilon (monocle_annotation_get_bounds (painted).height, 120, 1e-6);
  gui_type (GTK_WINDOW (window), "alt+6 space ctrl+Up ctrl+Up space");
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

  g_test_add_func ("/gui/cross/box", test_box);
  g_test_add_func ("/gui/cross/outline", test_outline);
  g_test_add_func ("/gui/cross/points-and-strokes", test_points_and_strokes);

  return gui_run ();
}
