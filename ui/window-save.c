/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window's actions that write what was done to the picture into a file of the person's: once
 * they said where, Save keeps it up to date. Nothing is written without being asked.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "app/json/work-file.h"
#include "ui/dialogs.h"
#include "ui/error-dialog.h"
#include "ui/window-private.h"

static gboolean
write_to (MonocleWindow *self, const char *path)
{
  MonocleDocument *document = monocle_window_get_document (self);
  g_autoptr (MonocleWorkFile) work = monocle_work_file_new_of (document);
  g_autoptr (GError) error = NULL;
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *name = g_filename_display_name (base);
  g_autofree char *digest = NULL;
  g_autofree char *text = NULL;

  if (!monocle_work_file_write (work, path, &digest, &error))
    {
      monocle_error_dialog_show (GTK_WINDOW (self), _ ("The Work Could Not Be Saved"),
                                 MONOCLE_ATTEMPT_WRITE, error);
      return FALSE;
    }
  monocle_document_set_saved (document, path, digest);
  /* What was offered may be what this is now. */
  monocle_window_look_for_work (self);
  /* Translators: %s is the name of a file. */
  text = g_strdup_printf (_ ("Saved in %s"), name);
  monocle_window_show_toast (self, text);
  return TRUE;
}

/* --- Where --- */

/* With the ending by which it is found again, so it can never be the picture. */
static char *
dup_ending (const char *path)
{
  return g_str_has_suffix (path, ".json") ? g_strdup (path)
                                          : g_strconcat (path, MONOCLE_WORK_FILE_ENDING, NULL);
}

static void
on_place_chosen (GtkNativeDialog *dialog, int response, MonocleWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = file ? g_file_get_path (file) : NULL;

      if (path)
        gtk_widget_activate_action (GTK_WIDGET (self), "win.save-to", "s", path);
      else
        monocle_window_show_toast (self, _ ("Work is saved in folders of this computer alone"));
    }
  gtk_native_dialog_destroy (dialog);
}

static void
save_as (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  MonocleDocument *document = monocle_window_get_document (self);
  const char *before = monocle_document_get_saved_path (document);
  GFile *picture = monocle_document_get_file (document);
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Save Work"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), NULL);
  g_autoptr (GFile) last = before ? g_file_new_for_path (before) : NULL;
  g_autoptr (GFile) folder = picture ? g_file_get_parent (picture) : NULL;

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  if (last)
    gtk_file_chooser_set_file (GTK_FILE_CHOOSER (dialog), last, NULL);
  else
    {
      g_autofree char *name = monocle_work_file_dup_name (monocle_document_get_name (document));

      if (folder)
        gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), folder, NULL);
      gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
    }
  /* The dialog is no widget: it keeps itself until it is answered. */
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_place_chosen), self, 0);
  g_signal_connect (dialog, "response", G_CALLBACK (g_object_unref), NULL);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
save_to (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autofree char *path = dup_ending (g_variant_get_string (parameter, NULL));

  write_to (data, path);
}

/* --- Once more --- */

/* Whether it is not what was written there: somebody else was at it. */
static gboolean
is_changed (MonocleDocument *document)
{
  g_autofree char *text = NULL;
  g_autofree char *digest = NULL;
  gsize size;

  if (!g_file_get_contents (monocle_document_get_saved_path (document), &text, &size, NULL))
    return FALSE;
  digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text, size);
  return g_strcmp0 (digest, monocle_document_get_saved_digest (document)) != 0;
}

static void
on_changed_response (GtkWidget *dialog, const char *response, MonocleWindow *self)
{
  MonocleDocument *document = monocle_window_get_document (self);

  if (document && g_str_equal (response, "save"))
    write_to (self, monocle_document_get_saved_path (document));
}

static void
ask_about_changed (MonocleWindow *self)
{
  GtkWidget *dialog = monocle_dialogs_new_alert (
      _ ("Save Over What Somebody Else Wrote?"),
      _ ("The file was changed since it was saved from here. Open it to see what differs."), NULL);

  monocle_dialogs_add_response (dialog, "cancel", _ ("_Cancel"), TRUE);
  monocle_dialogs_add_response (dialog, "save", _ ("_Save"), FALSE);
  monocle_dialogs_mark_destructive (dialog, "save");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_changed_response), self, 0);
  monocle_dialogs_present (dialog, GTK_WINDOW (self));
}

static void
save (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  MonocleDocument *document = monocle_window_get_document (self);

  if (!monocle_document_get_saved_path (document))
    save_as (NULL, NULL, self);
  else if (is_changed (document))
    ask_about_changed (self);
  else
    write_to (self, monocle_document_get_saved_path (document));
}

static const GActionEntry actions[] = {
  { .name = "save", .activate = save },
  { .name = "save-as", .activate = save_as },
  { .name = "save-to", .activate = save_to, .parameter_type = "s" },
};

void
monocle_window_add_save_actions (MonocleWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}
