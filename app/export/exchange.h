/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was done to pictures in the formats of other programs: what is shown on one, or what is kept
 * of all that are in a folder. What a format loses is said before, by the same table.
 */
#pragma once

#include "app/exchange/convert.h"
#include "app/export/export.h"

G_BEGIN_DECLS

/* (transfer full): what @self is about, whose annotations are listed, of the upright picture */
MonocleSample *monocle_export_make_sample (const MonocleExport *self);

/* (transfer full): what is kept of a picture: what is the person's own and has a name, and what
 * its last answer says. @page: of @file (nullable) */
MonocleSample *
monocle_export_make_kept (MonocleDocument *document, const char *name, GFile *file, guint page);

/* (transfer full): what @format, which is one of other programs, cannot say of it */
MonocleNotes *monocle_export_foresee (const MonocleExport *self, const MonocleExportFormat *format);

/**
 * monocle_export_write_sample:
 * @sample: a picture
 * @target: a file that is replaced, or a folder that is new or empty
 *
 * In any thread. Errors: as monocle_exchange_convert().
 */
gboolean monocle_export_write_sample (MonocleSample *sample,
                                      const MonocleExchangeFormat *to,
                                      GFile *target,
                                      GCancellable *cancellable,
                                      GError **error);

/* --- A folder --- */

/**
 * MonocleExportFolderCounts:
 * @pictures: with work on them
 * @objects: of theirs
 */
typedef struct
{
  guint pictures;
  guint objects;
} MonocleExportFolderCounts;

/**
 * monocle_export_folder_look_async:
 * @pictures: (element-type MonocleFolderItem): of a folder
 * @progress: (nullable): @done and @total are pictures
 * @callback: called at the end, in this main context
 *
 * Looks over all kept work, a little at a time.
 */
void monocle_export_folder_look_async (GListModel *pictures,
                                       MonocleExportProgress progress,
                                       gpointer progress_data,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);

/**
 * monocle_export_folder_look_finish:
 * @counts: (out): what there is
 *
 * Returns: (transfer full) (nullable): a picture with one of each kind of thing that there is, for
 *   monocle_exchange_foresee()
 */
MonocleSample *monocle_export_folder_look_finish (GAsyncResult *result,
                                                  MonocleExportFolderCounts *counts,
                                                  GError **error);

/**
 * monocle_export_folder_write_async:
 * @pictures: (element-type MonocleFolderItem): of a folder; those without work are left out
 * @to: what to write
 * @target: a folder that is new or empty
 * @copies: whether pictures are put beside their annotations
 *
 * Kept work is read here, a little at a time; all else is done in a thread. Errors: as
 * monocle_exchange_convert().
 */
void monocle_export_folder_write_async (GListModel *pictures,
                                        const MonocleExchangeFormat *to,
                                        GFile *target,
                                        gboolean copies,
                                        MonocleExportProgress progress,
                                        gpointer progress_data,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
/* @counts: (out) */
gboolean monocle_export_folder_write_finish (GAsyncResult *result,
                                             MonocleExchangeCounts *counts,
                                             GError **error);

G_END_DECLS
