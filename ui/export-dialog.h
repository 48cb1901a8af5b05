/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The dialog that takes things out of a window: what, in which form, with which options, and a look
 * at it before it is written. Remembers form, quality and folder in the settings.
 *
 * Signals: `exported` (GFile, uint): a file, or a folder with so many files, was written; the
 * dialog has closed itself. Errors are shown by the dialog, which stays open.
 */
#pragma once

#include <adwaita.h>

#include "ui/presentation.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_EXPORT_DIALOG (monocle_export_dialog_get_type ())
G_DECLARE_FINAL_TYPE (MonocleExportDialog, monocle_export_dialog, MONOCLE, EXPORT_DIALOG, AdwWindow)

/**
 * monocle_export_dialog_new:
 * @parent: stays below
 * @presentation: has a document with an image
 * @view: (nullable): the part of the picture that is seen, in its pixels: offered as a choice when
 *   it is not all of it
 *
 * Shows a copy of what is shown now: it does not change while the dialog is open.
 */
GtkWidget *monocle_export_dialog_new (GtkWindow *parent,
                                      MonoclePresentation *presentation,
                                      const MonocleBox *view);

G_END_DECLS
