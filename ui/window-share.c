/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window's actions that take something out: export, copies, print. What was done is said in a
 * toast, what went wrong in a dialog.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "ui/error-dialog.h"
#include "ui/export-dialog.h"
#include "ui/folder-export.h"
#include "ui/window-export.h"
#include "ui/window-private.h"

static void
on_exported (GtkWidget *dialog, GFile *file, guint n, MonocleWindow *self)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *uri = g_file_get_uri (file);
  g_autofree char *text = NULL;

  if (n == 1)
    /* Translators: %s is the name of a file */
    text = g_strdup_printf (_ ("%s exported"), name);
  else
    text = g_strdup_printf (ngettext ("%u file exported", "%u files exported", n), n);
  monocle_window_show_toast_with (self, text, _ ("_Show in Folder"), "win.show-in-folder",
                                  g_variant_new_string (uri));
}

static void
export_dialog (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  MonocleBox visible = monocle_image_view_get_visible (monocle_canvas_get_view (self->canvas));
  GtkWidget *dialog = monocle_export_dialog_new (GTK_WINDOW (self), self->presentation, &visible);

  g_signal_connect_object (dialog, "exported", G_CALLBACK (on_exported), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
monocle_window_export_pictures (MonocleWindow *self, GtkWindow *parent, GListModel *pictures)
{
  g_autoptr (MonocleFolderItem) first = g_list_model_get_item (pictures, 0);
  g_autoptr (GFile) folder
      = first ? g_file_get_parent (monocle_folder_item_get_file (first)) : NULL;
  g_autofree char *base = folder ? g_file_get_basename (folder) : NULL;
  g_autofree char *name = base ? g_filename_display_name (base) : NULL;
  GtkWidget *dialog = monocle_folder_export_new (parent, pictures, name);

  g_signal_connect_object (dialog, "exported", G_CALLBACK (on_exported), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
export_folder (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  monocle_window_export_pictures (self, GTK_WINDOW (self),
                                  monocle_image_loader_get_folder (self->loader));
}

/* No file manager answers on the bus: the folder is opened by whatever opens folders. */
static void
open_folder_of (const char *uri)
{
  g_autoptr (GFile) file = g_file_new_for_uri (uri);
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *folder_uri = folder ? g_file_get_uri (folder) : NULL;

  if (folder_uri)
    gtk_show_uri (NULL, folder_uri, GDK_CURRENT_TIME);
}

static void
on_folder_shown (GObject *bus, GAsyncResult *result, gpointer data)
{
  g_autofree char *uri = data;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, NULL);

  if (!reply)
    open_folder_of (uri);
}

/* The folder, in the file manager, with the file selected where that is possible. */
static void
show_in_folder (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  const char *uri = g_variant_get_string (parameter, NULL);
  GApplication *application = G_APPLICATION (gtk_window_get_application (data));
  GDBusConnection *bus = g_application_get_dbus_connection (application);
  const char *uris[] = { uri, NULL };

  if (bus)
    g_dbus_connection_call (bus, "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1",
                            "org.freedesktop.FileManager1", "ShowItems",
                            g_variant_new ("(^ass)", uris, ""), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                            NULL, on_folder_shown, g_strdup (uri));
  else
    open_folder_of (uri);
}

static void
report (
    MonocleWindow *self, const char *failure, const char *message, GFile *file, const GError *error)
{
  if (error)
    monocle_error_dialog_show (GTK_WINDOW (self), failure, MONOCLE_ATTEMPT_WRITE, error);
  else if (message && file)
    {
      g_autofree char *uri = g_file_get_uri (file);

      monocle_window_show_toast_with (self, message, _ ("_Show in Folder"), "win.show-in-folder",
                                      g_variant_new_string (uri));
    }
  else if (message)
    monocle_window_show_toast (self, message);
}

static void
report_copy (const char *message, GFile *file, const GError *error, gpointer self)
{
  report (self, _ ("This Could Not Be Copied"), message, file, error);
}

static void
report_save (const char *message, GFile *file, const GError *error, gpointer self)
{
  report (self, _ ("The Picture Could Not Be Saved"), message, file, error);
}

static void
report_print (const char *message, GFile *file, const GError *error, gpointer self)
{
  report (self, _ ("The Picture Could Not Be Printed"), message, file, error);
}

static void
copy_picture (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  monocle_window_export_copy_picture (self->presentation, GTK_WIDGET (self), report_copy, self);
}

static void
copy_text (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  monocle_window_export_copy_text (self->presentation, GTK_WIDGET (self), report_copy, self);
}

static void
copy_coordinates (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  monocle_window_export_copy_coordinates (self->presentation, GTK_WIDGET (self), report_copy, self);
}

static void
copy_json (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  monocle_window_export_copy_json (self->presentation, GTK_WIDGET (self), report_copy, self);
}

static void
copy_crop (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  g_autoptr (GPtrArray) objects = monocle_presentation_get_selected_objects (self->presentation);

  if (objects->len > 0)
    monocle_window_export_copy_crop (self->presentation, objects->pdata[0], GTK_WIDGET (self),
                                     report_copy, self);
}

static void
save_crop (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  g_autoptr (GPtrArray) objects = monocle_presentation_get_selected_objects (self->presentation);

  if (objects->len > 0)
    monocle_window_export_save_crop (self->presentation, objects->pdata[0], GTK_WINDOW (self),
                                     report_save, self);
}

static void
print_picture (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  monocle_window_export_print (self->presentation, GTK_WINDOW (self), report_print, self);
}

static const GActionEntry actions[] = {
  { .name = "export", .activate = export_dialog },
  { .name = "export-folder", .activate = export_folder },
  { .name = "show-in-folder", .activate = show_in_folder, .parameter_type = "s" },
  { .name = "copy", .activate = copy_picture },
  { .name = "copy-text", .activate = copy_text },
  { .name = "copy-coordinates", .activate = copy_coordinates },
  { .name = "copy-json", .activate = copy_json },
  { .name = "copy-crop", .activate = copy_crop },
  { .name = "crop", .activate = save_crop },
  { .name = "print", .activate = print_picture },
};

void
monocle_window_add_share_actions (MonocleWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}
