/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Popovers that are made for once: menus at a point, questions at a thing.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * monocle_passing_popover_attach:
 * @popover: (transfer floating)
 * @parent: what it lies on
 *
 * It goes by itself: after it has closed, and with @parent.
 */
void monocle_passing_popover_attach (GtkPopover *popover, GtkWidget *parent);

/* All popovers below @root, passing or not, before it goes: under X11 one that goes with its window
 * would keep pointer and keyboard. */
void monocle_passing_popover_close_all (GtkWidget *root);

G_END_DECLS
