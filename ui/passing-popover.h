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

G_END_DECLS
