/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Teaching, which is the application's and not a window's: shown, paused, stopped, gone on with at
 * the next start, told of when it ends.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "ui/application-private.h"
#include "ui/train-page.h"
#include "ui/train-words.h"

#define NEWS "teach"

static GtkWidget *page; /* weak: there is one at most */
static guint inhibited;
static MonocleTutorState told; /* which state was told of */

static MonocleTrainPage *
show_page (MonocleApplication *self, GtkWindow *parent)
{
  if (!page)
    g_set_weak_pointer (&page, monocle_train_page_new (parent, self));
  gtk_window_set_transient_for (GTK_WINDOW (page), parent);
  gtk_window_present (GTK_WINDOW (page));
  return MONOCLE_TRAIN_PAGE (page);
}

static void
show (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  GtkWindow *parent = gtk_application_get_active_window (self);

  if (!parent)
    {
      g_application_activate (self);
      parent = gtk_application_get_active_window (self);
    }
  show_page (self, parent);
}

void
monocle_application_teach (MonocleApplication *self, GtkWindow *parent, const char *const *folders)
{
  g_return_if_fail (MONOCLE_IS_APPLICATION (self));

  monocle_train_page_look (show_page (self, parent), folders);
}

static void
toggle_pause (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  MonocleTutor *tutor = monocle_application_get_tutor (self);

  if (monocle_tutor_get_state (tutor) == MONOCLE_TUTOR_PAUSED)
    monocle_tutor_resume (tutor);
  else
    monocle_tutor_pause (tutor);
}

static void
stop (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_tutor_stop (monocle_application_get_tutor (self));
}

/* A model that was kept. */
static void
use (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  g_settings_set_string (monocle_application_get_settings (self), "model",
                         g_variant_get_string (parameter, NULL));
}

/* --- as it goes --------------------------------------------------------------------------- */

static void
enable (MonocleApplication *self, const char *name, gboolean is_enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_enabled);
}

/* A person who is here sees it. */
static void
tell (MonocleApplication *self, MonocleTutor *tutor)
{
  const MonocleTutorState state = monocle_tutor_get_state (tutor);
  const MonocleTutorState before = told;
  const MonocleTrainOutcome *outcome = monocle_tutor_get_outcome (tutor);
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *text = NULL;

  told = state;
  if (before != MONOCLE_TUTOR_RUNNING || monocle_application_is_in_front ())
    return;
  if (state == MONOCLE_TUTOR_DONE && outcome)
    text = monocle_train_verdict_dup_sentence (&outcome->verdict);
  else if (state == MONOCLE_TUTOR_FAILED && monocle_tutor_get_error (tutor))
    text = monocle_train_words_dup_error (MONOCLE_ATTEMPT_LOAD, monocle_tutor_get_error (tutor));
  if (!text)
    return;
  notification = g_notification_new (state == MONOCLE_TUTOR_DONE ? _ ("The Model Was Taught")
                                                                 : _ ("Teaching Failed"));
  g_notification_set_body (notification, text);
  g_notification_set_default_action (notification, "app.teach-show");
  g_application_send_notification (G_APPLICATION (self), NEWS, notification);
}

/* While it runs nobody is logged out without being asked. */
static void
on_changed (MonocleTutor *tutor, MonocleApplication *self)
{
  const gboolean is_active = monocle_tutor_is_active (tutor);
  const gboolean is_running = monocle_tutor_get_state (tutor) == MONOCLE_TUTOR_RUNNING;

  enable (self, "teach-pause", is_active);
  enable (self, "teach-stop", is_active);
  if (is_running && inhibited == 0)
    inhibited = gtk_application_inhibit (
        GTK_APPLICATION (self), gtk_application_get_active_window (GTK_APPLICATION (self)),
        GTK_APPLICATION_INHIBIT_LOGOUT | GTK_APPLICATION_INHIBIT_SUSPEND,
        _ ("A model is being taught"));
  else if (!is_running && inhibited > 0)
    {
      gtk_application_uninhibit (GTK_APPLICATION (self), inhibited);
      inhibited = 0;
    }
  tell (self, tutor);
}

MonocleTutor *
monocle_application_make_tutor (MonocleApplication *self)
{
  static const GActionEntry actions[] = {
    { .name = "teach-show", .activate = show },
    { .name = "teach-pause", .activate = toggle_pause },
    { .name = "teach-stop", .activate = stop },
    { .name = "teach-use", .activate = use, .parameter_type = "s" },
  };
  MonocleTutor *tutor = monocle_tutor_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  g_signal_connect_object (tutor, "changed", G_CALLBACK (on_changed), self, 0);
  monocle_tutor_restore (tutor);
  on_changed (tutor, self);
  return tutor;
}
