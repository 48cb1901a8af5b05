/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A folder's pictures as a person wants to go through them: only some, in another order. Implements
 * GListModel of MonocleFolderItem. The picture that is looked at stays in the list, whatever
 * becomes of it, until another one is: nobody loses from sight what they are at.
 *
 * Signal `filtered`: which pictures pass is another matter, or how many do, whether the list
 * changed or not.
 */
#pragma once

#include "app/document/work-index.h"
#include "app/pictures/folder.h"

G_BEGIN_DECLS

/**
 * MonocleFolderSort:
 * @MONOCLE_FOLDER_SORT_NAME: natural order
 * @MONOCLE_FOLDER_SORT_DATE: what was changed last comes first
 * @MONOCLE_FOLDER_SORT_SIZE: the largest files come first
 * @MONOCLE_FOLDER_SORT_WORKED: what was worked on last comes first
 *
 * Where that says nothing, the order is natural.
 */
typedef enum
{
  MONOCLE_FOLDER_SORT_NAME,
  MONOCLE_FOLDER_SORT_DATE,
  MONOCLE_FOLDER_SORT_SIZE,
  MONOCLE_FOLDER_SORT_WORKED,
} MonocleFolderSort;

/* Filters in words, as actions and menus have them. */
#define MONOCLE_FOLDER_ALL          "all"
#define MONOCLE_FOLDER_TODO         "todo"
#define MONOCLE_FOLDER_DONE         "done"
#define MONOCLE_FOLDER_OBJECTS      "objects"
#define MONOCLE_FOLDER_LABEL_PREFIX "label:" /* and the label */
#define MONOCLE_FOLDER_SCORE_PREFIX                                                                \
  "score:" /* and "0.5-0.9": the best score is from one to below the other */

#define MONOCLE_TYPE_FOLDER_VIEW (monocle_folder_view_get_type ())
G_DECLARE_FINAL_TYPE (MonocleFolderView, monocle_folder_view, MONOCLE, FOLDER_VIEW, GObject)

MonocleFolderView *monocle_folder_view_new (MonocleFolder *folder);

/* Which ones are shown. Returns: %FALSE where @filter is none; nothing changes then */
gboolean monocle_folder_view_set_filter (MonocleFolderView *self, const char *filter);
const char *monocle_folder_view_get_filter (MonocleFolderView *self);
gboolean monocle_folder_view_is_filtered (MonocleFolderView *self);
void monocle_folder_view_set_sort (MonocleFolderView *self, MonocleFolderSort sort);
/* The one that is looked at; @item: (nullable) */
void monocle_folder_view_set_current (MonocleFolderView *self, MonocleFolderItem *item);
/* Returns: (transfer none) (nullable): the item for a page of @file that is shown, and its place */
MonocleFolderItem *
monocle_folder_view_find (MonocleFolderView *self, GFile *file, guint page, guint *position);

/* Whether @item has work, and which. */
gboolean monocle_folder_view_look_up (MonocleFolderItem *item, MonocleWorkEntry *entry);
/* How many pictures of the folder pass, not counting one that is shown all the same. */
guint monocle_folder_view_get_n_passing (MonocleFolderView *self);
/* (transfer none) */
MonocleFolder *monocle_folder_view_get_folder (MonocleFolderView *self);

G_END_DECLS
