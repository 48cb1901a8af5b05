/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A bar of a small plot: how much there is of something beside the most there is. Says nothing to a
 * screen reader: the number beside it does.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define MONOCLE_TYPE_SHARE_BAR (monocle_share_bar_get_type ())
G_DECLARE_FINAL_TYPE (MonocleShareBar, monocle_share_bar, MONOCLE, SHARE_BAR, GtkWidget)

/* @share: 0 to 1 */
GtkWidget *monocle_share_bar_new (double share);

G_END_DECLS
