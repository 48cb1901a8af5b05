/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window itself: how its parts share the room, what it keeps in the settings, what it opens
 * again, what it says of a picture that cannot be shown.
 */
#include "config.h"

/* AdwFlap, as in ui/window-layout.c. */
#define ADW_DISABLE_DEPRECATION_WARNINGS

#include <string.h>

#include "tests/gui/harness.h"
#include "tests/gui/sized-window.h"
#include "ui/broken-page.h"
#include "ui/filmstrip.h"
#include "ui/history-panel.h"
#include "ui/image-view.h"
#include "ui/model-button.h"
#include "ui/object-list.h"
#include "ui/recent-files.h"
#include "ui/side-panel.h"
#include "ui/train-bar.h"

static MonoclePresentation *
get_presentation (MonocleWindow *window)
{
  return monocle_window_get_presentation (window);
}

static AdwFlap *
get_panel_flap (MonocleWindow *window)
{
  g_autoptr (GPtrArray) panels = gui_find_all (window, MONOCLE_TYPE_SIDE_PANEL);

  g_assert_cmpuint (panels->len, ==, 1);
  return ADW_FLAP (gtk_widget_get_ancestor (panels->pdata[0], ADW_TYPE_FLAP));
}

static gboolean
is_revealed (gpointer flap)
{
  return adw_flap_get_reveal_flap (flap);
}

static gboolean
is_hidden (gpointer flap)
{
  return !is_revealed (flap);
}

static gboolean
has_filmstrip (gpointer window)
{
  return gui_find (window, MONOCLE_TYPE_FILMSTRIP) != NULL;
}

/* --- Room --- */

static void
test_wide (void)
{
  MonocleWindow *window = open_with_size (1180, 760);
  AdwFlap *flap = get_panel_flap (window);

  g_assert_false (adw_flap_get_folded (flap));
  g_assert_true (adw_flap_get_reveal_flap (flap));
  gui_act (window, "win.toggle-panel", NULL);
  g_assert_false (adw_flap_get_reveal_flap (flap));

  /* The next window has no panel either. */
  window = gui_open_sample ("2-fruit.png");
  g_assert_false (adw_flap_get_reveal_flap (get_panel_flap (window)));
  gui_act (window, "win.toggle-panel", NULL);
  g_assert_true (g_settings_get_boolean (gui_get_settings (), "show-panel"));
}

static gboolean
can_next (gpointer window)
{
  return gui_can_act (window, "win.next");
}

static void
test_narrow (void)
{
  MonocleWindow *window = open_with_size (360, 640);
  AdwFlap *flap = get_panel_flap (window);
  GtkWidget *panel = adw_flap_get_flap (flap);
  MonocleQuery *query;

  /* It is as narrow as it was told, and all of it is the picture's. */
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (window)), <=, 360);
  g_assert_true (adw_flap_get_folded (flap));
  g_assert_false (adw_flap_get_reveal_flap (flap));
  gui_wait_for_text (window, "CPU");

  gui_act (window, "win.toggle-panel", NULL);
  g_assert_true (adw_flap_get_reveal_flap (flap));
  g_assert_cmpint (gtk_widget_get_width (panel), ==, gtk_widget_get_width (GTK_WIDGET (flap)));

  /* What is drawn on the picture makes the panel go, what is read lets it stay. */
  gui_act (window, "win.run-task", "caption");
  query = monocle_presentation_get_query (get_presentation (window));
  gui_wait_done (query);
  g_assert_true (adw_flap_get_reveal_flap (flap));
  gui_act (window, "win.run-task", "detect");
  query = monocle_presentation_get_query (get_presentation (window));
  gui_wait_done (query);
  gui_wait_for ("the panel to go", is_hidden, flap);

  /* A panel that lies over the picture is not what was left open beside it. */
  g_assert_true (g_settings_get_boolean (gui_get_settings (), "show-panel"));
  reset_size ();
}

/* Lower is no window; with a bar above the picture all of the bar below it is there still. */
static void
test_low (void)
{
  MonocleWindow *window = open_with_size (360, 300);
  g_autoptr (GPtrArray) bars = gui_find_all (window, MONOCLE_TYPE_TRAIN_BAR);
  g_autoptr (GPtrArray) below = NULL;

  gtk_widget_set_visible (bars->pdata[0], TRUE);
  gui_settle ();
  gui_keep_picture (window, "window-low");
  below = gui_find_all (window, GTK_TYPE_ACTION_BAR);
  for (guint i = 0; i < below->len; i++)
    {
      GtkWidget *one = below->pdata[i];
      graphene_rect_t box;

      if (!gtk_widget_get_mapped (one))
        continue;
      g_assert_true (gtk_widget_compute_bounds (one, GTK_WIDGET (window), &box));
      g_assert_cmpfloat (box.origin.y + box.size.height, <=,
                         gtk_widget_get_height (GTK_WIDGET (window)) + 0.5f);
    }
  reset_size ();
}

#define SHADOW  24
#define BORDERS 4

/* Whatever the size, nothing is cut off at the side; and any size can be had. */
static void
test_shrinks (void)
{
  static const int widths[] = { 1180, 862, 858, 722, 718, 562, 558, 420, 360 };
  MonocleWindow *window = open_with_size (1180, 760);
  GtkWidget *header = gui_find (window, ADW_TYPE_HEADER_BAR);
  int least_width, least_height;

  gtk_widget_measure (GTK_WIDGET (window), GTK_ORIENTATION_HORIZONTAL, -1, &least_width, NULL, NULL,
                      NULL);
  gtk_widget_measure (GTK_WIDGET (window), GTK_ORIENTATION_VERTICAL, -1, &least_height, NULL, NULL,
                      NULL);
  g_assert_cmpint (least_width, <=, 360);
  g_assert_cmpint (least_height, <=, 300);

  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      int height = widths[i] < 600 ? 300 : 760;

      gtk_window_set_default_size (GTK_WINDOW (window), widths[i], height);
      gui_settle ();
      gui_wait_ms (100);
      /* Without a window manager it is a shadow wider or narrower. */
      g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (window)), <=, widths[i] + SHADOW);
      g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (window)), <=, height + SHADOW);
      g_assert_cmpint (gtk_widget_get_width (header), <=,
                       gtk_widget_get_width (GTK_WIDGET (window)) + BORDERS);
      g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (get_panel_flap (window))), <=,
                       gtk_widget_get_height (GTK_WIDGET (window)));
    }
  reset_size ();
}

static gboolean
has_dialog (gpointer window)
{
  return gui_find_dialog (window) != NULL;
}

static void
test_small_dialogs (void)
{
  static const char *const actions[]
      = { "win.export", "win.properties", "app.preferences", "app.about" };
  MonocleWindow *window = gui_open_sample ("1-park.png");

  gui_ask (window, "detect", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      GtkWidget *dialog;
      int width, height;

      gui_act (window, actions[i], NULL);
      gui_wait_for (actions[i], has_dialog, window);
      dialog = gui_find_dialog (window);
      gui_wait_ms (200);
      gtk_widget_measure (dialog, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
      gtk_widget_measure (dialog, GTK_ORIENTATION_VERTICAL, -1, &height, NULL, NULL, NULL);
      g_test_message ("%s: %d x %d", actions[i], width, height);
      /* Without a window manager the frame counts. */
      g_assert_cmpint (width, <=, 360 + SHADOW);
      g_assert_cmpint (height, <=, 300 + SHADOW);
      gui_close_dialog (dialog);
    }
}

/* While a model is loaded the header is as high as ever. */
static void
test_header_stays (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  GtkWidget *header = gui_find (window, ADW_TYPE_HEADER_BAR);
  g_autoptr (GPtrArray) bars
      = gui_find_all (gui_find (window, MONOCLE_TYPE_MODEL_BUTTON), GTK_TYPE_PROGRESS_BAR);
  int before, during;

  g_assert_cmpuint (bars->len, ==, 1);
  gtk_widget_set_visible (bars->pdata[0], FALSE);
  gtk_widget_measure (header, GTK_ORIENTATION_VERTICAL, -1, &before, NULL, NULL, NULL);
  gtk_widget_set_visible (bars->pdata[0], TRUE);
  gtk_widget_measure (header, GTK_ORIENTATION_VERTICAL, -1, &during, NULL, NULL, NULL);
  g_assert_cmpint (before, ==, during);
}

/* Nothing but the picture, until the pointer comes to an edge. */
static void
test_fullscreen (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  AdwFlap *flap = get_panel_flap (window);
  MonocleImageView *view = gui_find (window, MONOCLE_TYPE_IMAGE_VIEW);

  gui_wait_for ("the pictures beside it", can_next, window);
  g_assert_true (adw_flap_get_reveal_flap (flap));
  gui_wait_for ("the other pictures", has_filmstrip, window);

  gui_set_fullscreen (window, TRUE);
  g_assert_false (adw_flap_get_reveal_flap (flap));
  g_assert_null (gui_find (window, MONOCLE_TYPE_FILMSTRIP));
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (view)), >=,
                   gtk_widget_get_width (GTK_WIDGET (window)) - BORDERS);
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (view)), >=,
                   gtk_widget_get_height (GTK_WIDGET (window)) - BORDERS);

  if (gui_has_input ())
    {
      int width = gtk_widget_get_width (GTK_WIDGET (window));
      int height = gtk_widget_get_height (GTK_WIDGET (window));

      gui_move (GTK_WIDGET (window), width / 2.0, height / 2.0);
      gui_move (GTK_WIDGET (window), width - 2, height / 2.0);
      gui_wait_for ("the panel", is_revealed, flap);
      gui_move (GTK_WIDGET (window), width / 4.0, height / 2.0);
      gui_wait_for ("the panel to go", is_hidden, flap);
      gui_move (GTK_WIDGET (window), width / 4.0, height - 2);
      gui_wait_for ("the other pictures", has_filmstrip, window);
    }
  /* By key as well; what was beside the picture is there again afterwards. */
  gui_act (window, "win.toggle-panel", NULL);
  gui_set_fullscreen (window, FALSE);
  g_assert_true (adw_flap_get_reveal_flap (flap));
  g_assert_nonnull (gui_find (window, MONOCLE_TYPE_FILMSTRIP));
  g_assert_true (g_settings_get_boolean (gui_get_settings (), "show-panel"));

  /* And what was hidden stays so. */
  gui_act (window, "win.toggle-panel", NULL);
  gui_set_fullscreen (window, TRUE);
  gui_set_fullscreen (window, FALSE);
  g_assert_false (adw_flap_get_reveal_flap (flap));
  gui_act (window, "win.toggle-panel", NULL);
}

/* The edge of the panel and the line above the history. */
static void
test_panel_sizes (void)
{
  MonocleWindow *window = open_with_size (1180, 900);
  GtkWidget *panel = gui_find (window, MONOCLE_TYPE_SIDE_PANEL);
  GtkWidget *list;
  int before;

  for (guint i = 0; i < 7; i++)
    gui_ask (window, "caption", NULL);
  /* It takes what there is. */
  list = gtk_widget_get_ancestor (
      gui_find (gui_find (panel, MONOCLE_TYPE_HISTORY_PANEL), GTK_TYPE_LIST_VIEW),
      GTK_TYPE_SCROLLED_WINDOW);
  g_assert_cmpint (gtk_widget_get_height (list), >, 260);

  if (gui_lacks_input ())
    return;
  before = gtk_widget_get_width (panel);
  gui_drag (panel, 2, 400, -98, 400);
  gui_wait_ms (200);
  g_assert_cmpint (gtk_widget_get_width (panel), ==, before + 100);
  g_assert_cmpint (g_settings_get_int (gui_get_settings (), "panel-width"), ==, before + 100);

  /* Not so wide that nothing is left of the picture. */
  gui_drag (panel, 2, 400, -700, 400);
  gui_wait_ms (200);
  g_assert_cmpint (gtk_widget_get_width (panel), <=, 1180 - 400);

  g_settings_reset (gui_get_settings (), "panel-width");
  gui_settle ();
  g_assert_cmpint (gtk_widget_get_width (panel), ==, before);

  g_settings_set_int (gui_get_settings (), "history-height", 120);
  gui_settle ();
  g_assert_cmpint (gtk_widget_get_height (list), ==, 120);
  g_settings_reset (gui_get_settings (), "history-height");
  reset_size ();
}

static void
test_escape (void)
{
  MonocleWindow *window;
  GtkWidget *view;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  view = gui_find (window, MONOCLE_TYPE_IMAGE_VIEW);
  gui_act (window, "win.focus-prompt", NULL);
  g_assert_false (gtk_widget_has_focus (view));
  gui_type (GTK_WINDOW (window), "x");
  gui_type (GTK_WINDOW (window), "Escape");
  gui_settle ();
  g_assert_true (gtk_widget_is_focus (view));
  /* What was typed is not lost. */
  g_assert_true (gui_has_text (gui_find (window, MONOCLE_TYPE_SIDE_PANEL), "x"));
}

/* What is spoken is what is seen: no underscores, and nothing twice. */
static void
test_spoken_names (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  g_autoptr (GPtrArray) buttons = gui_find_all (window, GTK_TYPE_BUTTON);
  guint n = 0;

  for (guint i = 0; i < buttons->len; i++)
    if (gtk_button_get_use_underline (buttons->pdata[i])
        && gtk_button_get_label (buttons->pdata[i]))
      {
        n++;
        g_assert_false (
            gtk_test_accessible_has_property (buttons->pdata[i], GTK_ACCESSIBLE_PROPERTY_LABEL));
        g_assert_true (gtk_test_accessible_has_relation (buttons->pdata[i],
                                                         GTK_ACCESSIBLE_RELATION_LABELLED_BY));
      }
  g_assert_cmpuint (n, >, 3);
}

/* One unit, wherever scores are shown or chosen. */
static void
test_scores (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  GtkWidget *list;

  gui_ask (window, "detect", NULL);
  list = gui_find (window, MONOCLE_TYPE_OBJECT_LIST);
  g_assert_true (gui_has_text (list, " %"));
  g_assert_false (gui_has_text (list, "0."));
}

/* --- What cannot be shown --- */

static gboolean
says_broken (gpointer window)
{
  return gui_find (window, MONOCLE_TYPE_BROKEN_PAGE) != NULL;
}

static gboolean
has_document (gpointer window)
{
  return gui_get_document (window) != NULL;
}

static void
test_broken_in_folder (void)
{
  g_autofree char *folder = gui_temporary (NULL);
  g_autofree char *broken = g_build_filename (folder, "1.png", NULL);
  g_autofree char *good = g_build_filename (folder, "2.png", NULL);
  g_autofree char *sample = gui_sample ("2-fruit.png");
  g_autoptr (GFile) from = g_file_new_for_path (sample);
  g_autoptr (GFile) to = g_file_new_for_path (good);
  g_autoptr (GFile) file = g_file_new_for_path (broken);
  MonocleWindow *window = gui_open_empty ();
  GtkWidget *page;

  g_assert_true (g_file_copy (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, NULL));
  g_assert_true (g_file_set_contents (broken, "no picture", -1, NULL));
  g_application_open (G_APPLICATION (gui_get_application ()), &file, 1, "");
  gui_wait_for ("the page", says_broken, window);

  /* Which, what, and the details. */
  page = gui_find (window, MONOCLE_TYPE_BROKEN_PAGE);
  g_assert_true (gui_has_text (window, "1.png"));
  gtk_expander_set_expanded (gui_find (page, GTK_TYPE_EXPANDER), TRUE);
  gui_settle ();
  g_assert_true (gui_has_text (page, MONOCLE_VERSION));
  g_assert_false (gui_can_act (window, "win.export"));
  g_assert_false (gui_can_act (window, "win.rotate-left"));

  /* And on it goes. */
  gui_act (window, "win.next", NULL);
  gui_wait_for ("the next one", has_document, window);
  gui_settle ();
  g_assert_null (gui_find (window, MONOCLE_TYPE_BROKEN_PAGE));
  g_assert_true (gui_can_act (window, "win.export"));
}

/* --- Settings --- */

static void
test_settings_of_all_windows (void)
{
  MonocleWindow *first = gui_open_sample ("1-park.png");
  MonocleWindow *second;
  gboolean dashes;

  gui_act (first, "app.new-window", NULL);
  second = MONOCLE_WINDOW (gtk_application_get_active_window (gui_get_application ()));
  g_assert_true (first != second);

  g_action_group_change_action_state (G_ACTION_GROUP (first), "style",
                                      g_variant_new_string ("spotlight"));
  g_settings_set_boolean (gui_get_settings (), "dashes", TRUE);
  gui_settle ();
  g_assert_cmpint (monocle_presentation_get_style (get_presentation (second)), ==,
                   MONOCLE_OVERLAY_STYLE_SPOTLIGHT);
  g_object_get (get_presentation (second), "dashes", &dashes, NULL);
  g_assert_true (dashes);
  g_settings_reset (gui_get_settings (), "style");
  g_settings_reset (gui_get_settings (), "dashes");
}

static void
test_precision (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  MonocleModelButton *button = gui_find (window, MONOCLE_TYPE_MODEL_BUTTON);
  MonocleRunner *runner
      = monocle_application_get_runner (MONOCLE_APPLICATION (gui_get_application ()));
  MonocleQuery *query;

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (button), "model.precision", "s", "f32"));
  query = gui_ask (window, "detect", NULL);
  g_assert_cmpstr (monocle_query_get_precision_name (query), ==, "f32");
  g_assert_cmpstr (monocle_model_get_precision_name (monocle_runner_get_model (runner)), ==, "f32");

  /* A model that does not talk has none in few bits. */
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (button), "model.precision", "s", "q4"));
  query = gui_ask (window, "detect", NULL);
  g_assert_cmpstr (monocle_query_get_precision_name (query), ==, "f16");
  g_settings_reset (gui_get_settings (), "precision");
}

/* --- Taking back --- */

static gboolean
has_no_toast (gpointer window)
{
  return !gui_has_text (window, "1 object deleted");
}

static void
test_undo_toast (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  GListModel *objects = G_LIST_MODEL (monocle_presentation_get_objects (get_presentation (window)));
  guint n;

  gui_ask (window, "detect", NULL);
  n = g_list_model_get_n_items (objects);
  g_assert_cmpuint (n, >, 1);
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (objects), 0, TRUE);
  gui_act (window, "win.delete", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (objects), ==, n - 1);
  g_assert_true (gui_has_text (window, "1 object deleted"));

  /* Its button would take back the turn, of which it does not speak. */
  gui_act (window, "win.rotate-right", NULL);
  gui_wait_for ("the toast to go", has_no_toast, window);
  gui_act (window, "win.undo", NULL);
  gui_act (window, "win.undo", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (objects), ==, n);
}

/* --- What was opened --- */

static char *
copy_sample (const char *name)
{
  char *path = gui_temporary (name);
  g_autofree char *sample = gui_sample ("2-fruit.png");
  g_autoptr (GFile) from = g_file_new_for_path (sample);
  g_autoptr (GFile) to = g_file_new_for_path (path);

  g_assert_true (g_file_copy (from, to, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, NULL));
  return path;
}

static gboolean
is_recent (gpointer path)
{
  g_autoptr (GPtrArray) files = monocle_recent_files_list (20);

  for (guint i = 0; i < files->len; i++)
    {
      g_autofree char *recent = g_file_get_path (files->pdata[i]);

      if (g_str_equal (recent, path))
        return TRUE;
    }
  return FALSE;
}

static void
test_recent (void)
{
  g_autofree char *path = copy_sample ("a_b.png");
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autofree char *label = NULL, *target = NULL;

  gui_open_path (path);
  gui_wait_for ("it among the recent files", is_recent, path);
  monocle_recent_files_fill_menu (menu, 1);
  g_assert_cmpint (g_menu_model_get_n_items (G_MENU_MODEL (menu)), ==, 1);
  g_assert_true (g_menu_model_get_item_attribute (G_MENU_MODEL (menu), 0, G_MENU_ATTRIBUTE_LABEL,
                                                  "s", &label));
  g_assert_true (g_menu_model_get_item_attribute (G_MENU_MODEL (menu), 0, G_MENU_ATTRIBUTE_TARGET,
                                                  "s", &target));
  g_assert_cmpstr (label, ==, "a__b.png");
  g_assert_cmpstr (target, ==, path);
}

static void
test_reopen (void)
{
  g_autofree char *path = copy_sample ("again.png");
  g_autofree char *kept = NULL;
  MonocleWindow *window;

  /* Nothing is kept unless it is wanted. */
  gui_open_path (path);
  kept = g_settings_get_string (gui_get_settings (), "last-picture");
  g_assert_cmpstr (kept, ==, "");

  g_settings_set_boolean (gui_get_settings (), "reopen", TRUE);
  gui_open_path (path);
  gui_close_all ();
  window = gui_open_empty ();
  gui_wait_for ("the picture", has_document, window);
  g_assert_true (gui_has_text (window, "again.png"));

  g_settings_set_boolean (gui_get_settings (), "reopen", FALSE);
  g_free (kept);
  kept = g_settings_get_string (gui_get_settings (), "last-picture");
  g_assert_cmpstr (kept, ==, "");
  window = gui_open_empty ();
  gui_settle ();
  g_assert_false (has_document (window));
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

  g_test_add_func ("/gui/window/wide", test_wide);
  g_test_add_func ("/gui/window/narrow", test_narrow);
  g_test_add_func ("/gui/window/low", test_low);
  g_test_add_func ("/gui/window/shrinks", test_shrinks);
  g_test_add_func ("/gui/window/small-dialogs", test_small_dialogs);
  g_test_add_func ("/gui/window/header-stays", test_header_stays);
  g_test_add_func ("/gui/window/fullscreen", test_fullscreen);
  g_test_add_func ("/gui/window/panel-sizes", test_panel_sizes);
  g_test_add_func ("/gui/window/escape", test_escape);
  g_test_add_func ("/gui/window/spoken-names", test_spoken_names);
  g_test_add_func ("/gui/window/scores", test_scores);
  g_test_add_func ("/gui/window/broken-in-folder", test_broken_in_folder);
  g_test_add_func ("/gui/window/settings-of-all-windows", test_settings_of_all_windows);
  g_test_add_func ("/gui/window/precision", test_precision);
  g_test_add_func ("/gui/window/undo-toast", test_undo_toast);
  g_test_add_func ("/gui/window/recent", test_recent);
  g_test_add_func ("/gui/window/reopen", test_reopen);

  return gui_run ();
}
