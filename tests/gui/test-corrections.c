/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a model wrote or read is corrected where it stands, by keys and by buttons; marked, copied
 * as corrected, restored, and there again.
 */
#include "config.h"

#include <string.h>

#include "tests/gui/harness-canvas.h"
#include "ui/object-row.h"
#include "ui/results-panel.h"
#include "ui/words-popover.h"

static char *
paste (MonocleWindow *window)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (window));
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_STRING);
  g_assert_true (
      gdk_content_provider_get_value (gdk_clipboard_get_content (clipboard), &value, NULL));
  return g_value_dup_string (&value);
}

/* A caption, by F2 with nothing selected. */
static void
test_caption (void)
{
  g_autofree char *path = gui_sample ("1-park.png");
  MonocleWindow *window;
  MonocleQuery *query;
  g_autofree char *said = NULL;
  g_autofree char *copied = NULL;
  GtkWidget *panel;

  if (gui_lacks_input ())
    return;
  window = gui_open_path (path);
  g_assert_false (gui_can_act (window, "win.rename"));
  query = gui_ask (window, "caption", NULL);
  said = g_strdup (monocle_query_get_text (query));
  panel = gui_find (window, MONOCLE_TYPE_RESULTS_PANEL);
  gtk_widget_grab_focus (gui_find (window, MONOCLE_TYPE_IMAGE_VIEW));
  gui_type (GTK_WINDOW (window), "F2");
  gui_wait_ms (300);
  g_assert_nonnull (gui_find (window, MONOCLE_TYPE_WORDS_POPOVER));
  gui_keep_picture (window, "corrections-open");
  /* Escape leaves it. */
  gui_type (GTK_WINDOW (window), "x Escape");
  gui_wait_ms (300);
  g_assert_cmpstr (monocle_query_get_text (query), ==, said);
  gtk_widget_grab_focus (gui_find (window, MONOCLE_TYPE_IMAGE_VIEW));
  gui_type (GTK_WINDOW (window), "F2");
  gui_wait_ms (300);
  gui_type (GTK_WINDOW (window), "a space p a r k ctrl+Return");
  gui_wait_ms (300);
  g_assert_null (gui_find (window, MONOCLE_TYPE_WORDS_POPOVER));
  g_assert_cmpstr (monocle_query_get_text (query), ==, "a park");
  g_assert_true (gui_has_text (panel, "a park"));
  g_assert_true (gui_has_text (panel, "corrected"));
  gui_act (window, "win.copy-text", NULL);
  copied = paste (window);
  g_assert_cmpstr (copied, ==, "a park");

  /* Restored, by its button. */
  gtk_widget_activate_action (panel, "answer.correct", "u", 0u);
  gui_wait_ms (300);
  g_assert_true (gui_has_text (gui_find (window, MONOCLE_TYPE_WORDS_POPOVER), said));
  gui_keep_picture (window, "corrections-restore");
  g_signal_emit_by_name (
      gtk_widget_get_ancestor (
          gui_find_text (gui_find (window, MONOCLE_TYPE_WORDS_POPOVER), "Restore"),
          GTK_TYPE_BUTTON),
      "clicked");
  gui_wait_ms (300);
  g_assert_cmpstr (monocle_query_get_text (query), ==, said);
  g_assert_false (gui_has_text (panel, "corrected"));
  gui_act (window, "win.undo", NULL);
  g_assert_cmpstr (monocle_query_get_text (query), ==, "a park");

  window = gui_open_again (path);
  g_assert_true (gui_has_text (gui_find (window, MONOCLE_TYPE_RESULTS_PANEL), "a park"));
}

/* A line that was read: in its row and on the picture; the model's word is said beside it. */
static void
test_read (void)
{
  MonocleWindow *window;
  MonoclePresentation *presentation;
  GtkSelectionModel *objects;
  g_autoptr (MonocleAnnotation) line = NULL;
  g_autofree char *said = NULL;
  g_autofree char *details = NULL;
  g_autofree char *copied = NULL;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("6-shop.png");
  presentation = monocle_window_get_presentation (window);
  gui_ask (window, "ocr-with-region", NULL);
  objects = monocle_presentation_get_objects (presentation);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (objects)), >, 0);
  line = g_list_model_get_item (G_LIST_MODEL (objects), 0);
  said = g_strdup (monocle_annotation_get_label (line));
  gtk_selection_model_select_item (objects, 0, TRUE);
  gtk_widget_grab_focus (gui_find (window, MONOCLE_TYPE_IMAGE_VIEW));
  gui_type (GTK_WINDOW (window), "F2");
  gui_wait_ms (300);
  g_assert_nonnull (gui_find (window, MONOCLE_TYPE_WORDS_POPOVER));
  gui_keep_picture (window, "corrections-line");
  gui_type (GTK_WINDOW (window), "b r e a d ctrl+Return");
  gui_wait_ms (300);
  g_assert_cmpstr (monocle_annotation_get_label (line), ==, "bread");
  /* It stays the model's answer. */
  g_assert_cmpuint (
      g_list_model_get_n_items (monocle_document_get_regions (gui_get_document (window))), ==, 0);
  details = g_strdup_printf ("The model said: %s", said);
  g_assert_true (gui_has_text (gui_find (window, MONOCLE_TYPE_OBJECT_ROW), details));
  gui_keep_picture (window, "corrections-read");
  gui_act (window, "win.copy-text", NULL);
  copied = paste (window);
  g_assert_nonnull (strstr (copied, "bread"));
  gui_act (window, "win.undo", NULL);
  g_assert_cmpstr (monocle_annotation_get_label (line), ==, said);
  g_assert_false (gui_has_text (gui_find (window, MONOCLE_TYPE_OBJECT_ROW), details));
}

int
main (int argc, char *argv[])
{
  gui_init (&argc, &argv);
  g_test_add_func ("/gui/corrections/caption", test_caption);
  g_test_add_func ("/gui/corrections/read", test_read);
  return gui_run ();
}
