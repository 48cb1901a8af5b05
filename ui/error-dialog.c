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
                           MonocleAttempt attempt,
                           const GError *error)
{
  MonocleTrouble trouble = monocle_trouble_describe (attempt, error);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  GtkWidget *expander = gtk_expander_new_with_mnemonic (_ ("_Details"));
  GtkWidget *label = gtk_label_new (error->message);
  GtkWidget *dialog
      = monocle_dialogs_new_alert (title ? title : trouble.what, trouble.advice, expander);
  char *details = monocle_error_dup_details (title ? title : trouble.what, error);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (GTK_LABEL (label), attributes);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 60);
  gtk_widget_set_margin_top (label, 6);
  gtk_expander_set_child (GTK_EXPANDER (expander), label);

  monocle_dialogs_add_response (dialog, "copy", _ ("_Copy Details"), FALSE);
  monocle_dialogs_add_response (dialog, "close", _ ("_Close"), TRUE);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), details, free_details, 0);
  monocle_dialogs_present (dialog, parent);
}
