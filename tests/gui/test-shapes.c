/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Regions that are no boxes: drawn as they are, hit where they are, moved and made larger as they
 * are. Needs real input.
 */
#include "config.h"

#include <math.h>

#include "tests/gui/outline-fixture.h"
#include "tests/unit/answer-fixture.h"

/* --- Drawn --- */

/* How many pixels between two points of the picture are other than in @before. */
static guint
count_changed (
    MonocleWindow *window, cairo_surface_t *before, double x1, double y1, double x2, double y2)
{
  cairo_surface_t *after = gui_take_picture (GTK_WINDOW (window), 1);
  guint n = 0;

  for (guint i = 0; i <= 100; i++)
    {
      const double x = x1 + (x2 - x1) * i / 100, y = y1 + (y2 - y1) * i / 100;

      n += get_colour_at (window, before, x, y) != get_colour_at (window, after, x, y);
    }
  cairo_surface_destroy (after);
  return n;
}

static void
test_drawn (void)
{
  for (guint quarters = 0; quarters < 4; quarters++)
    {
      MonocleWindow *window = gui_open_sample ("1-park.png");
      cairo_surface_t *before;

      monocle_document_rotate (gui_get_document (window), quarters);
      before = gui_take_picture (GTK_WINDOW (window), 1);
      add_rings (window, &triangle, 1, "");
      /* Along its long side, and not where only the box around it is. */
      g_assert_cmpuint (count_changed (window, before, 210, 210, 390, 390), >, 90);
      g_assert_cmpuint (count_changed (window, before, 230, 200, 400, 200), ==, 0);
      g_assert_cmpuint (count_changed (window, before, 400, 200, 400, 370), ==, 0);
      cairo_surface_destroy (before);
    }
}

/* With a name it has a colour, a plate and a solid line; its holes are open. */
static void
test_named (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  MonocleAnnotation *region;
  cairo_surface_t *before, *after;
  MonocleColour colour;
  guint n_coloured = 0;

  before = gui_take_picture (GTK_WINDOW (window), 1);
  region = add_rings (window, frame, 2, "frame");
  g_assert_cmpuint (count_changed (window, before, 200, 160, 200, 240), ==, 0);
  g_assert_cmpuint (count_changed (window, before, 200, 110, 200, 140), >, 90);
  /* The plate, above it. */
  g_assert_cmpuint (count_changed (window, before, 104, 92, 110, 92), >, 50);

  colour = monocle_palette_get (monocle_annotation_get_colour (region));
  after = gui_take_picture (GTK_WINDOW (window), 1);
  for (guint i = 0; i <= 100; i++)
    {
      const guint32 seen = get_colour_at (window, after, 110 + 1.8 * i, 300);

      n_coloured += fabs ((seen >> 16 & 0xff) - 255 * colour.red) < 40
                    && fabs ((seen >> 8 & 0xff) - 255 * colour.green) < 40
                    && fabs ((seen & 0xff) - 255 * colour.blue) < 40;
    }
  g_assert_cmpuint (n_coloured, >, 95);
  cairo_surface_destroy (after);
  cairo_surface_destroy (before);
}

/* --- Hit --- */

static void
test_hit (void)
{
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  add_rings (window, &triangle, 1, "");
  /* The box around it is not it. */
  gui_click_at (window, 370, 230, 1);
  g_assert_cmpuint (count_selected (window), ==, 0);
  gui_click_at (window, 240, 360, 1);
  g_assert_cmpuint (count_selected (window), ==, 1);
  gui_click_at (window, 370, 230, 1);
  g_assert_cmpuint (count_selected (window), ==, 0);
  gui_click_at (window, 302, 300, 1); /* the line */
  g_assert_cmpuint (count_selected (window), ==, 1);
  gui_act (window, "win.delete", NULL);

  /* A hole is none of it. */
  add_rings (window, frame, 2, "");
  gui_click_at (window, 200, 200, 1);
  g_assert_cmpuint (count_selected (window), ==, 0);
  gui_click_at (window, 120, 200, 1);
  g_assert_cmpuint (count_selected (window), ==, 1);
}

/* Of what has a name, found or kept, the smallest is meant; a region without one lets objects
 * through, but for its line. */
static void
test_hit_named (void)
{
  const MonocleObject objects[] = { box_object ("room", 20, 20, 600, 460) };
  MonocleWindow *window;
  MonoclePresentation *presentation;
  MonocleAnnotation *region;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  presentation = monocle_window_get_presentation (window);
  gui_answer_by_hand (window, objects, 1);
  region = add_rings (window, &triangle, 1, "tent");
  gui_click_at (window, 240, 360, 1);
  g_assert_cmpuint (count_selected (window), ==, 1);
  g_assert_true (monocle_presentation_get_hovered (presentation) == region);
  gui_click_at (window, 370, 230, 1);
  g_assert_cmpuint (count_selected (window), ==, 0);
  g_assert_cmpstr (monocle_annotation_get_label (monocle_presentation_get_hovered (presentation)),
                   ==, "room");

  monocle_annotation_set_label (region, "");
  gui_click_at (window, 240, 360, 1);
  g_assert_cmpuint (count_selected (window), ==, 0);
  gui_click_at (window, 302, 300, 1);
  g_assert_cmpuint (count_selected (window), ==, 1);

  /* What is gone does not dim the rest. */
  monocle_annotation_set_label (region, "tent");
  gui_click_at (window, 240, 360, 1);
  g_assert_true (monocle_presentation_get_hovered (presentation) == region);
  gui_act (window, "win.delete", NULL);
  g_assert_true (monocle_presentation_get_hovered (presentation) != region);
}

/* --- Moved and made larger --- */

static void
test_move (void)
{
  MonocleWindow *window;
  MonocleAnnotation *region;
  MonocleShape *before;
  guint width;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  width = monocle_document_get_width (gui_get_document (window));
  region = add_rings (window, &triangle, 1, "");
  before = monocle_shape_ref (monocle_annotation_get_shape (region));
  gui_select_regions (window, 0, 1);

  gui_drag_at (window, NULL, 240, 340, 60, -40);
  g_assert_cmpint (get_kind (region), ==, MONOCLE_SHAPE_RINGS);
  assert_point (region, 0, 260, 160);
  assert_point (region, 1, 460, 360);
  assert_point (region, 2, 260, 360);
  gui_act (window, "win.undo", NULL);
  g_assert_true (monocle_shape_equal (before, monocle_annotation_get_shape (region)));

  /* As far as the picture goes, and no farther. */
  gui_drag_at (window, NULL, 240, 340, 380, 0);
  assert_point (region, 1, width, 400);
  g_assert_cmpfloat (monocle_annotation_get_bounds (region).width, ==, 200);
  monocle_shape_unref (before);
}

static void
test_resize (void)
{
  MonocleWindow *window;
  MonocleAnnotation *region;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  region = add_rings (window, &triangle, 1, "");
  gui_select_regions (window, 0, 1);

  gui_drag_at (window, NULL, 400, 300, 100, 0);
  gui_assert_region (region, 200, 200, 500, 400);
  assert_point (region, 1, 500, 400);
  assert_point (region, 2, 200, 400);
  gui_act (window, "win.undo", NULL);
  gui_drag_at (window, "shift", 400, 400, 100, 0);
  gui_assert_region (region, 200, 200, 500, 500);
  gui_undo (window, "Resize Region");
  g_assert_cmpfloat (monocle_annotation_get_bounds (region).width, ==, 200);
  gui_act (window, "win.undo", NULL);

  /* A hole goes along. */
  region = add_rings (window, frame, 2, "frame");
  gui_select_regions (window, 0, 1);
  gui_drag_at (window, NULL, 300, 300, 200, 100);
  assert_point (region, 2, 500, 400);
  assert_point (region, 6, 400, 325);
}

/* Each kind stays what it is, also where the picture is turned. */
static void
test_kinds (void)
{
  static const double corners[] = { 220, 200, 400, 240, 380, 300, 200, 260 };
  MonocleWindow *window;
  MonocleDocument *document;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  document = gui_get_document (window);
  gui_act (window, "win.rotate-right", NULL);
  for (guint i = 0; i < 3; i++)
    {
      const MonocleBox box = { 200, 200, 400, 300 };
      g_autoptr (MonocleShape) shape = NULL;
      MonocleAnnotation *region;
      MonocleShapeKind kind;
      MonocleRect bounds;

      if (i == 2)
        shape = monocle_shape_new_quad (corners);
      else
        shape = monocle_shape_new_box (&box);
      if (i == 1)
        {
          g_autoptr (MonocleShape) boxed = g_steal_pointer (&shape);

          shape = monocle_reshape_to_mask (boxed, monocle_document_get_width (document),
                                           monocle_document_get_height (document));
        }
      kind = monocle_shape_get_kind (shape);
      region = add_shape (window, g_steal_pointer (&shape), "");
      gui_select_regions (window, 0, 1);
      gui_drag_at (window, NULL, 300, 250, 50, 30);
      g_assert_cmpint (get_kind (region), ==, kind);
      gui_assert_region (region, 250, 230, 450, 330);
      gui_drag_at (window, NULL, 450, 280, 60, 0);
      g_assert_cmpint (get_kind (region), ==, kind);
      gui_assert_region (region, 250, 230, 510, 330);
      gui_type (GTK_WINDOW (window), "Right"); /* up, as it is turned */
      g_assert_cmpint (get_kind (region), ==, kind);
      gui_assert_region (region, 250, 229, 510, 329);
      bounds = monocle_annotation_get_bounds (region);
      g_assert_cmpfloat (bounds.x, ==, round (bounds.x));
      g_assert_cmpfloat (bounds.y + bounds.height, ==, round (bounds.y + bounds.height));
      while (gui_count_regions (window) > 0)
        gui_act (window, "win.undo", NULL);
    }
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

  g_test_add_func ("/gui/shapes/drawn", test_drawn);
  g_test_add_func ("/gui/shapes/named", test_named);
  g_test_add_func ("/gui/shapes/hit", test_hit);
  g_test_add_func ("/gui/shapes/hit-named", test_hit_named);
  g_test_add_func ("/gui/shapes/move", test_move);
  g_test_add_func ("/gui/shapes/resize", test_resize);
  g_test_add_func ("/gui/shapes/kinds", test_kinds);

  return gui_run ();
}
