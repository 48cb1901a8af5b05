/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What to ask about the region just drawn: a small bar that the window puts beside it.
 * Uses the actions win.ask-region (s), win.delete.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define MONOCLE_TYPE_REGION_BAR (monocle_region_bar_get_type ())
G_DECLARE_FINAL_TYPE (MonocleRegionBar, monocle_region_bar, MONOCLE, REGION_BAR, GtkBox)

GtkWidget *monocle_region_bar_new (void);

G_END_DECLS
