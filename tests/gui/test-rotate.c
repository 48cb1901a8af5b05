/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is the person's own rotated, by its handle and by keys, and holes cut into it. Needs real
 * input.
 */
#include "config.h"

#include <math.h>

#include "tests/gui/outline-fixture.h"
#include "tests/still-time.h"

/* From the handle above to a place of the view, which is @dx, @dy pixels of the picture from the
 * middle. */
static void
drag_handle (
    MonocleWindow *window, const char *key, MonocleAnnotation *region, double dx, double dy)
{
  const MonocleRect bounds = monocle_annotation_get_bounds (region);
  const double x = bounds.x + bounds.width / 2, y = bounds.y + bounds.height / 2;
  double from_x, from_y, to_x, to_y;

  gui_locate (window, x, bounds.y, &from_x, &from_y);
  gui_locate (window, x + dx, y + dy, &to_x, &to_y);
  gui_drag_with (key, GTK_WIDGET (gui_get_view (window)), from_x, from_y - 22, to_x, to_y);
  gui_settle ();
}

static void
test_handle (void)
{
  MonocleWindow *window;
  MonocleAnnotation *region;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  region = gui_add_region (window, 200, 250, 400, 350);
  gui_select_regions (window, 0, 1);
  gui_keep_picture (window, "rotate-handle");
  drag_handle (window, "shift", region, 200, 12); /* nearly to the right */
  g_assert_cmpint (get_kind (region), ==, MONOCLE_SHAPE_BOX);
  gui_assert_region (region, 250, 200, 350, 400);
  gui_act (window, "win.undo", NULL);
  gui_assert_region (region, 200, 250, 400, 350);

  drag_handle (window, NULL, region, 150, -150);
  g_assert_cmpint (get_kind (region), ==, MONOCLE_SHAPE_QUAD);
  assert_point (region, 0, 300 - 50 * sqrt (2) / 2, 300 - 150 * sqrt (2) / 2);
  gui_keep_picture (window, "rotated");
  gui_undo (window, "Rotate Region");
  g_assert_cmpint (get_kind (region), ==, MONOCLE_SHAPE_BOX);
}

/* However the picture is turned it goes where the pointer goes; pixels stay pixels. */
static void
test_turned (void)
{
  MonocleWindow *window;
  MonocleAnnotation *region;
  g_autoptr (MonocleMaskRuns) runs = NULL;
  g_autoptr (MonocleShape) box = NULL;
  double x, y, to_x, to_y;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  box = monocle_shape_new_box (&(MonocleBox){ 200, 250, 400, 350 });
  runs = monocle_shape_to_mask (box, monocle_document_get_width (gui_get_document (window)),
                                monocle_document_get_height (gui_get_document (window)));
  region = add_shape (window, monocle_shape_new_mask (runs), "wall");
  monocle_document_rotate (gui_get_document (window), 1);
  gui_settle ();
  gui_select_regions (window, 0, 1);
  /* Its left side is above, and goes to the right. */
  gui_locate (window, 200, 300, &x, &y);
  gui_locate (window, 300, 150, &to_x, &to_y);
  gui_drag_with ("shift", GTK_WIDGET (gui_get_view (window)), x, y - 22, to_x, to_y);
  gui_settle ();
  g_assert_cmpint (get_kind (region), ==, MONOCLE_SHAPE_MASK);
  gui_assert_region (region, 250, 200, 350, 400);
}

static void
test_keys (void)
{
  MonocleWindow *window;
  MonocleAnnotation *region;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  region = gui_add_region (window, 200, 250, 400, 350);
  g_assert_false (gui_can_act (window, "win.rotate-regions"));
  gui_select_regions (window, 0, 1);
  gtk_widget_grab_focus (GTK_WIDGET (gui_get_view (window)));
  test_hold_time (TRUE);
  gui_type (GTK_WINDOW (window), "alt+period alt+period alt+period");
  test_hold_time (FALSE);
  assert_point (region, 0, 300 - 100 * cos (G_PI / 60) + 50 * sin (G_PI / 60),
                300 - 100 * sin (G_PI / 60) - 50 * cos (G_PI / 60));
  g_assert_cmpint (get_kind (region), ==, MONOCLE_SHAPE_QUAD);
  gui_undo (window, "Rotate Region"); /* all of them */
  gui_assert_region (region, 200, 250, 400, 350);
  gui_wait_ms (1100);
  gui_type (GTK_WINDOW (window), "alt+shift+comma");
  assert_point (region, 0, 300 - 100 * cos (G_PI / 12) - 50 * sin (G_PI / 12),
                300 + 100 * sin (G_PI / 12) - 50 * cos (G_PI / 12));
  gui_type (GTK_WINDOW (window), "alt+shift+period");
  gui_assert_region (region, 200, 250, 400, 350);
}

/* --- Holes --- */

/* From the menu of what is selected: the next outline is one. */
static void
test_hole (void)
{
  MonocleWindow *window;
  MonocleAnnotation *region;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  region = gui_add_region (window, 200, 200, 400, 400);
  gui_select_regions (window, 0, 1);
  gtk_widget_grab_focus (GTK_WIDGET (gui_get_view (window)));
  gui_type (GTK_WINDOW (window), "ctrl+h");
  g_assert_cmpint (monocle_image_view_get_tool (gui_get_view (window)), ==, MONOCLE_TOOL_POLYGON);
  gui_click_at (window, 250, 250, 1);
  gui_click_at (window, 350, 250, 1);
  gui_click_at (window, 300, 350, 1);
  gui_type (GTK_WINDOW (window), "Return");
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  g_assert_cmpint (get_kind (region), ==, MONOCLE_SHAPE_RINGS);
  g_assert_cmpuint (count_points (region), ==, 7);
  g_assert_false (monocle_shape_hit (monocle_annotation_get_shape (region), 300, 280, 0));
  g_assert_cmpuint (count_selected (window), ==, 1);
  gui_keep_picture (window, "hole");
  gui_undo (window, "Cut Hole");
  g_assert_cmpint (get_kind (region), ==, MONOCLE_SHAPE_BOX);

  /* The next one is one by itself again. */
  gui_click_at (window, 450, 450, 1);
  gui_click_at (window, 500, 450, 1);
  gui_click_at (window, 500, 500, 1);
  gui_type (GTK_WINDOW (window), "Return");
  g_assert_cmpuint (gui_count_regions (window), ==, 2);
}

/* With Shift, where what is selected is; one that misses it stays an outline to be drawn. */
static void
test_shift (void)
{
  MonocleWindow *window;
  MonocleAnnotation *region;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  region = gui_add_region (window, 200, 200, 400, 400);
  gui_select_regions (window, 0, 1);
  gui_act (window, "win.tool", "polygon");
  gui_drag_at (window, "shift", 250, 250, 100, 0);
  gui_click_at (window, 300, 350, 1);
  gui_type (GTK_WINDOW (window), "Return");
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  g_assert_false (monocle_shape_hit (monocle_annotation_get_shape (region), 300, 280, 0));

  gui_act (window, "win.cut-hole", NULL);
  gui_click_at (window, 450, 450, 1);
  gui_click_at (window, 500, 450, 1);
  gui_click_at (window, 500, 500, 1);
  gui_type (GTK_WINDOW (window), "Return");
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  g_assert_cmpuint (count_selected (window), ==, 0);
  gui_type (GTK_WINDOW (window), "Escape");
  gui_act (window, "win.undo", NULL);
  g_assert_cmpint (get_kind (region), ==, MONOCLE_SHAPE_BOX);
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

  g_test_add_func ("/gui/rotate/handle", test_handle);
  g_test_add_func ("/gui/rotate/turned", test_turned);
  g_test_add_func ("/gui/rotate/keys", test_keys);
  g_test_add_func ("/gui/rotate/hole", test_hole);
  g_test_add_func ("/gui/rotate/shift", test_shift);

  return gui_run ();
}
