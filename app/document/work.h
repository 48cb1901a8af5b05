/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where what was done to pictures is kept: a journal for each picture, named after its content, in
 * a folder of the person's data. A picture that was renamed, moved or copied finds its work again;
 * one that has other bytes is another picture.
 */
#pragma once

#include "app/document/document.h"

G_BEGIN_DECLS

/**
 * MonocleWorkKey:
 * @digest: of the file that a picture comes from, or of the pixels of one without: SHA-256 in
 *   hexadecimal
 * @page: of the file
 * @stamp: which file that was when it was read
 *
 * Whose work it is.
 */
typedef struct
{
  const char *digest;
  guint page;
  MonocleStamp stamp;
} MonocleWorkKey;

/**
 * monocle_work_open:
 * @file: (nullable): see monocle_document_new()
 * @name: as there
 * @image: as there
 * @key: (nullable): whose work it is; %NULL: nothing is kept
 * @leaving: (nullable): what the window shows until then
 *
 * Two windows that show one picture share its document.
 *
 * Returns: (transfer full): the document that is open already, which has its pixels again; else a
 *   new one with all that was done to this picture. Its `trouble` says why nothing is kept, should
 *   that be so.
 */
MonocleDocument *monocle_work_open (GFile *file,
                                    const char *name,
                                    MonocleImage *image,
                                    const MonocleWorkKey *key,
                                    MonocleDocument *leaving);

/* (transfer full) (nullable): the document of that work which is open, whatever its file is called;
 * it may have dropped its pixels */
MonocleDocument *monocle_work_ref_open (const MonocleWorkKey *key);

/**
 * monocle_work_borrow:
 * @work: what it is called
 * @error: return location
 *
 * To do something to a picture that nobody may have open.
 *
 * Returns: (transfer full) (nullable): the document that is open; else one with all that was done,
 *   without a picture or its file, which is to be let go soon
 */
MonocleDocument *monocle_work_borrow (const char *work, GError **error);

/**
 * monocle_work_has_former:
 * @document: of monocle_work_open()
 * @n_own: (out): how many things of the person's own
 *
 * Returns: whether the person has nothing of their own on @document, but on what its file was
 * before
 */
gboolean monocle_work_has_former (MonocleDocument *document, guint *n_own);
/* What is the person's own there comes to @document, as a step. Errors: of reading it. */
gboolean monocle_work_use_former (MonocleDocument *document, GError **error);
/* Nobody is asked about it again. */
void monocle_work_leave_former (MonocleDocument *document);

/* What was done to @document is lost for good, also where it is kept. Errors: of files. */
gboolean monocle_work_forget (MonocleDocument *document, GError **error);
/* The same of a picture that need not be open: @work is what it is called. */
gboolean monocle_work_forget_named (const char *work, GError **error);
/* (transfer none) (nullable): the document that is open */
MonocleDocument *monocle_work_find_open (const char *work);
/* The same of all pictures there ever were. What cannot be deleted is passed over. */
gboolean monocle_work_forget_all (GError **error);

/* (transfer full) (element-type MonocleDocument): those that are open with what is in no journal
 * and in no file */
GPtrArray *monocle_work_list_unkept (void);
/* What was done is written, of all documents that are open, and none of them is shared any more:
 * for the end of the program, whoever still keeps one. */
void monocle_work_close_all (void);

/* (transfer full): the journal of work that is called so, which need not be there */
char *monocle_work_dup_journal (const char *work);
/* (transfer full): the folder; it need not be there */
char *monocle_work_dup_folder (void);

G_END_DECLS
