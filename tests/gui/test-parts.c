/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Several things made one, and one taken apart, by keys. Needs real input.
 */
#include "config.h"

#include "tests/gui/outline-fixture.h"

static void
test_merge (void)
{
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  gui_add_region (window, 100, 100, 200, 200);
  gui_add_region (window, 400, 100, 500, 200);
  gui_add_region (window, 150, 150, 300, 300);
  gui_select_regions (window, 0, 1);
  g_assert_false (gui_can_act (window, "win.merge"));
  gui_select_regions (window, 0, 2);
  gtk_widget_grab_focus (GTK_WIDGET (gui_get_view (window)));
  gui_type (GTK_WINDOW (window), "ctrl+j");
  g_assert_cmpuint (gui_count_regions (window), ==, 2);
  g_assert_cmpint (get_kind (gui_get_region (window, 0)), ==, MONOCLE_SHAPE_RINGS);
  gui_assert_region (gui_get_region (window, 0), 100, 100, 500, 200);
  g_assert_cmpuint (count_selected (window), ==, 1);

  /* These two touch. */
  gui_select_regions (window, 0, 2);
  gui_type (GTK_WINDOW (window), "ctrl+j");
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  g_assert_cmpint (get_kind (gui_get_region (window, 0)), ==, MONOCLE_SHAPE_MASK);
  gui_keep_picture (window, "merged");
  gui_undo (window, "Merge");
  gui_act (window, "win.undo", NULL);
  g_assert_cmpuint (gui_count_regions (window), ==, 3);
  g_assert_cmpint (get_kind (gui_get_region (window, 0)), ==, MONOCLE_SHAPE_BOX);
}

/* What cannot be one is said to be so, and stays. */
static void
test_unlike (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");

  gui_add_region (window, 100, 100, 200, 200);
  add_shape (window, monocle_shape_new_points ((const double[]){ 5, 6 }, 1), "");
  gui_select_regions (window, 0, 2);
  gui_act (window, "win.merge", NULL);
  g_assert_cmpuint (gui_count_regions (window), ==, 2);
  gui_wait_for_text (window, "These cannot be one object");
}

static void
test_split (void)
{
  const double other[] = { 400, 100, 500, 100, 500, 200, 400, 200 };
  const MonocleRing rings[] = { frame[0], { other, 4, MONOCLE_RING_OUTER }, frame[1] };
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  add_rings (window, rings, 3, "two");
  gui_select_regions (window, 0, 1);
  gtk_widget_grab_focus (GTK_WIDGET (gui_get_view (window)));
  gui_type (GTK_WINDOW (window), "ctrl+shift+j");
  g_assert_cmpuint (gui_count_regions (window), ==, 2);
  g_assert_cmpuint (count_selected (window), ==, 2);
  g_assert_cmpuint (count_points (gui_get_region (window, 0)), ==, 8);
  gui_assert_region (gui_get_region (window, 1), 400, 100, 500, 200);
  g_assert_cmpstr (monocle_annotation_get_label (gui_get_region (window, 1)), ==, "two");
  g_assert_false (gui_can_act (window, "win.split"));
  gui_keep_picture (window, "split");
  gui_undo (window, "Split");
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  g_assert_cmpuint (count_points (gui_get_region (window, 0)), ==, 12);
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

  g_test_add_func ("/gui/parts/merge", test_merge);
  g_test_add_func ("/gui/parts/unlike", test_unlike);
  g_test_add_func ("/gui/parts/split", test_split);

  return gui_run ();
}
