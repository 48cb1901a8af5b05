/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person takes out of Monocle: the annotated picture (PNG, JPEG, WebP, SVG, PDF), the answer
 * as JSON or text, crops of objects, masks. One row a form; dialogs and tests walk the rows.
 * Writing is all or nothing: to a temporary file, then renamed.
 */
#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gio/gio.h>

#include "app/document/document.h"
#include "app/draw/picture-format.h"
#include "app/exchange/format.h"

G_BEGIN_DECLS

/**
 * MonocleExportContent:
 * @MONOCLE_EXPORT_PICTURE: the picture with what lies on it
 * @MONOCLE_EXPORT_DATA: the answer as JSON, as `monocle-cli run --format json` prints it
 * @MONOCLE_EXPORT_TEXT: the answer in words, or labels and coordinates, one a line
 * @MONOCLE_EXPORT_CROPS: a picture for each object: into a folder
 * @MONOCLE_EXPORT_MASKS: a black and white picture for each object: into a folder
 * @MONOCLE_EXPORT_EXCHANGE: annotations as other programs read them: a file, or a folder
 */
typedef enum
{
  MONOCLE_EXPORT_PICTURE,
  MONOCLE_EXPORT_DATA,
  MONOCLE_EXPORT_TEXT,
  MONOCLE_EXPORT_CROPS,
  MONOCLE_EXPORT_MASKS,
  MONOCLE_EXPORT_EXCHANGE,
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
 * @picture: (nullable): how its pictures are written
 * @exchange: (nullable): the format of other programs
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
  const MonoclePictureFormat *picture;
  const MonocleExchangeFormat *exchange;
} MonocleExportFormat;

/* Those that this system can write; the first are all of monocle_picture_format_list(). */
const MonocleExportFormat *const *monocle_export_list_formats (guint *n_formats);
const MonocleExportFormat *monocle_export_find_format (const char *id_or_extension);

/**
 * MonocleExport:
 * @document: has its image
 * @query: (nullable): the answer; %NULL: the bare picture
 * @annotations: (nullable) (element-type MonocleAnnotation): which objects, after filters; %NULL:
 * all
 * @style, @opacity, @show_labels, @dashes: as shown
 * @show_regions: of pictures: draws what was asked about; of crops: these as well
 * @quality: 1..100
 * @scale: of pictures, up to 1: full resolution
 * @view: (nullable): only this part of the picture, in pixels of it as it is shown
 *
 * What to write. Borrowed for the duration of a call; monocle_export_copy() keeps it longer.
 */
typedef struct
{
  MonocleDocument *document;
  MonocleQuery *query;
  GPtrArray *annotations;
  MonocleOverlayStyle style;
  double opacity;
  gboolean show_labels;
  gboolean dashes;
  gboolean show_regions;
  guint quality;
  double scale;
  const MonocleBox *view;
} MonocleExport;

/* (transfer full): with references of its own, and its own list of annotations and view */
MonocleExport *monocle_export_copy (const MonocleExport *self);
void monocle_export_free (MonocleExport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleExport, monocle_export_free)

/* (transfer full): "street-detect.png": a name to propose; for folders without extension */
char *monocle_export_propose_name (const MonocleExport *self, const MonocleExportFormat *format);

/* (transfer full): "street-red-car.png": for the picture of one object */
char *monocle_export_propose_crop_name (const MonocleExport *self, const char *title);

/**
 * MonocleExportProgress:
 * @done: files that are written
 * @total: files there will be
 *
 * Called in the main context of the caller. A slow receiver misses calls.
 */
typedef void (*MonocleExportProgress) (guint done, guint total, gpointer user_data);

/**
 * monocle_export_check_target:
 * @self: what is to be written
 * @target: where to
 *
 * Errors: %MONOCLE_APP_ERROR_WRITE where @target is the picture itself, under whatever name, or
 * belongs to a model. That somebody agreed to replace a file does not mean these.
 *
 * Returns: whether it may be written
 */
gboolean monocle_export_check_target (const MonocleExport *self, GFile *target, GError **error);

/**
 * monocle_export_write_async:
 * @self: copied, with references
 * @target: a file, which is replaced unless monocle_export_check_target() objects, or a folder
 * (made if needed) for formats that are one: nothing that lies there is touched, and when it fails
 * or is cancelled all of it is taken back
 * @progress: (nullable): of folders
 * @progress_data: for @progress
 *
 * In a thread. Errors: %MONOCLE_APP_ERROR_WRITE, %G_IO_ERROR_CANCELLED.
 */
void monocle_export_write_async (const MonocleExport *self,
                                 const MonocleExportFormat *format,
                                 GFile *target,
                                 MonocleExportProgress progress,
                                 gpointer progress_data,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/* @n_files: (out) (optional): how many were written */
gboolean monocle_export_write_finish (GAsyncResult *result, guint *n_files, GError **error);

/* The same as bytes, for the clipboard and for dragging out; not for folders. */
GBytes *monocle_export_to_bytes (const MonocleExport *self,
                                 const MonocleExportFormat *format,
                                 GError **error);

/* The same in a thread. */
void monocle_export_to_bytes_async (const MonocleExport *self,
                                    const MonocleExportFormat *format,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
GBytes *monocle_export_to_bytes_finish (GAsyncResult *result, GError **error);

/**
 * monocle_export_render_async:
 * @max_side: 0: as large as the picture will be; else scaled down to it, with lines and text: a
 *   preview
 *
 * The annotated picture as pixels, in a thread.
 */
void monocle_export_render_async (const MonocleExport *self,
                                  guint max_side,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
/* Returns: (transfer full) (nullable): with alpha when something of the picture is see-through */
GdkPixbuf *monocle_export_render_finish (GAsyncResult *result, GError **error);

/* Of the annotated picture with its strip of text, in pixels. */
void monocle_export_get_size (const MonocleExport *self, double *width, double *height);
/* Draws it as one page, text and shapes as vectors: printing. */
void monocle_export_draw (const MonocleExport *self, cairo_t *cr);

/* (transfer full): lines of label, score and corners, with tabs between:
 * "car<TAB>0.94<TAB>12,30,99,80" */
char *monocle_export_format_coordinates (GPtrArray *annotations);
/* (transfer full): the answer in words; for answers that have none the labels, one a line: the text
 * that was read, the names of what was found. Both can be %NULL. */
char *monocle_export_format_words (MonocleQuery *query, GPtrArray *annotations);

G_END_DECLS
