/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pixels painted and erased with the pointer: of something new, of what is selected, of what was no
 * mask before; a stroke is a step. Needs real input.
 */
#include "config.h"

#include "tests/gui/outline-fixture.h"

#define SIZE 20

static MonocleWindow *
open_with_brush (guint quarters)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");

  monocle_document_rotate (gui_get_document (window), quarters);
  g_object_set (gui_get_view (window), "brush-size", SIZE, NULL);
  gui_act (window, "win.tool", "brush");
  gui_settle ();
  return window;
}

static MonocleMaskRuns *
get_mask (MonocleWindow *window, guint index)
{
  return monocle_shape_get_mask (monocle_annotation_get_shape (gui_get_region (window, index)));
}

static gboolean
has_pixel (MonocleWindow *window, guint index, guint x, guint y)
{
  return monocle_mask_runs_has (get_mask (window, index), x, y);
}

static guint64
get_area (MonocleWindow *window, guint index)
{
  return monocle_mask_runs_get_area (get_mask (window, index));
}

/* Something new, then more of it; each is taken back by itself, wherever the picture is turned. */
static void
test_strokes (void)
{
  if (gui_lacks_input ())
    return;
  for (guint quarters = 0; quarters < 4; quarters++)
    {
      MonocleWindow *window = open_with_brush (quarters);
      guint64 area;

      gui_drag_at (window, NULL, 200, 200, 200, 0);
      g_assert_cmpuint (gui_count_regions (window), ==, 1);
      g_assert_cmpint (get_kind (gui_get_region (window, 0)), ==, MONOCLE_SHAPE_MASK);
      g_assert_cmpuint (count_selected (window), ==, 1);
      for (guint x = 196; x <= 404; x++)
        g_assert_true (has_pixel (window, 0, x, 203));
      g_assert_false (has_pixel (window, 0, 300, 214));
      g_assert_false (has_pixel (window, 0, 184, 200));
      gui_assert_region (gui_get_region (window, 0), 190, 190, 410, 210);
      area = get_area (window, 0);

      gui_drag_at (window, NULL, 300, 200, 0, 150);
      g_assert_cmpuint (gui_count_regions (window), ==, 1);
      g_assert_true (has_pixel (window, 0, 300, 340));
      g_assert_true (has_pixel (window, 0, 200, 200));
      gui_undo (window, "Brush Stroke");
      g_assert_cmpuint (get_area (window, 0), ==, area);
      gui_undo (window, "Brush Stroke");
      g_assert_cmpuint (gui_count_regions (window), ==, 0);
      gui_act (window, "win.redo", NULL);
      gui_act (window, "win.redo", NULL);
      g_assert_true (has_pixel (window, 0, 300, 340));
    }
}

/* A click is a dab; with nothing selected it begins another one. */
static void
test_dabs (void)
{
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = open_with_brush (0);
  gui_click_at (window, 200, 200, 1);
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  gui_assert_region (gui_get_region (window, 0), 190, 190, 210, 210);
  gui_click_at (window, 300, 200, 1);
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  gui_assert_region (gui_get_region (window, 0), 190, 190, 310, 210);
  gui_type (GTK_WINDOW (window), "Escape");
  g_assert_cmpint (monocle_image_view_get_tool (gui_get_view (window)), ==, MONOCLE_TOOL_BRUSH);
  gui_click_at (window, 300, 300, 1);
  g_assert_cmpuint (gui_count_regions (window), ==, 2);
  gui_assert_region (gui_get_region (window, 1), 290, 290, 310, 310);
  gui_keep_picture (window, "brush-dabs");
}

/* With Shift, and with its own tool; what is erased as a whole is gone. */
static void
test_erase (void)
{
  MonocleWindow *window;
  guint64 area;

  if (gui_lacks_input ())
    return;
  window = open_with_brush (0);
  gui_drag_at (window, NULL, 200, 200, 200, 0);
  area = get_area (window, 0);
  gui_drag_at (window, "shift", 300, 150, 0, 100);
  g_assert_false (has_pixel (window, 0, 300, 200));
  g_assert_true (has_pixel (window, 0, 250, 200));
  gui_undo (window, "Eraser Stroke");
  g_assert_cmpuint (get_area (window, 0), ==, area);

  gui_act (window, "win.tool", "eraser");
  gui_keep_picture (window, "eraser");
  gui_act (window, "win.select-none", NULL);
  gui_drag_at (window, NULL, 250, 202, 0, 60); /* what is there is meant */
  g_assert_cmpuint (count_selected (window), ==, 1);
  g_assert_false (has_pixel (window, 0, 250, 205));
  gui_drag_at (window, "shift", 250, 202, 0, 30); /* the other way round */
  g_assert_true (has_pixel (window, 0, 250, 220));

  g_object_set (gui_get_view (window), "brush-size", 400, NULL);
  gui_drag_at (window, NULL, 200, 200, 200, 0);
  g_assert_cmpuint (gui_count_regions (window), ==, 0);
  gui_drag_at (window, NULL, 200, 200, 200, 0); /* nothing is there any more */
  g_assert_cmpuint (gui_count_regions (window), ==, 0);
  gui_undo (window, "Eraser Stroke");
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  g_assert_true (has_pixel (window, 0, 250, 220));
}

/* What is no mask becomes one with the first stroke, and is what it was when that is taken back. */
static void
test_outline (void)
{
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = open_with_brush (0);
  add_rings (window, frame, 2, "frame");
  gui_select_regions (window, 0, 1);
  gui_drag_at (window, NULL, 200, 110, 0, 180); /* through its hole, from no handle */
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  g_assert_cmpint (get_kind (gui_get_region (window, 0)), ==, MONOCLE_SHAPE_MASK);
  g_assert_true (has_pixel (window, 0, 200, 200));
  g_assert_true (has_pixel (window, 0, 120, 120));
  g_assert_false (has_pixel (window, 0, 160, 200));
  gui_keep_picture (window, "brush-named");
  gui_act (window, "win.undo", NULL);
  g_assert_cmpint (get_kind (gui_get_region (window, 0)), ==, MONOCLE_SHAPE_RINGS);
  g_assert_cmpuint (count_points (gui_get_region (window, 0)), ==, 8);
}

/* Its size is that of the picture's pixels, and changes without a letter being lost. */
static void
test_size (void)
{
  MonocleWindow *window;
  guint size;

  if (gui_lacks_input ())
    return;
  window = open_with_brush (0);
  gtk_widget_grab_focus (GTK_WIDGET (gui_get_view (window)));
  gui_type (GTK_WINDOW (window), "alt+Up alt+Up alt+Down");
  g_object_get (gui_get_view (window), "brush-size", &size, NULL);
  g_assert_cmpuint (size, >, SIZE);
  g_assert_cmpuint (size, <, 30);
  for (guint i = 0; i < 30; i++)
    monocle_image_view_step_brush (gui_get_view (window), -1);
  g_object_get (gui_get_view (window), "brush-size", &size, NULL);
  g_assert_cmpuint (size, ==, 1);
  gui_click_at (window, 300, 300, 1);
  g_assert_cmpuint (get_area (window, 0), ==, 1);
  for (guint i = 0; i < 60; i++)
    monocle_image_view_step_brush (gui_get_view (window), 1);
  g_object_get (gui_get_view (window), "brush-size", &size, NULL);
  g_assert_cmpuint (size, ==, MONOCLE_BRUSH_MAX_SIZE);
  gui_type (GTK_WINDOW (window), "bracketleft");
  g_object_get (gui_get_view (window), "brush-size", &size, NULL);
  g_assert_cmpuint (size, ==, MONOCLE_BRUSH_MAX_SIZE);
}

/* Strokes are there again, and can still be taken back. */
static void
test_kept (void)
{
  g_autofree char *path = gui_sample ("1-park.png");
  MonocleWindow *window;
  guint64 area;

  if (gui_lacks_input ())
    return;
  window = open_with_brush (0);
  gui_drag_at (window, NULL, 200, 200, 200, 0);
  area = get_area (window, 0);
  gui_drag_at (window, "shift", 300, 150, 0, 100);
  g_assert_cmpuint (get_area (window, 0), <, area);
  window = gui_open_again (path);
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  g_assert_false (has_pixel (window, 0, 300, 200));
  gui_act (window, "win.undo", NULL);
  g_assert_cmpuint (get_area (window, 0), ==, area);
  gui_act (window, "win.undo", NULL);
  g_assert_cmpuint (gui_count_regions (window), ==, 0);
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

  g_test_add_func ("/gui/brush/strokes", test_strokes);
  g_test_add_func ("/gui/brush/dabs", test_dabs);
  g_test_add_func ("/gui/brush/erase", test_erase);
  g_test_add_func ("/gui/brush/outline", test_outline);
  g_test_add_func ("/gui/brush/size", test_size);
  g_test_add_func ("/gui/brush/kept", test_kept);

  return gui_run ();
}
