/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the window says in passing.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "ui/window-private.h"

/* What can be taken back is there for as long as it takes to read it, be startled, and get there.
 */
#define OFFER_S 12

void
monocle_window_add_toast (MonocleWindow *self, AdwToast *toast)
{
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
monocle_window_show_toast (MonocleWindow *self, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  monocle_window_add_toast (self, adw_toast_new (escaped));
}

void
monocle_window_show_toast_with (
    MonocleWindow *self, const char *text, const char *button, const char *action, GVariant *target)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (escaped);

  adw_toast_set_button_label (toast, button);
  adw_toast_set_action_name (toast, action);
  if (target)
    adw_toast_set_action_target_value (toast, target);
  adw_toast_set_timeout (toast, OFFER_S);
  monocle_window_add_toast (self, toast);
}

static void
forget_toast (gpointer data, GObject *toast)
{
  MonocleWindow *self = data;

  if ((GObject *) self->undo_toast == toast)
    self->undo_toast = NULL;
}

void
monocle_window_forget_undo_toast (MonocleWindow *self)
{
  if (self->undo_toast)
    g_object_weak_unref (G_OBJECT (self->undo_toast), forget_toast, self);
  self->undo_toast = NULL;
}

/* Its button takes back the last step; it goes when that is another one. */
void
monocle_window_show_undo_toast (MonocleWindow *self, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (escaped);

  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_action_name (toast, "win.undo");
  adw_toast_set_timeout (toast, OFFER_S);
  monocle_window_forget_undo_toast (self);
  self->undo_toast = toast;
  g_object_weak_ref (G_OBJECT (toast), forget_toast, self);
  monocle_window_add_toast (self, toast);
}

void
monocle_window_dismiss_undo_toast (MonocleWindow *self)
{
  if (self->undo_toast)
    adw_toast_dismiss (self->undo_toast);
}
