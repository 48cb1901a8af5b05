/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Outlines corrected point by point, turned into boxes and back, and made simpler. Needs real
 * input.
 */
#include "config.h"

#include <math.h>

#include "tests/gui/outline-fixture.h"

static MonocleWindow *
open_with (const MonocleRing *rings, guint n_rings, MonocleAnnotation **region)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");

  *region = add_rings (window, rings, n_rings, "");
  gui_select_regions (window, 0, 1);
  return window;
}

static void
press (MonocleWindow *window, const char *keys)
{
  gui_type (GTK_WINDOW (window), keys);
  gui_settle ();
}

static void
undo (MonocleWindow *window)
{
  gui_act (window, "win.undo", NULL);
  gui_settle ();
}

/* --- With the pointer --- */

/* Each is a step of its own, and undone in reverse order the outline is what it was. */
static void
test_pointer (void)
{
  MonocleWindow *window;
  MonocleAnnotation *region;
  MonocleShape *before;

  if (gui_lacks_input ())
    return;
  for (guint quarters = 0; quarters < 2; quarters++)
    {
      window = open_with (&triangle, 1, &region);
      monocle_document_rotate (gui_get_document (window), quarters);
      gui_settle ();
      before = monocle_shape_ref (monocle_annotation_get_shape (region));
      gui_click_at (window, 240, 360, 1); /* it is selected already */

      gui_drag_at (window, NULL, 400, 400, 60, -20);
      assert_point (region, 1, 460, 380);
      assert_point (region, 0, 200, 200);
      gui_click_at (window, 200, 300, 1); /* an edge */
      g_assert_cmpuint (count_points (region), ==, 4);
      assert_point (region, 3, 200, 300);
      press (window, "Delete");
      g_assert_cmpuint (count_points (region), ==, 3);
      gui_drag_at (window, NULL, 200, 300, -60, 10); /* pulled out of an edge */
      g_assert_cmpuint (count_points (region), ==, 4);
      assert_point (region, 3, 140, 310);
      gui_drag_at (window, NULL, 260, 350, 20, 10); /* all of it */
      assert_point (region, 0, 220, 210);
      assert_point (region, 3, 160, 320);

      undo (window);
      assert_point (region, 3, 140, 310);
      undo (window);
      g_assert_cmpuint (count_points (region), ==, 3);
      undo (window);
      g_assert_cmpuint (count_points (region), ==, 4);
      undo (window);
      undo (window);
      g_assert_true (monocle_shape_equal (before, monocle_annotation_get_shape (region)));
      /* Three are the least; the region is not what is deleted. */
      gui_click_at (window, 400, 400, 1);
      press (window, "Delete");
      g_assert_cmpuint (count_points (region), ==, 3);
      g_assert_cmpuint (gui_count_regions (window), ==, 1);
      /* With the handles again. */
      press (window, "Escape");
      g_assert_cmpuint (count_selected (window), ==, 1);
      gui_drag_at (window, NULL, 400, 300, 100, 0);
      gui_assert_region (region, 200, 200, 500, 400);
      monocle_shape_unref (before);
    }
}

/* --- By keyboard --- */

static void
test_keys (void)
{
  MonocleWindow *window;
  MonocleAnnotation *region;
  MonocleShape *before;

  if (gui_lacks_input ())
    return;
  window = open_with (frame, 2, &region);
  before = monocle_shape_ref (monocle_annotation_get_shape (region));
  gtk_widget_grab_focus (GTK_WIDGET (gui_get_view (window)));
  press (window, "Return Tab Tab Right Right shift+Down");
  assert_point (region, 1, 302, 110);
  assert_point (region, 0, 100, 100);
  undo (window); /* one step, as long as keys follow each other */
  g_assert_cmpfloat (monocle_annotation_get_bounds (region).width, ==, 200);
  while (!monocle_shape_equal (before, monocle_annotation_get_shape (region)))
    undo (window);

  press (window, "Insert");
  g_assert_cmpuint (count_points (region), ==, 9);
  assert_point (region, 2, 300, 200);
  press (window, "Delete");
  g_assert_true (monocle_shape_equal (before, monocle_annotation_get_shape (region)));

  /* Of the hole, until it goes as a whole. */
  press (window, "Tab Tab Tab Delete");
  g_assert_cmpuint (count_points (region), ==, 7);
  press (window, "Delete");
  g_assert_cmpuint (count_points (region), ==, 4);
  press (window, "Return");
  gui_drag_at (window, NULL, 300, 200, 60, 0); /* a handle */
  gui_assert_region (region, 100, 100, 360, 300);
  monocle_shape_unref (before);
}

/* --- As a whole --- */

static void
test_actions (void)
{
  static double circle[400];
  const MonocleRing ring = { circle, 200, MONOCLE_RING_OUTER };
  MonocleWindow *window;
  MonocleAnnotation *region;
  guint n = 200;

  for (guint i = 0; i < 200; i++)
    {
      circle[2 * i] = 300 + 100 * cos (2 * G_PI * i / 200);
      circle[2 * i + 1] = 300 + 100 * sin (2 * G_PI * i / 200);
    }
  window = open_with (&ring, 1, &region);
  g_assert_false (gui_can_act (window, "win.to-polygon"));
  for (guint i = 0; i < 3; i++)
    {
      gui_act (window, "win.simplify", NULL);
      g_assert_cmpuint (count_points (region), <, n);
      n = count_points (region);
    }
  undo (window);
  g_assert_cmpuint (count_points (region), >, n);

  gui_act (window, "win.to-box", NULL);
  gui_settle ();
  g_assert_cmpint (get_kind (region), ==, MONOCLE_SHAPE_BOX);
  gui_assert_region (region, 200, 200, 400, 400);
  g_assert_false (gui_can_act (window, "win.edit-vertices"));
  g_assert_false (gui_can_act (window, "win.simplify"));
  g_assert_false (gui_can_act (window, "win.to-box"));
  gui_act (window, "win.to-polygon", NULL);
  gui_settle ();
  g_assert_cmpint (get_kind (region), ==, MONOCLE_SHAPE_RINGS);
  g_assert_cmpuint (count_points (region), ==, 4);
  g_assert_true (gui_can_act (window, "win.edit-vertices"));
  undo (window);
  g_assert_cmpint (get_kind (region), ==, MONOCLE_SHAPE_BOX);
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

  g_test_add_func ("/gui/vertices/pointer", test_pointer);
  g_test_add_func ("/gui/vertices/keys", test_keys);
  g_test_add_func ("/gui/vertices/actions", test_actions);

  return gui_run ();
}
