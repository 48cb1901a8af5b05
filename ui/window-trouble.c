/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The strip below the header: no device, no model, a device that was lost or is gone. What
 * happened, what to do about it, the details. Or that there are models for photographs.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "app/base/trouble.h"
#include "app/models/device-name.h"
#include "ui/error-dialog.h"
#include "ui/spoken-names.h"
#include "ui/window-private.h"

#define MODELS_ACTION "app.models"

static void
offer (MonocleWindow *self, const char *label, const char *action)
{
  gtk_button_set_label (GTK_BUTTON (self->preferences_button), label);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->preferences_button), action);
  monocle_spoken_names_clean (self->preferences_button);
}

/* Preferences are in the menu as well, where there is little room; what else there is goes below
 * the words then. */
void
monocle_window_update_info_buttons (MonocleWindow *self)
{
  const char *action = gtk_actionable_get_action_name (GTK_ACTIONABLE (self->preferences_button));
  gboolean leads_on = g_strcmp0 (action, MODELS_ACTION) == 0
                      || ((self->trouble || self->is_device_missing) && !self->narrow);
  GtkWidget *buttons = gtk_widget_get_parent (self->details_button);

  gtk_widget_set_visible (self->preferences_button, leads_on);
  gtk_widget_set_visible (self->details_button, self->trouble != NULL);
  gtk_widget_set_visible (buttons, leads_on || self->trouble);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_parent (buttons)),
                                  self->narrow ? GTK_ORIENTATION_VERTICAL
                                               : GTK_ORIENTATION_HORIZONTAL);
}

static void
show (MonocleWindow *self, GtkMessageType kind, const char *title, const char *text)
{
  gtk_info_bar_set_message_type (self->info_bar, kind);
  gtk_label_set_text (self->info_title, title);
  gtk_label_set_text (self->info_label, text);
  offer (self, _ ("_Preferences"), "app.preferences");
  monocle_window_update_info_buttons (self);
  gtk_info_bar_set_revealed (self->info_bar, TRUE);
}

static void
say_device_missing (MonocleWindow *self)
{
  MonocleDevice *device = monocle_runner_get_device (self->runner);
  g_autofree char *name = monocle_device_name_shorten (monocle_device_get_name (device));
  g_autofree char *text
      = g_strdup_printf (_ ("%s is used instead. Preferences show what there is."), name);

  show (self, GTK_MESSAGE_WARNING, _ ("The Chosen Device Is Not There"), text);
}

void
monocle_window_update_trouble (MonocleWindow *self)
{
  gboolean was_missing = self->is_device_missing;
  const GError *error = monocle_runner_get_error (self->runner);
  MonocleRunnerState state = monocle_runner_get_state (self->runner);

  self->is_device_missing = monocle_runner_is_device_missing (self->runner);
  if (state == MONOCLE_RUNNER_FAILED && error)
    {
      MonocleTrouble trouble = monocle_trouble_describe (MONOCLE_ATTEMPT_LOAD, error);

      g_clear_error (&self->trouble);
      self->trouble = g_error_copy (error);
      show (self, GTK_MESSAGE_ERROR, trouble.what, trouble.advice);
    }
  else if (self->trouble || was_missing)
    {
      g_clear_error (&self->trouble);
      gtk_info_bar_set_revealed (self->info_bar, FALSE);
    }
  /* Said once, not with every state. */
  if (self->is_device_missing && !was_missing)
    say_device_missing (self);
}

void
monocle_window_say_device_lost (MonocleWindow *self)
{
  show (self, GTK_MESSAGE_WARNING, _ ("The Graphics Device Stopped Answering"),
        _ ("It is being started again. What was asked is asked once more; nothing is lost."));
}

void
monocle_window_say_noted (MonocleWindow *self, const char *text)
{
  monocle_window_show_toast_with (self, text, _ ("_Preferences"), "app.preferences", NULL);
}

gboolean
monocle_window_offer_models (MonocleWindow *self)
{
  if (self->trouble || self->is_device_missing)
    return FALSE;
  show (self, GTK_MESSAGE_INFO, _ ("This Is a Photograph"),
        _ ("The default model knows drawings. There are others that know photographs."));
  offer (self, _ ("_Get One…"), MODELS_ACTION);
  monocle_window_update_info_buttons (self);
  return TRUE;
}

void
monocle_window_show_trouble (MonocleWindow *self)
{
  if (self->trouble)
    monocle_error_dialog_show (GTK_WINDOW (self), NULL, MONOCLE_ATTEMPT_LOAD, self->trouble);
}

void
monocle_window_close_info (MonocleWindow *self)
{
  gtk_info_bar_set_revealed (self->info_bar, FALSE);
}
