/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Attributes: made for a label in its dialog, said of things in a popover, by keys; seen in their
 * rows, taken back, and there again.
 */
#include "config.h"

#include <string.h>

#include "app/document/attributes.h"
#include "app/labels/label-home.h"
#include "tests/gui/harness-canvas.h"
#include "ui/attributes-dialog.h"
#include "ui/attributes-popover.h"
#include "ui/label-row.h"
#include "ui/own-list.h"

/* Those of the samples' folder, with a label alone. */
static MonocleLabelSet *
open_labels (MonocleLabelItem **label)
{
  g_autofree char *path = gui_sample ("1-park.png");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) folder = g_file_get_parent (file);
  MonocleLabelSet *set = monocle_label_home_open (folder);

  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (set)); i > 0; i--)
    {
      g_autoptr (MonocleLabelItem) old = g_list_model_get_item (G_LIST_MODEL (set), i - 1);

      monocle_label_set_remove (set, old);
    }
  *label = monocle_label_set_add (set, "tree");
  return set;
}

static void
assert_says (MonocleAnnotation *region, const char *wanted)
{
  g_autofree char *text = monocle_attributes_format (monocle_annotation_get_attributes (region));

  g_assert_cmpstr (text, ==, wanted);
}

static GtkWidget *
find_toplevel (GType type)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) toplevel = g_list_model_get_item (toplevels, i);

      if (G_TYPE_CHECK_INSTANCE_TYPE (toplevel, type) && gtk_widget_get_mapped (toplevel))
        return toplevel;
    }
  return NULL;
}

static gboolean
has_attributes_dialog (gpointer data)
{
  return find_toplevel (MONOCLE_TYPE_ATTRIBUTES_DIALOG) != NULL;
}

static gboolean
has_dialog (gpointer window)
{
  return gui_find_dialog (window) != NULL;
}

static void
test_dialog (void)
{
  MonocleLabelItem *label;
  g_autoptr (MonocleLabelSet) set = open_labels (&label);
  MonocleWindow *window;
  GtkWidget *dialog;
  const MonocleAttribute *season;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  gui_act (window, "win.labels", NULL);
  gui_wait_for ("the labels", has_dialog, window);
  gui_settle ();
  gtk_widget_activate_action (gui_find (gui_find_dialog (window), MONOCLE_TYPE_LABEL_ROW),
                              "label.attributes", NULL);
  gui_wait_for ("the attributes", has_attributes_dialog, NULL);
  gui_settle ();
  dialog = find_toplevel (MONOCLE_TYPE_ATTRIBUTES_DIALOG);
  gui_type (GTK_WINDOW (dialog), "a g e Return");
  g_assert_cmpuint (monocle_label_item_get_attributes (label)->len, ==, 1);
  g_assert_cmpint (monocle_label_item_find_attribute (label, "age")->kind, ==,
                   MONOCLE_ATTRIBUTE_TEXT);
  adw_combo_row_set_selected (gui_find (dialog, ADW_TYPE_COMBO_ROW), MONOCLE_ATTRIBUTE_CHOICE);
  gui_settle ();
  /* A choice has something to choose. */
  gui_type (GTK_WINDOW (dialog), "s e a s o n Return");
  g_assert_cmpuint (monocle_label_item_get_attributes (label)->len, ==, 1);
  gtk_widget_grab_focus (GTK_WIDGET (gtk_widget_get_ancestor (
      gui_find_text (dialog, "Choices, with commas between them"), ADW_TYPE_ENTRY_ROW)));
  gui_type (GTK_WINDOW (dialog), "s u m m e r comma space w i n t e r Return");
  season = monocle_label_item_find_attribute (label, "season");
  g_assert_nonnull (season);
  g_assert_cmpuint (g_strv_length (season->choices), ==, 2);
  g_assert_cmpstr (season->choices[1], ==, "winter");
  g_assert_true (gui_has_text (dialog, "summer, winter"));
  gui_keep_picture (dialog, "attributes-dialog");
  gui_close_dialog (dialog);
  gui_close_all ();
}

/* Of two things at once, by keys. */
static void
test_say (void)
{
  const char *const choices[] = { "summer", "winter", NULL };
  const MonocleBox first_box = { 60, 340, 270, 580 }, second_box = { 300, 340, 500, 580 };
  g_autoptr (MonocleAnnotation) first = monocle_annotation_new_region (&first_box, NULL);
  g_autoptr (MonocleAnnotation) second = monocle_annotation_new_region (&second_box, NULL);
  MonocleLabelItem *label;
  g_autoptr (MonocleLabelSet) set = open_labels (&label);
  g_autofree char *path = gui_sample ("1-park.png");
  MonocleWindow *window;
  MonocleAttributesPopover *popover;
  GtkSelectionModel *regions;
  g_autoptr (MonocleAnnotation) again = NULL;

  if (gui_lacks_input ())
    return;
  monocle_label_set_take_attribute (set, label,
                                    monocle_attribute_new ("age", MONOCLE_ATTRIBUTE_NUMBER, NULL));
  monocle_label_set_take_attribute (
      set, label, monocle_attribute_new ("season", MONOCLE_ATTRIBUTE_CHOICE, choices));
  window = gui_open_path (path);
  regions = monocle_presentation_get_regions (monocle_window_get_presentation (window));
  monocle_document_add_region (gui_get_document (window), first);
  monocle_document_add_region (gui_get_document (window), second);
  gtk_selection_model_select_all (regions);
  /* Nothing can be said of what has no label. */
  g_assert_false (gui_can_act (window, "win.attributes"));
  gtk_widget_grab_focus (gui_find (window, MONOCLE_TYPE_IMAGE_VIEW));
  gui_type (GTK_WINDOW (window), "ctrl+alt+1");
  g_assert_true (gui_can_act (window, "win.attributes"));
  gui_type (GTK_WINDOW (window), "ctrl+F2");
  gui_wait_ms (300);
  popover = gui_find (window, MONOCLE_TYPE_ATTRIBUTES_POPOVER);
  g_assert_nonnull (popover);
  /* What is no number is not taken. */
  gui_type (GTK_WINDOW (window), "x Return");
  gui_wait_ms (200);
  g_assert_nonnull (gui_find (window, MONOCLE_TYPE_ATTRIBUTES_POPOVER));
  assert_says (first, NULL);
  gui_type (GTK_WINDOW (window), "ctrl+a 1 2 Tab");
  gui_wait_ms (100);
  assert_says (first, "age: 12");
  gtk_drop_down_set_selected (gui_find (popover, GTK_TYPE_DROP_DOWN), 2);
  gui_keep_picture (window, "attributes-popover");
  gui_type (GTK_WINDOW (window), "Escape");
  gui_wait_ms (300);
  g_assert_null (gui_find (window, MONOCLE_TYPE_ATTRIBUTES_POPOVER));
  assert_says (first, "age: 12, season: winter");
  assert_says (second, "age: 12, season: winter");
  g_assert_true (
      gui_has_text (gui_find (window, MONOCLE_TYPE_OWN_LIST), "age: 12, season: winter"));
  gui_keep_picture (window, "attributes");

  /* Escape leaves it as it was. */
  gtk_widget_grab_focus (gui_find (window, MONOCLE_TYPE_IMAGE_VIEW));
  gui_type (GTK_WINDOW (window), "ctrl+F2");
  gui_wait_ms (300);
  gui_type (GTK_WINDOW (window), "ctrl+a 5 Escape");
  gui_wait_ms (300);
  assert_says (first, "age: 12, season: winter");
  gui_act (window, "win.undo", NULL);
  assert_says (second, "age: 12");
  gui_act (window, "win.redo", NULL);

  window = gui_open_again (path);
  again = g_list_model_get_item (monocle_document_get_regions (gui_get_document (window)), 1);
  assert_says (again, "age: 12, season: winter");
}

int
main (int argc, char *argv[])
{
  gui_init (&argc, &argv);
  g_test_add_func ("/gui/attributes/dialog", test_dialog);
  g_test_add_func ("/gui/attributes/say", test_say);
  return gui_run ();
}
