/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A look at what an export would write, and how large the file would be: drawn and encoded in a
 * thread, one at a time, the latest wish last.
 *
 * Signal: `measured`: monocle_export_preview_get_bytes() has changed.
 */
#pragma once

#include <gtk/gtk.h>

#include "app/export/export.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_EXPORT_PREVIEW (monocle_export_preview_get_type ())
G_DECLARE_FINAL_TYPE (
    MonocleExportPreview, monocle_export_preview, MONOCLE, EXPORT_PREVIEW, GtkWidget)

/* @export: copied */
void monocle_export_preview_show (MonocleExportPreview *self,
                                  const MonocleExport *export,
                                  const MonocleExportFormat *format);
/* Of the file; 0 while or where it is not known: folders, and pictures that take long to encode. */
guint64 monocle_export_preview_get_bytes (MonocleExportPreview *self);

G_END_DECLS
