/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pointing at what lies on the picture: of objects that overlap the smallest, handles, the bar of
 * regions, the menu, what a question is about.
 */
#include "config.h"

#include <glib/gstdio.h>

#include "engine/models/florence2/tasks.h"
#include "tests/gui/harness.h"
#include "tests/unit/answer-fixture.h"
#include "ui/ask-panel.h"
#include "ui/image-view.h"
#include "ui/object-row.h"
#include "ui/region-bar.h"

static gboolean
lacks_input (void)
{
  if (gui_has_input ())
    return FALSE;
  g_test_skip ("xdotool is not installed");
  return TRUE;
}

static MonoclePresentation *
get_presentation (MonocleWindow *window)
{
  return monocle_window_get_presentation (window);
}

static MonocleDocument *
get_document (MonocleWindow *window)
{
  return monocle_presentation_get_document (get_presentation (window));
}

static MonocleImageView *
get_view (MonocleWindow *window)
{
  return gui_find (window, MONOCLE_TYPE_IMAGE_VIEW);
}

/* --- A picture with things on it --- */

static MonocleQuery *
answer_by_hand (MonocleWindow *window, const MonocleObject *objects, guint n_objects)
{
  g_autoptr (MonocleQuery) query
      = monocle_query_new (monocle_florence2_find_task ("detect"), NULL, NULL, 0, NULL);

  monocle_query_start (query, NULL, 0);
  finish_one (query, answer_with (objects, n_objects));
  monocle_document_add_query (get_document (window), query);
  gui_settle ();
  return query; /* the document holds it */
}

static MonocleAnnotation *
add_region (MonocleWindow *window, float x1, float y1, float x2, float y2)
{
  MonocleBox box = { x1, y1, x2, y2 };
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);

  monocle_document_add_region (get_document (window), region);
  gui_settle ();
  return region; /* the document holds it */
}

static void
select_regions (MonocleWindow *window, guint first, guint n)
{
  GtkSelectionModel *regions = monocle_presentation_get_regions (get_presentation (window));

  gtk_selection_model_unselect_all (regions);
  for (guint i = first; i < first + n; i++)
    gtk_selection_model_select_item (regions, i, FALSE);
  gui_settle ();
}

/* Where a point of the picture is in the view. */
static void
locate (MonocleWindow *window, double x, double y, double *view_x, double *view_y)
{
  MonocleRect place;

  monocle_image_view_to_widget (get_view (window), &(MonocleRect){ x, y, 0, 0 }, &place);
  *view_x = place.x;
  *view_y = place.y;
}

static void
click_at (MonocleWindow *window, double x, double y, int button)
{
  double view_x, view_y;

  locate (window, x, y, &view_x, &view_y);
  gui_click (GTK_WIDGET (get_view (window)), view_x, view_y, button);
  gui_wait_ms (450); /* the next is no double click */
}

static void
drag_from (MonocleWindow *window, const char *key, double x, double y, double dx, double dy)
{
  double x1, y1, x2, y2;

  locate (window, x, y, &x1, &y1);
  locate (window, x + dx, y + dy, &x2, &y2);
  gui_drag_with (key, GTK_WIDGET (get_view (window)), x1, y1, x2, y2);
}

static void
assert_box (MonocleAnnotation *region, double x1, double y1, double x2, double y2)
{
  MonocleBox box = monocle_shape_get_box (monocle_annotation_get_shape (region));

  /* The pointer goes by pixels of the screen. */
  g_assert_cmpfloat_with_epsilon ((double) box.x1, x1, 3);
  g_assert_cmpfloat_with_epsilon ((double) box.y1, y1, 3);
  g_assert_cmpfloat_with_epsilon ((double) box.x2, x2, 3);
  g_assert_cmpfloat_with_epsilon ((double) box.y2, y2, 3);
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

  if (lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  answer_by_hand (window, objects, 3);
  for (guint i = 0; i < G_N_ELEMENTS (points); i++)
    {
      MonocleAnnotation *hovered;

      click_at (window, points[i].x, points[i].y, 1);
      assert_selected (window, points[i].label);
      hovered = monocle_presentation_get_hovered (get_presentation (window));
      g_assert_nonnull (hovered);
      g_assert_cmpstr (monocle_annotation_get_label (hovered), ==, points[i].label);
    }
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
  select_regions (window, 0, 1);
  drag_from (window, key, x, y, dx, dy);
}

static void
test_handles (void)
{
  MonocleWindow *window;
  MonocleAnnotation *region;

  if (lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  region = add_region (window, 200, 200, 400, 300);

  drag_handle (window, region, NULL, 400, 250, 60, 20);
  assert_box (region, 200, 200, 460, 300);
  drag_handle (window, region, NULL, 300, 200, 10, -40);
  assert_box (region, 200, 160, 400, 300);
  drag_handle (window, region, NULL, 200, 300, -40, 30);
  assert_box (region, 160, 200, 400, 330);

  /* With Shift it keeps its proportions: a side goes along with the pointer and the other direction
   * grows to both ends. */
  drag_handle (window, region, "shift", 400, 250, 60, 0);
  assert_box (region, 200, 185, 460, 315);
  drag_handle (window, region, "shift", 200, 250, -60, 0);
  assert_box (region, 140, 185, 400, 315);
  drag_handle (window, region, "shift", 300, 300, 0, 40);
  assert_box (region, 160, 200, 440, 340);
  drag_handle (window, region, "shift", 300, 200, 0, -40);
  assert_box (region, 160, 160, 440, 300);
  drag_handle (window, region, "shift", 400, 300, 80, 0);
  assert_box (region, 200, 200, 480, 340);
}

/* What is drawn can be taken hold of: with the region tool as well, and not drawn with the hand. */
static void
test_handles_of_tools (void)
{
  MonocleWindow *window;
  MonocleAnnotation *region;
  cairo_surface_t *with, *without;
  double x, y;

  if (lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  region = add_region (window, 200, 200, 400, 300);
  gui_act (window, "win.tool", "region");
  drag_handle (window, region, NULL, 400, 250, 60, 0);
  assert_box (region, 200, 200, 460, 300);
  g_assert_cmpuint (g_list_model_get_n_items (monocle_document_get_regions (get_document (window))),
                    ==, 1);
  /* Beside the handles it draws. */
  drag_from (window, NULL, 250, 220, 40, 40);
  g_assert_cmpuint (g_list_model_get_n_items (monocle_document_get_regions (get_document (window))),
                    ==, 2);
  gui_act (window, "win.undo", NULL);
  select_regions (window, 0, 1);

  locate (window, 460, 250, &x, &y);
  g_assert_true (gtk_widget_translate_coordinates (GTK_WIDGET (get_view (window)),
                                                   GTK_WIDGET (window), x, y, &x, &y));
  with = gui_take_picture (GTK_WINDOW (window), 1);
  gui_act (window, "win.tool", "hand");
  without = gui_take_picture (GTK_WINDOW (window), 1);
  g_assert_cmphex (gui_get_pixel (with, (int) x + 3, (int) y), ==, 0xffffff);
  g_assert_cmphex (gui_get_pixel (without, (int) x + 3, (int) y), !=, 0xffffff);
  cairo_surface_destroy (with);
  cairo_surface_destroy (without);
  drag_from (window, NULL, 460, 250, 40, 0);
  assert_box (region, 200, 200, 460, 300);
  gui_act (window, "win.tool", "select");
}

/* --- What a question is about --- */

static gboolean
has_plan (MonocleWindow *window, const char *text)
{
  return gui_has_text (gui_find (window, MONOCLE_TYPE_ASK_PANEL), text);
}

static void
test_subject (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  MonocleAskPanel *ask = gui_find (window, MONOCLE_TYPE_ASK_PANEL);
  MonocleQuery *query;
  guint n;

  monocle_ask_panel_set_task (ask, "detailed-caption");
  g_assert_true (has_plan (window, "About the whole picture"));
  add_region (window, 60, 345, 270, 580);
  add_region (window, 330, 60, 600, 300);
  add_region (window, 10, 10, 50, 50);
  g_assert_true (has_plan (window, "About the whole picture"));

  select_regions (window, 1, 1);
  g_assert_true (has_plan (window, "About region 2"));
  g_assert_cmpstr (monocle_ask_panel_get_task (ask)->id, ==, "region-to-description");
  select_regions (window, 0, 2);
  g_assert_true (has_plan (window, "About 2 regions"));
  g_assert_false (has_plan (window, "whole picture"));
  monocle_ask_panel_set_task (ask, "detect");
  g_assert_true (has_plan (window, "About 2 regions"));

  /* As it says, so it is done: one run for both. */
  gui_act (window, "win.run", NULL);
  query = monocle_presentation_get_query (get_presentation (window));
  gui_wait_done (query);
  monocle_query_get_regions (query, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpstr (monocle_query_get_task (query)->id, ==, "region-to-category");
  g_assert_nonnull (monocle_query_get_region_text (query, 1));
  gui_act (window, "win.select-none", NULL);
  g_assert_true (has_plan (window, "About the whole picture"));
}

static void
test_question (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  MonocleAskPanel *ask = gui_find (window, MONOCLE_TYPE_ASK_PANEL);

  monocle_ask_panel_set_task (ask, "open-vocabulary-detection");
  monocle_ask_panel_start_typing (ask, "what is on the bench?");
  gui_settle ();
  g_assert_cmpstr (monocle_ask_panel_get_task (ask)->id, ==, "prompt");
  g_assert_true (has_plan (window, "Asks “what is on the bench?” about the whole picture"));
  monocle_ask_panel_start_typing (ask, "the bench");
  g_assert_cmpstr (monocle_ask_panel_get_task (ask)->id, ==, "open-vocabulary-detection");
  monocle_ask_panel_start_typing (ask, "");
  monocle_ask_panel_set_task (ask, "detect");
}

/* --- The bar beside regions --- */

static gboolean
bar_offers (MonocleWindow *window, const char *label)
{
  MonocleRegionBar *bar = gui_find (window, MONOCLE_TYPE_REGION_BAR);

  return bar && gui_has_text (bar, label);
}

static void
click_bar (MonocleWindow *window, const char *label)
{
  GtkWidget *button = gui_find_text (gui_find (window, MONOCLE_TYPE_REGION_BAR), label);

  gui_click (button, gtk_widget_get_width (button) / 2.0, gtk_widget_get_height (button) / 2.0, 1);
  gui_wait_done (monocle_presentation_get_query (get_presentation (window)));
}

static void
test_region_bar (void)
{
  MonocleWindow *window;
  MonocleQuery *query;
  guint n;

  if (lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  add_region (window, 60, 345, 270, 480);
  add_region (window, 330, 60, 600, 300);
  g_assert_false (bar_offers (window, "What?"));
  select_regions (window, 0, 1);
  g_assert_true (bar_offers (window, "What?"));
  g_assert_false (bar_offers (window, "regions"));
  click_bar (window, "What?");
  query = monocle_presentation_get_query (get_presentation (window));
  g_assert_cmpstr (monocle_query_get_task (query)->id, ==, "region-to-category");

  /* It is there for the next question, and for those about several. */
  g_assert_true (bar_offers (window, "Describe"));
  gui_act (window, "win.select-none", NULL);
  g_assert_false (bar_offers (window, "Describe"));
  click_at (window, 60, 400, 1);
  g_assert_true (bar_offers (window, "Describe"));
  select_regions (window, 0, 2);
  g_assert_true (bar_offers (window, "2 regions"));
  click_bar (window, "Describe");
  query = monocle_presentation_get_query (get_presentation (window));
  g_assert_cmpstr (monocle_query_get_task (query)->id, ==, "region-to-description");
  monocle_query_get_regions (query, &n);
  g_assert_cmpuint (n, ==, 2);
  for (guint i = 0; i < 2; i++)
    g_assert_nonnull (monocle_query_get_region_text (query, i));
}

/* A model like ours that says nothing about its tasks: all is worth a try. */
static char *
make_silent_model (void)
{
  static const char *const names[] = { "config.json",       "generation_config.json",
                                       "model.safetensors", "preprocessor_config.json",
                                       "tokenizer.json",    "tokenizer_config.json" };
  char *folder = gui_temporary (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *from = g_build_filename (MONOCLE_SOURCE_DATA_DIR, "model", names[i], NULL);
      g_autofree char *to = g_build_filename (folder, names[i], NULL);
      g_autoptr (GFile) link = g_file_new_for_path (to);

      g_assert_true (g_file_make_symbolic_link (link, from, NULL, NULL));
    }
  return folder;
}

static GtkWidget *
open_menu (MonocleWindow *window, double x, double y)
{
  GtkWidget *menu;

  click_at (window, x, y, 3);
  menu = gui_find (window, GTK_TYPE_POPOVER_MENU);
  g_assert_nonnull (menu);
  return menu;
}

static void
close_menu (MonocleWindow *window)
{
  gtk_popover_popdown (gui_find (window, GTK_TYPE_POPOVER_MENU));
  gui_settle ();
  gui_wait_ms (100);
  g_assert_null (gui_find (window, GTK_TYPE_POPOVER_MENU));
}

static gboolean
offers_reading (gpointer window)
{
  return bar_offers (window, "Read");
}

static gboolean
offers_no_reading (gpointer window)
{
  return !bar_offers (window, "Read");
}

/* What the model cannot be asked is nowhere offered; another one may be. */
static void
test_offers (void)
{
  GSettings *settings
      = monocle_application_get_settings (MONOCLE_APPLICATION (gui_get_application ()));
  g_autofree char *model = make_silent_model ();
  MonocleWindow *window;

  if (lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  add_region (window, 60, 345, 270, 480);
  select_regions (window, 0, 1);
  g_assert_true (bar_offers (window, "Outline"));
  g_assert_false (bar_offers (window, "Read"));
  open_menu (window, 60, 400);
  g_assert_true (gui_has_text (gui_find (window, GTK_TYPE_POPOVER_MENU), "Outline"));
  g_assert_false (gui_has_text (gui_find (window, GTK_TYPE_POPOVER_MENU), "Read Text"));
  close_menu (window);
  g_assert_false (gui_can_act (window, "win.ask-read"));
  g_assert_false (gui_can_act (window, "win.ask-ocr"));

  g_settings_set_string (settings, "model", model);
  gui_wait_for ("the other model", offers_reading, window);
  open_menu (window, 60, 400);
  g_assert_true (gui_has_text (gui_find (window, GTK_TYPE_POPOVER_MENU), "Read Text"));
  close_menu (window);
  g_settings_reset (settings, "model");
  gui_wait_for ("ours again", offers_no_reading, window);
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
    box_object ("north_west", 2, 2, 60, 60), box_object ("east", 580, 300, 638, 358),
    box_object ("south", 290, 580, 348, 638), /* between the bars that float there */
  };
  MonocleWindow *window;

  if (lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  answer_by_hand (window, objects, 3);
  for (guint i = 0; i < 3; i++)
    {
      GtkWidget *menu = open_menu (window, monocle_shape_get_bounds (objects[i].shape).x + 29,
                                   monocle_shape_get_bounds (objects[i].shape).y + 29);

      assert_selected (window, objects[i].label);
      assert_whole (menu);
      g_assert_true (gui_has_text (menu, "Find Similar"));
      g_assert_false (gui_has_text (menu, "keypad"));
      close_menu (window);
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

  if (lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  answer_by_hand (window, objects, 2);
  row = gui_find (window, MONOCLE_TYPE_OBJECT_ROW);
  item = gtk_widget_get_parent (row);
  gui_click (row, 20, 10, 3);
  menu = gui_find (window, GTK_TYPE_POPOVER_MENU);
  g_assert_nonnull (menu);
  assert_whole (menu);
  gui_type (GTK_WINDOW (window), "Escape");
  gui_point (GTK_WIDGET (get_view (window)), 300, 300);
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
  GListModel *regions = monocle_document_get_regions (get_document (window));
  g_autoptr (GPtrArray) selected = NULL;
  MonocleQuery *query;
  double x, y;

  /* Also where there is nothing else. */
  add_region (window, 60, 345, 270, 480);
  gui_act (window, "win.select-all", NULL);
  selected = monocle_presentation_get_selected_regions (presentation);
  g_assert_cmpuint (selected->len, ==, 1);

  query = answer_by_hand (window, objects, 2);
  gui_act (window, "win.select-all", NULL);
  /* With the pointer still over the last of them. */
  locate (window, 150, 150, &x, &y);
  gui_point (GTK_WIDGET (get_view (window)), x, y);
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

  g_assert_true (gtk_widget_translate_coordinates (
      GTK_WIDGET (get_view (spot->window)), GTK_WIDGET (spot->window), spot->x, spot->y, &x, &y));
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
  GtkWidget *view = GTK_WIDGET (get_view (window));
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
  g_test_add_func ("/gui/canvas/handles", test_handles);
  g_test_add_func ("/gui/canvas/handles-of-tools", test_handles_of_tools);
  g_test_add_func ("/gui/canvas/subject", test_subject);
  g_test_add_func ("/gui/canvas/question", test_question);
  g_test_add_func ("/gui/canvas/region-bar", test_region_bar);
  g_test_add_func ("/gui/canvas/offers", test_offers);
  g_test_add_func ("/gui/canvas/menu", test_menu);
  g_test_add_func ("/gui/canvas/menu-of-row", test_menu_of_row);
  g_test_add_func ("/gui/canvas/select-all", test_select_all);
  g_test_add_func ("/gui/canvas/drop-highlight", test_drop_highlight);

  return gui_run ();
}
