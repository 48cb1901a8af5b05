/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n.h>

#include "ui/window-export.h"

/* One printing: lives until the operation is done, which can be after the window is closed. */
typedef struct
{
  GtkWidget *window;
  MonocleExport *export;
  double width, height;
  MonocleExportReport report;
  gpointer user_data;
} Job;

static void
job_free (Job *job)
{
  g_object_unref (job->window);
  monocle_export_free (job->export);
  g_free (job);
}

/* Printing to a file that must stay is left before anything is written. */
static void
on_begin (GtkPrintOperation *operation, GtkPrintContext *context, Job *job)
{
  GtkPrintSettings *settings = gtk_print_operation_get_print_settings (operation);
  const char *uri
      = settings ? gtk_print_settings_get (settings, GTK_PRINT_SETTINGS_OUTPUT_URI) : NULL;
  g_autoptr (GFile) file = uri ? g_file_new_for_uri (uri) : NULL;
  g_autoptr (GError) error = NULL;

  if (!file || monocle_export_check_target (job->export, file, &error))
    return;
  gtk_print_operation_cancel (operation);
  job->report (NULL, NULL, error, job->user_data);
}

static void
on_draw (GtkPrintOperation *operation, GtkPrintContext *context, int page, Job *job)
{
  cairo_t *cr = gtk_print_context_get_cairo_context (context);
  double width = gtk_print_context_get_width (context);
  double height = gtk_print_context_get_height (context);
  double scale;

  if (job->width < 1 || job->height < 1)
    return;
  scale = MIN (width / job->width, height / job->height);
  cairo_translate (cr, (width - scale * job->width) / 2, (height - scale * job->height) / 2);
  cairo_scale (cr, scale, scale);
  monocle_export_draw (job->export, cr);
}

static void
on_done (GtkPrintOperation *operation, GtkPrintOperationResult result, Job *job)
{
  g_autoptr (GError) error = NULL;

  if (!gtk_widget_get_realized (job->window))
    return;
  if (result == GTK_PRINT_OPERATION_RESULT_ERROR)
    gtk_print_operation_get_error (operation, &error);
  if (error)
    job->report (NULL, NULL, error, job->user_data);
  else if (result == GTK_PRINT_OPERATION_RESULT_APPLY)
    job->report (_ ("Picture sent to the printer"), NULL, NULL, job->user_data);
}

void
monocle_window_export_print (MonoclePresentation *presentation,
                             GtkWindow *window,
                             MonocleExportReport report,
                             gpointer user_data)
{
  g_autoptr (GtkPrintOperation) operation = gtk_print_operation_new ();
  g_autoptr (GtkPageSetup) setup = NULL;
  g_autoptr (GtkPrintSettings) settings = gtk_print_settings_new ();
  g_autofree char *name = NULL, *output = NULL;
  MonocleExport export;
  Job *job;

  if (!monocle_presentation_get_document (presentation))
    return;
  job = g_new0 (Job, 1);
  monocle_presentation_fill_export (presentation, &export);
  job->export = monocle_export_copy (&export);
  job->window = g_object_ref (GTK_WIDGET (window));
  job->report = report;
  job->user_data = user_data;
  name = g_strdup (monocle_document_get_name (export.document));
  /* What "Print to File" proposes; it brings the ending. */
  output = monocle_export_propose_name (&export, monocle_export_find_format ("pdf"));
  *strrchr (output, '.') = '\0';
  gtk_print_settings_set (settings, GTK_PRINT_SETTINGS_OUTPUT_BASENAME, output);
  g_clear_pointer (&export.annotations, g_ptr_array_unref);

  monocle_export_get_size (job->export, &job->width, &job->height);
  /* The page lies as the picture does, until the person says otherwise. */
  setup = gtk_page_setup_new ();
  gtk_page_setup_set_orientation (setup, job->width > job->height ? GTK_PAGE_ORIENTATION_LANDSCAPE
                                                                  : GTK_PAGE_ORIENTATION_PORTRAIT);
  gtk_print_operation_set_default_page_setup (operation, setup);
  gtk_print_operation_set_print_settings (operation, settings);
  gtk_print_operation_set_n_pages (operation, 1);
  gtk_print_operation_set_job_name (operation, name);
  gtk_print_operation_set_embed_page_setup (operation, TRUE);
  gtk_print_operation_set_allow_async (operation, TRUE);
  g_object_set_data_full (G_OBJECT (operation), "job", job, (GDestroyNotify) job_free);
  g_signal_connect (operation, "begin-print", G_CALLBACK (on_begin), job);
  g_signal_connect (operation, "draw-page", G_CALLBACK (on_draw), job);
  g_signal_connect (operation, "done", G_CALLBACK (on_done), job);
  /* Errors come through `done` as well. */
  gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG, window, NULL);
}
