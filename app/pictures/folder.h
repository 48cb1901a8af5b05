/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A folder's pictures, or those that were opened together, as a list in natural order ("2.png"
 * before "10.png"): what the filmstrip shows and previous and next walk through. Implements
 * GListModel of MonocleFolderItem. Watches the folder. A PDF is one item a page once it was opened.
 */
#pragma once

#include <gio/gio.h>

#include "app/base/stamp.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_FOLDER_ITEM (monocle_folder_item_get_type ())
G_DECLARE_FINAL_TYPE (MonocleFolderItem, monocle_folder_item, MONOCLE, FOLDER_ITEM, GObject)

/* One that is in no folder, of whatever the file is now. @page: of it, from 0 */
MonocleFolderItem *monocle_folder_item_new_of (GFile *file, guint page);
GFile *monocle_folder_item_get_file (MonocleFolderItem *self);
/* What is shown: "street.jpg"; for pages of a PDF "paper.pdf, page 3" */
const char *monocle_folder_item_get_name (MonocleFolderItem *self);
guint monocle_folder_item_get_page (MonocleFolderItem *self);
/* Which file it was when the folder was read, or told of a change. */
const MonocleStamp *monocle_folder_item_get_stamp (MonocleFolderItem *self);
/* (transfer full): tells items apart and finds their documents: URI and page */
char *monocle_folder_item_dup_key (MonocleFolderItem *self);

#define MONOCLE_TYPE_FOLDER (monocle_folder_get_type ())
G_DECLARE_FINAL_TYPE (MonocleFolder, monocle_folder, MONOCLE, FOLDER, GObject)

MonocleFolder *monocle_folder_new (void);

/**
 * monocle_folder_open:
 * @files: (element-type GFile): one file: it and its neighbours in its folder, when that can be
 *   listed; one folder: what is in it; several: these, and what is in those that are folders
 *
 * Emits `restamped` when a file that is in the list was changed.
 *
 * The list fills in the background in chunks; emits `ready` (gboolean found) at the end. For one
 * file the file itself is in the list at once.
 */
void monocle_folder_open (MonocleFolder *self, GPtrArray *files);
/* For tests and windows that close. */
void monocle_folder_cancel (MonocleFolder *self);
gboolean monocle_folder_is_loading (MonocleFolder *self);
/* Returns: (transfer none) (nullable): the first item for @file, and its @position */
MonocleFolderItem *
monocle_folder_find (MonocleFolder *self, GFile *file, guint page, guint *position);
/* The file turned out to have several pages: its item becomes one for each. */
void monocle_folder_set_pages (MonocleFolder *self, GFile *file, guint n_pages);

G_END_DECLS
