/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A label of a set as a row that it is changed in: name, colour, key, place. Signal `renamed`
 * (string): the person typed another name, which the label does not have yet.
 */
#pragma once

#include <adwaita.h>

#include "app/labels/label-set.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_LABEL_ROW (monocle_label_row_get_type ())
G_DECLARE_FINAL_TYPE (MonocleLabelRow, monocle_label_row, MONOCLE, LABEL_ROW, AdwEntryRow)

GtkWidget *monocle_label_row_new (MonocleLabelSet *set, MonocleLabelItem *label);
MonocleLabelItem *monocle_label_row_get_label (MonocleLabelRow *self);
/* (nullable): how often it is used, in words, in place of "Name" */
void monocle_label_row_set_use (MonocleLabelRow *self, const char *use);
/* As it was before somebody typed. Returns: whether somebody did */
gboolean monocle_label_row_reset (MonocleLabelRow *self);

G_END_DECLS
