/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A question about many pictures, which is the application's and not a window's: shown, paused,
 * stopped, gone on with at the next start, told of when it ends.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "app/pictures/folder.h"
#include "ui/application-private.h"
#include "ui/ask-all-page.h"
#include "ui/ask-all-words.h"
#include "ui/window.h"

#define NEWS "ask-all"

static GtkWidget *page; /* weak: there is one at most */
static guint inhibited;

static void
show (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  GtkWindow *parent = gtk_application_get_active_window (self);

  if (!parent)
    {
      g_application_activate (self);
      parent = gtk_application_get_active_window (self);
    }
  if (!page)
    g_set_weak_pointer (&page,
                        monocle_ask_all_page_new (parent, monocle_application_get_ask_all (self)));
  gtk_window_present (GTK_WINDOW (page));
}

static void
toggle_pause (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  MonocleAskAll *all = monocle_application_get_ask_all (self);

  if (monocle_ask_all_get_state (all) == MONOCLE_ASK_ALL_PAUSED)
    monocle_ask_all_resume (all);
  else
    monocle_ask_all_pause (all);
}

static void
stop (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_ask_all_stop (monocle_application_get_ask_all (self));
}

/* The window that has the picture's folder, else the one that was used last. */
static MonocleWindow *
find_window (GtkApplication *self, GFile *file, guint n_page)
{
  MonocleWindow *last = NULL;

  for (GList *l = gtk_application_get_windows (self); l; l = l->next)
    {
      if (!MONOCLE_IS_WINDOW (l->data))
        continue;
      if (monocle_window_has_picture (l->data, file, n_page))
        return l->data;
      if (!last)
        last = l->data;
    }
  return last ? last : MONOCLE_WINDOW (monocle_window_new (MONOCLE_APPLICATION (self)));
}

static void
open_picture (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  const char *uri;
  guint32 n_page;
  g_autoptr (GFile) file = NULL;
  MonocleWindow *window;

  g_variant_get (parameter, "(&su)", &uri, &n_page);
  file = g_file_new_for_uri (uri);
  window = find_window (self, file, n_page);
  monocle_window_show_picture (window, file, n_page);
  gtk_window_present (GTK_WINDOW (window));
}

/* What was answered by now, as if it had been accepted. */
static void
export_answers (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  GListModel *answered = monocle_ask_all_get_results (monocle_application_get_ask_all (self));
  g_autoptr (GListStore) pictures = g_list_store_new (MONOCLE_TYPE_FOLDER_ITEM);
  MonocleWindow *window = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (answered); i++)
    {
      g_autoptr (MonocleAskItem) item = g_list_model_get_item (answered, i);
      GFile *file = monocle_ask_item_get_file (item);
      const guint n_page = monocle_ask_item_get_page (item);
      g_autoptr (MonocleFolderItem) picture = monocle_folder_item_new_of (file, n_page);

      if (!window)
        window = find_window (self, file, n_page);
      g_list_store_append (pictures, picture);
    }
  if (window)
    monocle_window_export_pictures (window, page ? GTK_WINDOW (page) : GTK_WINDOW (window),
                                    G_LIST_MODEL (pictures));
}

/* --- As it goes --- */

static void
enable (MonocleApplication *self, const char *name, gboolean is_enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_enabled);
}

static void
on_done (MonocleAskAll *all, GParamSpec *pspec, MonocleApplication *self)
{
  enable (self, "ask-all-export", g_list_model_get_n_items (monocle_ask_all_get_results (all)) > 0);
}

/* While it runs nobody is logged out without being asked. */
static void
on_state (MonocleAskAll *all, GParamSpec *pspec, MonocleApplication *self)
{
  const gboolean is_running = monocle_ask_all_get_state (all) == MONOCLE_ASK_ALL_RUNNING;

  enable (self, "ask-all-show", monocle_ask_all_get_plan (all) != NULL);
  enable (self, "ask-all-pause", monocle_ask_all_is_active (all));
  enable (self, "ask-all-stop", monocle_ask_all_is_active (all));
  if (is_running && inhibited == 0)
    inhibited = gtk_application_inhibit (
        GTK_APPLICATION (self), gtk_application_get_active_window (GTK_APPLICATION (self)),
        GTK_APPLICATION_INHIBIT_LOGOUT | GTK_APPLICATION_INHIBIT_SUSPEND,
        _ ("Questions about many pictures are being answered"));
  else if (!is_running && inhibited > 0)
    {
      gtk_application_uninhibit (GTK_APPLICATION (self), inhibited);
      inhibited = 0;
    }
}

/* A person who stopped it knows, and one who is here sees it. */
static void
on_ended (MonocleAskAll *all, MonocleApplication *self)
{
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *text = NULL;

  if (monocle_ask_all_get_state (all) != MONOCLE_ASK_ALL_DONE || monocle_application_is_in_front ())
    return;
  text = monocle_ask_all_dup_progress (all);
  notification = g_notification_new (_ ("All Pictures Were Asked About"));
  g_notification_set_body (notification, text);
  g_notification_set_default_action (notification, "app.ask-all-show");
  g_notification_add_button (notification, _ ("Open"), "app.ask-all-show");
  g_application_send_notification (G_APPLICATION (self), NEWS, notification);
}

MonocleAskAll *
monocle_application_make_ask_all (MonocleApplication *self)
{
  static const GActionEntry actions[] = {
    { .name = "ask-all-show", .activate = show },
    { .name = "ask-all-pause", .activate = toggle_pause },
    { .name = "ask-all-stop", .activate = stop },
    { .name = "ask-all-export", .activate = export_answers },
    { .name = "ask-all-open", .activate = open_picture, .parameter_type = "(su)" },
  };
  MonocleAskAll *all = monocle_ask_all_new (monocle_application_get_runner (self));

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  g_signal_connect_object (all, "notify::state", G_CALLBACK (on_state), self, 0);
  g_signal_connect_object (all, "notify::done", G_CALLBACK (on_done), self, 0);
  g_signal_connect_object (all, "ended", G_CALLBACK (on_ended), self, 0);
  on_state (all, NULL, self);
  on_done (all, NULL, self);
  return all;
}
