/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What folder.c (the list), folder-read.c (what is put into it) and folder-item.c (what is in it)
 * share.
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
  MonocleStamp stamp; /* of all items of a file that of its first */
  guint group;        /* files that were named come first, then each folder */
};

/* @group: those of a lower one come first */
MonocleFolderItem *monocle_folder_item_new (GFile *file, const MonocleStamp *stamp, guint group);
/* The item becomes a page of its file. */
void monocle_folder_item_set_page (MonocleFolderItem *self, guint page);
/* @a, @b: pointers to items: a GCompareFunc of a GPtrArray */
int monocle_folder_item_compare (gconstpointer a, gconstpointer b);

struct _MonocleFolder
{
  GObject parent_instance;

  GPtrArray *items;  /* in order */
  GHashTable *known; /* GFile -> its first item, not owned */

  GCancellable *cancellable;
  guint n_pending;   /* queries and listings under way */
  GFile *neighbours; /* (nullable): the folder whose pictures these are, when it is one */

  GPtrArray *monitors;
  GHashTable *changed; /* GFile -> group + 1: to be looked at */
  guint changed_source;
  gboolean is_looking; /* at one of them */
};

/* Emits `ready`. */
void monocle_folder_emit_ready (MonocleFolder *self);
/* @items: (element-type MonocleFolderItem): those that are there already give their stamps to what
 * is there and are taken out of it; the
 * others go where they belong, in one change: a list view has work with each change, and knows
 * again what it shows */
void monocle_folder_insert_items (MonocleFolder *self, GPtrArray *items);
/* All its pages. */
void monocle_folder_remove_file (MonocleFolder *self, GFile *file);

G_END_DECLS
