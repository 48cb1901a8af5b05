/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The labels of a folder: added, renamed, coloured, moved, imported and exported. Activates
 * win.find-labels of its parent.
 */
#pragma once

#include <adwaita.h>

#include "app/labels/label-set.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_LABELS_DIALOG (monocle_labels_dialog_get_type ())
G_DECLARE_FINAL_TYPE (MonocleLabelsDialog, monocle_labels_dialog, MONOCLE, LABELS_DIALOG, AdwWindow)

/* @folder: (nullable): whose they are */
GtkWidget *monocle_labels_dialog_new (GtkWindow *parent, MonocleLabelSet *set, GFile *folder);

/* What the file chooser does with the file that was chosen. */
void monocle_labels_dialog_import (MonocleLabelsDialog *self, GFile *file);
void monocle_labels_dialog_export (MonocleLabelsDialog *self, GFile *file);

G_END_DECLS
