/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Outlines corrected point by point, turned into boxes and back, and made simpler. Needs real
 * input.
 */
#include "config.h"

#include <math.h>

#include <stdio.h>

#include "tests/gui/outline-fixture.h"
#include "tests/still-time.h"
#include "ui/simplify-bar.h"

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
undo (MonocleWindow *window, const char *title)
{
  gui_undo (window, title);
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

      undo (window, "Move Region");
      assert_point (region, 3, 140, 310);
      undo (window, "Add Point");
      g_assert_cmpuint (count_points (region), ==, 3);
      undo (window, "Delete Point");
      g_assert_cmpuint (count_points (region), ==, 4);
      undo (window, "Add Point");
      undo (window, "Move Point");
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
  test_hold_time (TRUE);
  press (window, "Return Tab Tab Right Right shift+Down");
  test_hold_time (FALSE);
  assert_point (region, 1, 302, 110);
  assert_point (region, 0, 100, 100);
  undo (window, "Move Point"); /* one step, as long as keys follow each other */
  g_assert_cmpfloat (monocle_annotation_get_bounds (region).width, ==, 200);
  while (!monocle_shape_equal (before, monocle_annotation_get_shape (region)))
    undo (window, "Move Point");

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

static MonocleWindow *
open_with_circle (MonocleAnnotation **region)
{
  static double circle[400];
  const MonocleRing ring = { circle, 200, MONOCLE_RING_OUTER };

  for (guint i = 0; i < 200; i++)
    {
      circle[2 * i] = 300 + 100 * cos (2 * G_PI * i / 200);
      circle[2 * i + 1] = 300 + 100 * sin (2 * G_PI * i / 200);
    }
  return open_with (&ring, 1, region);
}

static void
test_actions (void)
{
  MonocleAnnotation *region;
  MonocleWindow *window = open_with_circle (&region);

  g_assert_false (gui_can_act (window, "win.to-polygon"));
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
  undo (window, "Turn into Outline");
  g_assert_cmpint (get_kind (region), ==, MONOCLE_SHAPE_BOX);
}

/* --- Simpler --- */

static GtkWidget *
get_bar (MonocleWindow *window)
{
  return gui_find (window, MONOCLE_TYPE_SIMPLIFY_BAR);
}

/* How many points it says that there would be. */
static guint
read_count (MonocleWindow *window)
{
  GtkWidget *label = gui_find_text (get_bar (window), " of ");
  guint n = 0;

  g_assert_nonnull (label);
  g_assert_cmpint (sscanf (gtk_label_get_label (GTK_LABEL (label)), "%u of", &n), ==, 1);
  return n;
}

/* Seen before it is so; what is given up was never done, what is applied is one step. */
static void
test_simplify (void)
{
  MonocleWindow *window;
  MonocleAnnotation *region;
  cairo_surface_t *before, *after;
  guint first, n;

  if (gui_lacks_input ())
    return;
  window = open_with_circle (&region);
  before = gui_take_picture (GTK_WINDOW (window), 1);
  press (window, "ctrl+i");
  first = read_count (window);
  g_assert_cmpuint (first, <, 200);
  press (window, "Right Right Right Right Right Right Right Right");
  n = read_count (window);
  g_assert_cmpuint (n, <, first);
  g_assert_cmpuint (count_points (region), ==, 200);
  gui_keep_picture (window, "simplify");
  press (window, "Escape");
  g_assert_null (get_bar (window));
  after = gui_take_picture (GTK_WINDOW (window), 1);
  for (int y = 180; y < 420; y += 3)
    {
      const guint32 was = get_colour_at (window, before, 300, y);

      g_assert_cmphex (was, ==, get_colour_at (window, after, 300, y));
    }
  g_assert_cmpuint (count_points (region), ==, 200);

  press (window, "ctrl+i End");
  n = read_count (window);
  press (window, "Home");
  g_assert_cmpuint (read_count (window), ==, 200);
  press (window, "End Return");
  g_assert_null (get_bar (window));
  g_assert_cmpuint (count_points (region), ==, n);
  g_assert_cmpuint (n, <, first);
  g_assert_true (gtk_widget_has_focus (GTK_WIDGET (gui_get_view (window))));
  undo (window, "Simplify Outline");
  g_assert_cmpuint (count_points (region), ==, 200);
  cairo_surface_destroy (before);
  cairo_surface_destroy (after);
}

/* There is room for it in the smallest window, and for what it says. */
static void
test_simplify_narrow (void)
{
  MonocleAnnotation *region;
  MonocleWindow *window = open_with_circle (&region);
  GtkWidget *bar, *label;
  double x, y;

  gtk_window_set_default_size (GTK_WINDOW (window), 360, 640);
  gui_settle ();
  gui_act (window, "win.simplify", NULL);
  gui_settle ();
  bar = get_bar (window);
  g_assert_nonnull (bar);
  gui_keep_picture (window, "simplify-narrow");
  g_assert_true (gtk_widget_translate_coordinates (bar, GTK_WIDGET (window), 0, 0, &x, &y));
  g_assert_cmpfloat (x, >=, 0);
  g_assert_cmpfloat (x + gtk_widget_get_width (bar), <=, 360);
  label = gui_find_text (bar, " of ");
  g_assert_false (pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (label))));
}

/* Turned to something else it is done; what was changed or deleted meanwhile is left alone. */
static void
test_simplify_turned_from (void)
{
  MonocleWindow *window;
  MonocleAnnotation *region, *other;

  if (gui_lacks_input ())
    return;
  window = open_with_circle (&region);
  other = add_rings (window, &triangle, 1, "");
  gui_select_regions (window, 0, 2);
  gtk_widget_grab_focus (GTK_WIDGET (gui_get_view (window)));
  press (window, "ctrl+i End");
  gui_click_at (window, 550, 50, 1);
  gui_settle ();
  g_assert_null (get_bar (window));
  g_assert_cmpuint (count_points (region), <, 200);
  g_assert_cmpuint (count_points (other), ==, 3);
  undo (window, "Simplify Outline");
  g_assert_cmpuint (count_points (region), ==, 200);

  gui_select_regions (window, 0, 1);
  gtk_widget_grab_focus (GTK_WIDGET (gui_get_view (window)));
  press (window, "ctrl+i End Delete");
  g_assert_null (get_bar (window));
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  undo (window, "Delete Region");
  g_assert_cmpuint (count_points (region), ==, 200);

  /* A step back in the middle of it. */
  gui_select_regions (window, 0, 1);
  gui_act (window, "win.duplicate", NULL);
  gui_select_regions (window, 0, 1);
  gtk_widget_grab_focus (GTK_WIDGET (gui_get_view (window)));
  press (window, "ctrl+i End ctrl+z");
  g_assert_cmpuint (gui_count_regions (window), ==, 2);
  g_assert_cmpuint (count_points (region), ==, 200);
  press (window, "Return");
  g_assert_cmpuint (count_points (region), <, 200);
  g_assert_null (get_bar (window));
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

  g_test_add_func ("/gui/vertices/pointer", test_pointer);
  g_test_add_func ("/gui/vertices/keys", test_keys);
  g_test_add_func ("/gui/vertices/actions", test_actions);
  g_test_add_func ("/gui/vertices/simplify", test_simplify);
  g_test_add_func ("/gui/vertices/simplify-narrow", test_simplify_narrow);
  g_test_add_func ("/gui/vertices/simplify-turned-from", test_simplify_turned_from);

  return gui_run ();
}
