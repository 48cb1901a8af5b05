/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much of the heat maps of an answer is an object: a handle for the threshold, by which the
 * outlines on the picture change as it is moved. Shows itself where there are such maps.
 */
#pragma once

#include "ui/presentation.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_HEAT_BAR (monocle_heat_bar_get_type ())
G_DECLARE_FINAL_TYPE (MonocleHeatBar, monocle_heat_bar, MONOCLE, HEAT_BAR, GtkBox)

/* Once. */
void monocle_heat_bar_set_presentation (MonocleHeatBar *self, MonoclePresentation *presentation);
/* Whether what is shown has something for it. */
gboolean monocle_heat_bar_is_due (MonocleHeatBar *self);

G_END_DECLS
