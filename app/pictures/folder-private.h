/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What folder.c (the list) knows of folder-item.c (what is in it).
 */
#pragma once

#include "app/pictures/folder.h"

G_BEGIN_DECLS

struct _MonocleFolderItem
{
  GObject parent_instance;

  GFile *file;
  char *name;
  char *sort_key;
  guint page;
  guint group; /* files that were named come first, then each folder */
};

/* @group: those of a lower one come first */
MonocleFolderItem *monocle_folder_item_new (GFile *file, guint group);
/* The item becomes a page of its file. */
void monocle_folder_item_set_page (MonocleFolderItem *self, guint page);
/* @a, @b: pointers to items: a GCompareFunc of a GPtrArray */
int monocle_folder_item_compare (gconstpointer a, gconstpointer b);

G_END_DECLS
