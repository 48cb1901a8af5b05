/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Looks at the pictures of folders, once, so that they can be searched: in a thread of its own, a
 * block at a time, of which each can be searched as soon as it is written. What was read before and
 * is the same is not read again.
 *
 * Signals, in the main context of the caller of monocle_indexer_run_async():
 *   progress (uint done, uint all): files that were looked at; all is 0 while they are looked for
 *   grown: what was looked at until now is written down
 *   noted (MonocleIndexNote as int, string path): something about a file or folder
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleIndexNote:
 * @MONOCLE_INDEX_LEFT_OUT: cannot be read
 * @MONOCLE_INDEX_PARTIAL: is damaged or incomplete: the readable part counts
 */
typedef enum
{
  MONOCLE_INDEX_LEFT_OUT,
  MONOCLE_INDEX_PARTIAL,
} MonocleIndexNote;

/**
 * MonocleIndexCounts:
 * @n_new: pictures that were not known
 * @n_changed: that are others now
 * @n_moved: that lie elsewhere now
 * @n_gone: that are not there any more
 * @n_unreadable: files that are named as pictures are, and are none
 * @n_pictures: that the index has, of all folders; known at the end
 * @n_divided: pictures whose parts were looked at
 * @n_drawn: pictures on which people's own things are others than before, which were looked at
 *
 * What is written down counts, and nothing before it is.
 */
typedef struct
{
  guint n_new, n_changed, n_moved, n_gone, n_unreadable, n_pictures, n_divided, n_drawn;
} MonocleIndexCounts;

#define MONOCLE_TYPE_INDEXER (monocle_indexer_get_type ())
G_DECLARE_FINAL_TYPE (MonocleIndexer, monocle_indexer, MONOCLE, INDEXER, GObject)

/* @model: makes vectors */
MonocleIndexer *monocle_indexer_new (MonocleModel *model);

/* Whether parts of pictures are looked at as well, for what is small in them; from the next run on.
 * What was looked at before is gone through again for its parts. */
void monocle_indexer_set_regions (MonocleIndexer *self, gboolean has_regions);

/* Whether what people drew on pictures, or kept of answers, is looked at as well, likewise. */
void monocle_indexer_set_drawn (MonocleIndexer *self, gboolean has_drawn);

/**
 * monocle_indexer_run_async:
 * @directories: (array zero-terminated=1): absolute
 * @cancellable: (nullable): stops it; what was written down stays
 *
 * One at a time, of which there may be several after each other.
 */
void monocle_indexer_run_async (MonocleIndexer *self,
                                const char *const *directories,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/**
 * monocle_indexer_run_finish:
 *
 * Errors: %MONOCLE_APP_ERROR_UNSUPPORTED_TASK where the model makes no vectors,
 * %MONOCLE_APP_ERROR_BUSY where another program is indexing, %MONOCLE_APP_ERROR_WRITE, those of
 * monocle_model_embed_finish() and of reading the folders that were named.
 */
gboolean monocle_indexer_run_finish (MonocleIndexer *self, GAsyncResult *result, GError **error);

/* (nullable): until now, and after the end, also of one that failed; %NULL where there was no index
 * to begin with */
const MonocleIndexCounts *monocle_indexer_get_counts (MonocleIndexer *self);

G_END_DECLS
