/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Heat maps over the picture: seen, their outline moved by a handle, made one's own and taken back;
 * in small windows, in the dark, on a picture that is turned; with a model that answers so.
 */
#include "config.h"

#include "tests/gui/outline-fixture.h"
#include "tests/unit/heat-fixture.h"
#include "ui/application.h"
#include "ui/heat-bar.h"

/* Of the park: 640 by 640. */
#define SIDE 640

/* (transfer none): an answer about the balloon of the park, which is known, and a dog, which hardly
 * is */
static MonocleQuery *
answer (MonocleWindow *window)
{
  const MonocleTask *task = monocle_model_recall_task ("outline-words", MONOCLE_GIVES_OUTLINES);
  g_autoptr (MonocleQuery) query = monocle_query_new (task, "balloon, dog", NULL, 0, NULL);
  MonocleHeat *const heat[] = { heat_hill ("balloon", SIDE, SIDE, 143, 170, 230),
                                heat_hill ("dog", SIDE, SIDE, 660, 500, 45) };

  g_assert_nonnull (task);
  monocle_query_start (query, NULL, 0);
  finish_one (query, answer_with_heat (heat, G_N_ELEMENTS (heat)));
  monocle_document_add_query (gui_get_document (window), query);
  gui_settle ();
  return query; /* the document holds it */
}

static MonocleHeatBar *
get_bar (MonocleWindow *window)
{
  return gui_find (window, MONOCLE_TYPE_HEAT_BAR);
}

static GtkRange *
get_handle (MonocleWindow *window)
{
  return gui_find (get_bar (window), GTK_TYPE_SCALE);
}

static gboolean
is_cut (gpointer query)
{
  return monocle_query_get_cut (query) < 0.395 || monocle_query_get_cut (query) > 0.405;
}

static void
move_handle (MonocleWindow *window, MonocleQuery *query, double to)
{
  gtk_range_set_value (get_handle (window), to);
  gui_wait_for ("the outline to follow", is_cut, query);
  gui_settle ();
}

/* Where the balloon is likeliest the map lets less of the picture through than at the edge of it.
 */
static void
test_seen (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  cairo_surface_t *before = gui_take_picture (GTK_WINDOW (window), 1), *shown, *hidden;
  GtkToggleButton *toggle;

  g_assert_null (get_bar (window));
  answer (window);
  g_assert_nonnull (get_bar (window));
  gui_keep_picture (window, "heat");
  shown = gui_take_picture (GTK_WINDOW (window), 1);
  g_assert_cmphex (get_colour_at (window, before, 300, 80), !=,
                   get_colour_at (window, shown, 300, 80));
  /* Nothing is likely there. */
  g_assert_cmphex (get_colour_at (window, before, 500, 600), ==,
                   get_colour_at (window, shown, 500, 600));
  toggle = gui_find (get_bar (window), GTK_TYPE_TOGGLE_BUTTON);
  gtk_toggle_button_set_active (toggle, FALSE);
  gui_settle ();
  hidden = gui_take_picture (GTK_WINDOW (window), 1);
  g_assert_cmphex (get_colour_at (window, before, 300, 80), ==,
                   get_colour_at (window, hidden, 300, 80));
  gtk_toggle_button_set_active (toggle, TRUE);
  cairo_surface_destroy (before);
  cairo_surface_destroy (shown);
  cairo_surface_destroy (hidden);
}

/* By keys alone: more and less of it; what was nowhere comes; one step back. */
static void
test_handle (void)
{
  MonocleWindow *window;
  MonocleQuery *query;
  MonocleAnnotation *balloon;
  guint64 n;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  query = answer (window);
  balloon = peek_annotation (query, 0);
  n = get_pixels (balloon);
  gtk_widget_grab_focus (GTK_WIDGET (get_handle (window)));
  gui_settle ();
  gui_type (GTK_WINDOW (window), "Right Right Right Right Right");
  gui_wait_for ("the outline to follow", is_cut, query);
  gui_settle ();
  g_assert_true (gui_has_text (get_bar (window), "45 %"));
  g_assert_true (peek_annotation (query, 0) == balloon);
  g_assert_cmpuint (get_pixels (balloon), <, n);
  n = get_pixels (balloon);
  g_assert_cmpuint (count_annotations (query), ==, 1);

  gui_act (window, "win.make-outline", NULL);
  gui_settle ();
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  g_assert_cmpuint (get_pixels (gui_get_region (window, 0)), ==, n);
  g_assert_cmpstr (monocle_annotation_get_label (gui_get_region (window, 0)), ==, "balloon");
  g_assert_cmpuint (count_selected (window), ==, 1);
  g_assert_true (gtk_widget_has_focus (GTK_WIDGET (gui_get_view (window))));
  gui_undo (window, "Keep Object");
  g_assert_cmpuint (gui_count_regions (window), ==, 0);
  g_assert_cmpuint (count_annotations (query), ==, 1);

  move_handle (window, query, 0.1);
  g_assert_cmpuint (count_annotations (query), ==, 2);
  gui_keep_picture (window, "heat-low");
  gui_act (window, "win.make-outline", NULL);
  gui_settle ();
  g_assert_cmpuint (gui_count_regions (window), ==, 2);
  /* There is nothing left of it. */
  g_assert_null (get_bar (window));
  g_assert_false (gui_can_act (window, "win.make-outline"));
}

static guint
count_steps (MonocleWindow *window)
{
  guint n_again;

  return monocle_undo_count (monocle_document_get_undo (gui_get_document (window)), &n_again);
}

/* However often the outline follows, moving the handle is one step; and it is there again later. */
static void
test_steps (void)
{
  g_autofree char *path = gui_sample ("1-park.png");
  MonocleWindow *window;
  MonocleQuery *query;
  GtkWidget *handle;
  double cut;

  if (gui_lacks_input ())
    return;
  window = gui_open_path (path);
  query = answer (window);
  handle = GTK_WIDGET (get_handle (window));
  gui_drag (handle, gtk_widget_get_width (handle) * 0.4, gtk_widget_get_height (handle) / 2.0,
            gtk_widget_get_width (handle) * 0.7, gtk_widget_get_height (handle) / 2.0);
  gui_wait_for ("the outline to follow", is_cut, query);
  gui_settle ();
  cut = monocle_query_get_cut (query);
  g_assert_cmpfloat (cut, >, 0.5);
  g_assert_cmpuint (count_steps (window), ==, 1);
  gui_undo (window, "Move Threshold");
  g_assert_cmpfloat_with_epsilon (monocle_query_get_cut (query), 0.4, 1e-3);
  g_assert_true (gui_has_text (get_bar (window), "40 %"));
  gui_act (window, "win.redo", NULL);
  gui_settle ();
  g_assert_cmpfloat_with_epsilon (monocle_query_get_cut (query), cut, 1e-6);

  /* A window later. */
  window = gui_open_again (path);
  query = g_list_model_get_item (monocle_document_get_queries (gui_get_document (window)), 0);
  g_assert_nonnull (query);
  g_assert_cmpfloat_with_epsilon (monocle_query_get_cut (query), cut, 1e-6);
  g_assert_cmpuint (count_steps (window), ==, 1);
  g_object_unref (query);
}

/* There is room for it in the smallest window; and it is seen in the dark. */
static void
test_narrow (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  GtkWidget *bar;
  double x, y;

  gtk_window_set_default_size (GTK_WINDOW (window), 360, 640);
  answer (window);
  bar = GTK_WIDGET (get_bar (window));
  g_assert_nonnull (bar);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_DARK);
  gui_keep_picture (window, "heat-narrow-dark");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  g_assert_true (gtk_widget_translate_coordinates (bar, GTK_WIDGET (window), 0, 0, &x, &y));
  g_assert_cmpfloat (x, >=, 0);
  g_assert_cmpfloat (x + gtk_widget_get_width (bar), <=, 360);
}

/* The map turns with the picture. */
static void
test_turned (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  cairo_surface_t *before, *after;

  gui_act (window, "win.rotate-right", NULL);
  gui_settle ();
  before = gui_take_picture (GTK_WINDOW (window), 1);
  answer (window);
  after = gui_take_picture (GTK_WINDOW (window), 1);
  g_assert_cmphex (get_colour_at (window, before, 300, 80), !=,
                   get_colour_at (window, after, 300, 80));
  g_assert_cmphex (get_colour_at (window, before, 500, 600), ==,
                   get_colour_at (window, after, 500, 600));
  cairo_surface_destroy (before);
  cairo_surface_destroy (after);
}

static gboolean
is_model_there (gpointer data)
{
  MonocleRunner *runner
      = monocle_application_get_runner (MONOCLE_APPLICATION (gui_get_application ()));

  return monocle_runner_get_state (runner) == MONOCLE_RUNNER_READY;
}

/* A model that answers so. */
static void
test_asked (void)
{
  g_autofree char *model = gui_fixture ("clipseg/clipseg-refined");
  g_autofree char *picture = gui_fixture ("pictures/photo-131x97.png");
  MonocleWindow *window;
  MonocleQuery *query;

  g_settings_set_string (gui_get_settings (), "model", model);
  window = gui_open_path (picture);
  gui_wait_for ("the model", is_model_there, NULL);
  query = monocle_query_new (monocle_model_recall_task ("outline-words", MONOCLE_GIVES_OUTLINES),
                             "cat", NULL, 0, NULL);
  monocle_window_run_query (window, query);
  gui_wait_done (query);
  gui_settle ();
  g_assert_nonnull (get_bar (window));
  g_assert_nonnull (monocle_query_get_heat (query, 0));
  move_handle (window, query, 0.1);
  gui_keep_picture (window, "heat-asked");
  gui_act (window, "win.make-outline", NULL);
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  g_object_unref (query);
  gui_close_all ();
  g_settings_reset (gui_get_settings (), "model");
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);
  g_test_add_func ("/gui/heat/seen", test_seen);
  g_test_add_func ("/gui/heat/handle", test_handle);
  g_test_add_func ("/gui/heat/steps", test_steps);
  g_test_add_func ("/gui/heat/narrow", test_narrow);
  g_test_add_func ("/gui/heat/turned", test_turned);
  g_test_add_func ("/gui/heat/asked", test_asked);
  return gui_run ();
}
