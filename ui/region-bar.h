/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What to ask about the regions that are selected: a small bar that the canvas puts beside them.
 * Has a button for what the model can be asked: uses the actions win.ask-*, win.delete.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define MONOCLE_TYPE_REGION_BAR (monocle_region_bar_get_type ())
G_DECLARE_FINAL_TYPE (MonocleRegionBar, monocle_region_bar, MONOCLE, REGION_BAR, GtkBox)

GtkWidget *monocle_region_bar_new (void);
/* How many it is about: of several it says so. */
void monocle_region_bar_set_n_regions (MonocleRegionBar *self, guint n_regions);

G_END_DECLS
