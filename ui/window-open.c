/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window's actions that open something.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "app/pictures/kinds.h"
#include "ui/window-private.h"

static void
on_files_chosen (GtkNativeDialog *dialog, int response, MonocleWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GListModel) chosen = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));
      g_autoptr (GFile) folder = gtk_file_chooser_get_current_folder (GTK_FILE_CHOOSER (dialog));
      g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

      for (guint i = 0; i < g_list_model_get_n_items (chosen); i++)
        g_ptr_array_add (files, g_list_model_get_item (chosen, i));
      if (folder)
        {
          g_autofree char *uri = g_file_get_uri (folder);

          g_settings_set_string (self->settings, "open-folder", uri);
        }
      monocle_window_open_files (self, files);
    }
  gtk_native_dialog_destroy (dialog);
}

static void
choose_files (MonocleWindow *self, GtkFileChooserAction action)
{
  gboolean folder = action == GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER;
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      folder ? _ ("Open Folder") : _ ("Open Image"), GTK_WINDOW (self), action, _ ("_Open"), NULL);
  g_autofree char *uri = g_settings_get_string (self->settings, "open-folder");

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  if (*uri)
    {
      g_autoptr (GFile) last = g_file_new_for_uri (uri);

      /* It may be gone; the dialog then starts elsewhere. */
      gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), last, NULL);
    }
  if (!folder)
    {
      g_autoptr (GtkFileFilter) images = gtk_file_filter_new ();
      g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();
      const char *const *types = monocle_picture_kinds_get_mime_types ();
      const char *const *endings = monocle_picture_kinds_get_endings ();

      gtk_file_filter_set_name (images, _ ("Images"));
      for (guint i = 0; types[i]; i++)
        gtk_file_filter_add_mime_type (images, types[i]);
      for (guint i = 0; endings[i]; i++)
        gtk_file_filter_add_suffix (images, endings[i]);
      gtk_file_filter_set_name (all, _ ("All Files"));
      gtk_file_filter_add_pattern (all, "*");
      gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), images);
      gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), all);
      gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), TRUE);
    }
  /* The dialog is no widget: it keeps itself until it is answered. */
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_files_chosen), self, 0);
  g_signal_connect (dialog, "response", G_CALLBACK (g_object_unref), NULL);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
open_image (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  choose_files (self, GTK_FILE_CHOOSER_ACTION_OPEN);
}

static void
open_folder (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  choose_files (self, GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER);
}

static void
open_path (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (files, g_file_new_for_commandline_arg (g_variant_get_string (parameter, NULL)));
  monocle_window_open_files (self, files);
}

static void
paste (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  monocle_image_loader_paste (self->loader, gtk_widget_get_clipboard (GTK_WIDGET (self)));
}

static void
back_to_pasted (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  g_autoptr (MonocleDocument) document = g_steal_pointer (&self->left_behind);

  if (document)
    monocle_image_loader_open_document (self->loader, document);
}

static const GActionEntry actions[] = {
  { .name = "open", .activate = open_image },
  { .name = "open-folder", .activate = open_folder },
  { .name = "open-path", .activate = open_path, .parameter_type = "s" },
  { .name = "paste", .activate = paste },
  { .name = "back-to-pasted", .activate = back_to_pasted },
};

void
monocle_window_add_open_actions (MonocleWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}
