/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pointing: regions drawn with the pointer, moved by keys, asked about, undone. Needs real input.
 */
#include "config.h"

#include "tests/gui/harness-canvas.h"

/* Drags over that rectangle of the picture with the region tool. */
static void
draw (MonocleWindow *window, MonocleRect place)
{
  MonocleImageView *view = gui_find (window, MONOCLE_TYPE_IMAGE_VIEW);
  MonocleRect widget;

  g_assert_nonnull (view);
  monocle_image_view_set_tool (view, MONOCLE_TOOL_REGION);
  monocle_image_view_to_widget (view, &place, &widget);
  gui_drag (GTK_WIDGET (view), widget.x, widget.y, widget.x + widget.width,
            widget.y + widget.height);
}

static void
test_draw (void)
{
  MonocleWindow *window;
  MonocleBox box;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  g_assert_false (gui_can_act (window, "win.ask-what"));
  draw (window, (MonocleRect){ 60, 340, 210, 240 });

  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  box = monocle_shape_get_box (monocle_annotation_get_shape (gui_get_region (window, 0)));
  g_assert_cmpfloat_with_epsilon (box.x1, 60, 3);
  g_assert_cmpfloat_with_epsilon (box.y1, 340, 3);
  g_assert_cmpfloat_with_epsilon (box.x2, 270, 3);
  g_assert_cmpfloat_with_epsilon (box.y2, 580, 3);
  g_assert_true (gui_can_act (window, "win.ask-what"));
}

static void
test_ask_several (void)
{
  MonocleWindow *window;
  MonoclePresentation *presentation;
  MonocleQuery *query;
  guint n_regions;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  presentation = monocle_window_get_presentation (window);
  draw (window, (MonocleRect){ 60, 340, 210, 240 });
  draw (window, (MonocleRect){ 330, 60, 260, 230 });
  g_assert_cmpuint (gui_count_regions (window), ==, 2);
  gtk_selection_model_select_all (monocle_presentation_get_regions (presentation));

  gui_act (window, "win.ask-what", NULL);
  query = monocle_presentation_get_query (presentation);
  g_assert_nonnull (query);
  gui_wait_done (query);
  monocle_query_get_regions (query, &n_regions);
  g_assert_cmpuint (n_regions, ==, 2);
  /* Each has its answer, and the panel says them. */
  for (guint i = 0; i < 2; i++)
    {
      const char *text = monocle_query_get_region_text (query, i);

      g_assert_nonnull (text);
      g_assert_true (*text != '\0');
      g_assert_true (gui_has_text (window, text));
    }
}

static void
test_nudge_and_undo (void)
{
  MonocleWindow *window;
  MonocleImageView *view;
  MonocleBox before, after;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  draw (window, (MonocleRect){ 100, 100, 100, 100 });
  view = gui_find (window, MONOCLE_TYPE_IMAGE_VIEW);
  monocle_image_view_set_tool (view, MONOCLE_TOOL_SELECT);
  gtk_widget_grab_focus (GTK_WIDGET (view));
  before = monocle_shape_get_box (monocle_annotation_get_shape (gui_get_region (window, 0)));

  gui_type (GTK_WINDOW (window), "Right");
  after = monocle_shape_get_box (monocle_annotation_get_shape (gui_get_region (window, 0)));
  g_assert_cmpfloat_with_epsilon (after.x1 - before.x1, 1, 0.01);
  gui_type (GTK_WINDOW (window), "shift+Down");
  after = monocle_shape_get_box (monocle_annotation_get_shape (gui_get_region (window, 0)));
  g_assert_cmpfloat_with_epsilon (after.y1 - before.y1, 10, 0.01);

  gui_act (window, "win.undo", NULL);
  after = monocle_shape_get_box (monocle_annotation_get_shape (gui_get_region (window, 0)));
  g_assert_cmpfloat_with_epsilon (after.y1, before.y1, 0.01);
  while (gui_can_act (window, "win.undo"))
    gui_act (window, "win.undo", NULL);
  g_assert_cmpuint (gui_count_regions (window), ==, 0);
}

static void
test_move (void)
{
  MonocleWindow *window;
  MonocleImageView *view;
  MonocleBox before, after;
  MonocleRect widget;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  draw (window, (MonocleRect){ 100, 100, 100, 100 });
  view = gui_find (window, MONOCLE_TYPE_IMAGE_VIEW);
  monocle_image_view_set_tool (view, MONOCLE_TOOL_SELECT);
  before = monocle_shape_get_box (monocle_annotation_get_shape (gui_get_region (window, 0)));
  monocle_image_view_to_widget (view, &(MonocleRect){ 150, 150, 60, 40 }, &widget);
  gui_drag (GTK_WIDGET (view), widget.x, widget.y, widget.x + widget.width,
            widget.y + widget.height);

  after = monocle_shape_get_box (monocle_annotation_get_shape (gui_get_region (window, 0)));
  g_assert_cmpfloat_with_epsilon (after.x1 - before.x1, 60, 4);
  g_assert_cmpfloat_with_epsilon (after.y1 - before.y1, 40, 4);
  g_assert_cmpfloat_with_epsilon (after.x2 - after.x1, before.x2 - before.x1, 0.01);
  gui_act (window, "win.undo", NULL);
  after = monocle_shape_get_box (monocle_annotation_get_shape (gui_get_region (window, 0)));
  g_assert_cmpfloat_with_epsilon (after.x1, before.x1, 0.01);
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

  g_test_add_func ("/gui/regions/draw", test_draw);
  g_test_add_func ("/gui/regions/ask-several", test_ask_several);
  g_test_add_func ("/gui/regions/nudge-and-undo", test_nudge_and_undo);
  g_test_add_func ("/gui/regions/move", test_move);

  return gui_run ();
}
