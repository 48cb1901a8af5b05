/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What there is in a folder: how many pictures are done, objects by label and by size, each a row
 * with its number and a bar. Goes along with what is done, and with what becomes known of earlier
 * work.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MONOCLE_TYPE_FOLDER_STATISTICS (monocle_folder_statistics_get_type ())
G_DECLARE_FINAL_TYPE (
    MonocleFolderStatistics, monocle_folder_statistics, MONOCLE, FOLDER_STATISTICS, AdwWindow)

/* @pictures: (element-type MonocleFolderItem) */
GtkWidget *monocle_folder_statistics_new (GtkWindow *parent, GListModel *pictures);

G_END_DECLS
