/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Popovers in windows that are lower than they are: what is in them scrolls.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * monocle_low_popover_follow:
 * @popover: of a button
 * @scrolled: all of it, or what is highest in it
 *
 * Each time it comes up @scrolled is no higher than there is room for it in the window, nor than it
 * is to be anyway: its max-content-height.
 */
void monocle_low_popover_follow (GtkPopover *popover, GtkScrolledWindow *scrolled);

G_END_DECLS
