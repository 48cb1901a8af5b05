/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of objects: those that lie on the canvas, with the same selection; how many there are,
 * a search, a score threshold, which labels are shown.
 *
 * Signal: `reveal` (MonocleAnnotation).
 * Uses the action win.delete.
 */
#pragma once

#include <adwaita.h>

#include "ui/presentation.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_OBJECT_LIST (monocle_object_list_get_type ())
G_DECLARE_FINAL_TYPE (MonocleObjectList, monocle_object_list, MONOCLE, OBJECT_LIST, AdwBin)

GtkWidget *monocle_object_list_new (void);
void monocle_object_list_set_presentation (MonocleObjectList *self,
                                           MonoclePresentation *presentation);

G_END_DECLS
