/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/error-dialog.h"

#include <glib/gi18n.h>

#include "ui/dialogs.h"

static void
on_response (GtkWidget *dialog, const char *response, char *details)
{
  if (g_str_equal (response, "copy"))
    gdk_clipboard_set_text (gtk_widget_get_clipboard (dialog), details);
}

static void
free_details (gpointer details, GClosure *closure)
{
  g_free (details);
}

char *
monocle_error_dup_details (const char *title, const GError *error)
{
  return g_strdup_printf ("%s\n%s (%s, %d)\nMonocle %s\n", title, error->message,
                          g_quark_to_string (error->domain), error->code, MONOCLE_VERSION);
}

void
monocle_error_dialog_show (GtkWindow *parent,
                           const char *title,
                           const char *advice,
                           const GError *error)
{
  GtkWidget *expander = gtk_expander_new_with_mnemonic (_ ("_Details"));
  GtkWidget *label = gtk_label_new (error->message);
  GtkWidget *dialog = monocle_dialogs_new_alert (title, advice, expander);
  char *details = monocle_error_dup_details (title, error);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 60);
  gtk_widget_set_margin_top (label, 6);
  gtk_expander_set_child (GTK_EXPANDER (expander), label);
  gtk_expander_set_expanded (GTK_EXPANDER (expander), TRUE);

  monocle_dialogs_add_response (dialog, "copy", _ ("_Copy Details"), FALSE);
  monocle_dialogs_add_response (dialog, "close", _ ("_Close"), TRUE);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), details, free_details, 0);
  monocle_dialogs_present (dialog, parent);
}
