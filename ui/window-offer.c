/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the window says of models: that there are others than the default one, once, where a
 * photograph is opened; that one has come.
 */
#include "config.h"

#include "ui/window-private.h"

#include "engine/engine.h"

/* More than a segment of a JPEG can hold. */
#define HEAD_BYTES (128 * 1024)
#define ACTION     "get-photo-model"

static gboolean
is_default_model (MonocleWindow *self)
{
  g_autofree char *model = g_settings_get_string (self->settings, "model");

  return *model == '\0';
}

/* --- The action that only the default model has --- */

static void
get_photo_model (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  gtk_widget_activate_action (self, "app.models", NULL);
}

static void
update_action (MonocleWindow *self)
{
  static const GActionEntry entry = { .name = ACTION, .activate = get_photo_model };

  if (!is_default_model (self))
    g_action_map_remove_action (G_ACTION_MAP (self), ACTION);
  else if (!g_action_map_lookup_action (G_ACTION_MAP (self), ACTION))
    g_action_map_add_action_entries (G_ACTION_MAP (self), &entry, 1, self);
}

/* --- A photograph --- */

static gboolean
is_worth_saying (MonocleWindow *self)
{
  return self->settings && is_default_model (self)
         && !g_settings_get_boolean (self->settings, "offered-models");
}

static void
on_head_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MonocleWindow) self = data;
  g_autoptr (GBytes) head
      = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);
  gsize size;
  const guint8 *bytes = head ? g_bytes_get_data (head, &size) : NULL;

  if (bytes && is_worth_saying (self) && monocle_exif_has_camera (bytes, size)
      && monocle_window_offer_models (self))
    g_settings_set_boolean (self->settings, "offered-models", TRUE);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MonocleWindow) self = data;
  g_autoptr (GFileInputStream) stream = g_file_read_finish (G_FILE (source), result, NULL);

  if (stream)
    g_input_stream_read_bytes_async (G_INPUT_STREAM (stream), HEAD_BYTES, G_PRIORITY_LOW, NULL,
                                     on_head_read, g_steal_pointer (&self));
}

static void
on_document (MonocleWindow *self)
{
  MonocleDocument *document = monocle_image_loader_get_document (self->loader);
  GFile *file = document ? monocle_document_get_file (document) : NULL;

  if (file && is_worth_saying (self))
    g_file_read_async (file, G_PRIORITY_LOW, NULL, on_opened, g_object_ref (self));
}

/* --- Public --- */

void
monocle_window_say (MonocleWindow *self,
                    const char *text,
                    const char *button,
                    const char *action,
                    const char *target)
{
  g_return_if_fail (MONOCLE_IS_WINDOW (self));

  monocle_window_show_toast_with (self, text, button, action,
                                  target ? g_variant_new_string (target) : NULL);
}

void
monocle_window_add_offer (MonocleWindow *self)
{
  update_action (self);
  g_signal_connect_object (self->settings, "changed::model", G_CALLBACK (update_action), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->loader, "notify::document", G_CALLBACK (on_document), self,
                           G_CONNECT_SWAPPED);
}
