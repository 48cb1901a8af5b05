/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How objects are drawn, in a popover: style, opacity, labels, score threshold.
 * Uses the action win.style (s).
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/presentation.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_VIEW_OPTIONS (monocle_view_options_get_type ())
G_DECLARE_FINAL_TYPE (MonocleViewOptions, monocle_view_options, MONOCLE, VIEW_OPTIONS, GtkPopover)

GtkWidget *monocle_view_options_new (void);
void monocle_view_options_set_presentation (MonocleViewOptions *self,
                                            MonoclePresentation *presentation);

G_END_DECLS
