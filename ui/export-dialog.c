/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/export-dialog.h"

#include <glib/gi18n.h>

#include "app/export/exchange.h"
#include "ui/error-dialog.h"
#include "ui/export-preview.h"
#include "ui/export-settings.h"
#include "ui/losses.h"
#include "ui/spoken-names.h"

#define N_CONTENTS (MONOCLE_EXPORT_EXCHANGE + 1)
/* Around what has a direction of its own, whatever stands beside it. */
#define LEFT_TO_RIGHT(text) "\u2066" text "\u2069"
#define ISOLATED(text)      "\u2068" text "\u2069"

struct _MonocleExportDialog
{
  AdwWindow parent_instance;

  GtkButton *cancel_button;
  GtkButton *export_button;
  GtkRevealer *progress_revealer;
  GtkProgressBar *progress_bar;
  GtkWidget *form;
  MonocleExportPreview *preview;
  AdwComboRow *content_row;
  AdwComboRow *format_row;
  AdwComboRow *area_row;
  AdwComboRow *size_row;
  GtkWidget *quality_row;
  GtkScale *quality_scale;
  GtkWidget *labels_row;
  GtkSwitch *labels_switch;
  GtkWidget *regions_row;
  GtkSwitch *regions_switch;
  GtkLabel *summary_label;
  GtkLabel *losses_label;

  MonocleExport *shown; /* as it was when the dialog opened; its view is that of the window */
  GPtrArray *contents; /* (element-type MonocleExportContent as pointer), as content_row has them */
  GPtrArray *formats;  /* (element-type MonocleExportFormat), as format_row has them */
  gboolean is_filling; /* rows change because others did */

  GtkFileChooserNative *chooser;
  GFile *target;
  GCancellable *cancellable; /* while something is written */
};

G_DEFINE_FINAL_TYPE (MonocleExportDialog, monocle_export_dialog, ADW_TYPE_WINDOW)

static guint exported_signal;

static const char *const content_titles[N_CONTENTS] = {
  [MONOCLE_EXPORT_PICTURE] = N_ ("Picture"),
  [MONOCLE_EXPORT_DATA] = N_ ("Data"),
  [MONOCLE_EXPORT_TEXT] = N_ ("Text"),
  [MONOCLE_EXPORT_CROPS] = N_ ("Crops of Objects"),
  [MONOCLE_EXPORT_MASKS] = N_ ("Masks of Objects"),
  [MONOCLE_EXPORT_EXCHANGE] = N_ ("Annotations for Other Programs"),
};

/* --- What is chosen --- */

static const MonocleExportFormat *
get_format (MonocleExportDialog *self)
{
  guint selected = adw_combo_row_get_selected (self->format_row);

  return selected < self->formats->len ? self->formats->pdata[selected] : NULL;
}

static double
get_scale (MonocleExportDialog *self)
{
  static const double scales[] = { 1, 0.5, 0.25 };
  guint selected = adw_combo_row_get_selected (self->size_row);

  return scales[MIN (selected, G_N_ELEMENTS (scales) - 1)];
}

/* Borrows from what is shown. */
static MonocleExport
get_export (MonocleExportDialog *self)
{
  MonocleExport export = *self->shown;

  export.show_labels = gtk_switch_get_active (self->labels_switch);
  export.show_regions = gtk_switch_get_active (self->regions_switch);
  export.quality = (guint) gtk_range_get_value (GTK_RANGE (self->quality_scale));
  export.scale = get_scale (self);
  if (adw_combo_row_get_selected (self->area_row) == 0)
    export.view = NULL;
  return export;
}

static guint
count_objects (MonocleExportDialog *self)
{
  return self->shown->annotations ? self->shown->annotations->len : 0;
}

static guint
count_regions (MonocleExportDialog *self)
{
  guint n = 0;

  if (self->shown->query)
    monocle_query_get_regions (self->shown->query, &n);
  return n;
}

/* What is the person's own is as good as an answer. */
static gboolean
has_own (MonocleExportDialog *self)
{
  for (guint i = 0; i < count_objects (self); i++)
    if (monocle_annotation_get_origin (self->shown->annotations->pdata[i]) == MONOCLE_ORIGIN_PERSON)
      return TRUE;
  return FALSE;
}

static gboolean
has_content (MonocleExportDialog *self, MonocleExportContent content)
{
  MonocleQuery *query = self->shown->query;

  switch (content)
    {
    case MONOCLE_EXPORT_PICTURE:
      return TRUE;
    case MONOCLE_EXPORT_DATA:
      return has_own (self)
             || (query && monocle_query_get_results (query)
                 && monocle_query_get_results (query)->len > 0);
    case MONOCLE_EXPORT_TEXT:
    case MONOCLE_EXPORT_EXCHANGE:
      return count_objects (self) > 0
             || (query && monocle_query_get_text (query) && *monocle_query_get_text (query));
    case MONOCLE_EXPORT_CROPS:
    case MONOCLE_EXPORT_MASKS:
      return count_objects (self) > 0;
    default:
      g_return_val_if_reached (FALSE);
    }
}

/* --- Rows --- */

static char *
describe (MonocleExportDialog *self, const MonocleExportFormat *format)
{
  MonocleExport export = get_export (self);
  guint n_objects = count_objects (self);
  guint n_files = n_objects + (export.show_regions ? count_regions (self) : 0);
  g_autofree char *objects
      = g_strdup_printf (ngettext ("%u object", "%u objects", n_objects), n_objects);
  g_autofree char *size = NULL;
  double width, height;

  switch (format->content)
    {
    case MONOCLE_EXPORT_PICTURE:
      monocle_export_get_size (&export, &width, &height);
      size = g_strdup_printf (LEFT_TO_RIGHT ("%.0f × %.0f"), width, height);
      if (n_objects == 0)
        /* Translators: width and height: 640 × 480 */
        return g_strdup_printf (_ ("%s pixels"), size);
      /* Translators: objects, width and height: 12 objects, 640 × 480 pixels */
      return g_strdup_printf (_ ("%s, %s pixels"), objects, size);

    case MONOCLE_EXPORT_DATA:
      return g_strdup (_ ("The whole answer, also what is hidden"));

    case MONOCLE_EXPORT_TEXT:
      return g_strdup (export.query && monocle_query_get_text (export.query)
                           ? _ ("The answer in words")
                           : objects);

    case MONOCLE_EXPORT_CROPS:
      return g_strdup_printf (ngettext ("%u file in a folder", "%u files in a folder", n_files),
                              n_files);

    case MONOCLE_EXPORT_MASKS:
      size = g_strdup_printf (LEFT_TO_RIGHT ("%u × %u"),
                              monocle_document_get_shown_width (export.document),
                              monocle_document_get_shown_height (export.document));
      return g_strdup_printf (ngettext ("%u file of %s pixels in a folder",
                                        "%u files of %s pixels in a folder", n_objects),
                              n_objects, size);

    case MONOCLE_EXPORT_EXCHANGE:
      return g_steal_pointer (&objects);

    default:
      g_return_val_if_reached (NULL);
    }
}

static void
update_summary (MonocleExportDialog *self)
{
  const MonocleExportFormat *format = get_format (self);
  guint64 bytes = monocle_export_preview_get_bytes (self->preview);
  g_autofree char *what = format ? describe (self, format) : NULL;

  if (what && bytes > 0)
    {
      g_autofree char *size = g_format_size (bytes);
      g_autofree char *line = g_strdup_printf (ISOLATED ("%s") " · " ISOLATED ("%s"), what, size);

      gtk_label_set_label (self->summary_label, line);
    }
  else
    gtk_label_set_label (self->summary_label, what ? what : "");
}

/* Before anything is written. */
static void
update_losses (MonocleExportDialog *self, const MonocleExportFormat *format)
{
  g_autoptr (MonocleNotes) notes
      = format->exchange ? monocle_export_foresee (self->shown, format) : NULL;

  monocle_losses_show (self->losses_label, notes, TRUE);
}

/* Shows the rows that mean something for the format, and what it would give. */
static void
update (MonocleExportDialog *self)
{
  const MonocleExportFormat *format = get_format (self);
  gboolean is_picture, is_crops;
  MonocleExport export;

  if (self->is_filling || !format)
    return;
  is_picture = format->content == MONOCLE_EXPORT_PICTURE;
  is_crops = format->content == MONOCLE_EXPORT_CROPS;
  gtk_widget_set_visible (GTK_WIDGET (self->format_row), self->formats->len > 1);
  gtk_widget_set_visible (GTK_WIDGET (self->area_row), is_picture && self->shown->view != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->size_row), is_picture);
  gtk_widget_set_visible (self->quality_row, format->has_quality);
  gtk_widget_set_visible (self->labels_row, is_picture && count_objects (self) > 0);
  gtk_widget_set_visible (self->regions_row, (is_picture || is_crops) && count_regions (self) > 0);

  export = get_export (self);
  if (!is_picture)
    {
      export.view = NULL;
      export.scale = 1;
    }
  if (format->content == MONOCLE_EXPORT_MASKS)
    {
      export.style = MONOCLE_OVERLAY_STYLE_MASK;
      export.opacity = 1;
      export.show_regions = FALSE;
    }
  monocle_export_preview_show (self->preview, &export, format);
  update_summary (self);
  update_losses (self, format);
}

/* Only what is written of a page has headings and tables. */
static gboolean
is_offered (MonocleExportDialog *self, const MonocleExportFormat *format)
{
  MonocleQuery *query = self->shown->query;

  return g_strcmp0 (format->id, "markdown") != 0
         || (query && monocle_query_get_task (query)->gives == MONOCLE_GIVES_PAGE);
}

static void
fill_formats (MonocleExportDialog *self, const char *preferred)
{
  guint n, chosen = 0;
  const MonocleExportFormat *const *all = monocle_export_list_formats (&n);
  guint selected = adw_combo_row_get_selected (self->content_row);
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  if (selected >= self->contents->len)
    return;
  g_ptr_array_set_size (self->formats, 0);
  for (guint i = 0; i < n; i++)
    if ((guint) all[i]->content == GPOINTER_TO_UINT (self->contents->pdata[selected])
        && is_offered (self, all[i]))
      {
        if (g_strcmp0 (all[i]->id, preferred) == 0)
          chosen = self->formats->len;
        g_ptr_array_add (self->formats, (gpointer) all[i]);
        gtk_string_list_append (titles, _ (all[i]->title));
      }

  self->is_filling = TRUE;
  adw_combo_row_set_model (self->format_row, G_LIST_MODEL (titles));
  adw_combo_row_set_selected (self->format_row, chosen);
  self->is_filling = FALSE;
  update (self);
}

static void
on_content_changed (MonocleExportDialog *self)
{
  if (!self->is_filling)
    fill_formats (self, NULL);
}

static void
on_format_changed (MonocleExportDialog *self)
{
  update (self);
}

static void
on_option_changed (MonocleExportDialog *self)
{
  update (self);
}

static void
fill (MonocleExportDialog *self)
{
  g_autoptr (GSettings) settings = monocle_export_settings_get ();
  g_autofree char *id = settings ? g_settings_get_string (settings, "export-format") : NULL;
  const MonocleExportFormat *preferred = id && *id ? monocle_export_find_format (id) : NULL;
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  guint chosen = 0;

  self->is_filling = TRUE;
  for (guint i = 0; i < N_CONTENTS; i++)
    if (has_content (self, (MonocleExportContent) i))
      {
        if (preferred && (guint) preferred->content == i)
          chosen = self->contents->len;
        g_ptr_array_add (self->contents, GUINT_TO_POINTER (i));
        gtk_string_list_append (titles, _ (content_titles[i]));
      }
  adw_combo_row_set_model (self->content_row, G_LIST_MODEL (titles));
  adw_combo_row_set_selected (self->content_row, chosen);
  gtk_switch_set_active (self->labels_switch, self->shown->show_labels);
  gtk_switch_set_active (self->regions_switch, self->shown->show_regions);
  if (settings)
    gtk_range_set_value (GTK_RANGE (self->quality_scale),
                         g_settings_get_int (settings, "export-quality"));
  self->is_filling = FALSE;
  fill_formats (self, preferred ? preferred->id : NULL);
}

/* --- Writing --- */

static void
set_writing (MonocleExportDialog *self, gboolean writing)
{
  gtk_widget_set_sensitive (self->form, !writing);
  gtk_widget_set_sensitive (GTK_WIDGET (self->cancel_button), !writing);
  gtk_widget_set_sensitive (GTK_WIDGET (self->export_button), !writing);
  gtk_revealer_set_reveal_child (self->progress_revealer, writing);
}

static void
remember (MonocleExportDialog *self, const MonocleExportFormat *format)
{
  g_autoptr (GSettings) settings = monocle_export_settings_get ();

  if (!settings)
    return;
  g_settings_set_string (settings, "export-format", format->id);
  if (format->has_quality)
    g_settings_set_int (settings, "export-quality",
                        (int) gtk_range_get_value (GTK_RANGE (self->quality_scale)));
}

static void
on_progress (guint done, guint total, gpointer user_data)
{
  MonocleExportDialog *self = user_data;
  g_autofree char *text = g_strdup_printf (_ ("%u of %u"), done, total);

  gtk_progress_bar_set_fraction (self->progress_bar, (double) done / MAX (total, 1));
  gtk_progress_bar_set_text (self->progress_bar, text);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MonocleExportDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  guint n_files;
  gboolean written = monocle_export_write_finish (result, &n_files, &error);

  g_clear_object (&self->cancellable);
  set_writing (self, FALSE);
  if (written)
    {
      g_signal_emit (self, exported_signal, 0, self->target, n_files);
      gtk_window_close (GTK_WINDOW (self));
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    monocle_error_dialog_show (GTK_WINDOW (self), _ ("Could Not Export"), MONOCLE_ATTEMPT_WRITE,
                               error);
}

static void
write_to (MonocleExportDialog *self, GFile *chosen)
{
  const MonocleExportFormat *format = get_format (self);
  MonocleExport export = get_export (self);

  remember (self, format);
  monocle_export_settings_remember_folder (chosen, format->is_folder);
  g_clear_object (&self->target);
  if (format->is_folder)
    {
      g_autofree char *name = monocle_export_propose_name (&export, format);

      /* Inside the folder that was chosen a new one, so that nothing there is mixed up. */
      self->target = monocle_export_settings_find_free (chosen, name, "");
    }
  else
    self->target = monocle_export_settings_complete (chosen, &format);
  if (format->content != MONOCLE_EXPORT_PICTURE)
    export.view = NULL;

  self->cancellable = g_cancellable_new ();
  gtk_progress_bar_set_fraction (self->progress_bar, 0);
  gtk_progress_bar_set_text (self->progress_bar, _ ("Writing"));
  set_writing (self, TRUE);
  monocle_export_write_async (&export, format, self->target, on_progress, self, self->cancellable,
                              on_written, g_object_ref (self));
}

static void
on_chooser_response (MonocleExportDialog *self, int response, GtkFileChooserNative *chooser)
{
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  g_clear_object (&self->chooser);
  if (file)
    write_to (self, file);
}

static void
on_export_clicked (MonocleExportDialog *self)
{
  const MonocleExportFormat *format = get_format (self);
  MonocleExport export = get_export (self);
  g_autofree char *name = NULL;

  if (!format || self->chooser || self->cancellable)
    return;
  self->chooser = gtk_file_chooser_native_new (
      format->is_folder ? _ ("Choose a Folder") : _ ("Export"), GTK_WINDOW (self),
      format->is_folder ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER : GTK_FILE_CHOOSER_ACTION_SAVE,
      format->is_folder ? _ ("_Export Here") : _ ("_Export"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  if (!format->is_folder)
    {
      name = monocle_export_propose_name (&export, format);
      gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
    }
  monocle_export_settings_apply_folder (GTK_FILE_CHOOSER (self->chooser));
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_chooser_response), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_stop_clicked (MonocleExportDialog *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
}

/* --- Lifecycle --- */

/* Closing while something is written stops that first: nothing is left half done behind. */
static gboolean
monocle_export_dialog_close_request (GtkWindow *window)
{
  MonocleExportDialog *self = MONOCLE_EXPORT_DIALOG (window);

  if (self->cancellable)
    {
      g_cancellable_cancel (self->cancellable);
      return TRUE;
    }
  return GTK_WINDOW_CLASS (monocle_export_dialog_parent_class)->close_request (window);
}

static void
monocle_export_dialog_dispose (GObject *object)
{
  MonocleExportDialog *self = MONOCLE_EXPORT_DIALOG (object);

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  if (self->chooser)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  G_OBJECT_CLASS (monocle_export_dialog_parent_class)->dispose (object);
}

static void
monocle_export_dialog_finalize (GObject *object)
{
  MonocleExportDialog *self = MONOCLE_EXPORT_DIALOG (object);

  g_clear_pointer (&self->shown, monocle_export_free);
  g_clear_pointer (&self->contents, g_ptr_array_unref);
  g_clear_pointer (&self->formats, g_ptr_array_unref);
  g_clear_object (&self->target);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (monocle_export_dialog_parent_class)->finalize (object);
}

static void
monocle_export_dialog_class_init (MonocleExportDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_export_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = monocle_export_dialog_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = monocle_export_dialog_close_request;

  exported_signal = g_signal_new ("exported", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 2, G_TYPE_FILE, G_TYPE_UINT);

  g_type_ensure (MONOCLE_TYPE_EXPORT_PREVIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/export-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleExportDialog, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleExportDialog, export_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleExportDialog, progress_revealer);
  gtk_widget_class_bind_template_child (widget_class, MonocleExportDialog, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, MonocleExportDialog, form);
  gtk_widget_class_bind_template_child (widget_class, MonocleExportDialog, preview);
  gtk_widget_class_bind_template_child (widget_class, MonocleExportDialog, content_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleExportDialog, format_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleExportDialog, area_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleExportDialog, size_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleExportDialog, quality_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleExportDialog, quality_scale);
  gtk_widget_class_bind_template_child (widget_class, MonocleExportDialog, labels_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleExportDialog, labels_switch);
  gtk_widget_class_bind_template_child (widget_class, MonocleExportDialog, regions_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleExportDialog, regions_switch);
  gtk_widget_class_bind_template_child (widget_class, MonocleExportDialog, summary_label);
  gtk_widget_class_bind_template_child (widget_class, MonocleExportDialog, losses_label);
  gtk_widget_class_bind_template_callback (widget_class, update_summary);
  gtk_widget_class_bind_template_callback (widget_class, on_content_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_format_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_option_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_export_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_clicked);
}

static void
monocle_export_dialog_init (MonocleExportDialog *self)
{
  self->is_filling = TRUE;
  self->contents = g_ptr_array_new ();
  self->formats = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Whether @view leaves something of the picture out. */
static gboolean
is_part (const MonocleBox *view, MonocleDocument *document)
{
  return view
         && ((double) view->x1 >= 1 || (double) view->y1 >= 1
             || (double) view->x2 <= monocle_document_get_shown_width (document) - 1.0
             || (double) view->y2 <= monocle_document_get_shown_height (document) - 1.0);
}

GtkWidget *
monocle_export_dialog_new (GtkWindow *parent,
                           MonoclePresentation *presentation,
                           const MonocleBox *view)
{
  MonocleExportDialog *self
      = g_object_new (MONOCLE_TYPE_EXPORT_DIALOG, "transient-for", parent, NULL);
  MonocleExport export;

  monocle_presentation_fill_export (presentation, &export);
  export.view = is_part (view, export.document) ? view : NULL;
  self->shown = monocle_export_copy (&export);
  g_clear_pointer (&export.annotations, g_ptr_array_unref);
  fill (self);
  monocle_spoken_names_clean (GTK_WIDGET (self));

  return GTK_WIDGET (self);
}
