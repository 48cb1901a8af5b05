/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window's actions about the file of the picture: what is known of it, where it is, who else
 * opens it, and away with it.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "app/base/trash.h"
#include "ui/error-dialog.h"
#include "ui/open-with-dialog.h"
#include "ui/properties-dialog.h"
#include "ui/window-private.h"

GFile *
monocle_window_dup_file (MonocleWindow *self)
{
  MonocleDocument *document = monocle_presentation_get_document (self->presentation);
  g_autoptr (MonocleFolderItem) item = NULL;
  GFile *file = document ? monocle_document_get_file (document) : NULL;

  /* One that cannot be shown is a file, too. */
  if (self->failure)
    item = g_list_model_get_item (G_LIST_MODEL (monocle_image_loader_get_view (self->loader)),
                                  monocle_image_loader_get_position (self->loader));
  if (item)
    file = monocle_folder_item_get_file (item);
  return file ? g_object_ref (file) : NULL;
}

static void
show_properties (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  g_autoptr (GFile) file = monocle_window_dup_file (self);
  MonocleDocument *document
      = self->failure ? NULL : monocle_presentation_get_document (self->presentation);

  gtk_window_present (
      GTK_WINDOW (monocle_properties_dialog_new (GTK_WINDOW (self), file, document)));
}

static void
show_file (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GFile) file = monocle_window_dup_file (data);
  g_autofree char *uri = g_file_get_uri (file);

  gtk_widget_activate_action (data, "win.show-in-folder", "s", uri);
}

/* --- Open with --- */

static void
on_type_known (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MonocleWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, &error);
  g_autoptr (GPtrArray) applications = NULL;

  if (!gtk_widget_get_realized (GTK_WIDGET (self)))
    return;
  if (!info)
    {
      monocle_error_dialog_show (GTK_WINDOW (self), NULL, MONOCLE_ATTEMPT_SHOW, error);
      return;
    }
  applications = monocle_open_with_dialog_list (g_file_info_get_content_type (info));
  if (applications->len > 0)
    gtk_window_present (GTK_WINDOW (
        monocle_open_with_dialog_new (GTK_WINDOW (self), G_FILE (source), applications)));
  else
    {
      g_autofree char *uri = g_file_get_uri (G_FILE (source));

      gtk_show_uri (GTK_WINDOW (self), uri, GDK_CURRENT_TIME);
    }
}

static void
open_with (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GFile) file = monocle_window_dup_file (data);

  g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE, G_FILE_QUERY_INFO_NONE,
                           G_PRIORITY_DEFAULT, NULL, on_type_known, g_object_ref (data));
}

/* --- Away and back --- */

/* What comes after the pages of @file, else what comes before, else nothing. */
static void
leave (MonocleWindow *self, GFile *file)
{
  GListModel *folder = G_LIST_MODEL (monocle_image_loader_get_view (self->loader));
  guint n = g_list_model_get_n_items (folder);
  guint position = MIN (monocle_image_loader_get_position (self->loader), n);
  g_autoptr (MonocleFolderItem) other = NULL;
  g_autoptr (GFile) shown = monocle_window_dup_file (self);

  if (!shown || !g_file_equal (shown, file))
    return;
  for (guint i = 0; i < n && !other; i++)
    {
      guint at = position + i < n ? position + i : n - 1 - i;
      g_autoptr (MonocleFolderItem) item = g_list_model_get_item (folder, at);

      if (!g_file_equal (monocle_folder_item_get_file (item), file))
        other = g_steal_pointer (&item);
    }
  g_clear_error (&self->failure);
  if (other)
    monocle_image_loader_open_item (self->loader, other);
  else
    monocle_image_loader_close (self->loader);
}

static void
on_trashed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MonocleWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *base = g_file_get_basename (G_FILE (source));
  g_autofree char *name = g_filename_display_name (base);
  g_autofree char *uri = g_file_get_uri (G_FILE (source));
  g_autofree char *text = NULL;

  if (!g_file_trash_finish (G_FILE (source), result, &error))
    {
      if (gtk_widget_get_realized (GTK_WIDGET (self)))
        monocle_error_dialog_show (GTK_WINDOW (self),
                                   _ ("The Picture Could Not Be Moved to the Rubbish"),
                                   MONOCLE_ATTEMPT_TRASH, error);
      return;
    }
  gtk_recent_manager_remove_item (gtk_recent_manager_get_default (), uri, NULL);
  if (!self->loader)
    return;
  leave (self, G_FILE (source));
  /* Translators: %s is the name of a file */
  text = g_strdup_printf (_ ("%s moved to the rubbish"), name);
  monocle_window_show_toast_with (self, text, _ ("_Undo"), "win.untrash",
                                  g_variant_new_string (uri));
}

static void
trash (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GFile) file = monocle_window_dup_file (data);

  g_file_trash_async (file, G_PRIORITY_DEFAULT, NULL, on_trashed, g_object_ref (data));
}

static void
on_restored (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MonocleWindow) self = data;
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  if (!self->loader)
    return;
  if (!monocle_trash_restore_finish (result, &error))
    {
      monocle_error_dialog_show (GTK_WINDOW (self), _ ("The Picture Is Still in the Rubbish"),
                                 MONOCLE_ATTEMPT_WRITE, error);
      return;
    }
  g_ptr_array_add (files, source);
  monocle_window_open_files (self, files);
}

static void
untrash (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GFile) file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));

  monocle_trash_restore_async (file, NULL, on_restored, g_object_ref (data));
}

static const GActionEntry actions[] = {
  { .name = "properties", .activate = show_properties },
  { .name = "show-file", .activate = show_file },
  { .name = "open-with", .activate = open_with },
  { .name = "trash", .activate = trash },
  { .name = "untrash", .activate = untrash, .parameter_type = "s" },
};

void
monocle_window_add_file_actions (MonocleWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}
