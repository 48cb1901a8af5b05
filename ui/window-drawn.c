/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window's actions with a picture that was drawn: it is saved, asked about itself, or another
 * one is drawn.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "ui/drawn-provider.h"
#include "ui/error-dialog.h"
#include "ui/export-settings.h"
#include "ui/texture-image.h"
#include "ui/window-private.h"

/* (transfer none) (nullable): what is shown */
static MonocleImage *
find_drawn (MonocleWindow *self, MonocleQuery **query)
{
  *query = monocle_presentation_get_query (self->presentation);
  return *query ? monocle_drawn_provider_find (*query) : NULL;
}

static void
use_drawn (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  MonocleQuery *query;
  MonocleImage *picture = find_drawn (self, &query);
  g_autoptr (GdkTexture) texture = picture ? monocle_texture_of_image (picture) : NULL;

  if (texture)
    monocle_image_loader_open_texture (self->loader, texture);
}

void
monocle_window_open_texture (MonocleWindow *self, GdkTexture *texture)
{
  g_return_if_fail (MONOCLE_IS_WINDOW (self));

  monocle_image_loader_open_texture (self->loader, texture);
}

static void
save (MonocleWindow *self, GBytes *png, GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);
  g_autoptr (GError) error = NULL;

  if (!g_file_replace_contents (file, g_bytes_get_data (png, NULL), g_bytes_get_size (png), NULL,
                                FALSE, G_FILE_CREATE_NONE, NULL, NULL, &error))
    monocle_error_dialog_show (GTK_WINDOW (self), _ ("The Picture Could Not Be Saved"),
                               MONOCLE_ATTEMPT_WRITE, error);
  else
    monocle_window_show_toast_with (self, _ ("Picture saved"), _ ("_Show in Folder"),
                                    "win.show-in-folder", g_variant_new_string (uri));
}

static void
on_response (GtkNativeDialog *dialog, int response, gpointer data)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      const MonocleExportFormat *format = monocle_export_find_format ("png");
      g_autoptr (GFile) chosen = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autoptr (GFile) file = monocle_export_settings_complete (chosen, &format);

      monocle_export_settings_remember_folder (file, FALSE);
      save (data, g_object_get_data (G_OBJECT (dialog), "png"), file);
    }
  g_object_unref (dialog);
}

static void
save_drawn (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  MonocleQuery *query;
  MonocleImage *picture = find_drawn (self, &query);
  MonocleDrawnFacts facts;
  GtkFileChooserNative *dialog;
  g_autofree char *name = NULL;
  GBytes *png;

  if (!picture)
    return;
  facts = monocle_drawn_provider_find_facts (query);
  png = monocle_drawn_png_encode (picture, &facts, NULL);
  if (!png)
    return;
  name = g_strconcat (facts.task, ".png", NULL);
  dialog = gtk_file_chooser_native_new (_ ("Save Picture"), GTK_WINDOW (self),
                                        GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  monocle_export_settings_apply_folder (GTK_FILE_CHOOSER (dialog));
  g_object_set_data_full (G_OBJECT (dialog), "png", png, (GDestroyNotify) g_bytes_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_response), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* The next one of the same words; the one that is shown stays in the history. */
static void
draw_another (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  MonocleQuery *query = monocle_presentation_get_query (self->presentation);
  g_autoptr (MonocleQuery) another
      = query ? monocle_query_new_another (
                    query, monocle_runner_find_task (self->runner, monocle_query_get_task (query)),
                    MONOCLE_SAMPLING_PICTURE_TOP_P)
              : NULL;

  if (!another)
    return;
  monocle_window_run_query (self, another);
  monocle_presentation_set_query (self->presentation, another);
}

static const GActionEntry actions[] = {
  { .name = "draw-another", .activate = draw_another },
  { .name = "use-drawn", .activate = use_drawn },
  { .name = "save-drawn", .activate = save_drawn },
};

void
monocle_window_add_drawn_actions (MonocleWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}
