/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What there is in a folder, counted up: pictures, work, labels, sizes. From the index of all work,
 * so that no picture and no journal is opened for it.
 */
#pragma once

#include "app/document/folder-view.h"

G_BEGIN_DECLS

/* Best scores: under 0.5, from 0.5, from 0.7, from 0.9. */
#define MONOCLE_FOLDER_SCORES 4

/**
 * MonocleFolderTally:
 * @n_pictures: how many there are
 * @n_worked: of which something was done to so many
 * @n_done: and the person is done with so many
 * @n_objects: and so many have objects
 * @n_scores: best scores
 * @labels: (element-type utf8 guint): names of things, with how many pictures have some
 * @sum: all their work together
 */
typedef struct
{
  guint n_pictures, n_worked, n_done, n_objects;
  guint n_scores[MONOCLE_FOLDER_SCORES];
  GHashTable *labels;
  MonocleSummary *sum;
} MonocleFolderTally;

/* @pictures: (element-type MonocleFolderItem) */
MonocleFolderTally *monocle_folder_tally_new (GListModel *pictures);
void monocle_folder_tally_free (MonocleFolderTally *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleFolderTally, monocle_folder_tally_free)

/* (transfer full): the filter for one of the best scores */
char *monocle_folder_tally_dup_score_filter (guint score);
/* The lowest of those. */
double monocle_folder_tally_get_score (guint score);

/**
 * monocle_folder_tally_sort:
 * @counts: (element-type utf8 guint): names with how many there are
 *
 * Returns: (transfer container) (element-type utf8): the names, the most frequent first; belong to
 *   @counts
 */
GPtrArray *monocle_folder_tally_sort (GHashTable *counts);

G_END_DECLS
