/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pointing at what lies on the picture: of objects that overlap the smallest, handles, the menu,
 * all of it at once.
 */
#include "config.h"

#include "tests/gui/harness-canvas.h"
#include "tests/unit/answer-fixture.h"
#include "ui/object-row.h"

static MonoclePresentation *
get_presentation (MonocleWindow *window)
{
  return monocle_window_get_presentation (window);
}

/* --- Overlaps --- */

static void
assert_selected (MonocleWindow *window, const char *label)
{
  g_autoptr (GPtrArray) selected
      = monocle_presentation_get_selected_objects (get_presentation (window));

  g_assert_cmpuint (selected->len, ==, 1);
  g_assert_cmpstr (monocle_annotation_get_label (selected->pdata[0]), ==, label);
}

/* Of those below the pointer the smallest is meant, wherever it stands in the answer; for the
 * pointer that rests there, for a click and for the menu. */
static void
test_overlap (void)
{
  const MonocleObject objects[]
      = { box_object ("room", 20, 20, 600, 460), box_object ("cup", 280, 220, 320, 260),
          box_object ("table", 200, 150, 450, 400) };
  static const struct
  {
    double x, y;
    const char *label;
  } points[] = { { 300, 240, "cup" }, { 400, 350, "table" }, { 60, 60, "room" } };
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  gui_answer_by_hand (window, objects, 3);
  for (guint i = 0; i < G_N_ELEMENTS (points); i++)
    {
      MonocleAnnotation *hovered;

      gui_click_at (window, points[i].x, points[i].y, 1);
      assert_selected (window, points[i].label);
      hovered = monocle_presentation_get_hovered (get_presentation (window));
      g_assert_nonnull (hovered);
      g_assert_cmpstr (monocle_annotation_get_label (hovered), ==, points[i].label);
    }
}

/* A short click on a slow machine. */
static void
test_click_in_frame (void)
{
  const MonocleObject objects[] = { box_object ("cup", 280, 220, 320, 260) };
  MonocleWindow *window;
  double x, y;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  gui_answer_by_hand (window, objects, 1);
  gui_locate (window, 300, 240, &x, &y);
  gui_click_in_frame (GTK_WIDGET (gui_get_view (window)), x, y);
  assert_selected (window, "cup");
}

/* --- Handles --- */

/* The box is 200 x 100 at (200, 200) before each. */
static void
drag_handle (MonocleWindow *window,
             MonocleAnnotation *region,
             const char *key,
             double x,
             double y,
             double dx,
             double dy)
{
  monocle_annotation_set_shape (region, box_shape (200, 200, 400, 300));
  gui_select_regions (window, 0, 1);
  gui_drag_at (window, key, x, y, dx, dy);
}

static void
test_handles (void)
{
  MonocleWindow *window;
  MonocleAnnotation *region;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  region = gui_add_region (window, 200, 200, 400, 300);

  drag_handle (window, region, NULL, 400, 250, 60, 20);
  gui_assert_region (region, 200, 200, 460, 300);
  drag_handle (window, region, NULL, 300, 200, 10, -40);
  gui_assert_region (region, 200, 160, 400, 300);
  drag_handle (window, region, NULL, 200, 300, -40, 30);
  gui_assert_region (region, 160, 200, 400, 330);

  /* With Shift it keeps its proportions: a side goes along with the pointer and the other direction
   * grows to both ends. */
  drag_handle (window, region, "shift", 400, 250, 60, 0);
  gui_assert_region (region, 200, 185, 460, 315);
  drag_handle (window, region, "shift", 200, 250, -60, 0);
  gui_assert_region (region, 140, 185, 400, 315);
  drag_handle (window, region, "shift", 300, 300, 0, 40);
  gui_assert_region (region, 160, 200, 440, 340);
  drag_handle (window, region, "shift", 300, 200, 0, -40);
  gui_assert_region (region, 160, 160, 440, 300);
  drag_handle (window, region, "shift", 400, 300, 80, 0);
  gui_assert_region (region, 200, 200, 480, 340);
}

/* What is drawn can be taken hold of: with the region tool as well, and not drawn with the hand. */
static void
test_handles_of_tools (void)
{
  MonocleWindow *window;
  MonocleAnnotation *region;
  cairo_surface_t *with, *without;
  double x, y;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  region = gui_add_region (window, 200, 200, 400, 300);
  gui_act (window, "win.tool", "region");
  drag_handle (window, region, NULL, 400, 250, 60, 0);
  gui_assert_region (region, 200, 200, 460, 300);
  g_assert_cmpuint (
      g_list_model_get_n_items (monocle_document_get_regions (gui_get_document (window))), ==, 1);
  /* Beside the handles it draws. */
  gui_drag_at (window, NULL, 250, 220, 40, 40);
  g_assert_cmpuint (
      g_list_model_get_n_items (monocle_document_get_regions (gui_get_document (window))), ==, 2);
  gui_act (window, "win.undo", NULL);
  gui_select_regions (window, 0, 1);

  gui_locate (window, 460, 250, &x, &y);
  g_assert_true (gtk_widget_translate_coordinates (GTK_WIDGET (gui_get_view (window)),
                                                   GTK_WIDGET (window), x, y, &x, &y));
  with = gui_take_picture (GTK_WINDOW (window), 1);
  gui_act (window, "win.tool", "hand");
  without = gui_take_picture (GTK_WINDOW (window), 1);
  g_assert_cmphex (gui_get_pixel (with, (int) x + 3, (int) y), ==, 0xffffff);
  g_assert_cmphex (gui_get_pixel (without, (int) x + 3, (int) y), !=, 0xffffff);
  cairo_surface_destroy (with);
  cairo_surface_destroy (without);
  gui_drag_at (window, NULL, 460, 250, 40, 0);
  gui_assert_region (region, 200, 200, 460, 300);
  gui_act (window, "win.tool", "select");
}

/* --- The menu --- */

static void
assert_whole (GtkWidget *menu)
{
  g_autoptr (GPtrArray) scrollers = gui_find_all (menu, GTK_TYPE_SCROLLED_WINDOW);
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (menu));
  GtkWidget *delete_item = gui_find_text (menu, "Delete");
  graphene_rect_t place;

  g_assert_nonnull (delete_item);
  g_assert_true (gtk_widget_compute_bounds (delete_item, menu, &place));
  g_assert_cmpfloat (place.origin.y + place.size.height, <=,
                     (float) gdk_surface_get_height (surface));
  for (guint i = 0; i < scrollers->len; i++)
    {
      GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (scrollers->pdata[i]);

      g_assert_cmpfloat (gtk_adjustment_get_upper (adjustment), <=,
                         gtk_adjustment_get_page_size (adjustment) + 0.5);
    }
}

/* All of it is there, near each edge of the picture; keys are called what people call them. */
static void
test_menu (void)
{
  const MonocleObject objects[] = {
    box_object ("north_west", 2, 2, 60, 60),
    box_object ("east", 580, 300, 638, 358),
    box_object ("south", 290, 580, 348, 638), /* between the bars that float there */
  };
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  gui_answer_by_hand (window, objects, 3);
  for (guint i = 0; i < 3; i++)
    {
      GtkWidget *menu = gui_open_menu (window, monocle_shape_get_bounds (objects[i].shape).x + 29,
                                       monocle_shape_get_bounds (objects[i].shape).y + 29);

      assert_selected (window, objects[i].label);
      assert_whole (menu);
      g_assert_true (gui_has_text (menu, "Find Similar"));
      g_assert_false (gui_has_text (menu, "keypad"));
      gui_close_menu (window);
    }
}

/* The row whose menu was open looks like the other rows again. */
static void
test_menu_of_row (void)
{
  const GtkStateFlags lit = GTK_STATE_FLAG_ACTIVE | GTK_STATE_FLAG_PRELIGHT;
  const MonocleObject objects[]
      = { box_object ("cup", 10, 10, 60, 60), box_object ("plate", 100, 100, 200, 200) };
  MonocleWindow *window;
  GtkWidget *row, *item, *menu;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  gui_answer_by_hand (window, objects, 2);
  row = gui_find (window, MONOCLE_TYPE_OBJECT_ROW);
  item = gtk_widget_get_parent (row);
  gui_click (row, 20, 10, 3);
  menu = gui_find (window, GTK_TYPE_POPOVER_MENU);
  g_assert_nonnull (menu);
  assert_whole (menu);
  gui_type (GTK_WINDOW (window), "Escape");
  gui_point (GTK_WIDGET (gui_get_view (window)), 300, 300);
  gui_act (window, "win.select-none", NULL);
  g_assert_null (gui_find (window, GTK_TYPE_POPOVER_MENU));
  g_assert_cmphex (gtk_widget_get_state_flags (item) & lit, ==, 0);
  g_assert_false (gtk_widget_has_css_class (item, "hovered"));
}

/* --- All of it --- */

static void
test_select_all (void)
{
  const MonocleObject objects[]
      = { box_object ("cup", 10, 10, 60, 60), box_object ("plate", 100, 100, 200, 200) };
  MonocleWindow *window = gui_open_sample ("1-park.png");
  MonoclePresentation *presentation = get_presentation (window);
  GListModel *regions = monocle_document_get_regions (gui_get_document (window));
  g_autoptr (GPtrArray) selected = NULL;
  MonocleQuery *query;
  double x, y;

  /* Also where there is nothing else. */
  gui_add_region (window, 60, 345, 270, 480);
  gui_act (window, "win.select-all", NULL);
  selected = monocle_presentation_get_selected_regions (presentation);
  g_assert_cmpuint (selected->len, ==, 1);

  query = gui_answer_by_hand (window, objects, 2);
  gui_act (window, "win.select-all", NULL);
  /* With the pointer still over the last of them. */
  gui_locate (window, 150, 150, &x, &y);
  gui_point (GTK_WIDGET (gui_get_view (window)), x, y);
  g_assert_nonnull (monocle_presentation_get_hovered (presentation));
  gui_act (window, "win.delete", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (regions), ==, 0);
  g_assert_cmpuint (count_annotations (query), ==, 0);
  /* One stroke, one step. */
  gui_act (window, "win.undo", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (regions), ==, 1);
  g_assert_cmpuint (count_annotations (query), ==, 2);
  gui_act (window, "win.redo", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (regions), ==, 0);
  g_assert_cmpuint (count_annotations (query), ==, 0);
}

typedef struct
{
  MonocleWindow *window;
  double x, y; /* of the view */
  guint32 before;
} Spot;

static guint32
get_spot (Spot *spot)
{
  cairo_surface_t *picture = gui_take_picture (GTK_WINDOW (spot->window), 1);
  double x, y;
  guint32 pixel;

  g_assert_true (gtk_widget_translate_coordinates (GTK_WIDGET (gui_get_view (spot->window)),
                                                   GTK_WIDGET (spot->window), spot->x, spot->y, &x,
                                                   &y));
  pixel = gui_get_pixel (picture, (int) x, (int) y);
  cairo_surface_destroy (picture);
  return pixel;
}

static gboolean
has_changed (gpointer data)
{
  Spot *spot = data;

  return get_spot (spot) != spot->before;
}

/* Over a picture it is seen as well that something can be dropped: beside it and all over it. */
static void
test_drop_highlight (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  GtkWidget *view = GTK_WIDGET (gui_get_view (window));
  GtkWidget *stack = gtk_widget_get_ancestor (view, GTK_TYPE_STACK);
  Spot spots[] = {
    { window, 8, 8, 0 },
    { window, gtk_widget_get_width (view) / 2.0, gtk_widget_get_height (view) / 2.0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (spots); i++)
    spots[i].before = get_spot (&spots[i]);
  gtk_widget_add_css_class (stack, "drop-target");
  for (guint i = 0; i < G_N_ELEMENTS (spots); i++)
    gui_wait_for ("the highlight", has_changed, &spots[i]);
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

  g_test_add_func ("/gui/canvas/overlap", test_overlap);
  g_test_add_func ("/gui/canvas/click-in-frame", test_click_in_frame);
  g_test_add_func ("/gui/canvas/handles", test_handles);
  g_test_add_func ("/gui/canvas/handles-of-tools", test_handles_of_tools);
  g_test_add_func ("/gui/canvas/menu", test_menu);
  g_test_add_func ("/gui/canvas/menu-of-row", test_menu_of_row);
  g_test_add_func ("/gui/canvas/select-all", test_select_all);
  g_test_add_func ("/gui/canvas/drop-highlight", test_drop_highlight);

  return gui_run ();
}
