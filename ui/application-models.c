/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the application does about models besides its pages: opens the models page, uses one, and
 * tells of what was done where that page is not open.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "app/base/trouble.h"
#include "app/models/store.h"
#include "ui/application-private.h"
#include "ui/dialogs.h"
#include "ui/models-page.h"
#include "ui/window.h"

/* What GNOME Shell and others replace a notification by. */
#define NEWS "models"

static GtkWidget *page; /* weak: there is one at most */

static gboolean
is_page_open (void)
{
  return page && gtk_widget_get_mapped (page);
}

static void
show_models (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  GtkWindow *parent = gtk_application_get_active_window (self);

  if (!parent)
    {
      g_application_activate (self);
      parent = gtk_application_get_active_window (self);
    }
  if (is_page_open ())
    {
      gtk_window_present (parent);
      return;
    }
  g_set_weak_pointer (&page, monocle_models_page_new (self));
  monocle_dialogs_present (page, parent);
}

static void
use_model (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  g_autofree char *directory
      = monocle_model_store_find (g_variant_get_string (parameter, NULL), NULL);

  if (directory)
    g_settings_set_string (monocle_application_get_settings (self), "model", directory);
}

/* --- News --- */

gboolean
monocle_application_is_in_front (void)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWindow) toplevel = g_list_model_get_item (toplevels, i);

      if (gtk_window_is_active (toplevel))
        return TRUE;
    }
  return FALSE;
}

static void
notify (MonocleApplication *self, const char *title, const char *text)
{
  g_autoptr (GNotification) notification = g_notification_new (title);

  g_notification_set_body (notification, text);
  g_notification_set_default_action (notification, "app.models");
  g_application_send_notification (G_APPLICATION (self), NEWS, notification);
}

static void
on_ended (MonocleModelJobs *jobs,
          const MonocleModelJob *job,
          const char *words,
          MonocleApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));
  const char *text
      = words ? words : monocle_trouble_describe (MONOCLE_ATTEMPT_GET, job->error).what;
  gboolean is_new
      = words && (job->kind == MONOCLE_MODEL_JOB_DOWNLOAD || job->kind == MONOCLE_MODEL_JOB_IMPORT);

  /* It may be what searching waits for. */
  if (is_new
      && monocle_finder_get_state (monocle_application_get_finder (self))
             == MONOCLE_FINDER_NO_MODEL)
    monocle_finder_open (monocle_application_get_finder (self));
  if (!monocle_application_is_in_front () && job->kind != MONOCLE_MODEL_JOB_REMOVE)
    notify (self, job->title, text);
  if (is_page_open () || !MONOCLE_IS_WINDOW (window))
    return;
  if (is_new)
    monocle_window_say (MONOCLE_WINDOW (window), text, _ ("_Use"), "app.use-model", job->id);
  else
    monocle_window_say (MONOCLE_WINDOW (window), text, _ ("_Models"), "app.models", NULL);
}

void
monocle_application_add_models (MonocleApplication *self)
{
  static const GActionEntry actions[] = {
    { .name = "models", .activate = show_models },
    { .name = "use-model", .activate = use_model, .parameter_type = "s" },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  monocle_model_store_sweep ();
}

MonocleModelJobs *
monocle_application_make_model_jobs (MonocleApplication *self)
{
  MonocleModelJobs *jobs = monocle_model_jobs_new (monocle_application_get_settings (self));

  g_signal_connect_object (jobs, "ended", G_CALLBACK (on_ended), self, 0);
  return jobs;
}
