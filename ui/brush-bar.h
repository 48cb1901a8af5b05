/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How large the brush is that pixels are painted with.
 */
#pragma once

#include "ui/image-view.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_BRUSH_BAR (monocle_brush_bar_get_type ())
G_DECLARE_FINAL_TYPE (MonocleBrushBar, monocle_brush_bar, MONOCLE, BRUSH_BAR, GtkBox)

/* Once. */
void monocle_brush_bar_set_view (MonocleBrushBar *self, MonocleImageView *view);

G_END_DECLS
