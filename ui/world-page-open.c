/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Frames of the person's own: chosen or dropped, looked at, shown.
 */
#include "config.h"

#include "ui/world-page-private.h"

#include <glib/gi18n.h>

#include "app/world/watch.h"
#include "ui/error-dialog.h"

/* Between a film's second that was chosen and looking there: a button that is held counts on. */
#define PICK_MS 500

/* Of a film of which nobody knows how long it is. */
#define MOST_SECONDS 36000

static void
end_watching (MonocleWorldPage *self)
{
  g_clear_object (&self->watching);
  monocle_world_page_update (self);
}

void
monocle_world_page_stop_watching (MonocleWorldPage *self)
{
  g_clear_handle_id (&self->pick_source, g_source_remove);
  if (!self->watching)
    return;
  g_cancellable_cancel (self->watching);
  end_watching (self);
}

void
monocle_world_page_forget_frames (MonocleWorldPage *self)
{
  self->is_film = FALSE;
  g_clear_pointer (&self->files, g_ptr_array_unref);
  monocle_world_page_stop_watching (self);
}

/* What else of a film can be chosen. */
static void
take_film (MonocleWorldPage *self, const MonocleVideoInfo *film)
{
  self->is_film = TRUE;
  self->is_updating = TRUE;
  gtk_adjustment_set_upper (self->from_range,
                            film->duration > 0 ? MAX (film->duration - 0.1, 0) : MOST_SECONDS);
  self->is_updating = FALSE;
}

/* Who waits for it. */
typedef struct
{
  MonocleWorldPage *page;
  GCancellable *cancellable;
} Waiting;

static void
waiting_free (Waiting *waiting)
{
  g_object_unref (waiting->page);
  g_object_unref (waiting->cancellable);
  g_free (waiting);
}

static void
on_progress (guint frame, guint n_frames, gpointer data)
{
  const Waiting *waiting = data;

  if (g_cancellable_is_cancelled (waiting->cancellable))
    return;
  waiting->page->watched = frame;
  waiting->page->n_watched = n_frames;
  monocle_world_page_update (waiting->page);
}

static void
on_watched (GObject *source, GAsyncResult *result, gpointer data)
{
  Waiting *waiting = data;
  MonocleWorldPage *self = waiting->page;
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleWorldWatched) watched = monocle_world_watch_finish (result, &error);
  MonocleVideoInfo film;

  if (!g_cancellable_is_cancelled (waiting->cancellable))
    {
      /* Also where nothing moves: it may elsewhere. */
      if (monocle_world_watch_get_film (result, &film))
        take_film (self, &film);
      end_watching (self);
      if (watched)
        monocle_world_stage_show_frames (self->stage, g_steal_pointer (&watched->tracks),
                                         g_steal_pointer (&watched->images));
      else
        monocle_error_dialog_show (GTK_WINDOW (self), _ ("These Frames Cannot Be Followed"),
                                   MONOCLE_ATTEMPT_SHOW, error);
    }
  waiting_free (waiting);
}

static void
watch (MonocleWorldPage *self)
{
  const MonocleWorldPick pick = { .from = gtk_adjustment_get_value (self->from_range),
                                  .rate = gtk_adjustment_get_value (self->rate_range) };
  Waiting *waiting = g_new (Waiting, 1);

  monocle_world_page_stop_watching (self);
  self->watching = g_cancellable_new ();
  *waiting = (Waiting){ g_object_ref (self), g_object_ref (self->watching) };
  monocle_world_watch_async (self->runner, self->files, &pick, self->watching, on_progress, waiting,
                             on_watched, waiting);
}

/* @files: (element-type GFile) */
static void
open_files (MonocleWorldPage *self, GPtrArray *files)
{
  monocle_world_page_forget_frames (self);
  self->files = g_ptr_array_ref (files);
  self->is_updating = TRUE;
  gtk_adjustment_set_value (self->from_range, 0);
  gtk_adjustment_set_value (self->rate_range, MONOCLE_WORLD_RATE);
  self->is_updating = FALSE;
  watch (self);
}

static gboolean
on_pick_due (gpointer data)
{
  MonocleWorldPage *self = data;

  self->pick_source = 0;
  watch (self);
  return G_SOURCE_REMOVE;
}

static void
on_pick_chosen (MonocleWorldPage *self)
{
  if (self->is_updating || !self->is_film || !self->files)
    return;
  g_clear_handle_id (&self->pick_source, g_source_remove);
  self->pick_source = g_timeout_add (PICK_MS, on_pick_due, self);
}

static void
on_response (GtkNativeDialog *dialog, int response, gpointer data)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GListModel) chosen = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));
      g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

      for (guint i = 0; i < g_list_model_get_n_items (chosen); i++)
        g_ptr_array_add (files, g_list_model_get_item (chosen, i));
      if (files->len > 0)
        open_files (data, files);
    }
  g_object_unref (dialog);
}

static void
open_frames (GtkWidget *widget, const char *action, GVariant *parameter)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Open a Film, an Animation or Pictures"), GTK_WINDOW (widget),
      GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"), _ ("_Cancel"));
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("Films and Pictures"));
  gtk_file_filter_add_mime_type (filter, "image/*");
  gtk_file_filter_add_mime_type (filter, "video/*");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_response), widget, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, MonocleWorldPage *self)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  for (GSList *file = g_value_get_boxed (value); file; file = file->next)
    g_ptr_array_add (files, g_object_ref (file->data));
  if (files->len == 0)
    return FALSE;
  open_files (self, files);
  return TRUE;
}

void
monocle_world_page_class_add_open (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "world.open", NULL, open_frames);
  gtk_widget_class_bind_template_callback (klass, on_pick_chosen);
}

void
monocle_world_page_init_open (MonocleWorldPage *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
