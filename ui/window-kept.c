/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is done to pictures is kept without being asked. Here is said when it cannot be, and nobody
 * leaves it behind without a word.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "app/document/work.h"
#include "ui/dialogs.h"
#include "ui/error-dialog.h"
#include "ui/open-again.h"
#include "ui/window-private.h"

static void
on_trouble (MonocleWindow *self)
{
  MonocleDocument *document = monocle_presentation_get_document (self->presentation);
  const GError *error = document ? monocle_document_get_trouble (document) : NULL;

  if (!error)
    return;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY))
    monocle_window_show_toast (
        self, _ ("This picture is open elsewhere. What is done to it here is not kept."));
  else
    monocle_window_show_toast_with (self, _ ("What is done to this picture cannot be kept"),
                                    _ ("_Details"), "win.show-unkept", NULL);
}

static void
show_unkept (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  MonocleDocument *document = monocle_presentation_get_document (self->presentation);
  const GError *error = document ? monocle_document_get_trouble (document) : NULL;

  if (error)
    monocle_error_dialog_show (GTK_WINDOW (self), NULL, MONOCLE_ATTEMPT_WRITE, error);
}

void
monocle_window_follow_kept (MonocleWindow *self)
{
  MonocleDocument *document = monocle_presentation_get_document (self->presentation);

  g_signal_group_set_target (self->kept_signals, document);
  on_trouble (self);
  monocle_open_again_note (gtk_window_get_application (GTK_WINDOW (self)));
}

/* --- Forgotten --- */

static void
on_forget_response (GtkWidget *dialog, const char *response, MonocleWindow *self)
{
  MonocleDocument *document = monocle_presentation_get_document (self->presentation);
  g_autoptr (GError) error = NULL;

  if (!document || !g_str_equal (response, "delete"))
    return;
  monocle_runner_forget (self->runner, document);
  if (!monocle_work_forget (document, &error))
    monocle_error_dialog_show (GTK_WINDOW (self), NULL, MONOCLE_ATTEMPT_WRITE, error);
}

static void
forget_work (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  GtkWidget *dialog
      = monocle_dialogs_new_alert (_ ("Delete All Work on This Picture?"),
                                   _ ("What was drawn on it, named, answered and marked as done is "
                                      "lost for good, as well as the "
                                      "steps that could be taken back. The picture itself stays."),
                                   NULL);

  monocle_dialogs_add_response (dialog, "cancel", _ ("_Cancel"), TRUE);
  monocle_dialogs_add_response (dialog, "delete", _ ("_Delete"), FALSE);
  monocle_dialogs_mark_destructive (dialog, "delete");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_forget_response), self, 0);
  monocle_dialogs_present (dialog, GTK_WINDOW (self));
}

/* --- Left behind --- */

static void
on_close_response (GtkWidget *dialog, const char *response, MonocleWindow *self)
{
  if (!g_str_equal (response, "close"))
    return;
  self->closes_anyway = TRUE;
  gtk_window_close (GTK_WINDOW (self));
}

/* (transfer floating): which is answered by `close` or `cancel` */
static GtkWidget *
ask_before_closing (MonocleWindow *self, const char *heading, const char *body, const char *verb)
{
  GtkWidget *dialog = monocle_dialogs_new_alert (heading, body, NULL);

  monocle_dialogs_add_response (dialog, "cancel", _ ("_Cancel"), TRUE);
  monocle_dialogs_add_response (dialog, "close", verb, FALSE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_close_response), self, 0);
  return dialog;
}

/* Whether it is the last one, and a question about many pictures would end with it. */
static gboolean
would_interrupt (MonocleWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  GList *windows = gtk_application_get_windows (application);

  return windows && !windows->next
         && monocle_ask_all_get_state (
                monocle_application_get_ask_all (MONOCLE_APPLICATION (application)))
                == MONOCLE_ASK_ALL_RUNNING;
}

gboolean
monocle_window_asks_before_closing (MonocleWindow *self)
{
  GtkWidget *dialog;

  if (self->closes_anyway)
    return FALSE;
  if (monocle_image_loader_has_unkept (self->loader))
    {
      dialog = ask_before_closing (self, _ ("Close and Lose What Was Done?"),
                                   _ ("Something that was drawn or answered could not be kept. "
                                      "Export it first if you need it."),
                                   _ ("C_lose"));
      monocle_dialogs_mark_destructive (dialog, "close");
    }
  else if (would_interrupt (self))
    dialog = ask_before_closing (self, _ ("Quit While Pictures Are Asked About?"),
                                 _ ("What is answered is kept. The rest goes on when Monocle is "
                                    "started again."),
                                 _ ("_Quit"));
  else
    return FALSE;
  monocle_dialogs_present (dialog, GTK_WINDOW (self));
  return TRUE;
}

void
monocle_window_init_kept (MonocleWindow *self)
{
  static const GActionEntry actions[] = {
    { .name = "show-unkept", .activate = show_unkept },
    { .name = "forget-work", .activate = forget_work },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  self->kept_signals = g_signal_group_new (MONOCLE_TYPE_DOCUMENT);
  g_signal_group_connect_swapped (self->kept_signals, "notify::trouble", G_CALLBACK (on_trouble),
                                  self);
}
