/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An index: the vectors of pictures that a model has seen, in one file that grows at its end. It
 * can be read while it grows, and whatever kills the writer, it ends with the last whole block.
 *
 *   file    header of 64 bytes, then blocks
 *   block   header of 64 bytes, vectors in 16 bits, records; each part filled up to 64 bytes
 *   record  a path, what its file was like, where its vector lies
 *
 * A later record of the same path counts. Numbers are little-endian.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

#define MONOCLE_INDEX_DIGEST_BYTES 16

/**
 * MonocleIndexState:
 * @MONOCLE_INDEX_GONE: the file is not there any more
 * @MONOCLE_INDEX_SEEN: it has a vector
 * @MONOCLE_INDEX_UNREADABLE: it was read and is no picture; not tried again as long as it stays
 * the same
 */
typedef enum
{
  MONOCLE_INDEX_GONE,
  MONOCLE_INDEX_SEEN,
  MONOCLE_INDEX_UNREADABLE,
} MonocleIndexState;

/**
 * MonocleIndexEntry:
 * @path: absolute, in the file system's encoding
 * @state: of the file
 * @size: in bytes
 * @mtime: when it was changed, in microseconds
 * @taken: when its picture was taken, in microseconds; 0: it does not say
 * @digest: of its content
 * @vector: where its vector lies in the index; 0 of a new one: that is handed in beside it
 */
typedef struct
{
  char *path;
  MonocleIndexState state;
  guint64 size;
  gint64 mtime;
  gint64 taken;
  guint8 digest[MONOCLE_INDEX_DIGEST_BYTES];
  guint64 vector;
} MonocleIndexEntry;

/* By which pictures are put into order: when it was taken, else when its file was changed. */
gint64 monocle_index_entry_get_date (const MonocleIndexEntry *entry);

typedef struct _MonocleIndex MonocleIndex;

/**
 * monocle_index_open:
 * @path: the file
 * @n_dims: of its vectors
 * @writes: whether it will grow: it is made if it is not there, what a killed writer left at its
 * end goes, what is no index is set aside, and nobody else may write
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE; %MONOCLE_APP_ERROR_BUSY where somebody else writes,
 * %MONOCLE_APP_ERROR_WRITE where it cannot be written.
 */
MonocleIndex *monocle_index_open (const char *path, guint n_dims, gboolean writes, GError **error);
void monocle_index_free (MonocleIndex *self);

/* (transfer none) (nullable): where a file lies now that was in its place and no index */
const char *monocle_index_get_set_aside (MonocleIndex *self);

/* (transfer none) (nullable): what is known of a file; gone ones are not */
const MonocleIndexEntry *monocle_index_find (MonocleIndex *self, const char *path);
/* (transfer none) (nullable): a picture of that content */
const MonocleIndexEntry *monocle_index_find_content (MonocleIndex *self, const guint8 *digest);
/* (transfer full) (element-type MonocleIndexEntry): all that is known, in the order of paths;
 * others have the same list, so it is not changed, and it is of no use once something is appended
 */
GPtrArray *monocle_index_list (MonocleIndex *self);
/* (transfer none) (array): the vector in 16 bits, of what was there when it was opened */
const guint16 *monocle_index_get_vector (MonocleIndex *self, const MonocleIndexEntry *entry);

/**
 * monocle_index_append:
 * @self: an index that grows
 * @entries: (array length=n): what is new; all of it is there afterwards, or nothing
 * @vectors: (nullable) (array): [new ones, dims]: of those that are seen and have none yet
 *
 * Errors: %MONOCLE_APP_ERROR_WRITE.
 */
gboolean monocle_index_append (MonocleIndex *self,
                               const MonocleIndexEntry *entries,
                               guint n,
                               const float *vectors,
                               GError **error);

/* The last thing that is done with one that grew: writes it anew without what no longer counts,
 * where that is much. */
gboolean monocle_index_compact (MonocleIndex *self, GError **error);

/* Whether a vector in 16 bits holds finite numbers alone. */
gboolean monocle_index_are_numbers (const guint16 *row, gsize n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleIndex, monocle_index_free)

G_END_DECLS
