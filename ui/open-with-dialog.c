/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/open-with-dialog.h"

#include "ui/application.h"
#include "ui/error-dialog.h"

struct _MonocleOpenWithDialog
{
  AdwWindow parent_instance;

  GtkListBox *list;

  GFile *file;
  GPtrArray *applications;
};

G_DEFINE_FINAL_TYPE (MonocleOpenWithDialog, monocle_open_with_dialog, ADW_TYPE_WINDOW)

static void
add_all (GPtrArray *applications, GList *found)
{
  for (GList *l = found; l; l = l->next)
    {
      const char *id = g_app_info_get_id (l->data);
      gboolean known = g_strcmp0 (id, MONOCLE_APPLICATION_ID ".desktop") == 0;

      for (guint i = 0; i < applications->len && !known; i++)
        known = g_app_info_equal (applications->pdata[i], l->data);
      if (!known)
        g_ptr_array_add (applications, g_object_ref (l->data));
    }
  g_list_free_full (found, g_object_unref);
}

GPtrArray *
monocle_open_with_dialog_list (const char *content_type)
{
  GPtrArray *applications = g_ptr_array_new_with_free_func (g_object_unref);

  add_all (applications, g_app_info_get_recommended_for_type (content_type));
  add_all (applications, g_app_info_get_all_for_type (content_type));
  return applications;
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, MonocleOpenWithDialog *self)
{
  g_autoptr (GdkAppLaunchContext) context
      = gdk_display_get_app_launch_context (gtk_widget_get_display (GTK_WIDGET (self)));
  GAppInfo *application = self->applications->pdata[gtk_list_box_row_get_index (row)];
  g_autolist (GFile) files = g_list_append (NULL, g_object_ref (self->file));
  g_autoptr (GError) error = NULL;

  if (g_app_info_launch (application, files, G_APP_LAUNCH_CONTEXT (context), &error))
    gtk_window_close (GTK_WINDOW (self));
  else
    monocle_error_dialog_show (GTK_WINDOW (self), NULL, MONOCLE_ATTEMPT_LAUNCH, error);
}

static void
monocle_open_with_dialog_dispose (GObject *object)
{
  MonocleOpenWithDialog *self = MONOCLE_OPEN_WITH_DIALOG (object);

  g_clear_object (&self->file);
  g_clear_pointer (&self->applications, g_ptr_array_unref);

  G_OBJECT_CLASS (monocle_open_with_dialog_parent_class)->dispose (object);
}

static void
monocle_open_with_dialog_class_init (MonocleOpenWithDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_open_with_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/open-with-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleOpenWithDialog, list);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
monocle_open_with_dialog_init (MonocleOpenWithDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
add_row (MonocleOpenWithDialog *self, GAppInfo *application)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon = gtk_image_new_from_gicon (g_app_info_get_icon (application));
  g_autofree char *title = g_markup_escape_text (g_app_info_get_display_name (application), -1);

  gtk_image_set_pixel_size (GTK_IMAGE (icon), 32);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_list_box_append (self->list, row);
}

GtkWidget *
monocle_open_with_dialog_new (GtkWindow *parent, GFile *file, GPtrArray *applications)
{
  MonocleOpenWithDialog *self
      = g_object_new (MONOCLE_TYPE_OPEN_WITH_DIALOG, "transient-for", parent, NULL);

  self->file = g_object_ref (file);
  self->applications = g_ptr_array_ref (applications);
  for (guint i = 0; i < applications->len; i++)
    add_row (self, applications->pdata[i]);
  return GTK_WIDGET (self);
}
