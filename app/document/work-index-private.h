/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What work-index (what is known) and work-index-read (how it comes to be known, in a thread)
 * share.
 */
#pragma once

#include "app/document/journal.h"
#include "app/document/work-index.h"

G_BEGIN_DECLS

/* What was done to one picture. */
typedef struct
{
  char *work;
  MonocleStamp stamp; /* of the journal */
  MonocleSummary *summary;
} MonocleIndexWork;

/* Which work is that of a file. */
typedef struct
{
  char *picture; /* its URI and page */
  char *work;
  MonocleStamp stamp; /* of the file */
} MonocleIndexPicture;

void monocle_index_work_free (MonocleIndexWork *self);
void monocle_index_picture_free (MonocleIndexPicture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleIndexWork, monocle_index_work_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleIndexPicture, monocle_index_picture_free)

/* Both: their names belong to the elements. */
GHashTable *monocle_index_works_new (void);
GHashTable *monocle_index_pictures_new (void);

/* (transfer full): what a picture is called */
char *monocle_index_dup_picture (GFile *file, guint page);
/* Of a local file that is one; unknown else. */
MonocleStamp monocle_index_stamp_path (const char *path);

/**
 * MonocleIndexBatch:
 * @works: (nullable): what became known
 * @pictures: (nullable): the same
 * @gone: (nullable) (element-type utf8): work that is no more
 * @is_stored: what it says is in the file already
 * @journal: (nullable): the file, which is the receiver's from then on
 * @fraction: how far it is
 *
 * What the thread found.
 */
typedef struct
{
  GHashTable *works, *pictures;
  GPtrArray *gone;
  gboolean is_stored;
  MonocleJournal *journal;
  double fraction;
} MonocleIndexBatch;

void monocle_index_batch_free (MonocleIndexBatch *self);

/* --- The file --- */

gboolean monocle_index_append_work (MonocleJournal *journal, const MonocleIndexWork *work);
gboolean monocle_index_append_picture (MonocleJournal *journal, const MonocleIndexPicture *picture);
gboolean monocle_index_append_gone (MonocleJournal *journal, const char *work);

/* @give: takes a batch, in the thread that calls this */
typedef void (*MonocleIndexGive) (MonocleIndexBatch *batch, gpointer data);
/* All that there is to know, in pieces; long. */
void monocle_index_read (const char *folder,
                         GCancellable *cancellable,
                         MonocleIndexGive give,
                         gpointer data);

G_END_DECLS
