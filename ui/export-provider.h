/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The annotated picture as something to drag out: as a file and as PNG. Nothing is drawn or written
 * until the other side asks for it.
 */
#pragma once

#include <gtk/gtk.h>

#include "app/export/export.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_EXPORT_PROVIDER (monocle_export_provider_get_type ())
G_DECLARE_FINAL_TYPE (
    MonocleExportProvider, monocle_export_provider, MONOCLE, EXPORT_PROVIDER, GdkContentProvider)

/* @export: copied */
GdkContentProvider *monocle_export_provider_new (const MonocleExport *export);

G_END_DECLS
