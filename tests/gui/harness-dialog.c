/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The dialog that is open: a window of its own, or, as newer ones are, inside of the one below it.
 * And the details that it has of an error, as pages have.
 */
#include "config.h"

#include "tests/gui/harness.h"
#include "ui/dialogs.h"

static GtkWidget *
find_inside (MonocleWindow *window)
{
#if MONOCLE_HAS_ADW_DIALOG
  return (GtkWidget *) adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (window));
#else
  return NULL;
#endif
}

GtkWidget *
gui_find_dialog (MonocleWindow *window)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) toplevel = g_list_model_get_item (toplevels, i);

      if (!MONOCLE_IS_WINDOW (toplevel) && gtk_widget_get_mapped (toplevel))
        return toplevel;
    }
  return find_inside (window);
}

void
gui_close_dialog (GtkWidget *dialog)
{
  if (GTK_IS_WINDOW (dialog))
    gtk_window_destroy (GTK_WINDOW (dialog));
#if MONOCLE_HAS_ADW_DIALOG
  else
    adw_dialog_force_close (ADW_DIALOG (dialog));
#endif
  gui_settle ();
}

char *
gui_copy_details (gpointer root)
{
  GtkExpander *expander = gui_find (root, GTK_TYPE_EXPANDER);
  g_auto (GValue) value = G_VALUE_INIT;
  GtkWidget *button;

  g_assert_nonnull (expander);
  g_assert_false (gtk_expander_get_expanded (expander));
  gtk_expander_set_expanded (expander, TRUE);
  gui_settle ();
  button = gtk_widget_get_ancestor (gui_find_text (expander, "Copy Details"), GTK_TYPE_BUTTON);
  g_signal_emit_by_name (button, "clicked");
  g_value_init (&value, G_TYPE_STRING);
  g_assert_true (gdk_content_provider_get_value (
      gdk_clipboard_get_content (gtk_widget_get_clipboard (button)), &value, NULL));
  return g_value_dup_string (&value);
}
