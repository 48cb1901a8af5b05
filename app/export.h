/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person takes out of Monocle: the annotated picture (PNG, JPEG, WebP, SVG, PDF), the answer
 * as JSON or text, crops of objects, masks. One row a form; dialogs and tests walk the rows.
 * Writing is all or nothing: to a temporary file, then renamed.
 */
#pragma once

#include <gio/gio.h>

#include "app/document.h"
#include "app/overlay.h"

G_BEGIN_DECLS

/**
 * MonocleExportContent:
 * @MONOCLE_EXPORT_PICTURE: the picture with what lies on it
 * @MONOCLE_EXPORT_DATA: the answer as JSON, as `monocle-cli run --format json` prints it
 * @MONOCLE_EXPORT_TEXT: the answer in words, or labels and coordinates, one a line
 * @MONOCLE_EXPORT_CROPS: a picture for each object: into a folder
 * @MONOCLE_EXPORT_MASKS: a black and white picture for each object: into a folder
 */
typedef enum
{
  MONOCLE_EXPORT_PICTURE,
  MONOCLE_EXPORT_DATA,
  MONOCLE_EXPORT_TEXT,
  MONOCLE_EXPORT_CROPS,
  MONOCLE_EXPORT_MASKS,
} MonocleExportContent;

/**
 * MonocleExportFormat:
 * @id: never translated: "png"
 * @title: to be translated: "PNG Picture"
 * @extension: without dot
 * @mime: of the file
 * @content: what is written
 * @is_folder: several files go into a folder
 * @has_quality: whether the quality counts (JPEG, WebP)
 */
typedef struct
{
  const char *id;
  const char *title;
  const char *extension;
  const char *mime;
  MonocleExportContent content;
  gboolean is_folder;
  gboolean has_quality;
} MonocleExportFormat;

/* Those that this system can write: WebP needs a gdk-pixbuf module. */
const MonocleExportFormat *const *monocle_export_list_formats (guint *n_formats);
const MonocleExportFormat *monocle_export_find_format (const char *id_or_extension);

/**
 * MonocleExport:
 * @document: has its image
 * @query: (nullable): the answer; %NULL: the bare picture
 * @annotations: (nullable) (element-type MonocleAnnotation): which objects, after filters; %NULL:
 * all
 * @style, @opacity, @show_labels, @show_regions: as shown
 * @quality: 1..100
 * @scale: of pictures; 1: full resolution
 * @view: (nullable): only this part of the picture, in pixels: "as shown"
 *
 * What to write. Borrowed for the duration of a call.
 */
typedef struct
{
  MonocleDocument *document;
  MonocleQuery *query;
  GPtrArray *annotations;
  MonocleOverlayStyle style;
  double opacity;
  gboolean show_labels;
  gboolean show_regions;
  guint quality;
  double scale;
  const MonocleBox *view;
} MonocleExport;

/* (transfer full): "street-objects.png": a name to propose; for folders without extension */
char *monocle_export_propose_name (const MonocleExport *self, const MonocleExportFormat *format);

/**
 * monocle_export_write_async:
 * @self: copied, with references
 * @target: a file, or a folder (made if needed) for formats that are one
 *
 * In a thread. Errors: %MONOCLE_APP_ERROR_WRITE, %G_IO_ERROR.
 */
void monocle_export_write_async (const MonocleExport *self,
                                 const MonocleExportFormat *format,
                                 GFile *target,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/* @n_files: (out) (optional): how many were written */
gboolean monocle_export_write_finish (GAsyncResult *result, guint *n_files, GError **error);

/* The same as bytes, for the clipboard and for dragging out; not for folders. */
GBytes *monocle_export_to_bytes (const MonocleExport *self,
                                 const MonocleExportFormat *format,
                                 GError **error);

/* Draws the annotated picture (and its strip of text) as one page or picture: printing. */
void monocle_export_get_size (const MonocleExport *self, double *width, double *height);
void monocle_export_draw (const MonocleExport *self, cairo_t *cr);

G_END_DECLS
