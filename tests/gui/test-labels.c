/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The labels of a folder: made in their dialog, given by keys to what is the person's own and to
 * what a model suggests, seen in their colours, asked for all together.
 */
#include "config.h"

#include <string.h>

#include "app/labels/label-home.h"
#include "tests/gui/harness-canvas.h"
#include "ui/label-row.h"
#include "ui/labels-dialog.h"
#include "ui/own-list.h"

static GListModel *
get_regions (MonocleWindow *window)
{
  return monocle_document_get_regions (gui_get_document (window));
}

static GtkSelectionModel *
get_objects (MonocleWindow *window)
{
  return monocle_presentation_get_objects (monocle_window_get_presentation (window));
}

static char *
dup_labels (GListModel *list)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (MonocleAnnotation) item = g_list_model_get_item (list, i);

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", monocle_annotation_get_label (item));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_labels (GListModel *list, const char *wanted)
{
  g_autofree char *labels = dup_labels (list);

  g_assert_cmpstr (labels, ==, wanted);
}

/* Those of the samples' folder, without any. */
static MonocleLabelSet *
open_labels (void)
{
  g_autofree char *path = gui_sample ("1-park.png");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) folder = g_file_get_parent (file);
  MonocleLabelSet *set = monocle_label_home_open (folder);

  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (set)); i > 0; i--)
    {
      g_autoptr (MonocleLabelItem) label = g_list_model_get_item (G_LIST_MODEL (set), i - 1);

      monocle_label_set_remove (set, label);
    }
  return set;
}

static void
assert_names (MonocleLabelSet *set, const char *wanted)
{
  g_auto (GStrv) names = monocle_label_set_dup_names (set);
  g_autofree char *joined = g_strjoinv (", ", names);

  g_assert_cmpstr (joined, ==, wanted);
}

static gboolean
has_dialog (gpointer window)
{
  return gui_find_dialog (window) != NULL;
}

static GtkWidget *
open_dialog (MonocleWindow *window)
{
  gui_act (window, "win.labels", NULL);
  gui_wait_for ("the labels", has_dialog, window);
  gui_settle ();
  return gui_find_dialog (window);
}

static MonocleLabelRow *
get_row (GtkWidget *dialog, guint index)
{
  g_autoptr (GPtrArray) rows = gui_find_all (dialog, MONOCLE_TYPE_LABEL_ROW);

  g_assert_cmpuint (index, <, rows->len);
  return rows->pdata[index];
}

/* (transfer none) (nullable): the window that says this */
static GtkWidget *
find_alert (const char *text)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) toplevel = g_list_model_get_item (toplevels, i);

      if (gui_has_text (toplevel, text))
        return toplevel;
    }
  return NULL;
}

static gboolean
has_alert (gpointer text)
{
  return find_alert (text) != NULL;
}

static GtkWidget *
wait_for_alert (const char *text)
{
  gui_wait_for (text, has_alert, (gpointer) text);
  gui_settle ();
  return find_alert (text);
}

static void
click_on (GtkWidget *alert, const char *text)
{
  g_autoptr (GPtrArray) buttons = gui_find_all (alert, GTK_TYPE_BUTTON);
  guint i = 0;

  while (i < buttons->len && !gui_has_text (buttons->pdata[i], text))
    i++;
  g_assert_cmpuint (i, <, buttons->len);
  g_signal_emit_by_name (buttons->pdata[i], "clicked");
  gui_settle ();
}

/* By keys alone: typed, renamed, moved, a digit, away. */
static void
test_dialog (void)
{
  g_autoptr (MonocleLabelSet) set = open_labels ();
  MonocleWindow *window;
  GtkWidget *dialog;
  MonocleLabelRow *row;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  dialog = open_dialog (window);
  g_assert_true (gui_has_text (dialog, "data/samples"));
  gui_keep_picture (dialog, "labels-none");
  gui_type (GTK_WINDOW (dialog), "t r e e Return h u t Return s k y Return");
  assert_names (set, "tree, hut, sky");
  /* There already: it is said, and what was typed stays. */
  gui_type (GTK_WINDOW (dialog), "h u t Return");
  g_assert_true (gui_has_text (dialog, "“hut” is there already"));
  assert_names (set, "tree, hut, sky");
  gui_keep_picture (dialog, "labels");

  row = get_row (dialog, 1);
  gtk_widget_grab_focus (GTK_WIDGET (row));
  gui_type (GTK_WINDOW (dialog), "ctrl+a r e d space h u t Return");
  assert_names (set, "tree, red hut, sky");
  gui_type (GTK_WINDOW (dialog), "alt+Up");
  assert_names (set, "red hut, tree, sky");
  /* The focus goes with it. */
  gui_type (GTK_WINDOW (dialog), "alt+Down alt+Down");
  assert_names (set, "tree, sky, red hut");
  row = get_row (dialog, 2);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (row)), ==, "red hut");
  /* Taken by another: they can be one. */
  gtk_widget_grab_focus (GTK_WIDGET (row));
  gui_type (GTK_WINDOW (dialog), "ctrl+a t r e e Return");
  click_on (wait_for_alert ("Merge “red hut” into “tree”?"), "Cancel");
  assert_names (set, "tree, sky, red hut");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (row)), ==, "red hut");
  gtk_drop_down_set_selected (gui_find (row, GTK_TYPE_DROP_DOWN), 1);
  g_assert_cmpuint (monocle_label_item_get_digit (monocle_label_set_find (set, "red hut")), ==, 1);
  g_assert_cmpuint (monocle_label_item_get_digit (monocle_label_set_find (set, "tree")), ==, 0);
  g_assert_cmpuint (gtk_drop_down_get_selected (gui_find (get_row (dialog, 0), GTK_TYPE_DROP_DOWN)),
                    ==, 0);
  gtk_widget_activate_action (GTK_WIDGET (row), "label.remove", NULL);
  gui_settle ();
  assert_names (set, "tree, sky");
  /* Out of the name, out of the dialog. */
  gui_type (GTK_WINDOW (dialog), "x Escape");
  g_assert_nonnull (gui_find_dialog (window));
  assert_names (set, "tree, sky");
  gui_type (GTK_WINDOW (dialog), "Escape");
  gui_wait_ms (300);
  g_assert_null (gui_find_dialog (window));
}

static void
test_files (void)
{
  g_autoptr (MonocleLabelSet) set = open_labels ();
  g_autofree char *path = gui_temporary ("data.yaml");
  g_autofree char *out = gui_temporary ("labels.json");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) exported = g_file_new_for_path (out);
  MonocleWindow *window = gui_open_sample ("1-park.png");
  GtkWidget *dialog = open_dialog (window);
  g_autofree char *text = NULL;

  g_assert_true (g_file_set_contents (path, "nc: 2\nnames: [tree, 'red hut']\n", -1, NULL));
  monocle_labels_dialog_import (MONOCLE_LABELS_DIALOG (dialog), file);
  gui_settle ();
  assert_names (set, "tree, red hut");
  g_assert_true (gui_has_text (dialog, "2 labels came"));
  monocle_labels_dialog_export (MONOCLE_LABELS_DIALOG (dialog), exported);
  g_assert_true (g_file_get_contents (out, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\"red hut\""));

  g_assert_true (g_file_set_contents (path, "names: 3\n", -1, NULL));
  monocle_labels_dialog_import (MONOCLE_LABELS_DIALOG (dialog), file);
  gui_settle ();
  assert_names (set, "tree, red hut");
  wait_for_alert ("This File Cannot Be Imported");
  gui_close_all ();
}

/* Renamed with its things, after the count was shown. */
static void
test_everywhere (void)
{
  g_autoptr (MonocleLabelSet) set = open_labels ();
  const MonocleBox box = { 60, 340, 270, 580 };
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);
  MonocleWindow *window;
  GtkWidget *dialog, *alert;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  monocle_label_set_add (set, "tree");
  monocle_annotation_set_label (region, "tree");
  monocle_document_add_region (gui_get_document (window), region);
  dialog = open_dialog (window);
  gui_wait_for_text (dialog, "1 object on 1 picture");
  gui_keep_picture (dialog, "labels-used");
  g_signal_emit_by_name (get_row (dialog, 0), "renamed", "oak");
  alert = wait_for_alert ("Rename “tree” Everywhere?");
  assert_names (set, "tree");
  gui_keep_picture (alert, "labels-everywhere");
  click_on (alert, "Rename All");
  gui_wait_for_text (dialog, "Renamed: 1 object on 1 picture");
  assert_names (set, "oak");
  g_assert_cmpstr (monocle_annotation_get_label (region), ==, "oak");
  gui_close_dialog (dialog);
  gui_act (window, "win.undo", NULL);
  g_assert_cmpstr (monocle_annotation_get_label (region), ==, "tree");
}

/* Two labels become one, with their things, after it was said how many these are. */
static void
test_join (void)
{
  g_autoptr (MonocleLabelSet) set = open_labels ();
  const MonocleBox box = { 60, 340, 270, 580 };
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);
  MonocleWindow *window = gui_open_sample ("1-park.png");
  GtkWidget *dialog, *alert;

  monocle_label_set_add (set, "oak");
  monocle_label_set_add (set, "tree");
  monocle_annotation_set_label (region, "oak");
  monocle_document_add_region (gui_get_document (window), region);
  dialog = open_dialog (window);
  gui_wait_for_text (dialog, "1 object on 1 picture");
  g_signal_emit_by_name (get_row (dialog, 0), "renamed", "tree");
  alert = wait_for_alert ("Merge “oak” into “tree”?");
  g_assert_true (gui_has_text (alert, "“oak” is the name of 1 object on 1 picture, “tree” of "
                                      "0 objects on 0 pictures."));
  gui_keep_picture (alert, "labels-merge");
  assert_names (set, "oak, tree");
  click_on (alert, "Merge");
  assert_names (set, "tree");
  gui_wait_for_text (dialog, "Renamed: 1 object on 1 picture");
  g_assert_cmpstr (monocle_annotation_get_label (region), ==, "tree");
  gui_close_dialog (dialog);
  gui_act (window, "win.undo", NULL);
  g_assert_cmpstr (monocle_annotation_get_label (region), ==, "oak");
}

static guint32
look_at (MonocleWindow *window, double x, double y)
{
  cairo_surface_t *picture = gui_take_picture (GTK_WINDOW (window), 1);
  GtkWidget *view = gui_find (window, MONOCLE_TYPE_IMAGE_VIEW);
  const MonocleRect at = { x, y, 0, 0 };
  MonocleRect there;
  double window_x, window_y;
  guint32 pixel;

  monocle_image_view_to_widget (MONOCLE_IMAGE_VIEW (view), &at, &there);
  g_assert_true (gtk_widget_translate_coordinates (view, GTK_WIDGET (window), there.x, there.y,
                                                   &window_x, &window_y));
  pixel = gui_get_pixel (picture, (int) window_x, (int) window_y);
  cairo_surface_destroy (picture);
  return pixel;
}

/* Given to what was drawn, by keys; and seen in the label's colour, which changes with it. */
static void
test_give (void)
{
  g_autoptr (MonocleLabelSet) set = open_labels ();
  const MonocleBox box = { 60, 340, 270, 580 };
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);
  MonocleWindow *window;
  guint32 pixel;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  g_assert_false (gui_can_act (window, "win.find-labels"));
  monocle_label_set_recolour (set, monocle_label_set_add (set, "tree"), 0x102030);
  monocle_label_set_recolour (set, monocle_label_set_add (set, "hut"), 0xff00ff);
  monocle_document_add_region (gui_get_document (window), region);
  monocle_presentation_select (monocle_window_get_presentation (window), region);
  gtk_widget_grab_focus (gui_find (window, MONOCLE_TYPE_IMAGE_VIEW));
  gui_type (GTK_WINDOW (window), "ctrl+alt+2");
  gui_wait_ms (100);
  g_assert_cmpstr (monocle_annotation_get_label (region), ==, "hut");
  gui_type (GTK_WINDOW (window), "ctrl+alt+1");
  gui_wait_ms (100);
  g_assert_cmpstr (monocle_annotation_get_label (region), ==, "tree");
  g_assert_cmphex (monocle_annotation_get_colour (region) & 0xffffff, ==, 0x102030);
  gui_act (window, "win.undo", NULL);
  g_assert_cmpstr (monocle_annotation_get_label (region), ==, "hut");
  /* Nobody has that key. */
  gui_type (GTK_WINDOW (window), "ctrl+alt+7");
  gui_wait_ms (200);
  g_assert_true (gui_has_text (window, "No label has the key 7"));
  g_assert_cmpstr (monocle_annotation_get_label (region), ==, "hut");

  gui_act (window, "win.select-none", NULL);
  gui_settle ();
  gui_keep_picture (window, "labels-given");
  pixel = look_at (window, 60, 400);
  g_assert_cmphex (pixel, ==, 0xff00ff);
  monocle_label_set_recolour (set, monocle_label_set_find (set, "hut"), 0x00ff00);
  gui_settle ();
  pixel = look_at (window, 60, 400);
  g_assert_cmphex (pixel, ==, 0x00ff00);
  /* Digits alone are words. */
  gui_type (GTK_WINDOW (window), "1");
  gui_wait_ms (200);
  g_assert_true (GTK_IS_EDITABLE (gtk_window_get_focus (GTK_WINDOW (window))));
}

/* What a model suggests is kept under the label, one after the other; and all of them asked for. */
static void
test_suggestions (void)
{
  g_autoptr (MonocleLabelSet) set = open_labels ();
  MonocleWindow *window;
  MonocleQuery *query;
  guint n;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  monocle_label_set_add (set, "tree");
  monocle_label_set_add (set, "red hut");
  gui_ask (window, "detect", NULL);
  n = g_list_model_get_n_items (G_LIST_MODEL (get_objects (window)));
  g_assert_cmpuint (n, >=, 3);
  g_assert_false (gui_can_act (window, "win.label"));
  gtk_widget_grab_focus (gui_find (window, MONOCLE_TYPE_IMAGE_VIEW));
  gui_type (GTK_WINDOW (window), "Tab ctrl+alt+2 ctrl+alt+1");
  gui_wait_ms (200);
  assert_labels (get_regions (window), "red hut, tree");
  g_assert_true (gtk_selection_model_is_selected (get_objects (window), 0));
  gui_type (GTK_WINDOW (window), "F2");
  gui_wait_ms (300);
  gui_type (GTK_WINDOW (window), "s k y Return");
  gui_wait_ms (300);
  assert_labels (get_regions (window), "red hut, tree, sky");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (get_objects (window))), ==, n - 3);
  gui_keep_picture (window, "labels-kept");
  for (guint i = 0; i < 3; i++)
    gui_act (window, "win.undo", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (get_regions (window)), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (get_objects (window))), ==, n);

  gui_act (window, "win.find-labels", NULL);
  query = monocle_presentation_get_query (monocle_window_get_presentation (window));
  g_assert_cmpstr (monocle_query_get_request_text (query), ==, "tree, red hut");
  gui_wait_done (query);
}

int
main (int argc, char *argv[])
{
  gui_init (&argc, &argv);
  g_test_add_func ("/gui/labels/dialog", test_dialog);
  g_test_add_func ("/gui/labels/files", test_files);
  g_test_add_func ("/gui/labels/everywhere", test_everywhere);
  g_test_add_func ("/gui/labels/join", test_join);
  g_test_add_func ("/gui/labels/give", test_give);
  g_test_add_func ("/gui/labels/suggestions", test_suggestions);
  return gui_run ();
}
