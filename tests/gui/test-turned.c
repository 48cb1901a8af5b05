/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pointing at a picture that was turned: what is pointed at is what is seen, and what is drawn or
 * moved comes to lie there, in pixels of the upright picture.
 */
#include "config.h"

#include <string.h>

#include "engine/models/florence2/tasks.h"
#include "tests/gui/harness.h"
#include "tests/unit/answer-fixture.h"
#include "ui/image-view.h"
#include "ui/object-row.h"

static MonocleDocument *
get_document (MonocleWindow *window)
{
  return monocle_presentation_get_document (monocle_window_get_presentation (window));
}

static GtkWidget *
get_view (MonocleWindow *window)
{
  return gui_find (window, MONOCLE_TYPE_IMAGE_VIEW);
}

/* A picture turned to the right, with two objects and a region. */
static MonocleWindow *
open_turned (void)
{
  const MonocleObject objects[]
      = { box_object ("wide", 20, 500, 220, 560), box_object ("high", 500, 40, 560, 240) };
  const MonocleBox box = { 200, 200, 400, 300 };
  MonocleWindow *window = gui_open_sample ("1-park.png");
  g_autoptr (MonocleQuery) query
      = monocle_query_new (monocle_florence2_find_task ("detect"), NULL, NULL, 0, NULL);
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);

  monocle_query_start (query, NULL, 0);
  finish_one (query, answer_with (objects, 2));
  monocle_document_add_query (get_document (window), query);
  monocle_document_add_region (get_document (window), region);
  gui_act (window, "win.rotate-right", NULL);
  gui_settle ();
  return window;
}

static MonocleAnnotation *
get_region (MonocleWindow *window, guint index)
{
  g_autoptr (MonocleAnnotation) region
      = g_list_model_get_item (monocle_document_get_regions (get_document (window)), index);

  return region; /* the document holds it */
}

/* Where a point of the upright picture is in the view. */
static void
locate (MonocleWindow *window, double x, double y, double *view_x, double *view_y)
{
  MonocleRect there;

  monocle_image_view_to_widget (MONOCLE_IMAGE_VIEW (get_view (window)),
                                &(MonocleRect){ x, y, 0, 0 }, &there);
  *view_x = there.x;
  *view_y = there.y;
}

/* By so many pixels of the upright picture. */
static void
drag_from (MonocleWindow *window, double x, double y, double dx, double dy)
{
  double x1, y1, x2, y2;

  locate (window, x, y, &x1, &y1);
  locate (window, x + dx, y + dy, &x2, &y2);
  gui_drag (get_view (window), x1, y1, x2, y2);
  gui_settle ();
}

/* The pointer goes by pixels of the screen. */
static void
assert_about (MonocleAnnotation *region, double x1, double y1, double x2, double y2)
{
  const MonocleRect r = monocle_annotation_get_bounds (region);

  g_assert_cmpfloat_with_epsilon (r.x, x1, 3);
  g_assert_cmpfloat_with_epsilon (r.y, y1, 3);
  g_assert_cmpfloat_with_epsilon (r.x + r.width, x2, 3);
  g_assert_cmpfloat_with_epsilon (r.y + r.height, y2, 3);
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
  MonocleDocument *document = get_document (window);
  const double width = monocle_document_get_width (document);
  const double height = monocle_document_get_height (document);
  double x0, y0, x1, y1, x2, y2;

  locate (window, 0, 0, &x0, &y0);
  locate (window, width, 0, &x1, &y1);
  locate (window, 0, height, &x2, &y2);
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

  if (!gui_has_input ())
    {
      g_test_skip ("xdotool is not installed");
      return;
    }
  window = open_turned ();
  undo = monocle_document_get_undo (get_document (window));
  select_region (window, 0);

  drag_from (window, 400, 250, 60, 0);
  assert_about (get_region (window, 0), 200, 200, 460, 300);
  monocle_undo_undo (undo);
  drag_from (window, 200, 300, -40, 30);
  assert_about (get_region (window, 0), 160, 200, 400, 330);
  monocle_undo_undo (undo);
  /* Taken hold of at its line, between the handles. */
  drag_from (window, 350, 200, 50, 70);
  assert_about (get_region (window, 0), 250, 270, 450, 370);
  monocle_undo_undo (undo);
  assert_about (get_region (window, 0), 200, 200, 400, 300);
}

static void
test_draw (void)
{
  MonocleWindow *window;
  MonocleBox box;

  if (!gui_has_input ())
    {
      g_test_skip ("xdotool is not installed");
      return;
    }
  window = open_turned ();
  gui_act (window, "win.tool", "region");
  drag_from (window, 40, 60, 110, 45);
  g_assert_cmpuint (g_list_model_get_n_items (monocle_document_get_regions (get_document (window))),
                    ==, 2);
  assert_about (get_region (window, 1), 40, 60, 150, 105);
  /* Whole pixels, turned or not. */
  box = monocle_shape_get_box (monocle_annotation_get_shape (get_region (window, 1)));
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

  if (!gui_has_input ())
    {
      g_test_skip ("xdotool is not installed");
      return;
    }
  window = open_turned ();
  locate (window, 120, 530, &x, &y);
  gui_click (get_view (window), x, y, 1);
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

      monocle_image_view_to_widget (MONOCLE_IMAGE_VIEW (get_view (window)),
                                    &(MonocleRect){ 500, 40, 60, 200 }, &seen);
      g_assert_true (gtk_widget_translate_coordinates (get_view (window), GTK_WIDGET (window),
                                                       seen.x + seen.width / 2,
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
