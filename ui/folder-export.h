/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All work that is kept on the pictures of a folder, in a format of other programs: which one, what
 * it cannot say, where to.
 *
 * Signal `exported` (GFile, guint): that was written.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MONOCLE_TYPE_FOLDER_EXPORT (monocle_folder_export_get_type ())
G_DECLARE_FINAL_TYPE (MonocleFolderExport, monocle_folder_export, MONOCLE, FOLDER_EXPORT, AdwWindow)

/* @pictures: (element-type MonocleFolderItem); @name: (nullable): of the folder */
GtkWidget *monocle_folder_export_new (GtkWindow *parent, GListModel *pictures, const char *name);

/* The same as choosing a folder there. */
void monocle_folder_export_write_to (MonocleFolderExport *self, GFile *folder);

G_END_DECLS
