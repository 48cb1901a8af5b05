/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What can be said of things that have a label: its attributes, added, changed and removed.
 */
#pragma once

#include <adwaita.h>

#include "app/labels/label-set.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_ATTRIBUTES_DIALOG (monocle_attributes_dialog_get_type ())
G_DECLARE_FINAL_TYPE (
    MonocleAttributesDialog, monocle_attributes_dialog, MONOCLE, ATTRIBUTES_DIALOG, AdwWindow)

GtkWidget *
monocle_attributes_dialog_new (GtkWindow *parent, MonocleLabelSet *set, MonocleLabelItem *label);

G_END_DECLS
