/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finds pictures in the index of a model, in threads, while somebody else writes it.
 */
#pragma once

#include "app/search/ranking.h"

G_BEGIN_DECLS

/**
 * MonocleFinding:
 * @path: of the picture
 * @date: microseconds
 * @fit: as MonocleSearchHit has it
 * @probability: NaN where there is none
 * @read: (nullable): what a model has read in it, where the words are in that
 * @region: the part of it that fits best, from 0 to 1 of its sides; empty: all of it does
 * @joined: of duplicates: how well it fits those before it in its group, like @fit; -1: here a
 * group begins. Where only what fits better counts, groups are parted where it is less.
 */
typedef struct
{
  char *path;
  gint64 date;
  double fit, probability;
  MonocleSearchBand band;
  char *read;
  MonocleRect region;
  double joined;
} MonocleFinding;

/**
 * MonocleFindings:
 * @found: (element-type MonocleFinding): the best first; of duplicates the groups with the best
 * pair first
 * @n: pictures that were compared
 * @n_fit: how many of them are sure, or may be
 * @n_sure: how many of those are sure
 * @are_duplicates: they are groups of pictures that fit each other
 */
typedef struct
{
  GArray *found;
  guint n, n_fit, n_sure;
  gboolean are_duplicates;
} MonocleFindings;

void monocle_findings_free (MonocleFindings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleFindings, monocle_findings_free)

/**
 * MonocleIndexQuestion:
 * @vector: normalised
 * @is_text: it is of one text: probabilities count
 * @words: (nullable): as MonocleSearchQuery has them
 * @unwanted: (nullable): likewise
 * @has_regions: parts of pictures count, where they were looked at
 * @directories: (array zero-terminated=1): only what lies below these, absolute ones
 * @top: most findings
 */
typedef struct
{
  const float *vector;
  gboolean is_text, has_regions;
  const char *const *words, *const *unwanted;
  const char *const *directories;
  guint top;
} MonocleIndexQuestion;

typedef struct _MonocleIndexReader MonocleIndexReader;

MonocleIndexReader *monocle_index_reader_new (MonocleModel *model);
MonocleIndexReader *monocle_index_reader_ref (MonocleIndexReader *self);
void monocle_index_reader_unref (MonocleIndexReader *self);

/**
 * monocle_index_reader_find_async:
 * @question: copied
 *
 * Reads anew what was written meanwhile.
 */
void monocle_index_reader_find_async (MonocleIndexReader *self,
                                      const MonocleIndexQuestion *question,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
/* Pictures that are alike. Takes longer, while no other search of this reader is answered. */
void monocle_index_reader_compare_async (MonocleIndexReader *self,
                                         const char *const *directories,
                                         guint top,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
/**
 * monocle_index_reader_find_finish:
 *
 * Of both.
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE; where nothing was indexed yet there is nothing to find.
 *
 * Returns: (transfer full) (nullable): what was found
 */
MonocleFindings *monocle_index_reader_find_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleIndexReader, monocle_index_reader_unref)

G_END_DECLS
