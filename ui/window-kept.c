/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is done to pictures is kept without being asked. Here is said when it cannot be, and nobody
 * leaves it behind without a word.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "app/document/folder-forget.h"
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

/* --- All of a folder --- */

static void
stop_asking (MonocleDocument *document, gpointer runner)
{
  monocle_runner_forget (runner, document);
}

static void
on_forget_folder_response (GtkWidget *dialog, const char *response, MonocleWindow *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gboolean is_good;
  guint n;

  if (g_str_equal (response, "export"))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.export-folder", NULL);
  if (!g_str_equal (response, "delete"))
    return;
  is_good = monocle_folder_forget (monocle_image_loader_get_folder (self->loader), stop_asking,
                                   self->runner, &n, &error);
  text = g_strdup_printf (ngettext ("Work on %u picture deleted", "Work on %u pictures deleted", n),
                          n);
  monocle_window_say (self, text, NULL, NULL, NULL);
  if (!is_good)
    monocle_error_dialog_show (GTK_WINDOW (self), NULL, MONOCLE_ATTEMPT_WRITE, error);
}

static void
forget_folder (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  const MonocleFolderKept kept
      = monocle_folder_forget_count (monocle_image_loader_get_folder (self->loader));
  g_autofree char *own = g_strdup_printf (
      ngettext ("%u object of yours", "%u objects of yours", kept.n_own), kept.n_own);
  g_autofree char *answers
      = g_strdup_printf (ngettext ("%u answer", "%u answers", kept.n_answers), kept.n_answers);
  g_autofree char *body = NULL;
  GtkWidget *dialog;

  if (kept.n_pictures == 0)
    {
      monocle_window_say (self, _ ("Nothing is kept of this folder"), NULL, NULL, NULL);
      return;
    }
  /* Translators: then: "12 objects of yours", "3 answers" */
  body = g_strdup_printf (
      ngettext ("What was done to %u picture is lost for good, also where a copy of it lies "
                "elsewhere: %s, %s. The picture itself stays.",
                "What was done to %u pictures is lost for good, also where copies of them lie "
                "elsewhere: %s, %s. The pictures themselves stay.",
                kept.n_pictures),
      kept.n_pictures, own, answers);
  dialog = monocle_dialogs_new_alert (_ ("Delete All Work in This Folder?"), body, NULL);
  monocle_dialogs_add_response (dialog, "cancel", _ ("_Cancel"), TRUE);
  monocle_dialogs_add_response (dialog, "export", _ ("_Export First…"), FALSE);
  monocle_dialogs_add_response (dialog, "delete", _ ("_Delete"), FALSE);
  monocle_dialogs_mark_destructive (dialog, "delete");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_forget_folder_response), self, 0);
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
    { .name = "forget-folder", .activate = forget_folder },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  self->kept_signals = g_signal_group_new (MONOCLE_TYPE_DOCUMENT);
  g_signal_group_connect_swapped (self->kept_signals, "notify::trouble", G_CALLBACK (on_trouble),
                                  self);
}
