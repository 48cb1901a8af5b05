/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a screen reader calls buttons.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* GTK 4.8 gives a button with a mnemonic two names, one of them with the underscore: "_Run Run".
 * Below @root such buttons keep the name that is seen. */
void monocle_spoken_names_clean (GtkWidget *root);

G_END_DECLS
