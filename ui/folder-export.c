/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/folder-export.h"

#include <glib/gi18n.h>

#include "app/document/folder-tally.h"
#include "app/export/exchange.h"
#include "ui/error-dialog.h"
#include "ui/export-settings.h"
#include "ui/losses.h"
#include "ui/spoken-names.h"

/* The format that most programs read. */
#define USUAL "coco"

struct _MonocleFolderExport
{
  AdwWindow parent_instance;

  GtkButton *cancel_button;
  GtkButton *export_button;
  GtkRevealer *progress_revealer;
  GtkProgressBar *progress_bar;
  GtkWidget *stop_button;
  GtkWidget *form;
  AdwComboRow *format_row;
  GtkSwitch *pictures_switch;
  GtkLabel *summary_label;
  GtkLabel *losses_label;

  GListModel *pictures;
  char *name;
  GPtrArray *formats;   /* (element-type MonocleExchangeFormat), as format_row has them */
  MonocleSample *kinds; /* (nullable): of things that there are, once that is known */
  MonocleExportFolderCounts counts;
  guint n_worked; /* pictures with work, when that was looked at */
  GtkFileChooserNative *chooser;
  GFile *target;
  GCancellable *cancellable; /* while something is read or written */
};

G_DEFINE_FINAL_TYPE (MonocleFolderExport, monocle_folder_export, ADW_TYPE_WINDOW)

static guint exported_signal;

static const MonocleExchangeFormat *
get_format (MonocleFolderExport *self)
{
  guint selected = adw_combo_row_get_selected (self->format_row);

  return selected < self->formats->len ? self->formats->pdata[selected] : NULL;
}

/* --- What there is --- */

static void
update (MonocleFolderExport *self)
{
  const MonocleExchangeFormat *format = get_format (self);
  g_autofree char *objects = g_strdup_printf (
      ngettext ("%u object", "%u objects", self->counts.objects), self->counts.objects);
  g_autofree char *text = NULL;

  gtk_widget_set_sensitive (GTK_WIDGET (self->export_button),
                            self->kinds && self->counts.pictures > 0);
  if (!self->kinds || !format)
    return;
  if (self->counts.pictures == 0)
    text = g_strdup (_ ("Nothing was done to these pictures yet"));
  else
    /* Translators: pictures, and objects on them: 12 pictures, 34 objects */
    text = g_strdup_printf (ngettext ("%u picture, %s", "%u pictures, %s", self->counts.pictures),
                            self->counts.pictures, objects);
  gtk_label_set_label (self->summary_label, text);
  if (self->counts.pictures > 0)
    {
      g_autoptr (MonocleNotes) notes = monocle_notes_new ();

      monocle_exchange_foresee (format, self->kinds, notes);
      monocle_losses_show (self->losses_label, notes, FALSE);
    }
}

static void
on_progress (guint done, guint total, gpointer user_data)
{
  MonocleFolderExport *self = user_data;

  gtk_progress_bar_set_fraction (self->progress_bar, (double) done / MAX (total, 1));
}

static void look_again (MonocleFolderExport *self);

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MonocleFolderExport) self = user_data;

  g_clear_pointer (&self->kinds, monocle_sample_free);
  self->kinds = monocle_export_folder_look_finish (result, &self->counts, NULL);
  g_clear_object (&self->cancellable);
  gtk_revealer_set_reveal_child (self->progress_revealer, FALSE);
  if (self->kinds)
    {
      update (self);
      look_again (self);
    }
}

static guint
count_worked (MonocleFolderExport *self)
{
  g_autoptr (MonocleFolderTally) tally = monocle_folder_tally_new (self->pictures);

  return tally->n_worked;
}

static void
look (MonocleFolderExport *self)
{
  self->n_worked = count_worked (self);
  self->cancellable = g_cancellable_new ();
  gtk_progress_bar_set_text (self->progress_bar, _ ("Reading earlier work"));
  gtk_revealer_set_reveal_child (self->progress_revealer, TRUE);
  gtk_widget_set_visible (self->stop_button, FALSE);
  monocle_export_folder_look_async (self->pictures, on_progress, self, self->cancellable, on_looked,
                                    g_object_ref (self));
}

/* Work is known a moment after it was done, and after the start not at once. */
static void
look_again (MonocleFolderExport *self)
{
  if (!self->cancellable && count_worked (self) != self->n_worked)
    look (self);
}

static void
on_format_changed (MonocleFolderExport *self)
{
  update (self);
}

static void
fill (MonocleFolderExport *self)
{
  guint n;
  const MonocleExchangeFormat *const *all = monocle_exchange_list_formats (&n);
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  guint usual = 0;

  for (guint i = 0; i < n; i++)
    if (all[i]->begin)
      {
        if (g_str_equal (all[i]->id, USUAL))
          usual = self->formats->len;
        g_ptr_array_add (self->formats, (gpointer) all[i]);
        gtk_string_list_append (titles, _ (all[i]->title));
      }
  adw_combo_row_set_model (self->format_row, G_LIST_MODEL (titles));
  adw_combo_row_set_selected (self->format_row, usual);
}

/* --- Writing --- */

static void
set_writing (MonocleFolderExport *self, gboolean writing)
{
  gtk_widget_set_sensitive (self->form, !writing);
  gtk_widget_set_sensitive (GTK_WIDGET (self->cancel_button), !writing);
  gtk_widget_set_sensitive (GTK_WIDGET (self->export_button), !writing);
  gtk_widget_set_visible (self->stop_button, TRUE);
  gtk_revealer_set_reveal_child (self->progress_revealer, writing);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MonocleFolderExport) self = user_data;
  g_autoptr (GError) error = NULL;
  MonocleExchangeCounts counts;
  gboolean written = monocle_export_folder_write_finish (result, &counts, &error);

  g_clear_object (&self->cancellable);
  set_writing (self, FALSE);
  if (written)
    {
      g_signal_emit (self, exported_signal, 0, self->target, 1u);
      gtk_window_close (GTK_WINDOW (self));
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    monocle_error_dialog_show (GTK_WINDOW (self), _ ("Could Not Export"), MONOCLE_ATTEMPT_WRITE,
                               error);
}

void
monocle_folder_export_write_to (MonocleFolderExport *self, GFile *folder)
{
  const MonocleExchangeFormat *format = get_format (self);
  g_autofree char *name = NULL;

  g_return_if_fail (MONOCLE_IS_FOLDER_EXPORT (self));

  if (!format || self->cancellable || !g_file_peek_path (folder))
    return;
  name = g_strdup_printf ("%s-%s", self->name, format->id);
  g_clear_object (&self->target);
  /* Inside the folder that was chosen a new one, so that nothing there is mixed up. */
  self->target = monocle_export_settings_find_free (folder, name, "");
  monocle_export_settings_remember_folder (folder, TRUE);
  self->cancellable = g_cancellable_new ();
  gtk_progress_bar_set_fraction (self->progress_bar, 0);
  gtk_progress_bar_set_text (self->progress_bar, _ ("Writing"));
  set_writing (self, TRUE);
  monocle_export_folder_write_async (self->pictures, format, self->target,
                                     gtk_switch_get_active (self->pictures_switch), on_progress,
                                     self, self->cancellable, on_written, g_object_ref (self));
}

static void
on_chooser_response (MonocleFolderExport *self, int response, GtkFileChooserNative *chooser)
{
  g_autoptr (GFile) folder = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  g_clear_object (&self->chooser);
  if (folder)
    monocle_folder_export_write_to (self, folder);
}

static void
on_export_clicked (MonocleFolderExport *self)
{
  if (self->chooser || self->cancellable)
    return;
  self->chooser = gtk_file_chooser_native_new (_ ("Choose a Folder"), GTK_WINDOW (self),
                                               GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
                                               _ ("_Export Here"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  monocle_export_settings_apply_folder (GTK_FILE_CHOOSER (self->chooser));
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_chooser_response), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_stop_clicked (MonocleFolderExport *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
}

/* --- Lifecycle --- */

/* Closing while something is written stops that first: nothing is left half done behind. */
static gboolean
monocle_folder_export_close_request (GtkWindow *window)
{
  MonocleFolderExport *self = MONOCLE_FOLDER_EXPORT (window);

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  if (self->cancellable && self->target)
    return TRUE;
  return GTK_WINDOW_CLASS (monocle_folder_export_parent_class)->close_request (window);
}

static void
monocle_folder_export_dispose (GObject *object)
{
  MonocleFolderExport *self = MONOCLE_FOLDER_EXPORT (object);

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  if (self->chooser)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  G_OBJECT_CLASS (monocle_folder_export_parent_class)->dispose (object);
}

static void
monocle_folder_export_finalize (GObject *object)
{
  MonocleFolderExport *self = MONOCLE_FOLDER_EXPORT (object);

  g_clear_object (&self->pictures);
  g_free (self->name);
  g_clear_pointer (&self->formats, g_ptr_array_unref);
  g_clear_pointer (&self->kinds, monocle_sample_free);
  g_clear_object (&self->target);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (monocle_folder_export_parent_class)->finalize (object);
}

static void
monocle_folder_export_class_init (MonocleFolderExportClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_folder_export_dispose;
  G_OBJECT_CLASS (klass)->finalize = monocle_folder_export_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = monocle_folder_export_close_request;

  exported_signal = g_signal_new ("exported", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 2, G_TYPE_FILE, G_TYPE_UINT);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/folder-export.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleFolderExport, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleFolderExport, export_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleFolderExport, progress_revealer);
  gtk_widget_class_bind_template_child (widget_class, MonocleFolderExport, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, MonocleFolderExport, stop_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleFolderExport, form);
  gtk_widget_class_bind_template_child (widget_class, MonocleFolderExport, format_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleFolderExport, pictures_switch);
  gtk_widget_class_bind_template_child (widget_class, MonocleFolderExport, summary_label);
  gtk_widget_class_bind_template_child (widget_class, MonocleFolderExport, losses_label);
  gtk_widget_class_bind_template_callback (widget_class, on_format_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_export_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_clicked);
}

static void
monocle_folder_export_init (MonocleFolderExport *self)
{
  self->formats = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  fill (self);
}

GtkWidget *
monocle_folder_export_new (GtkWindow *parent, GListModel *pictures, const char *name)
{
  MonocleFolderExport *self
      = g_object_new (MONOCLE_TYPE_FOLDER_EXPORT, "transient-for", parent, NULL);

  g_return_val_if_fail (G_IS_LIST_MODEL (pictures), NULL);

  self->pictures = g_object_ref (pictures);
  self->name = g_strdup (name && *name ? name : _ ("pictures"));
  g_signal_connect_object (monocle_work_index_get_default (), "changed", G_CALLBACK (look_again),
                           self, G_CONNECT_SWAPPED);
  update (self);
  look (self);
  monocle_spoken_names_clean (GTK_WIDGET (self));
  return GTK_WIDGET (self);
}
