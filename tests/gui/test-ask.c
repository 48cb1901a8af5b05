/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asking, as a person does it: run, watch the answer come, stop it, look at it, filter it, go back.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/models/florence2/tasks.h"
#include "tests/gui/harness.h"
#include "tests/held-words.h"
#include "ui/image-view.h"
#include "ui/object-row.h"

static MonoclePresentation *
get_presentation (MonocleWindow *window)
{
  return monocle_window_get_presentation (window);
}

static guint
count_shown (MonocleWindow *window)
{
  return g_list_model_get_n_items (
      G_LIST_MODEL (monocle_presentation_get_objects (get_presentation (window))));
}

static guint
count_rows (MonocleWindow *window)
{
  g_autoptr (GPtrArray) rows = gui_find_all (window, MONOCLE_TYPE_OBJECT_ROW);
  guint n = 0;

  for (guint i = 0; i < rows->len; i++)
    n += gtk_widget_get_mapped (rows->pdata[i]);
  return n;
}

static MonocleQuery *
get_query (MonocleWindow *window)
{
  return monocle_presentation_get_query (get_presentation (window));
}

/* --- */

static void
test_detect (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  MonocleImageView *view = gui_find (window, MONOCLE_TYPE_IMAGE_VIEW);
  cairo_surface_t *before, *after;
  guint n, n_changed = 0;

  g_assert_nonnull (view);
  before = gui_take_picture (GTK_WINDOW (window), 1);
  gui_ask (window, "detect", NULL);
  after = gui_take_picture (GTK_WINDOW (window), 1);

  g_assert_cmpint (monocle_query_get_state (get_query (window)), ==, MONOCLE_QUERY_DONE);
  n = count_shown (window);
  g_assert_cmpuint (n, >=, 2);
  g_assert_cmpuint (count_rows (window), ==, n);

  /* The boxes are on the canvas: along the left edge of each, something is drawn. */
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MonocleAnnotation) annotation = g_list_model_get_item (
          G_LIST_MODEL (monocle_presentation_get_objects (get_presentation (window))), i);
      MonocleRect bounds = monocle_annotation_get_bounds (annotation), place;
      double x, y;

      monocle_image_view_to_widget (view, &bounds, &place);
      g_assert_true (gtk_widget_translate_coordinates (
          GTK_WIDGET (view), GTK_WIDGET (window), place.x, place.y + place.height / 2, &x, &y));
      for (int dx = -2; dx <= 2; dx++)
        if (gui_get_pixel (before, (int) x + dx, (int) y)
            != gui_get_pixel (after, (int) x + dx, (int) y))
          {
            n_changed++;
            break;
          }
      /* The list says the same as the canvas. */
      if (*monocle_annotation_get_label (annotation))
        g_assert_true (gui_has_text (window, monocle_annotation_get_label (annotation)));
    }
  g_assert_cmpuint (n_changed, ==, n);
  cairo_surface_destroy (before);
  cairo_surface_destroy (after);
}

static void
test_select (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  GtkSelectionModel *objects;
  g_autoptr (GPtrArray) selected = NULL;

  gui_ask (window, "detect", NULL);
  objects = monocle_presentation_get_objects (get_presentation (window));
  gtk_selection_model_select_item (objects, 1, TRUE);
  gui_settle ();
  selected = monocle_presentation_get_selected_objects (get_presentation (window));
  g_assert_cmpuint (selected->len, ==, 1);
  /* What is selected can be asked about, and be a region. */
  g_assert_true (gui_can_act (window, "win.use-as-region"));
  gui_act (window, "win.use-as-region", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (
                        monocle_presentation_get_regions (get_presentation (window)))),
                    ==, 1);
  gui_act (window, "win.undo", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (
                        monocle_presentation_get_regions (get_presentation (window)))),
                    ==, 0);
}

static void
test_click_selects (void)
{
  MonocleWindow *window;
  MonocleImageView *view;
  g_autoptr (MonocleAnnotation) annotation = NULL;
  g_autoptr (GPtrArray) selected = NULL;
  MonocleRect bounds, place;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  gui_ask (window, "detect", NULL);
  view = gui_find (window, MONOCLE_TYPE_IMAGE_VIEW);
  annotation = g_list_model_get_item (
      G_LIST_MODEL (monocle_presentation_get_objects (get_presentation (window))), 2);
  bounds = monocle_annotation_get_bounds (annotation);
  monocle_image_view_to_widget (view, &bounds, &place);
  gui_click (GTK_WIDGET (view), place.x + place.width / 2, place.y + place.height / 2, 1);

  selected = monocle_presentation_get_selected_objects (get_presentation (window));
  g_assert_cmpuint (selected->len, ==, 1);
  g_assert_true (selected->pdata[0] == annotation);
}

static void
test_filter (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  MonoclePresentation *presentation = get_presentation (window);
  g_autoptr (MonocleAnnotation) first = NULL;
  guint n;
  double score;

  gui_ask (window, "detect", NULL);
  n = count_shown (window);
  first = g_list_model_get_item (G_LIST_MODEL (monocle_presentation_get_objects (presentation)), 0);
  score = (double) monocle_annotation_get_score (first);
  g_assert_false (isnan (score));

  monocle_presentation_set_threshold (presentation, score + 1e-4);
  gui_settle ();
  g_assert_cmpuint (count_shown (window), <, n);
  g_assert_cmpuint (count_rows (window), ==, count_shown (window));
  monocle_presentation_set_threshold (presentation, 0);

  monocle_presentation_set_label_hidden (presentation, monocle_annotation_get_label (first), TRUE);
  gui_settle ();
  g_assert_cmpuint (count_shown (window), <, n);
  monocle_presentation_show_all_labels (presentation);
  gui_settle ();
  g_assert_cmpuint (count_shown (window), ==, n);
}

/* --- */

typedef struct
{
  MonocleQuery *query;
  guint n_tokens, n_lengths;
  glong length;
} Watch;

static void
on_text (MonocleQuery *query, GParamSpec *pspec, Watch *watch)
{
  const char *text = monocle_query_get_text (query);

  if (text && *text)
    watch->n_lengths++;
}

/* Until somebody chooses, the model says what is worth showing. */
static void
test_threshold (void)
{
  MonocleApplication *application = MONOCLE_APPLICATION (gui_get_application ());
  GSettings *settings = monocle_application_get_settings (application);
  MonocleWindow *window;
  MonoclePresentation *presentation;
  double lowest;
  guint n = 0;
  GListModel *all;

  g_settings_reset (settings, "threshold");
  window = gui_open_sample ("3-street.png");
  presentation = get_presentation (window);
  gui_ask (window, "detect", NULL);
  lowest = monocle_model_get_lowest_score (
      monocle_runner_get_model (monocle_application_get_runner (application)));
  g_assert_cmpfloat (lowest, >, 0);
  g_assert_cmpfloat (monocle_presentation_get_threshold (presentation), ==, lowest);
  g_assert_null (g_settings_get_user_value (settings, "threshold"));
  all = monocle_query_get_annotations (get_query (window));
  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (MonocleAnnotation) annotation = g_list_model_get_item (all, i);

      n += (double) monocle_annotation_get_score (annotation) >= lowest;
    }
  g_assert_cmpuint (count_shown (window), ==, n);

  monocle_presentation_set_threshold (presentation, 0.75);
  g_assert_cmpfloat (g_settings_get_double (settings, "threshold"), ==, 0.75);
  window = gui_open_sample ("1-park.png");
  presentation = get_presentation (window);
  g_assert_cmpfloat (monocle_presentation_get_threshold (presentation), ==, 0.75);
  monocle_presentation_set_threshold (presentation, 0);
  g_assert_cmpfloat (g_settings_get_double (settings, "threshold"), ==, 0);
  g_settings_reset (settings, "threshold");
  g_assert_cmpfloat (monocle_presentation_get_threshold (presentation), ==, lowest);
}

static void
test_stream (void)
{
  MonocleWindow *window = gui_open_sample ("2-fruit.png");
  g_autoptr (MonocleQuery) query = monocle_query_new (
      monocle_florence2_find_task ("more-detailed-caption"), NULL, NULL, 0, NULL);
  Watch watch = { 0 };

  g_signal_connect (query, "notify::text", G_CALLBACK (on_text), &watch);
  monocle_window_run_query (window, query);
  g_assert_true (monocle_query_is_active (query));
  g_assert_true (gui_can_act (window, "win.stop"));
  gui_wait_done (query);

  g_assert_cmpint (monocle_query_get_state (query), ==, MONOCLE_QUERY_DONE);
  /* It came in pieces, and is all there in the panel. */
  g_assert_cmpuint (watch.n_lengths, >, 2);
  g_assert_true (gui_has_text (window, monocle_query_get_text (query)));
  g_assert_false (gui_can_act (window, "win.stop"));
}

static gboolean
has_some_text (gpointer query)
{
  const char *text = monocle_query_get_text (query);

  return (text && *text) || !monocle_query_is_active (query);
}

static void
test_stop (void)
{
  MonocleWindow *window = gui_open_sample ("3-street.png");
  g_autoptr (MonocleQuery) query = monocle_query_new (
      monocle_florence2_find_task ("more-detailed-caption"), NULL, NULL, 0, NULL);
  guint n_tokens;

  test_hold_words (TRUE);
  monocle_window_run_query (window, query);
  gui_wait_for ("the first words", has_some_text, query);
  g_assert_true (monocle_query_is_active (query));
  n_tokens = monocle_query_get_n_tokens (query);
  g_assert_true (gui_can_act (window, "win.stop"));
  g_action_group_activate_action (G_ACTION_GROUP (window), "stop", NULL);
  test_hold_words (FALSE);
  gui_wait_done (query);
  g_assert_cmpint (monocle_query_get_state (query), ==, MONOCLE_QUERY_STOPPED);
  /* At once: the word that was under way at most. */
  g_assert_cmpuint (monocle_query_get_n_tokens (query), <=, n_tokens + 1);
  /* What was there stays. */
  g_assert_nonnull (monocle_query_get_text (query));
  g_assert_cmpuint (strlen (monocle_query_get_text (query)), >, 0);
}

static void
test_history (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  MonoclePresentation *presentation = get_presentation (window);
  MonocleDocument *document = monocle_presentation_get_document (presentation);
  GListModel *queries = monocle_document_get_queries (document);
  MonocleQuery *first = gui_ask (window, "detect", NULL);
  MonocleQuery *second = gui_ask (window, "caption", NULL);

  g_assert_cmpuint (g_list_model_get_n_items (queries), ==, 2);
  g_assert_true (get_query (window) == second);

  monocle_presentation_set_query (presentation, first);
  gui_settle ();
  g_assert_cmpuint (count_rows (window), ==, count_shown (window));
  g_assert_cmpuint (count_shown (window), >, 0);

  monocle_document_remove_query (document, first);
  gui_settle ();
  g_assert_cmpuint (g_list_model_get_n_items (queries), ==, 1);
  g_assert_true (get_query (window) == second);
  gui_act (window, "win.undo", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (queries), ==, 2);
  g_assert_true (get_query (window) == first);
}

static void
test_delete (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  guint n;

  gui_ask (window, "detect", NULL);
  n = count_shown (window);
  gtk_selection_model_select_item (monocle_presentation_get_objects (get_presentation (window)), 0,
                                   TRUE);
  gui_settle ();
  gui_act (window, "win.delete", NULL);
  g_assert_cmpuint (count_shown (window), ==, n - 1);
  gui_act (window, "win.undo", NULL);
  g_assert_cmpuint (count_shown (window), ==, n);
  gui_act (window, "win.redo", NULL);
  g_assert_cmpuint (count_shown (window), ==, n - 1);

  /* All of them: that is not what the model found. */
  gtk_selection_model_select_all (monocle_presentation_get_objects (get_presentation (window)));
  gui_settle ();
  gui_act (window, "win.delete", NULL);
  g_assert_cmpuint (count_shown (window), ==, 0);
  g_assert_false (gui_has_text (window, "No objects found"));
  g_assert_true (gui_has_text (window, "All that was found here has been kept or deleted."));
}

static void
test_rotate (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  MonocleDocument *document = gui_get_document (window);
  MonocleImageView *view = gui_find (window, MONOCLE_TYPE_IMAGE_VIEW);
  guint width = monocle_document_get_width (document),
        height = monocle_document_get_height (document);
  g_autoptr (MonocleAnnotation) annotation = NULL;
  MonocleRect before, after, seen_before, seen_after;

  gui_ask (window, "detect", NULL);
  annotation = g_list_model_get_item (
      G_LIST_MODEL (monocle_presentation_get_objects (get_presentation (window))), 0);
  before = monocle_annotation_get_bounds (annotation);
  monocle_image_view_to_widget (view, &before, &seen_before);
  gui_act (window, "win.rotate-right", NULL);
  gui_settle ();
  after = monocle_annotation_get_bounds (annotation);
  g_assert_cmpmem (&after, sizeof after, &before, sizeof before);
  g_assert_cmpuint (monocle_document_get_width (document), ==, width);
  g_assert_cmpuint (monocle_document_get_shown_width (document), ==, height);
  g_assert_cmpuint (monocle_document_get_shown_height (document), ==, width);
  /* It is seen where it is now: higher than it was wide, by as much as the picture is zoomed. */
  monocle_image_view_to_widget (view, &before, &seen_after);
  g_assert_cmpfloat_with_epsilon (seen_after.width / seen_after.height,
                                  seen_before.height / seen_before.width, 0.01);
  gui_act (window, "win.undo", NULL);
  gui_settle ();
  monocle_image_view_to_widget (view, &before, &seen_after);
  g_assert_cmpfloat_with_epsilon (seen_after.x, seen_before.x, 0.01);
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

  g_test_add_func ("/gui/ask/detect", test_detect);
  g_test_add_func ("/gui/ask/select", test_select);
  g_test_add_func ("/gui/ask/click-selects", test_click_selects);
  g_test_add_func ("/gui/ask/filter", test_filter);
  g_test_add_func ("/gui/ask/threshold", test_threshold);
  g_test_add_func ("/gui/ask/stream", test_stream);
  g_test_add_func ("/gui/ask/stop", test_stop);
  g_test_add_func ("/gui/ask/history", test_history);
  g_test_add_func ("/gui/ask/delete", test_delete);
  g_test_add_func ("/gui/ask/rotate", test_rotate);

  return gui_run ();
}
