/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is known of all work that is kept, without opening any of it: which pictures have some, and
 * what it comes to. All of it is said by the journals; this is a file beside them that saves
 * reading them, and is made again where it is missing, damaged or older than they are.
 *
 * It is read in a thread of its own, and so are journals of which it does not know. Signal
 * `changed`: something is known, or known otherwise; told a moment later, for all that came by
 * then.
 */
#pragma once

#include "app/document/summary.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_WORK_INDEX (monocle_work_index_get_type ())
G_DECLARE_FINAL_TYPE (MonocleWorkIndex, monocle_work_index, MONOCLE, WORK_INDEX, GObject)

/**
 * MonocleWorkEntry:
 * @work: what it is called
 * @summary: what it comes to
 * @worked: when something was done last: microseconds since 1970
 * @n_bytes: of the journal
 */
typedef struct
{
  const char *work;
  const MonocleSummary *summary;
  gint64 worked;
  guint64 n_bytes;
} MonocleWorkEntry;

/* @picture: URI, and page: "file:///a.pdf#page=2"; @entry: what is known, for as long as this */
typedef void (*MonocleWorkFunc) (const char *picture, const MonocleWorkEntry *entry, gpointer data);

/**
 * monocle_work_index_new:
 * @folder: where the journals are, which need not be there
 *
 * Begins to read.
 */
MonocleWorkIndex *monocle_work_index_new (const char *folder);
/* (transfer none): of the person's folder; see monocle_work_dup_folder() */
MonocleWorkIndex *monocle_work_index_get_default (void);
/* For the end of the program: the default one is written, and no more. */
void monocle_work_index_shut_default (void);

/* How much of what there is was looked at, 0 to 1. */
double monocle_work_index_get_fraction (MonocleWorkIndex *self);
/* How many pictures have work, and of how many bytes the journals are. */
guint monocle_work_index_count (MonocleWorkIndex *self, guint64 *n_bytes);

/**
 * monocle_work_index_find:
 * @file: of a picture
 * @page: of it
 * @stamp: which file it is now
 * @entry: (out): what is known; valid until it changes
 *
 * Returns: whether there is work on it
 */
gboolean monocle_work_index_find (MonocleWorkIndex *self,
                                  GFile *file,
                                  guint page,
                                  const MonocleStamp *stamp,
                                  MonocleWorkEntry *entry);
/* All pictures whose work is kept, those that are there no more among them, in no order. @func must
 * not change anything. */
void monocle_work_index_foreach (MonocleWorkIndex *self, MonocleWorkFunc func, gpointer data);
/**
 * monocle_work_index_dup_former:
 * @file: of a picture
 * @page: of it
 * @work: whose work it is now
 *
 * @n_own: (out) (optional): how many things of the person's own are in it
 *
 * Returns: (transfer full) (nullable): the work on what the file was before, if the person has
 *   something of their own there
 */
char *monocle_work_index_dup_former (
    MonocleWorkIndex *self, GFile *file, guint page, const char *work, guint *n_own);

/* --- For those who keep it --- */

/* @path: of the journal as it is now; @summary: (transfer full) */
void monocle_work_index_note (MonocleWorkIndex *self,
                              const char *work,
                              const char *path,
                              MonocleSummary *summary);
/* That the work is that on @file as it is now. Before the work itself is noted. */
void monocle_work_index_note_picture (
    MonocleWorkIndex *self, GFile *file, guint page, const MonocleStamp *stamp, const char *work);
/* There is no work any more. */
void monocle_work_index_forget_all (MonocleWorkIndex *self);
/* There is no such work any more. */
void monocle_work_index_forget (MonocleWorkIndex *self, const char *work);

G_END_DECLS
