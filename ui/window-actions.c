/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window's actions: what menus, buttons, keys and the tests do. Each changes the document
 * (with undo) or the presentation, or asks the runner; widgets follow by themselves.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "ui/window-private.h"

#define ROTATE_RIGHT 1
#define ROTATE_LEFT  3

MonocleImageView *
monocle_window_get_view (MonocleWindow *self)
{
  return monocle_canvas_get_view (self->canvas);
}

MonocleDocument *
monocle_window_get_document (MonocleWindow *self)
{
  return monocle_presentation_get_document (self->presentation);
}

/* --- Browsing --- */

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
  monocle_image_view_zoom_in (monocle_window_get_view (self));
}

static void
zoom_out (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_image_view_zoom_out (monocle_window_get_view (self));
}

static void
zoom_fit (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_image_view_fit (monocle_window_get_view (self));
}

static void
zoom_100 (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_image_view_set_zoom (monocle_window_get_view (self), 1);
}

static void
zoom_200 (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_image_view_set_zoom (monocle_window_get_view (self), 2);
}

static void
rotate_left (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_document_rotate (monocle_window_get_document (self), ROTATE_LEFT);
}

static void
rotate_right (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_document_rotate (monocle_window_get_document (self), ROTATE_RIGHT);
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

  monocle_window_show_panel (self, !monocle_window_is_panel_shown (self));
}

/* Stateful: the order is that of MonocleTool. */
static const char *const tool_ids[]
    = { "select", "region", "polygon", "hand", "brush", "eraser", "line", "points" };

static void
change_tool (GSimpleAction *action, GVariant *state, gpointer self)
{
  const char *id = g_variant_get_string (state, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tool_ids); i++)
    if (g_str_equal (id, tool_ids[i]))
      {
        monocle_image_view_set_tool (monocle_window_get_view (self), (MonocleTool) i);
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

/* --- Objects and regions --- */

static void
use_as_region (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  MonocleDocument *document = monocle_window_get_document (self);
  g_autoptr (GPtrArray) objects = monocle_presentation_get_selected_objects (self->presentation);
  GtkSelectionModel *regions = monocle_presentation_get_regions (self->presentation);
  guint before = g_list_model_get_n_items (G_LIST_MODEL (regions));

  for (guint i = 0; i < objects->len; i++)
    {
      MonocleBox box
          = monocle_annotation_get_box (objects->pdata[i], monocle_document_get_width (document),
                                        monocle_document_get_height (document));
      g_autoptr (MonocleAnnotation) region
          = monocle_annotation_new_region (&box, objects->pdata[i]);

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
  MonocleDocument *document = monocle_window_get_document (self);
  g_autoptr (GPtrArray) regions = monocle_presentation_get_selected_regions (self->presentation);
  g_autoptr (GPtrArray) objects = monocle_presentation_get_selected_objects (self->presentation);
  g_autofree char *text = NULL;
  guint position;

  if (regions->len > 0 && objects->len > 0)
    {
      guint n = regions->len + objects->len;

      text = g_strdup_printf (
          ngettext ("%u object or region deleted", "%u objects and regions deleted", n), n);
    }
  else if (regions->len > 0)
    text = g_strdup_printf (ngettext ("%u region deleted", "%u regions deleted", regions->len),
                            regions->len);
  else if (objects->len > 0)
    text = g_strdup_printf (ngettext ("%u object deleted", "%u objects deleted", objects->len),
                            objects->len);
  else
    return;
  position = monocle_window_find_selected (self);
  monocle_document_remove (document, regions, monocle_presentation_get_query (self->presentation),
                           objects);
  if (objects->len == 1 && regions->len == 0)
    monocle_window_select_at (self, position);
  monocle_window_show_undo_toast (self, text);
}

static void
undo (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_undo_undo (monocle_document_get_undo (monocle_window_get_document (self)));
}

static void
redo (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_undo_redo (monocle_document_get_undo (monocle_window_get_document (self)));
}

/* @label: (transfer full) */
static void
append_step (GMenu *menu, char *label, const char *action, const char *accel)
{
  g_autofree char *text = label;
  g_autoptr (GMenuItem) item = g_menu_item_new (text, action);

  g_menu_item_set_attribute (item, "accel", "s", accel);
  g_menu_append_item (menu, item);
}

/* Says in the menu what would be taken back, and made again. */
static void
name_steps (MonocleWindow *self, const char *undo_title, const char *redo_title)
{
  if (undo_title == self->undo_title && redo_title == self->redo_title
      && g_menu_model_get_n_items (G_MENU_MODEL (self->steps_menu)) > 0)
    return;
  self->undo_title = undo_title;
  self->redo_title = redo_title;
  g_menu_remove_all (self->steps_menu);
  append_step (self->steps_menu,
               /* Translators: what was done, as "Brush Stroke" or "Delete Object" */
               undo_title ? g_strdup_printf (_ ("_Undo %s"), undo_title) : g_strdup (_ ("_Undo")),
               "win.undo", "<Control>z");
  append_step (self->steps_menu,
               /* Translators: what was taken back, as "Brush Stroke" or "Delete Object" */
               redo_title ? g_strdup_printf (_ ("_Redo %s"), redo_title) : g_strdup (_ ("_Redo")),
               "win.redo", "<Control><Shift>z");
}

static void
select_all (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  gtk_selection_model_select_all (monocle_presentation_get_objects (self->presentation));
  gtk_selection_model_select_all (monocle_presentation_get_regions (self->presentation));
}

static void
select_none (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  gtk_selection_model_unselect_all (monocle_presentation_get_objects (self->presentation));
  gtk_selection_model_unselect_all (monocle_presentation_get_regions (self->presentation));
}

static void
close_window (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  gtk_window_close (self);
}

/* --- The table --- */

static const GActionEntry actions[] = {
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
  { .name = "use-as-region", .activate = use_as_region },
  { .name = "hide-label", .activate = hide_label },
  { .name = "show-all-labels", .activate = show_all_labels },
  { .name = "delete", .activate = delete_selected },
  { .name = "undo", .activate = undo },
  { .name = "redo", .activate = redo },
  { .name = "select-all", .activate = select_all },
  { .name = "select-none", .activate = select_none },
  { .name = "close", .activate = close_window },
};

void
monocle_window_enable (MonocleWindow *self, const char *name, gboolean enabled)
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
      = { "zoom-fit", "zoom-100", "zoom-200",     "rotate-left",  "rotate-right", "toggle-panel",
          "tool",     "run",      "run-task",     "focus-prompt", "choose-task",  "export",
          "copy",     "print",    "brush-larger", "brush-smaller" };
  static const char *const need_document[]
      = { "search-similar", "search-similar-picture", "save", "save-as", "save-to" };
  static const char *const need_file[] = { "properties", "show-file", "open-with", "trash" };
  static const char *const need_query[] = { "copy-text", "copy-json" };
  static const char *const need_object[]
      = { "find-similar", "use-as-region", "hide-label", "copy-crop", "crop", "keep" };
  MonocleDocument *document = monocle_window_get_document (self);
  MonocleQuery *query = monocle_presentation_get_query (self->presentation);
  MonocleUndo *undo_stack = document ? monocle_document_get_undo (document) : NULL;
  const char *undo_title = undo_stack ? monocle_undo_get_undo_title (undo_stack) : NULL;
  const char *redo_title = undo_stack ? monocle_undo_get_redo_title (undo_stack) : NULL;
  g_autoptr (GFile) file = self->is_searching ? NULL : monocle_window_dup_file (self);
  gboolean has_document = document && !self->failure && monocle_document_get_image (document);
  gboolean has_picture = has_document && !self->is_searching;
  g_autoptr (GPtrArray) objects = monocle_presentation_get_selected_objects (self->presentation);
  g_autoptr (GPtrArray) regions = monocle_presentation_get_selected_regions (self->presentation);
  g_autoptr (GPtrArray) asked = monocle_presentation_get_asked_regions (self->presentation);
  guint n_objects = g_list_model_get_n_items (
      G_LIST_MODEL (monocle_presentation_get_objects (self->presentation)));
  guint n_regions = g_list_model_get_n_items (
      G_LIST_MODEL (monocle_presentation_get_regions (self->presentation)));
  gboolean can_zoom_in, can_zoom_out, can_next, can_previous;

  g_object_get (monocle_window_get_view (self), "can-zoom-in", &can_zoom_in, "can-zoom-out",
                &can_zoom_out, NULL);
  g_object_get (self->loader, "can-next", &can_next, "can-previous", &can_previous, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (need_picture); i++)
    monocle_window_enable (self, need_picture[i], has_picture);
  for (guint i = 0; i < G_N_ELEMENTS (need_document); i++)
    monocle_window_enable (self, need_document[i], has_document);
  for (guint i = 0; i < G_N_ELEMENTS (need_file); i++)
    monocle_window_enable (self, need_file[i], file != NULL);
  for (guint i = 0; i < G_N_ELEMENTS (need_query); i++)
    monocle_window_enable (self, need_query[i], has_picture && query != NULL);
  for (guint i = 0; i < G_N_ELEMENTS (need_object); i++)
    monocle_window_enable (self, need_object[i], has_picture && objects->len > 0);
  monocle_window_enable (self, "choose-version", has_picture);
  monocle_window_enable (self, "compare-with", has_picture);
  monocle_window_enable (self, "merge-versions", has_picture && self->other);
  monocle_window_enable (self, "close-versions", self->other != NULL);
  monocle_window_enable (self, "run-again", has_picture && query && monocle_query_is_whole (query));
  monocle_window_enable (self, "copy-coordinates", has_picture && n_objects > 0);
  monocle_window_enable (self, "zoom-in", has_picture && can_zoom_in);
  monocle_window_enable (self, "zoom-out", has_picture && can_zoom_out);
  monocle_window_enable (self, "next", can_next && !self->is_searching);
  monocle_window_enable (self, "last", can_next && !self->is_searching);
  monocle_window_enable (self, "previous", can_previous && !self->is_searching);
  monocle_window_enable (self, "first", can_previous && !self->is_searching);
  monocle_window_enable (self, "stop", monocle_window_is_waiting (self));
  monocle_window_enable_asking (self, has_picture, asked->len > 0 || objects->len > 0);
  monocle_window_enable (self, "keep-all", has_picture && n_objects > 0);
  monocle_window_enable (self, "make-outline",
                         has_picture && query && n_objects > 0 && monocle_query_can_cut (query));
  monocle_window_enable (self, "keep-above",
                         has_picture && monocle_window_can_keep_above (objects));
  monocle_window_enable (self, "rename",
                         has_picture
                             && (objects->len > 0 || regions->len > 0
                                 || monocle_side_panel_can_correct (self->side_panel)));
  monocle_window_enable_labels (self, has_picture, regions, objects->len > 0 || regions->len > 0);
  monocle_window_enable (self, "duplicate", has_picture && (objects->len > 0 || regions->len > 0));
  monocle_window_enable_shaping (self, regions);
  monocle_window_enable_folder (self, has_picture);
  monocle_window_enable (self, "delete", has_picture && (objects->len > 0 || regions->len > 0));
  monocle_window_enable (self, "select-all", has_picture && (n_objects > 0 || n_regions > 0));
  monocle_window_enable (self, "select-none",
                         has_picture && (objects->len > 0 || regions->len > 0));
  monocle_window_enable (self, "undo", has_picture && undo_title);
  monocle_window_enable (self, "redo", has_picture && redo_title);
  name_steps (self, undo_title, redo_title);
}

void
monocle_window_add_actions (MonocleWindow *self)
{
  g_autoptr (GAction) filmstrip = g_settings_create_action (self->settings, "show-filmstrip");
  g_autoptr (GAction) labels = g_settings_create_action (self->settings, "show-labels");
  g_autoptr (GAction) style = g_settings_create_action (self->settings, "style");

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  monocle_window_add_open_actions (self);
  monocle_window_add_ask_actions (self);
  monocle_window_add_share_actions (self);
  monocle_window_add_drawn_actions (self);
  monocle_window_add_file_actions (self);
  monocle_window_add_save_actions (self);
  monocle_window_add_work_actions (self);
  monocle_window_add_version_actions (self);
  monocle_window_add_own_actions (self);
  monocle_window_add_folder_actions (self);
  monocle_window_add_train_actions (self);
  monocle_window_add_shape_actions (self);
  monocle_window_add_label_actions (self);
  monocle_window_add_offer (self);
  g_action_map_add_action (G_ACTION_MAP (self), filmstrip);
  g_action_map_add_action (G_ACTION_MAP (self), labels);
  g_action_map_add_action (G_ACTION_MAP (self), style);

  g_signal_connect_object (monocle_window_get_view (self), "notify::tool",
                           G_CALLBACK (on_tool_changed), self, 0);
  g_signal_connect_object (monocle_window_get_view (self), "notify::can-zoom-in",
                           G_CALLBACK (monocle_window_update_actions), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (monocle_window_get_view (self), "notify::can-zoom-out",
                           G_CALLBACK (monocle_window_update_actions), self, G_CONNECT_SWAPPED);
  monocle_window_update_actions (self);
}
