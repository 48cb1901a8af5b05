/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Working through a folder: what is done, which pictures are gone through and in which order,
 * straight to one of them, and a question about all of them.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "ui/ask-all-dialog.h"
#include "ui/error-dialog.h"
#include "ui/folder-statistics.h"
#include "ui/picture-popover.h"
#include "ui/window-private.h"

/* --- Done --- */

static void
change_done (GSimpleAction *action, GVariant *state, gpointer data)
{
  /* The document says so when it is. */
  monocle_document_set_done (monocle_window_get_document (data), g_variant_get_boolean (state));
}

static void
finish_and_go_on (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  monocle_document_set_done (monocle_window_get_document (self), TRUE);
  if (monocle_image_loader_get_n_items (self->loader) > 1
      && !monocle_image_loader_next_todo (self->loader))
    monocle_window_show_toast (
        self, monocle_folder_view_is_filtered (monocle_image_loader_get_view (self->loader))
                  ? _ ("All pictures that are shown are done")
                  : _ ("All pictures of this folder are done"));
}

static void
on_done_changed (MonocleWindow *self)
{
  monocle_window_update_page (self);
}

/* --- Which ones, and in which order --- */

static void
change_filter (GSimpleAction *action, GVariant *state, gpointer data)
{
  MonocleWindow *self = data;

  monocle_folder_view_set_filter (monocle_image_loader_get_view (self->loader),
                                  g_variant_get_string (state, NULL));
}

/* Also when another folder is opened, of which all is shown. */
static void
on_filtered (MonocleWindow *self)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "filter");
  const char *filter
      = monocle_folder_view_get_filter (monocle_image_loader_get_view (self->loader));
  g_autoptr (GVariant) state = action ? g_action_get_state (action) : NULL;

  if (state && !g_str_equal (g_variant_get_string (state, NULL), filter))
    g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_string (filter));
}

static void
follow_sort (MonocleWindow *self)
{
  static const char *const sorts[] = { "name", "date", "size", "worked", NULL };
  g_autofree char *sort = g_settings_get_string (self->settings, "filmstrip-sort");

  for (guint i = 0; sorts[i]; i++)
    if (g_str_equal (sort, sorts[i]))
      monocle_folder_view_set_sort (monocle_image_loader_get_view (self->loader),
                                    (MonocleFolderSort) i);
}

/* --- Straight to one --- */

static void
on_chosen (MonocleWindow *self, MonocleFolderItem *item)
{
  monocle_image_loader_open_item (self->loader, item);
}

static void
go_to (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  GtkWidget *parent = monocle_filmstrip_get_jump_button (self->filmstrip);

  if (!parent)
    parent = gtk_widget_get_mapped (GTK_WIDGET (self->title))
                 ? GTK_WIDGET (self->title)
                 : GTK_WIDGET (monocle_window_get_view (self));
  g_signal_connect_object (
      monocle_picture_popover_popup (parent, monocle_image_loader_get_folder (self->loader)),
      "chosen", G_CALLBACK (on_chosen), self, G_CONNECT_SWAPPED);
}

static void
show_statistics (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  gtk_window_present (GTK_WINDOW (monocle_folder_statistics_new (
      GTK_WINDOW (self), monocle_image_loader_get_folder (self->loader))));
}

/* --- All of them --- */

static MonocleAskAll *
get_ask_all (MonocleWindow *self)
{
  return monocle_application_get_ask_all (
      MONOCLE_APPLICATION (gtk_window_get_application (GTK_WINDOW (self))));
}

static gboolean
on_plan_chosen (MonocleWindow *self, const MonocleAskPlan *plan)
{
  g_autoptr (GError) error = NULL;
  MonocleAskPlan *own = monocle_ask_plan_new (plan->task, plan->text, plan->asks_again);

  monocle_ask_plan_set_language (own, plan->language);
  for (guint i = 0; i < plan->items->len; i++)
    g_ptr_array_add (own->items, g_object_ref (plan->items->pdata[i]));
  if (monocle_ask_all_begin (get_ask_all (self), own, &error))
    return TRUE;
  monocle_error_dialog_show (GTK_WINDOW (self), NULL, MONOCLE_ATTEMPT_WRITE, error);
  return FALSE;
}

/* One at a time: the one that is under way is shown. */
static void
ask_all (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  MonocleAskPanel *panel = monocle_side_panel_get_ask_panel (self->side_panel);
  g_autoptr (MonocleQuery) typed = NULL;
  GtkWidget *dialog;

  if (monocle_ask_all_is_active (get_ask_all (self)))
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "app.ask-all-show", NULL);
      return;
    }
  typed = monocle_ask_panel_try_query (panel);
  dialog = monocle_ask_all_dialog_new (GTK_WINDOW (self), self->runner,
                                       monocle_image_loader_get_view (self->loader), self->labels,
                                       monocle_ask_panel_get_task (panel)->id,
                                       typed ? monocle_query_get_request_text (typed) : NULL);
  monocle_ask_all_dialog_set_settings (MONOCLE_ASK_ALL_DIALOG (dialog), self->settings);
  g_signal_connect_object (dialog, "chosen", G_CALLBACK (on_plan_chosen), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* (transfer none) (nullable): where it is in the folder that is open */
static MonocleFolderItem *
find_item (MonocleWindow *self, GFile *file, guint page)
{
  MonocleFolderView *view = monocle_image_loader_get_view (self->loader);
  guint position;

  return monocle_folder_find (monocle_folder_view_get_folder (view), file, page, &position);
}

gboolean
monocle_window_has_picture (MonocleWindow *self, GFile *file, guint page)
{
  g_return_val_if_fail (MONOCLE_IS_WINDOW (self), FALSE);

  return find_item (self, file, page) != NULL;
}

void
monocle_window_show_picture (MonocleWindow *self, GFile *file, guint page)
{
  MonocleFolderItem *item;
  g_autoptr (GPtrArray) files = NULL;

  g_return_if_fail (MONOCLE_IS_WINDOW (self));

  item = find_item (self, file, page);
  if (item)
    {
      monocle_window_leave_search (self);
      monocle_image_loader_open_item (self->loader, item);
      return;
    }
  files = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (files, g_object_ref (file));
  monocle_window_open_files (self, files);
}

/* --- The table --- */

static const GActionEntry actions[] = {
  { .name = "done", .state = "false", .change_state = change_done },
  { .name = "done-next", .activate = finish_and_go_on },
  { .name = "filter", .parameter_type = "s", .state = "'all'", .change_state = change_filter },
  { .name = "go-to", .activate = go_to },
  { .name = "ask-all", .activate = ask_all },
  { .name = "statistics", .activate = show_statistics },
};

void
monocle_window_enable_folder (MonocleWindow *self, gboolean has_picture)
{
  GAction *done = g_action_map_lookup_action (G_ACTION_MAP (self), "done");
  MonocleDocument *document = monocle_window_get_document (self);
  const guint n = g_list_model_get_n_items (monocle_image_loader_get_folder (self->loader));

  monocle_window_enable (self, "done", has_picture);
  monocle_window_enable (self, "done-next", has_picture);
  monocle_window_enable (
      self, "forget-work",
      has_picture
          && (monocle_document_has_work (document)
              || monocle_undo_get_undo_title (monocle_document_get_undo (document))
              || monocle_undo_get_redo_title (monocle_document_get_undo (document))));
  monocle_window_enable (self, "filter", n > 1 && !self->is_searching);
  monocle_window_enable (self, "go-to", n > 1 && !self->is_searching);
  monocle_window_enable (self, "statistics", n > 0);
  monocle_window_enable (self, "export-folder", n > 0);
  monocle_window_enable (self, "forget-folder", n > 0);
  monocle_window_enable (self, "ask-all", n > 0);
  monocle_window_enable_teaching (self);
  if (done)
    g_simple_action_set_state (
        G_SIMPLE_ACTION (done),
        g_variant_new_boolean (document && monocle_document_is_done (document)));
}

void
monocle_window_follow_done (MonocleWindow *self)
{
  g_signal_group_set_target (self->done_signals,
                             monocle_presentation_get_document (self->presentation));
}

void
monocle_window_add_folder_actions (MonocleWindow *self)
{
  g_autoptr (GAction) sort = g_settings_create_action (self->settings, "filmstrip-sort");

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  g_action_map_add_action (G_ACTION_MAP (self), sort);
  g_signal_connect_object (self->settings, "changed::filmstrip-sort", G_CALLBACK (follow_sort),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (monocle_image_loader_get_view (self->loader), "filtered",
                           G_CALLBACK (on_filtered), self, G_CONNECT_SWAPPED);
  follow_sort (self);
}

void
monocle_window_init_folder (MonocleWindow *self)
{
  self->done_signals = g_signal_group_new (MONOCLE_TYPE_DOCUMENT);
  g_signal_group_connect_swapped (self->done_signals, "notify::done", G_CALLBACK (on_done_changed),
                                  self);
}
