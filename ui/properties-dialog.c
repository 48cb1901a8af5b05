/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/properties-dialog.h"

#include <glib/gi18n.h>

#include "ui/figures.h"

struct _MonoclePropertiesDialog
{
  AdwWindow parent_instance;

  AdwActionRow *name;
  AdwActionRow *folder;
  AdwActionRow *dimensions;
  AdwActionRow *kind;
  AdwActionRow *size;
  AdwActionRow *modified;
  AdwActionRow *created;

  GFile *file;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (MonoclePropertiesDialog, monocle_properties_dialog, ADW_TYPE_WINDOW)

/* @text: (nullable): a row without is not shown */
static void
show (AdwActionRow *row, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text ? text : "", -1);

  adw_action_row_set_subtitle (row, escaped);
  gtk_widget_set_visible (GTK_WIDGET (row), text != NULL);
}

static void
show_time (AdwActionRow *row, GDateTime *time)
{
  g_autoptr (GDateTime) local = time ? g_date_time_to_local (time) : NULL;
  g_autofree char *text = local ? g_date_time_format (local, "%c") : NULL;

  show (row, text);
}

static void
on_info (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, NULL);
  MonoclePropertiesDialog *self = data;
  g_autofree char *kind = NULL, *size = NULL;
  g_autoptr (GDateTime) modified = NULL, created = NULL;

  /* Gone, or the dialog is. */
  if (!info)
    return;
  kind = g_content_type_get_description (g_file_info_get_content_type (info));
  size = g_format_size_full ((guint64) g_file_info_get_size (info), G_FORMAT_SIZE_LONG_FORMAT);
  modified = g_file_info_get_modification_date_time (info);
  created = g_file_info_get_creation_date_time (info);
  show (self->kind, kind);
  show (self->size, size);
  show_time (self->modified, modified);
  show_time (self->created, created);
}

static void
on_folder_clicked (MonoclePropertiesDialog *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  g_autofree char *uri = g_file_get_uri (self->file);

  gtk_widget_activate_action (GTK_WIDGET (parent), "win.show-in-folder", "s", uri);
}

static void
monocle_properties_dialog_dispose (GObject *object)
{
  MonoclePropertiesDialog *self = MONOCLE_PROPERTIES_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->file);

  G_OBJECT_CLASS (monocle_properties_dialog_parent_class)->dispose (object);
}

static void
monocle_properties_dialog_class_init (MonoclePropertiesDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_properties_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/properties-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, MonoclePropertiesDialog, name);
  gtk_widget_class_bind_template_child (widget_class, MonoclePropertiesDialog, folder);
  gtk_widget_class_bind_template_child (widget_class, MonoclePropertiesDialog, dimensions);
  gtk_widget_class_bind_template_child (widget_class, MonoclePropertiesDialog, kind);
  gtk_widget_class_bind_template_child (widget_class, MonoclePropertiesDialog, size);
  gtk_widget_class_bind_template_child (widget_class, MonoclePropertiesDialog, modified);
  gtk_widget_class_bind_template_child (widget_class, MonoclePropertiesDialog, created);
  gtk_widget_class_bind_template_callback (widget_class, on_folder_clicked);
}

static void
monocle_properties_dialog_init (MonoclePropertiesDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
}

static char *
dup_folder (GFile *file)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);
  const char *path = folder && g_file_is_native (folder) ? g_file_peek_path (folder) : NULL;

  if (path)
    return monocle_figures_dup_folder (path);
  return folder ? g_file_get_parse_name (folder) : g_strdup ("");
}

static void
show_document (MonoclePropertiesDialog *self, MonocleDocument *document)
{
  /* Read from the left, whatever the language. */
  g_autofree char *size
      = g_strdup_printf ("\u2066%u × %u\u2069", monocle_document_get_shown_width (document),
                         monocle_document_get_shown_height (document));
  /* Translators: width and height of a picture: 640 × 480 */
  g_autofree char *text = g_strdup_printf (_ ("%s pixels"), size);

  show (self->dimensions, text);
}

GtkWidget *
monocle_properties_dialog_new (GtkWindow *parent, GFile *file, MonocleDocument *document)
{
  MonoclePropertiesDialog *self
      = g_object_new (MONOCLE_TYPE_PROPERTIES_DIALOG, "transient-for", parent, NULL);
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *name = base ? g_filename_display_name (base) : g_file_get_uri (file);
  g_autofree char *folder = dup_folder (file);

  AdwActionRow *unknown[]
      = { self->dimensions, self->kind, self->size, self->modified, self->created };

  self->file = g_object_ref (file);
  for (guint i = 0; i < G_N_ELEMENTS (unknown); i++)
    show (unknown[i], NULL);
  show (self->name, name);
  show (self->folder, folder);
  if (document)
    show_document (self, document);
  g_file_query_info_async (file,
                           G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE
                                                          "," G_FILE_ATTRIBUTE_TIME_MODIFIED
                                                          "," G_FILE_ATTRIBUTE_TIME_CREATED,
                           G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, self->cancellable, on_info,
                           self);
  return GTK_WIDGET (self);
}
