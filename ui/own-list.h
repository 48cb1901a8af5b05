/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is the person's own on a picture, as a list: what was drawn, and what was kept of answers.
 * There only where there is something. Signal `reveal` (MonocleAnnotation): show it on the canvas.
 */
#pragma once

#include <adwaita.h>

#include "ui/presentation.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_OWN_LIST (monocle_own_list_get_type ())
G_DECLARE_FINAL_TYPE (MonocleOwnList, monocle_own_list, MONOCLE, OWN_LIST, AdwBin)

/* @presentation: (nullable) */
void monocle_own_list_set_presentation (MonocleOwnList *self, MonoclePresentation *presentation);

G_END_DECLS
