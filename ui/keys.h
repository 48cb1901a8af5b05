/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which key does what, in every window. Keys that are text are none of these: they go to the
 * prompt.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * monocle_keys_set_accels:
 * @application: whose actions and windows' actions
 *
 * Sets the keys that work wherever the focus is.
 */
void monocle_keys_set_accels (GtkApplication *application);

/**
 * monocle_keys_add_bindings:
 * @widget_class: the window's class
 *
 * Adds the keys that come to a window only when the widget with the focus does not want them.
 */
void monocle_keys_add_bindings (GtkWidgetClass *widget_class);

/**
 * monocle_keys_dup_action:
 * @application: whose keys, those that were set later included
 * @key: a `GDK_KEY_...`
 * @modifiers: those that count for accelerators
 *
 * What a key does in a window, for whoever has the focus in an entry of its own surface, where GTK
 * does not look. Keys that an entry has a use for do nothing.
 *
 * Returns: (transfer full) (nullable): the action's detailed name
 */
char *monocle_keys_dup_action (GtkApplication *application, guint key, GdkModifierType modifiers);

G_END_DECLS
