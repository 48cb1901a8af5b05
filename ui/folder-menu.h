/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The menu of a folder: which pictures are shown, in which order, and what else there is to do with
 * all of them. Its items are actions of the window: `filter`, `filmstrip-sort`, `go-to`,
 * `ask-all`, `statistics`, `export-folder`.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* (transfer full): with how many of @pictures (element-type MonocleFolderItem) are of each kind */
GMenuModel *monocle_folder_menu_new (GListModel *pictures);
/* (transfer full): which pictures @filter shows: "Not Done" */
char *monocle_folder_menu_dup_title (const char *filter);

G_END_DECLS
