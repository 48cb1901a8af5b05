/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pictures that a person opened last, here: those that can be opened and are still there.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @file was opened. */
void monocle_recent_files_add (GFile *file);

/* (transfer full) (element-type GFile): at most @max, the latest first */
GPtrArray *monocle_recent_files_list (guint max);

/* (transfer full): how actions that open a path take it: a path where that is UTF-8, else a URI */
char *monocle_recent_files_dup_target (GFile *file);

/* Makes them the items of @menu, which open them with win.open-path. */
void monocle_recent_files_fill_menu (GMenu *menu, guint max);

G_END_DECLS
