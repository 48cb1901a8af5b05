/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/window-export.h"

#include <glib/gi18n.h>
#include <math.h>

#include "app/json/query.h"
#include "ui/export-provider.h"
#include "ui/export-settings.h"
#include "ui/texture-image.h"

/* Sides of what follows the pointer in a drag. */
#define DRAG_ICON_SIDE 128

/* One copy or file on its way. */
typedef struct
{
  GtkWidget *widget;
  GFile *file;
  MonocleExportReport report;
  gpointer user_data;
} Job;

static Job *
job_new (GtkWidget *widget, MonocleExportReport report, gpointer user_data)
{
  Job *job = g_new0 (Job, 1);

  job->widget = g_object_ref (widget);
  job->report = report;
  job->user_data = user_data;
  return job;
}

static void
job_free (Job *job)
{
  g_clear_object (&job->widget);
  g_clear_object (&job->file);
  g_free (job);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

/* A window that was closed meanwhile has nowhere to show it. */
static void
job_report (Job *job, const char *message, const GError *error)
{
  if (gtk_widget_get_realized (job->widget)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    job->report (message, job->file, error, job->user_data);
}

/* What is shown, with references of its own; %NULL when there is no picture. */
static MonocleExport *
take_shown (MonoclePresentation *presentation)
{
  MonocleExport export, *copy;

  if (!monocle_presentation_get_document (presentation))
    return NULL;
  monocle_presentation_fill_export (presentation, &export);
  copy = monocle_export_copy (&export);
  g_clear_pointer (&export.annotations, g_ptr_array_unref);
  return copy;
}

/* The picture below an object: a bare picture of which only that part is seen. */
static MonocleExport *
take_crop (MonoclePresentation *presentation, MonocleAnnotation *annotation)
{
  MonocleExport *export = take_shown (presentation);
  MonocleMatrix turn;
  MonocleBox box;

  if (!export)
    return NULL;
  box = monocle_annotation_get_box (annotation, monocle_document_get_width (export->document),
                                    monocle_document_get_height (export->document));
  g_clear_object (&export->query);
  g_clear_pointer (&export->annotations, g_ptr_array_unref);
  turn = monocle_document_get_turn (export->document);
  box = monocle_matrix_map_box (&turn, &box);
  export->view = g_memdup2 (&box, sizeof box);
  return export;
}

/* --- Copy --- */

static void
on_rendered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Job) job = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = monocle_export_render_finish (result, &error);
  g_autoptr (GdkTexture) texture = NULL;
  g_autoptr (GdkContentProvider) provider = NULL;

  if (!pixbuf)
    {
      job_report (job, NULL, error);
      return;
    }
  /* GDK makes of it, when it is pasted, whatever the other side reads best: PNG, TIFF, pixels. */
  texture = monocle_texture_of_pixbuf (pixbuf);
  provider = gdk_content_provider_new_typed (GDK_TYPE_TEXTURE, texture);
  gdk_clipboard_set_content (gtk_widget_get_clipboard (job->widget), provider);
  job_report (job, _ ("Picture copied"), NULL);
}

static void
copy_pixels (MonocleExport *export, Job *job)
{
  monocle_export_render_async (export, 0, NULL, on_rendered, job);
}

void
monocle_window_export_copy_picture (MonoclePresentation *presentation,
                                    GtkWidget *widget,
                                    MonocleExportReport report,
                                    gpointer user_data)
{
  g_autoptr (MonocleExport) export = take_shown (presentation);

  if (export)
    copy_pixels (export, job_new (widget, report, user_data));
}

void
monocle_window_export_copy_crop (MonoclePresentation *presentation,
                                 MonocleAnnotation *annotation,
                                 GtkWidget *widget,
                                 MonocleExportReport report,
                                 gpointer user_data)
{
  g_autoptr (MonocleExport) export = take_crop (presentation, annotation);

  if (export)
    copy_pixels (export, job_new (widget, report, user_data));
}

static void
copy_string (GtkWidget *widget,
             const char *text,
             const char *message,
             MonocleExportReport report,
             gpointer user_data)
{
  if (text && *text)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  report (text && *text ? message : _ ("There is nothing to copy"), NULL, NULL, user_data);
}

/* The selected objects, or all that are shown. */
static GPtrArray *
get_meant (MonoclePresentation *presentation)
{
  g_autoptr (GPtrArray) selected = monocle_presentation_get_selected_objects (presentation);
  MonocleExport export;

  if (selected->len > 0)
    return g_steal_pointer (&selected);
  monocle_presentation_fill_export (presentation, &export);
  return export.annotations ? export.annotations : g_ptr_array_new ();
}

void
monocle_window_export_copy_text (MonoclePresentation *presentation,
                                 GtkWidget *widget,
                                 MonocleExportReport report,
                                 gpointer user_data)
{
  g_autoptr (GPtrArray) annotations = get_meant (presentation);
  g_autofree char *text
      = monocle_export_format_words (monocle_presentation_get_query (presentation), annotations);

  copy_string (widget, text, _ ("Text copied"), report, user_data);
}

void
monocle_window_export_copy_coordinates (MonoclePresentation *presentation,
                                        GtkWidget *widget,
                                        MonocleExportReport report,
                                        gpointer user_data)
{
  g_autoptr (GPtrArray) annotations = get_meant (presentation);
  g_autofree char *text = monocle_export_format_coordinates (annotations);

  copy_string (widget, text, _ ("Coordinates copied"), report, user_data);
}

void
monocle_window_export_copy_json (MonoclePresentation *presentation,
                                 GtkWidget *widget,
                                 MonocleExportReport report,
                                 gpointer user_data)
{
  MonocleDocument *document = monocle_presentation_get_document (presentation);
  MonocleQuery *query = monocle_presentation_get_query (presentation);
  g_autofree char *text = document && query ? monocle_query_json_format (document, query) : NULL;

  copy_string (widget, text, _ ("JSON copied"), report, user_data);
}

/* --- Files --- */

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Job) job = user_data;
  g_autoptr (GError) error = NULL;

  if (monocle_export_write_finish (result, NULL, &error))
    job_report (job, _ ("Picture saved"), NULL);
  else
    job_report (job, NULL, error);
}

static void
on_crop_response (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  g_autoptr (Job) job = user_data;
  MonocleExport *export = g_object_get_data (G_OBJECT (dialog), "export");

  if (response == GTK_RESPONSE_ACCEPT)
    {
      const MonocleExportFormat *format = monocle_export_find_format ("png");
      g_autoptr (GFile) chosen = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      monocle_export_settings_remember_folder (chosen, FALSE);
      job->file = monocle_export_settings_complete (chosen, &format);
      monocle_export_write_async (export, format, job->file, NULL, NULL, NULL, on_written, job);
      g_steal_pointer (&job);
    }
  g_object_unref (dialog);
}

void
monocle_window_export_save_crop (MonoclePresentation *presentation,
                                 MonocleAnnotation *annotation,
                                 GtkWindow *window,
                                 MonocleExportReport report,
                                 gpointer user_data)
{
  MonocleExport *export = take_crop (presentation, annotation);
  g_autofree char *title = NULL, *name = NULL;
  GtkFileChooserNative *dialog;

  if (!export)
    return;
  title = monocle_annotation_dup_title (annotation);
  name = monocle_export_propose_crop_name (export, title);
  dialog = gtk_file_chooser_native_new (_ ("Save Crop"), window, GTK_FILE_CHOOSER_ACTION_SAVE,
                                        _ ("_Save"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  monocle_export_settings_apply_folder (GTK_FILE_CHOOSER (dialog));
  g_object_set_data_full (G_OBJECT (dialog), "export", export,
                          (GDestroyNotify) monocle_export_free);
  g_signal_connect (dialog, "response", G_CALLBACK (on_crop_response),
                    job_new (GTK_WIDGET (window), report, user_data));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* --- Drag --- */

static GdkContentProvider *
on_prepare (GtkDragSource *source, double x, double y, MonoclePresentation *presentation)
{
  g_autoptr (MonocleExport) export = take_shown (presentation);

  return export ? monocle_export_provider_new (export) : NULL;
}

static void
on_icon_rendered (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkPicture) picture = user_data;
  g_autoptr (GdkPixbuf) pixbuf = monocle_export_render_finish (result, NULL);
  g_autoptr (GdkTexture) texture = NULL;

  if (!pixbuf)
    return;
  texture = monocle_texture_of_pixbuf (pixbuf);
  gtk_picture_set_paintable (picture, GDK_PAINTABLE (texture));
}

/* The icon has its size from the start, as X11 does not change that of one that is shown. */
static void
on_drag_begin (GtkDragSource *source, GdkDrag *drag, MonoclePresentation *presentation)
{
  g_autoptr (MonocleExport) export = take_shown (presentation);
  g_autoptr (GdkPaintable) empty = NULL;
  GtkWidget *picture;
  double width, height, scale;

  if (!export)
    return;
  monocle_export_get_size (export, &width, &height);
  scale = DRAG_ICON_SIDE / MAX (MAX (width, height), 1);
  empty = gdk_paintable_new_empty ((int) MAX (width * scale, 1), (int) MAX (height * scale, 1));
  picture = gtk_picture_new_for_paintable (empty);
  gtk_picture_set_can_shrink (GTK_PICTURE (picture), FALSE);
  gtk_drag_icon_set_child (GTK_DRAG_ICON (gtk_drag_icon_get_for_drag (drag)), picture);
  gdk_drag_set_hotspot (drag, -8, -8);
  monocle_export_render_async (export, DRAG_ICON_SIDE, NULL, on_icon_rendered,
                               g_object_ref (picture));
}

void
monocle_window_export_add_drag_source (MonoclePresentation *presentation, GtkWidget *handle)
{
  GtkDragSource *source = gtk_drag_source_new ();

  gtk_drag_source_set_actions (source, GDK_ACTION_COPY);
  /* Before a button, which takes every press for itself; a click still reaches it. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (source), GTK_PHASE_CAPTURE);
  g_signal_connect_object (source, "prepare", G_CALLBACK (on_prepare), presentation, 0);
  g_signal_connect_object (source, "drag-begin", G_CALLBACK (on_drag_begin), presentation, 0);
  gtk_widget_add_controller (handle, GTK_EVENT_CONTROLLER (source));
}
