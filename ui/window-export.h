/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What leaves a window without the export dialog: copies, drags, prints and single crops, of what
 * the presentation shows. Whatever takes long happens in a thread.
 */
#pragma once

#include "ui/presentation.h"

G_BEGIN_DECLS

/**
 * MonocleExportReport:
 * @message: (nullable): what was done, for a toast: "Picture copied"; %NULL with an error
 * @file: (nullable): what was written, or should have been
 * @error: (nullable): what went wrong; never a cancellation
 *
 * Called once at the end; not at all when the person changed their mind, or when the widget that
 * was passed is gone by then.
 */
typedef void (*MonocleExportReport) (const char *message,
                                     GFile *file,
                                     const GError *error,
                                     gpointer user_data);

/* --- The clipboard of @widget --- */

/* The annotated picture at full resolution. */
void monocle_window_export_copy_picture (MonoclePresentation *presentation,
                                         GtkWidget *widget,
                                         MonocleExportReport report,
                                         gpointer user_data);
/* These copy the selected objects, or all that are shown when none is; at once. */
void monocle_window_export_copy_text (MonoclePresentation *presentation,
                                      GtkWidget *widget,
                                      MonocleExportReport report,
                                      gpointer user_data);
void monocle_window_export_copy_coordinates (MonoclePresentation *presentation,
                                             GtkWidget *widget,
                                             MonocleExportReport report,
                                             gpointer user_data);
/* The whole answer, as `monocle-cli run --format json` prints it. */
void monocle_window_export_copy_json (MonoclePresentation *presentation,
                                      GtkWidget *widget,
                                      MonocleExportReport report,
                                      gpointer user_data);
/* The picture below @annotation, without what is drawn on it. */
void monocle_window_export_copy_crop (MonoclePresentation *presentation,
                                      MonocleAnnotation *annotation,
                                      GtkWidget *widget,
                                      MonocleExportReport report,
                                      gpointer user_data);

/* --- Files --- */

/* Asks where to, then writes the picture below @annotation. */
void monocle_window_export_save_crop (MonoclePresentation *presentation,
                                      MonocleAnnotation *annotation,
                                      GtkWindow *window,
                                      MonocleExportReport report,
                                      gpointer user_data);

/**
 * monocle_window_export_add_drag_source:
 * @presentation: whose picture is dragged
 * @handle: what to drag: a button, a picture in a header
 *
 * Gives the annotated picture as a file and as PNG. It is made when it is dropped; the file lies in
 * a folder of its own that goes when the application ends.
 */
void monocle_window_export_add_drag_source (MonoclePresentation *presentation, GtkWidget *handle);

/* Prints the annotated picture on one page, with its ratio, turned to where it is larger. */
void monocle_window_export_print (MonoclePresentation *presentation,
                                  GtkWindow *window,
                                  MonocleExportReport report,
                                  gpointer user_data);

G_END_DECLS
