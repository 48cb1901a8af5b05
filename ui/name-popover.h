/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asks for a name, at the thing that gets it: an entry, which says how names that begin like that
 * go on, and the names that are there already.
 * Signal `named` (string): it was given, an empty one among others. Goes by itself.
 */
#pragma once

#include <gtk/gtk.h>

#include "app/labels/label-set.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_NAME_POPOVER (monocle_name_popover_get_type ())
G_DECLARE_FINAL_TYPE (MonocleNamePopover, monocle_name_popover, MONOCLE, NAME_POPOVER, GtkPopover)

/**
 * monocle_name_popover_popup:
 * @parent: what it lies on
 * @at: the thing, in pixels of @parent
 * @name: what it is called now
 * @names: (array zero-terminated=1): what else is there, the likeliest first
 *
 * Returns: (transfer none): it
 */
MonocleNamePopover *monocle_name_popover_popup (GtkWidget *parent,
                                                const GdkRectangle *at,
                                                const char *name,
                                                const char *const *names);

/**
 * monocle_name_popover_popup_passing:
 * @parent: what it lies on
 * @at: the thing, in pixels of @parent
 * @name: what it is called now
 * @names: (array zero-terminated=1): what else is there, the likeliest first
 * @labels: whose digits give them, as long as nothing is typed
 *
 * The same of something that was just drawn, in nobody's way: where one goes on elsewhere what was
 * typed is taken; Escape leaves the name.
 *
 * Returns: (transfer none): it
 */
MonocleNamePopover *monocle_name_popover_popup_passing (GtkWidget *parent,
                                                        const GdkRectangle *at,
                                                        const char *name,
                                                        const char *const *names,
                                                        MonocleLabelSet *labels);
/* One goes on elsewhere. */
void monocle_name_popover_leave (MonocleNamePopover *self);

G_END_DECLS
