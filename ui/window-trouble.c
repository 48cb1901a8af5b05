/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The strip below the header: no device, no model, a device that was lost. What happened, what to
 * do about it, the details.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "app/error.h"
#include "ui/error-dialog.h"
#include "ui/window-private.h"

static void
show (MonocleWindow *self, GtkMessageType kind, const char *title, const char *text)
{
  gtk_info_bar_set_message_type (self->info_bar, kind);
  gtk_label_set_text (self->info_title, title);
  gtk_label_set_text (self->info_label, text);
  gtk_widget_set_visible (self->preferences_button, self->trouble && !self->narrow);
  gtk_widget_set_visible (self->details_button, self->trouble != NULL);
  gtk_info_bar_set_revealed (self->info_bar, TRUE);
}

/* What happened, and what to do about it. */
static const char *
describe (const GError *error, const char **advice)
{
  if (g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_NO_DEVICE))
    {
      *advice = _ ("Monocle needs a Vulkan 1.2 driver. The package mesa-vulkan-drivers brings one "
                   "for most cards, and one that runs on the processor.");
      return _ ("No Device Can Run Models");
    }
  if (g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY))
    {
      *advice = _ ("Choose 16-bit weights, a smaller model or another device.");
      return _ ("Too Little Memory for This Model");
    }
  if (g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST))
    {
      *advice = _ ("Choose another device, or ask again.");
      return _ ("The Graphics Device Stopped Answering");
    }
  *advice = _ ("Choose another model, or look at the details.");
  return _ ("The Model Could Not Be Loaded");
}

void
monocle_window_update_trouble (MonocleWindow *self)
{
  const GError *error = monocle_runner_get_error (self->runner);
  MonocleRunnerState state = monocle_runner_get_state (self->runner);
  const char *title, *advice;

  if (state == MONOCLE_RUNNER_FAILED && error)
    {
      g_clear_error (&self->trouble);
      self->trouble = g_error_copy (error);
      title = describe (error, &advice);
      show (self, GTK_MESSAGE_ERROR, title, advice);
    }
  else if (self->trouble)
    {
      g_clear_error (&self->trouble);
      gtk_info_bar_set_revealed (self->info_bar, FALSE);
    }
}

void
monocle_window_say_device_lost (MonocleWindow *self)
{
  show (self, GTK_MESSAGE_WARNING, _ ("The Graphics Device Stopped Answering"),
        _ ("It is being started again. What was asked is asked once more; nothing is lost."));
}

void
monocle_window_answer_info (MonocleWindow *self, int response)
{
  if (response == GTK_RESPONSE_ACCEPT && self->trouble)
    {
      const char *title, *advice;

      title = describe (self->trouble, &advice);
      monocle_error_dialog_show (GTK_WINDOW (self), title, advice, self->trouble);
    }
  else
    gtk_info_bar_set_revealed (self->info_bar, FALSE);
}
