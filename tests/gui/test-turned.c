/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pointing at a picture that was turned: what is pointed at is what is seen, and what is drawn or
 * moved comes to lie there, in pixels of the upright picture.
 */
#include "config.h"

#include <string.h>

#include "tests/gui/harness-canvas.h"
#include "tests/unit/answer-fixture.h"
#include "ui/object-row.h"

/* A picture turned to the right, with two objects and a region. */
static MonocleWindow *
open_turned (void)
{
  const MonocleObject objects[]
      = { box_object ("wide", 20, 500, 220, 560), box_object ("high", 500, 40, 560, 240) };
  MonocleWindow *window = gui_open_sample ("1-park.png");

  gui_answer_by_hand (window, objects, 2);
  gui_add_region (window, 200, 200, 400, 300);
  gui_act (window, "win.rotate-right", NULL);
  gui_settle ();
  return window;
}

static void
select_region (MonocleWindow *window, guint index)
{
  GtkSelectionModel *regions
      = monocle_presentation_get_regions (monocle_window_get_presentation (window));

  gtk_selection_model_select_item (regions, index, TRUE);
  gui_settle ();
}

/* Turned to the right, the upper left of the picture is its upper right, and the mapping is
 * that of the pixels. */
static void
test_where (void)
{
  MonocleWindow *window = open_turned ();
  MonocleDocument *document = gui_get_document (window);
  const double width = monocle_document_get_width (document);
  const double height = monocle_document_get_height (document);
  double x0, y0, x1, y1, x2, y2;

  gui_locate (window, 0, 0, &x0, &y0);
  gui_locate (window, width, 0, &x1, &y1);
  gui_locate (window, 0, height, &x2, &y2);
  g_assert_cmpfloat_with_epsilon (x0, x1, 0.01);
  g_assert_cmpfloat (y1, >, y0 + 100);
  g_assert_cmpfloat_with_epsilon (y0, y2, 0.01);
  g_assert_cmpfloat (x2, <, x0 - 100);
}

static void
test_handles (void)
{
  MonocleWindow *window;
  MonocleUndo *undo;

  if (gui_lacks_input ())
    return;
  window = open_turned ();
  undo = monocle_document_get_undo (gui_get_document (window));
  select_region (window, 0);

  gui_drag_at (window, NULL, 400, 250, 60, 0);
  gui_assert_region (gui_get_region (window, 0), 200, 200, 460, 300);
  monocle_undo_undo (undo);
  gui_drag_at (window, NULL, 200, 300, -40, 30);
  gui_assert_region (gui_get_region (window, 0), 160, 200, 400, 330);
  monocle_undo_undo (undo);
  /* Taken hold of at its line, between the handles. */
  gui_drag_at (window, NULL, 350, 200, 50, 70);
  gui_assert_region (gui_get_region (window, 0), 250, 270, 450, 370);
  monocle_undo_undo (undo);
  gui_assert_region (gui_get_region (window, 0), 200, 200, 400, 300);
}

static void
test_draw (void)
{
  MonocleWindow *window;
  MonocleBox box;

  if (gui_lacks_input ())
    return;
  window = open_turned ();
  gui_act (window, "win.tool", "region");
  gui_drag_at (window, NULL, 40, 60, 110, 45);
  g_assert_cmpuint (
      g_list_model_get_n_items (monocle_document_get_regions (gui_get_document (window))), ==, 2);
  gui_assert_region (gui_get_region (window, 1), 40, 60, 150, 105);
  /* Whole pixels, turned or not. */
  box = monocle_shape_get_box (monocle_annotation_get_shape (gui_get_region (window, 1)));
  g_assert_cmpfloat ((double) box.x1, ==, round ((double) box.x1));
  g_assert_cmpfloat ((double) box.y2, ==, round ((double) box.y2));
  gui_act (window, "win.tool", "select");
}

/* What is clicked at, nudged by keys as seen, and said aloud. */
static void
test_objects (void)
{
  MonocleWindow *window;
  g_autoptr (GPtrArray) selected = NULL;
  g_autofree char *description = NULL;
  MonocleRect bounds;
  double x, y;

  if (gui_lacks_input ())
    return;
  window = open_turned ();
  gui_locate (window, 120, 530, &x, &y);
  gui_click (GTK_WIDGET (gui_get_view (window)), x, y, 1);
  gui_settle ();
  selected = monocle_presentation_get_selected_objects (monocle_window_get_presentation (window));
  g_assert_cmpuint (selected->len, ==, 1);
  g_assert_cmpstr (monocle_annotation_get_label (selected->pdata[0]), ==, "wide");

  /* To the right of what is seen is up in the upright picture. */
  gui_type (GTK_WINDOW (window), "shift+Right");
  gui_settle ();
  bounds = monocle_annotation_get_bounds (selected->pdata[0]);
  g_assert_cmpfloat (bounds.x, ==, 20);
  g_assert_cmpfloat (bounds.y, ==, 490);
  gui_act (window, "win.undo", NULL);
  bounds = monocle_annotation_get_bounds (selected->pdata[0]);
  g_assert_cmpfloat (bounds.y, ==, 500);

  /* At the lower left of the upright picture: seen at the upper left. */
  description = monocle_object_row_dup_description (gui_find (window, MONOCLE_TYPE_OBJECT_ROW));
  g_assert_nonnull (strstr (description, "top left"));
}

/* The line is drawn around what it names: seen from all sides. */
static void
test_drawn (void)
{
  MonocleWindow *window = open_turned ();

  for (guint i = 0; i < 4; i++)
    {
      cairo_surface_t *picture;
      MonocleRect seen;
      double x, y;
      guint32 line;

      monocle_image_view_to_widget (gui_get_view (window), &(MonocleRect){ 500, 40, 60, 200 },
                                    &seen);
      g_assert_true (gtk_widget_translate_coordinates (GTK_WIDGET (gui_get_view (window)),
                                                       GTK_WIDGET (window), seen.x + seen.width / 2,
                                                       seen.y + seen.height, &x, &y));
      picture = gui_take_picture (GTK_WINDOW (window), 1);
      line = gui_get_pixel (picture, (int) x, (int) y);
      g_assert_cmphex (line, !=, gui_get_pixel (picture, (int) x, (int) y + 12));
      /* A colour of the palette: no grey, no green of the park. */
      g_assert_cmpint (MAX (line >> 16 & 0xff, MAX (line >> 8 & 0xff, line & 0xff))
                           - MIN (line >> 16 & 0xff, MIN (line >> 8 & 0xff, line & 0xff)),
                       >, 60);
      cairo_surface_destroy (picture);
      gui_act (window, "win.rotate-right", NULL);
      gui_settle ();
    }
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);
  g_test_add_func ("/gui/turned/where", test_where);
  g_test_add_func ("/gui/turned/handles", test_handles);
  g_test_add_func ("/gui/turned/draw", test_draw);
  g_test_add_func ("/gui/turned/objects", test_objects);
  g_test_add_func ("/gui/turned/drawn", test_drawn);
  return gui_run ();
}
