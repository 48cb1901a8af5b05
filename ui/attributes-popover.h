/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asks what is said of a thing, at that thing: a field for each attribute of its label. Signal
 * `said` (string name, GVariant value, nullable): a string or a double, or nothing any more. Goes
 * by itself.
 */
#pragma once

#include <gtk/gtk.h>

#include "app/labels/label-item.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_ATTRIBUTES_POPOVER (monocle_attributes_popover_get_type ())
G_DECLARE_FINAL_TYPE (
    MonocleAttributesPopover, monocle_attributes_popover, MONOCLE, ATTRIBUTES_POPOVER, GtkPopover)

/**
 * monocle_attributes_popover_popup:
 * @parent: what it lies on
 * @at: the thing, in pixels of @parent
 * @label: which it has, with attributes
 * @attributes: (nullable): what is said of it now
 *
 * Returns: (transfer none): it
 */
MonocleAttributesPopover *monocle_attributes_popover_popup (GtkWidget *parent,
                                                            const GdkRectangle *at,
                                                            MonocleLabelItem *label,
                                                            GVariant *attributes);

G_END_DECLS
