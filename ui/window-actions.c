/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window's actions: what menus, buttons, keys and the tests do. Each changes the document
 * (with undo) or the presentation, or asks the runner; widgets follow by themselves.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "app/image-source.h"
#include "ui/error-dialog.h"
#include "ui/export-dialog.h"
#include "ui/window-export.h"
#include "ui/window-private.h"

#define ROTATE_RIGHT 1
#define ROTATE_LEFT  3

static MonocleImageView *
get_view (MonocleWindow *self)
{
  return monocle_canvas_get_view (self->canvas);
}

static MonocleDocument *
get_document (MonocleWindow *self)
{
  return monocle_presentation_get_document (self->presentation);
}

/* --- Opening --- */

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
      const char *const *types = monocle_image_source_get_mime_types ();

      gtk_file_filter_set_name (images, _ ("Images"));
      for (guint i = 0; types[i]; i++)
        gtk_file_filter_add_mime_type (images, types[i]);
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
previous (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  monocle_image_loader_previous (((MonocleWindow *) data)->loader);
}

static void
next (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  monocle_image_loader_next (((MonocleWindow *) data)->loader);
}

static void
first (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  monocle_image_loader_first (((MonocleWindow *) data)->loader);
}

static void
last (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  monocle_image_loader_last (((MonocleWindow *) data)->loader);
}

/* --- Looking --- */

static void
zoom_in (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_image_view_zoom_in (get_view (self));
}

static void
zoom_out (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_image_view_zoom_out (get_view (self));
}

static void
zoom_fit (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_image_view_fit (get_view (self));
}

static void
zoom_100 (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_image_view_set_zoom (get_view (self), 1);
}

static void
zoom_200 (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_image_view_set_zoom (get_view (self), 2);
}

static void
rotate_left (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_document_rotate (get_document (self), ROTATE_LEFT);
}

static void
rotate_right (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_document_rotate (get_document (self), ROTATE_RIGHT);
}

static void
toggle_fullscreen (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  if (gtk_window_is_fullscreen (self))
    gtk_window_unfullscreen (self);
  else
    gtk_window_fullscreen (self);
}

static void
toggle_panel (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  adw_flap_set_reveal_flap (self->flap, !adw_flap_get_reveal_flap (self->flap));
}

/* Stateful: the order is that of MonocleTool. */
static const char *const tool_ids[] = { "select", "region", "hand" };

static void
change_tool (GSimpleAction *action, GVariant *state, gpointer self)
{
  const char *id = g_variant_get_string (state, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tool_ids); i++)
    if (g_str_equal (id, tool_ids[i]))
      {
        monocle_image_view_set_tool (get_view (self), (MonocleTool) i);
        g_simple_action_set_state (action, state);
      }
}

static void
on_tool_changed (MonocleImageView *view, GParamSpec *pspec, MonocleWindow *self)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "tool");

  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_string (tool_ids[monocle_image_view_get_tool (view)]));
}

/* --- Asking --- */

/* What is missing is said where it can be given; the panel must be seen for that. Where it takes
 * the picture's place it goes, unless the answer is in words. */
static void
run_created (MonocleWindow *self, MonocleQuery *query)
{
  if (query)
    {
      if (self->narrow && monocle_query_get_task (query)->overlay != MONOCLE_OVERLAY_NONE)
        adw_flap_set_reveal_flap (self->flap, FALSE);
      monocle_window_run_query (self, query);
    }
  else
    adw_flap_set_reveal_flap (self->flap, TRUE);
}

static void
run (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  MonocleAskPanel *ask = monocle_side_panel_get_ask_panel (self->side_panel);
  g_autoptr (MonocleQuery) query = monocle_ask_panel_create_query (ask, NULL);

  run_created (self, query);
}

static void
run_task (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  MonocleAskPanel *ask = monocle_side_panel_get_ask_panel (self->side_panel);
  const MonocleTask *task = monocle_task_find (g_variant_get_string (parameter, NULL));
  g_autoptr (MonocleQuery) query = NULL;

  if (!task)
    return;
  query = monocle_ask_panel_create_query_for (ask, task, NULL);
  run_created (self, query);
}

/* What this picture waits for, the latest first, so that nothing else of it begins in between;
 * other windows go on. */
static void
stop (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  GListModel *queries = monocle_document_get_queries (get_document (self));

  for (guint i = g_list_model_get_n_items (queries); i > 0; i--)
    {
      g_autoptr (MonocleQuery) query = g_list_model_get_item (queries, i - 1);

      if (monocle_query_is_active (query))
        monocle_runner_stop_query (self->runner, query);
    }
}

static gboolean
is_waiting (MonocleDocument *document)
{
  GListModel *queries = document ? monocle_document_get_queries (document) : NULL;
  guint n = queries ? g_list_model_get_n_items (queries) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MonocleQuery) query = g_list_model_get_item (queries, i);

      if (monocle_query_is_active (query))
        return TRUE;
    }
  return FALSE;
}

/* Regions that are selected; else the places of the objects that are; else all regions. */
static void
ask_region (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  const MonocleTask *task = monocle_task_find (g_variant_get_string (parameter, NULL));
  g_autoptr (GPtrArray) regions = monocle_presentation_get_selected_regions (self->presentation);
  g_autoptr (GPtrArray) objects = monocle_presentation_get_selected_objects (self->presentation);
  g_autoptr (GArray) boxes = g_array_new (FALSE, FALSE, sizeof (MonocleBox));
  g_autoptr (MonocleQuery) query = NULL;
  MonocleAnnotation *source = NULL;
  MonocleDocument *document = get_document (self);

  if (!task || task->input != MONOCLE_TASK_INPUT_REGION)
    return;
  if (regions->len == 0 && objects->len == 0)
    {
      g_clear_pointer (&regions, g_ptr_array_unref);
      regions = monocle_presentation_get_asked_regions (self->presentation);
    }
  for (guint i = 0; i < regions->len; i++)
    {
      MonocleBox box = monocle_region_get_box (regions->pdata[i]);

      g_array_append_val (boxes, box);
      source = monocle_region_get_source (regions->pdata[i]);
    }
  for (guint i = 0; regions->len == 0 && i < objects->len; i++)
    {
      MonocleBox box
          = monocle_annotation_get_box (objects->pdata[i], monocle_document_get_width (document),
                                        monocle_document_get_height (document));

      g_array_append_val (boxes, box);
      source = objects->pdata[i];
    }
  if (boxes->len == 0)
    return;

  query = monocle_query_new (task, NULL, (const MonocleBox *) (gpointer) boxes->data, boxes->len,
                             boxes->len == 1 ? source : NULL);
  monocle_window_run_query (self, query);
}

static void
find_similar (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  g_autoptr (GPtrArray) objects = monocle_presentation_get_selected_objects (self->presentation);
  g_autoptr (MonocleQuery) query = NULL;

  if (objects->len == 0 || !*monocle_annotation_get_label (objects->pdata[0]))
    return;
  query = monocle_query_new (monocle_task_find ("open-vocabulary-detection"),
                             monocle_annotation_get_label (objects->pdata[0]), NULL, 0,
                             objects->pdata[0]);
  monocle_window_run_query (self, query);
}

static void
focus_prompt (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  adw_flap_set_reveal_flap (self->flap, TRUE);
  monocle_ask_panel_start_typing (monocle_side_panel_get_ask_panel (self->side_panel), NULL);
}

static void
choose_task (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  adw_flap_set_reveal_flap (self->flap, TRUE);
  monocle_ask_panel_choose_task (monocle_side_panel_get_ask_panel (self->side_panel));
}

/* --- Objects and regions --- */

static void
use_as_region (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  MonocleDocument *document = get_document (self);
  g_autoptr (GPtrArray) objects = monocle_presentation_get_selected_objects (self->presentation);
  GtkSelectionModel *regions = monocle_presentation_get_regions (self->presentation);
  guint before = g_list_model_get_n_items (G_LIST_MODEL (regions));

  for (guint i = 0; i < objects->len; i++)
    {
      MonocleBox box
          = monocle_annotation_get_box (objects->pdata[i], monocle_document_get_width (document),
                                        monocle_document_get_height (document));
      g_autoptr (MonocleRegion) region = monocle_region_new (&box, objects->pdata[i]);

      monocle_document_add_region (document, region);
    }
  gtk_selection_model_unselect_all (regions);
  for (guint i = before; i < g_list_model_get_n_items (G_LIST_MODEL (regions)); i++)
    gtk_selection_model_select_item (regions, i, FALSE);
}

static void
hide_label (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  g_autoptr (GPtrArray) objects = monocle_presentation_get_selected_objects (self->presentation);

  for (guint i = 0; i < objects->len; i++)
    monocle_presentation_set_label_hidden (self->presentation,
                                           monocle_annotation_get_label (objects->pdata[i]), TRUE);
  if (objects->len > 0)
    monocle_window_show_toast_with (self, _ ("Label hidden"), _ ("_Show All"),
                                    "win.show-all-labels", NULL);
}

static void
show_all_labels (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  monocle_presentation_show_all_labels (((MonocleWindow *) data)->presentation);
}

static void
delete_selected (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  MonocleDocument *document = get_document (self);
  g_autoptr (GPtrArray) regions = monocle_presentation_get_selected_regions (self->presentation);
  g_autoptr (GPtrArray) objects = monocle_presentation_get_selected_objects (self->presentation);
  g_autofree char *text = NULL;

  if (regions->len > 0)
    {
      monocle_document_remove_regions (document, regions);
      text = g_strdup_printf (ngettext ("%u region deleted", "%u regions deleted", regions->len),
                              regions->len);
    }
  else if (objects->len > 0)
    {
      monocle_document_remove_annotations (
          document, monocle_presentation_get_query (self->presentation), objects);
      text = g_strdup_printf (ngettext ("%u object deleted", "%u objects deleted", objects->len),
                              objects->len);
    }
  else
    return;
  monocle_window_show_toast_with (self, text, _ ("_Undo"), "win.undo", NULL);
}

static void
undo (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_undo_undo (monocle_document_get_undo (get_document (self)));
}

static void
redo (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_undo_redo (monocle_document_get_undo (get_document (self)));
}

static void
select_all (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_selection_model_select_all (
      monocle_presentation_get_objects (((MonocleWindow *) data)->presentation));
}

static void
select_none (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  gtk_selection_model_unselect_all (monocle_presentation_get_objects (self->presentation));
  gtk_selection_model_unselect_all (monocle_presentation_get_regions (self->presentation));
}

/* --- Taking out --- */

static void
on_exported (MonocleExportDialog *dialog, GFile *file, guint n, MonocleWindow *self)
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
  MonocleBox visible = monocle_image_view_get_visible (get_view (self));
  GtkWidget *dialog = monocle_export_dialog_new (GTK_WINDOW (self), self->presentation, &visible);

  g_signal_connect_object (dialog, "exported", G_CALLBACK (on_exported), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* No file manager answers on the bus: the folder is opened by whatever opens folders. */
static void
on_folder_shown (GObject *bus, GAsyncResult *result, gpointer data)
{
  g_autofree char *uri = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, &error);
  g_autoptr (GFile) file = g_file_new_for_uri (uri);
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *folder_uri = folder ? g_file_get_uri (folder) : NULL;

  if (!reply && folder_uri)
    gtk_show_uri (NULL, folder_uri, GDK_CURRENT_TIME);
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
}

static void
report (
    MonocleWindow *self, const char *failure, const char *message, GFile *file, const GError *error)
{
  if (error)
    monocle_error_dialog_show (GTK_WINDOW (self), failure, error);
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
  report (self, _ ("This could not be copied."), message, file, error);
}

static void
report_save (const char *message, GFile *file, const GError *error, gpointer self)
{
  report (self, _ ("The picture could not be saved."), message, file, error);
}

static void
report_print (const char *message, GFile *file, const GError *error, gpointer self)
{
  report (self, _ ("The picture could not be printed."), message, file, error);
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

static void
close_window (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  gtk_window_close (self);
}

/* --- The table --- */

static const GActionEntry actions[] = {
  { .name = "open", .activate = open_image },
  { .name = "open-folder", .activate = open_folder },
  { .name = "open-path", .activate = open_path, .parameter_type = "s" },
  { .name = "paste", .activate = paste },
  { .name = "previous", .activate = previous },
  { .name = "next", .activate = next },
  { .name = "first", .activate = first },
  { .name = "last", .activate = last },
  { .name = "zoom-in", .activate = zoom_in },
  { .name = "zoom-out", .activate = zoom_out },
  { .name = "zoom-fit", .activate = zoom_fit },
  { .name = "zoom-100", .activate = zoom_100 },
  { .name = "zoom-200", .activate = zoom_200 },
  { .name = "rotate-left", .activate = rotate_left },
  { .name = "rotate-right", .activate = rotate_right },
  { .name = "toggle-fullscreen", .activate = toggle_fullscreen },
  { .name = "toggle-panel", .activate = toggle_panel },
  { .name = "tool", .parameter_type = "s", .state = "'select'", .change_state = change_tool },
  { .name = "run", .activate = run },
  { .name = "run-task", .activate = run_task, .parameter_type = "s" },
  { .name = "stop", .activate = stop },
  { .name = "ask-region", .activate = ask_region, .parameter_type = "s" },
  { .name = "find-similar", .activate = find_similar },
  { .name = "focus-prompt", .activate = focus_prompt },
  { .name = "choose-task", .activate = choose_task },
  { .name = "use-as-region", .activate = use_as_region },
  { .name = "hide-label", .activate = hide_label },
  { .name = "show-all-labels", .activate = show_all_labels },
  { .name = "delete", .activate = delete_selected },
  { .name = "undo", .activate = undo },
  { .name = "redo", .activate = redo },
  { .name = "select-all", .activate = select_all },
  { .name = "select-none", .activate = select_none },
  { .name = "export", .activate = export_dialog },
  { .name = "show-in-folder", .activate = show_in_folder, .parameter_type = "s" },
  { .name = "copy", .activate = copy_picture },
  { .name = "copy-text", .activate = copy_text },
  { .name = "copy-coordinates", .activate = copy_coordinates },
  { .name = "copy-json", .activate = copy_json },
  { .name = "copy-crop", .activate = copy_crop },
  { .name = "crop", .activate = save_crop },
  { .name = "print", .activate = print_picture },
  { .name = "close", .activate = close_window },
};

/* Keys that entries and text views take first: these come to the window only when nobody else wants
 * them, unlike the application's accelerators. */
static const struct
{
  guint key;
  GdkModifierType modifiers;
  const char *action;
} bindings[] = {
  { GDK_KEY_c, GDK_CONTROL_MASK, "win.copy" },
  { GDK_KEY_v, GDK_CONTROL_MASK, "win.paste" },
  { GDK_KEY_v, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.paste" },
  { GDK_KEY_z, GDK_CONTROL_MASK, "win.undo" },
  { GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.redo" },
  { GDK_KEY_y, GDK_CONTROL_MASK, "win.redo" },
  { GDK_KEY_a, GDK_CONTROL_MASK, "win.select-all" },
  { GDK_KEY_a, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.select-none" },
  { GDK_KEY_Delete, 0, "win.delete" },
  { GDK_KEY_KP_Delete, 0, "win.delete" },
  { GDK_KEY_Page_Up, 0, "win.previous" },
  { GDK_KEY_Page_Down, 0, "win.next" },
  { GDK_KEY_Home, 0, "win.first" },
  { GDK_KEY_End, 0, "win.last" },
};

void
monocle_window_class_add_bindings (GtkWidgetClass *widget_class)
{
  for (guint i = 0; i < G_N_ELEMENTS (bindings); i++)
    gtk_widget_class_add_binding_action (widget_class, bindings[i].key, bindings[i].modifiers,
                                         bindings[i].action, NULL);
}

static void
enable (MonocleWindow *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  /* Nothing is there yet while the window is being made. */
  if (action)
    g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

void
monocle_window_update_actions (MonocleWindow *self)
{
  static const char *const need_picture[]
      = { "zoom-fit",     "zoom-100", "zoom-200", "rotate-left", "rotate-right",
          "toggle-panel", "tool",     "run",      "run-task",    "focus-prompt",
          "choose-task",  "export",   "copy",     "print" };
  static const char *const need_query[] = { "copy-text", "copy-json" };
  static const char *const need_object[]
      = { "find-similar", "use-as-region", "hide-label", "copy-crop", "crop" };
  MonocleDocument *document = get_document (self);
  MonocleQuery *query = monocle_presentation_get_query (self->presentation);
  MonocleUndo *undo_stack = document ? monocle_document_get_undo (document) : NULL;
  gboolean has_picture = document && !self->failure && monocle_document_get_image (document);
  g_autoptr (GPtrArray) objects = monocle_presentation_get_selected_objects (self->presentation);
  g_autoptr (GPtrArray) regions = monocle_presentation_get_selected_regions (self->presentation);
  guint n_objects = g_list_model_get_n_items (
      G_LIST_MODEL (monocle_presentation_get_objects (self->presentation)));
  guint n_regions = g_list_model_get_n_items (
      G_LIST_MODEL (monocle_presentation_get_regions (self->presentation)));
  gboolean can_zoom_in, can_zoom_out, can_next, can_previous;

  g_object_get (get_view (self), "can-zoom-in", &can_zoom_in, "can-zoom-out", &can_zoom_out, NULL);
  g_object_get (self->loader, "can-next", &can_next, "can-previous", &can_previous, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (need_picture); i++)
    enable (self, need_picture[i], has_picture);
  for (guint i = 0; i < G_N_ELEMENTS (need_query); i++)
    enable (self, need_query[i], has_picture && query != NULL);
  for (guint i = 0; i < G_N_ELEMENTS (need_object); i++)
    enable (self, need_object[i], has_picture && objects->len > 0);
  enable (self, "copy-coordinates", has_picture && n_objects > 0);
  enable (self, "zoom-in", has_picture && can_zoom_in);
  enable (self, "zoom-out", has_picture && can_zoom_out);
  enable (self, "next", can_next);
  enable (self, "last", can_next);
  enable (self, "previous", can_previous);
  enable (self, "first", can_previous);
  enable (self, "stop", is_waiting (document));
  enable (self, "ask-region", has_picture && (n_regions > 0 || objects->len > 0));
  enable (self, "delete", has_picture && (objects->len > 0 || regions->len > 0));
  enable (self, "select-all", has_picture && n_objects > 0);
  enable (self, "select-none", has_picture && (objects->len > 0 || regions->len > 0));
  enable (self, "undo", has_picture && monocle_undo_get_undo_title (undo_stack) != NULL);
  enable (self, "redo", has_picture && monocle_undo_get_redo_title (undo_stack) != NULL);
}

void
monocle_window_add_actions (MonocleWindow *self)
{
  g_autoptr (GAction) filmstrip = g_settings_create_action (self->settings, "show-filmstrip");
  g_autoptr (GAction) labels = g_settings_create_action (self->settings, "show-labels");
  g_autoptr (GAction) style = g_settings_create_action (self->settings, "style");

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  g_action_map_add_action (G_ACTION_MAP (self), filmstrip);
  g_action_map_add_action (G_ACTION_MAP (self), labels);
  g_action_map_add_action (G_ACTION_MAP (self), style);

  g_signal_connect_object (get_view (self), "notify::tool", G_CALLBACK (on_tool_changed), self, 0);
  g_signal_connect_object (get_view (self), "notify::can-zoom-in",
                           G_CALLBACK (monocle_window_update_actions), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (get_view (self), "notify::can-zoom-out",
                           G_CALLBACK (monocle_window_update_actions), self, G_CONNECT_SWAPPED);
  monocle_window_update_actions (self);
}
