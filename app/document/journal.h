/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A journal: a file to which one record after the other is added, so that nothing which was done is
 * lost when the program ends, however it does. A record that was cut short, with all behind it, is
 * as if it had never been written.
 *
 * The file: eight bytes that say what it is; then for each record its length and a check of its
 * bytes (four bytes each, little-endian), and the bytes: a GVariant "(ymv)", little-endian.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MonocleRecordType:
 * @MONOCLE_RECORD_PICTURE: what the picture is: a dictionary; the first record
 * @MONOCLE_RECORD_EDIT: an edit that was made
 * @MONOCLE_RECORD_LONGER: one that takes the place of the one before
 * @MONOCLE_RECORD_UNDO: the last edit was taken back
 * @MONOCLE_RECORD_REDO: it was made again
 * @MONOCLE_RECORD_ANSWER: a query that was answered: its id and what it is
 * @MONOCLE_RECORD_DROP: an answer that is no more: its id
 * @MONOCLE_RECORD_SAVED: all before this is in a file that the person chose: its path, and the
 *   SHA-256 of its bytes
 * @MONOCLE_RECORD_BASE: what was done before all that follows, and cannot be taken back: an edit
 * @MONOCLE_RECORD_SHORT: up to here the file is as short as it can be
 * @MONOCLE_RECORD_PLAN: of a file of its own: what is asked about many pictures; the first record
 * @MONOCLE_RECORD_PASSED: of such a file: one of them is done with
 * @MONOCLE_RECORD_PAUSED: of such a file: whether nothing more is asked until somebody says so
 * @MONOCLE_RECORD_ASKING: what is asked in the conversation and not answered to its end yet: behind
 *   how many turns, its id and what it is; without content: nothing is any more
 *
 * Numbers are in files and never change.
 */
typedef enum
{
  MONOCLE_RECORD_PICTURE = 0,
  MONOCLE_RECORD_EDIT = 1,
  MONOCLE_RECORD_LONGER = 2,
  MONOCLE_RECORD_UNDO = 3,
  MONOCLE_RECORD_REDO = 4,
  MONOCLE_RECORD_ANSWER = 5,
  MONOCLE_RECORD_DROP = 6,
  MONOCLE_RECORD_SAVED = 7,
  MONOCLE_RECORD_BASE = 8,
  MONOCLE_RECORD_SHORT = 9,
  MONOCLE_RECORD_PLAN = 10,
  MONOCLE_RECORD_PASSED = 11,
  MONOCLE_RECORD_PAUSED = 12,
  MONOCLE_RECORD_ASKING = 13,
} MonocleRecordType;

typedef struct _MonocleJournal MonocleJournal;

/* @content: (nullable) */
typedef void (*MonocleRecordFunc) (MonocleRecordType type, GVariant *content, gpointer data);

/**
 * monocle_journal_open:
 * @path: of the file, which need not be there
 * @func: called with each record that is there
 * @data: for @func
 * @error: return location
 *
 * No other journal can be opened on the file as long as this is. A file that says something else
 * than records, or is damaged before its end, is copied to "PATH.damaged" before anything of it is
 * cut off.
 *
 * Errors: %G_IO_ERROR_BUSY where another program has it open, and those of files.
 *
 * Returns: (transfer full) (nullable): the journal
 */
MonocleJournal *
monocle_journal_open (const char *path, MonocleRecordFunc func, gpointer data, GError **error);

/**
 * monocle_journal_read:
 * @path: of the file
 * @func: called with each record that is there
 * @data: for @func
 * @error: return location
 *
 * Changes nothing, and does not mind who has it open: a record that is being written is none yet.
 *
 * Returns: whether the file could be read
 */
gboolean
monocle_journal_read (const char *path, MonocleRecordFunc func, gpointer data, GError **error);

void monocle_journal_close (MonocleJournal *self);

/* Whether there is a record in it. */
gboolean monocle_journal_is_empty (MonocleJournal *self);
const char *monocle_journal_get_path (MonocleJournal *self);
/* Of how many bytes it is; @n_short: (out): up to the last %MONOCLE_RECORD_SHORT */
guint64 monocle_journal_get_size (MonocleJournal *self, guint64 *n_short);

/**
 * monocle_journal_append:
 * @type: of record
 * @content: (transfer floating) (nullable)
 * @error: return location
 *
 * The record is with the system when this returns: a program that is killed loses nothing of it.
 * Where it cannot be written the file stays as it was. The file is made by the first one.
 */
gboolean monocle_journal_append (MonocleJournal *self,
                                 MonocleRecordType type,
                                 GVariant *content,
                                 GError **error);

/* Behind the name of a journal: all of one that was damaged. */
#define MONOCLE_JOURNAL_DAMAGED ".damaged"
/* Behind the name of a journal: what is to take its place. One that is there is half of nothing. */
#define MONOCLE_JOURNAL_FRESH ".new"

/* Writes all that is to be in @fresh. Returns: whether that is so */
typedef gboolean (*MonocleRewriteFunc) (MonocleJournal *fresh, gpointer data, GError **error);

/**
 * monocle_journal_rewrite:
 * @func: says what is in it from now on
 * @data: for @func
 * @error: return location
 *
 * Beside the file, which is replaced when the other is whole and on the disk: whatever kills the
 * program, there is one of both.
 *
 * Returns: whether it is written anew; else it is as it was, and goes on so
 */
gboolean monocle_journal_rewrite (MonocleJournal *self,
                                  MonocleRewriteFunc func,
                                  gpointer data,
                                  GError **error);

G_END_DECLS
