/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/error-dialog.h"

#include <glib/gi18n.h>

#include "ui/dialogs.h"

char *
monocle_error_dup_details (const char *title, const GError *error)
{
  return g_strdup_printf ("%s\n%s (%s, %d)\nMonocle %s\n", title, error->message,
                          g_quark_to_string (error->domain), error->code, MONOCLE_VERSION);
}

static void
on_copy (GtkWidget *button, GtkLabel *label)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (button), gtk_label_get_label (label));
}

GtkWidget *
monocle_error_new_details (const char *details, int max_width_chars)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  GtkWidget *expander = gtk_expander_new_with_mnemonic (_ ("_Details"));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *label = gtk_label_new (details);
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_Copy Details"));

  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (GTK_LABEL (label), attributes);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), max_width_chars);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "monospace");
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  g_signal_connect (button, "clicked", G_CALLBACK (on_copy), label);
  gtk_widget_set_margin_top (box, 6);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), button);
  gtk_expander_set_child (GTK_EXPANDER (expander), box);
  return expander;
}

void
monocle_error_dialog_show (GtkWindow *parent,
                           const char *title,
                           MonocleAttempt attempt,
                           const GError *error)
{
  MonocleTrouble trouble = monocle_trouble_describe (attempt, error);
  const char *what = title ? title : trouble.what;
  g_autofree char *details = monocle_error_dup_details (what, error);
  GtkWidget *dialog
      = monocle_dialogs_new_alert (what, trouble.advice, monocle_error_new_details (details, 60));

  monocle_dialogs_add_response (dialog, "close", _ ("_Close"), TRUE);
  monocle_dialogs_present (dialog, parent);
}
