/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures that are dropped on the words of the search page.
 */
#include "config.h"

#include "ui/search-page-private.h"

#include <glib/gi18n.h>

#include "app/pictures/source.h"
#include "ui/error-dialog.h"
#include "ui/texture-image.h"

#define DROP_CLASS "drop-target"

static void
say_unreadable (MonocleSearchPage *self, const GError *error)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    monocle_error_dialog_show (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL,
                               MONOCLE_ATTEMPT_SHOW, error);
}

static void
on_file_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GObject) name = data;
  /* The thread that read it may be the last to let go of the name, and is no place for widgets to
   * end. */
  g_autoptr (MonocleSearchPage) self = g_object_steal_data (name, "page");
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = monocle_image_source_load_finish (result, NULL, NULL, &error);

  if (!image)
    say_unreadable (self, error);
  else if (self->search)
    {
      g_autofree char *shown = g_file_get_parse_name (G_FILE (name));
      g_autofree char *base = g_path_get_basename (shown);

      monocle_folder_search_add_picture (self->search, image, base);
    }
}

static void
on_texture_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MonocleSearchPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = monocle_texture_image_finish (result, NULL, &error);

  if (!image)
    say_unreadable (self, error);
  else if (self->search)
    monocle_folder_search_add_picture (self->search, image, _ ("Dropped Picture"));
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, MonocleSearchPage *self)
{
  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    {
      GSList *files = g_value_get_boxed (value);

      for (GSList *l = files; l; l = l->next)
        {
          /* A file may be shared: what the page is goes with a copy. */
          GFile *file = g_file_dup (l->data);

          g_object_set_data_full (G_OBJECT (file), "page", g_object_ref (self), g_object_unref);
          monocle_image_source_load_async (file, 0, NULL, on_file_read, file);
        }
      return files != NULL;
    }
  if (G_VALUE_HOLDS (value, GDK_TYPE_TEXTURE) && g_value_get_object (value))
    {
      monocle_texture_image_async (g_value_get_object (value), NULL, on_texture_read,
                                   g_object_ref (self));
      return TRUE;
    }
  return FALSE;
}

static void
on_current_drop_changed (GtkDropTarget *target, GParamSpec *pspec, MonocleSearchPage *self)
{
  if (gtk_drop_target_get_current_drop (target))
    gtk_widget_add_css_class (GTK_WIDGET (self->entry), DROP_CLASS);
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->entry), DROP_CLASS);
}

void
monocle_search_page_add_drop_target (MonocleSearchPage *self)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);
  GType types[] = { GDK_TYPE_FILE_LIST, GDK_TYPE_TEXTURE };

  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (target), GTK_PHASE_CAPTURE);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  g_signal_connect (target, "notify::current-drop", G_CALLBACK (on_current_drop_changed), self);
  gtk_widget_add_controller (self->bar, GTK_EVENT_CONTROLLER (target));
}
