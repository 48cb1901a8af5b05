/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/dialogs.h"

#if MONOCLE_HAS_ADW_DIALOG

GtkWidget *
monocle_dialogs_new_alert (const char *heading, const char *body, GtkWidget *extra_child)
{
  AdwDialog *alert = adw_alert_dialog_new (heading, body);

  adw_alert_dialog_set_extra_child (ADW_ALERT_DIALOG (alert), extra_child);
  return GTK_WIDGET (alert);
}

void
monocle_dialogs_add_response (GtkWidget *alert,
                              const char *id,
                              const char *label,
                              gboolean is_default)
{
  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (alert), id, label);
  if (!is_default)
    return;
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (alert), id);
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (alert), id);
}

void
monocle_dialogs_mark_destructive (GtkWidget *alert, const char *id)
{
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (alert), id, ADW_RESPONSE_DESTRUCTIVE);
}

void
monocle_dialogs_present (GtkWidget *dialog, GtkWindow *parent)
{
  adw_dialog_present (ADW_DIALOG (dialog), (GtkWidget *) parent);
}

void
monocle_dialogs_add_toast (GtkWidget *preferences, const char *title)
{
  g_autofree char *escaped = g_markup_escape_text (title, -1);

  adw_preferences_dialog_add_toast (ADW_PREFERENCES_DIALOG (preferences), adw_toast_new (escaped));
}

void
monocle_dialogs_set_size (GtkWidget *preferences, int width, int height)
{
  adw_dialog_set_content_width (ADW_DIALOG (preferences), width);
  adw_dialog_set_content_height (ADW_DIALOG (preferences), height);
}

#else

GtkWidget *
monocle_dialogs_new_alert (const char *heading, const char *body, GtkWidget *extra_child)
{
  GtkWidget *alert = adw_message_dialog_new (NULL, heading, body);

  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (alert), extra_child);
  return alert;
}

void
monocle_dialogs_add_response (GtkWidget *alert,
                              const char *id,
                              const char *label,
                              gboolean is_default)
{
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (alert), id, label);
  if (!is_default)
    return;
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (alert), id);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (alert), id);
}

void
monocle_dialogs_mark_destructive (GtkWidget *alert, const char *id)
{
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (alert), id,
                                              ADW_RESPONSE_DESTRUCTIVE);
}

void
monocle_dialogs_present (GtkWidget *dialog, GtkWindow *parent)
{
  gtk_window_set_transient_for (GTK_WINDOW (dialog), parent);
  gtk_window_set_modal (GTK_WINDOW (dialog), parent != NULL);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
monocle_dialogs_add_toast (GtkWidget *preferences, const char *title)
{
  g_autofree char *escaped = g_markup_escape_text (title, -1);

  adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (preferences), adw_toast_new (escaped));
}

void
monocle_dialogs_set_size (GtkWidget *preferences, int width, int height)
{
  gtk_window_set_default_size (GTK_WINDOW (preferences), width, height);
}

#endif
