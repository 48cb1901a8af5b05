/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The menu of an object or a region: ask about it, use it, copy it, remove it. Its items are
 * actions of the window on what is selected, so the caller selects first; copying the label and the
 * coordinates it does itself.
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/presentation.h"

G_BEGIN_DECLS

/**
 * monocle_object_menu_build:
 * @annotation: (nullable): an object
 * @region: (nullable): or a region
 *
 * Returns: (transfer full): the items that make sense for it
 */
GMenuModel *monocle_object_menu_build (MonocleAnnotation *annotation, MonocleAnnotation *region);

/**
 * monocle_object_menu_popup:
 * @parent: over which it opens; it belongs to it until it is closed
 * @x, @y: where, in coordinates of @parent
 */
void monocle_object_menu_popup (GtkWidget *parent,
                                MonocleAnnotation *annotation,
                                MonocleAnnotation *region,
                                double x,
                                double y);

G_END_DECLS
