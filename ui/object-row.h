/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row of the list of objects: its colour with its number, its name, its score. Reused by the list
 * for one object after the other.
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/presentation.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_OBJECT_ROW (monocle_object_row_get_type ())
G_DECLARE_FINAL_TYPE (MonocleObjectRow, monocle_object_row, MONOCLE, OBJECT_ROW, GtkWidget)

GtkWidget *monocle_object_row_new (void);
/* Both nullable: with %NULL the row lets go of what it showed. */
void monocle_object_row_bind (MonocleObjectRow *self,
                              MonoclePresentation *presentation,
                              MonocleAnnotation *annotation);
/* (transfer none) (nullable) */
MonocleAnnotation *monocle_object_row_get_annotation (MonocleObjectRow *self);
/* (transfer full): what a screen reader says: "car, 94 percent, top left" */
char *monocle_object_row_dup_description (MonocleObjectRow *self);

G_END_DECLS
