/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is kept of the pictures of a folder, counted, and forgotten: of one that is open, or of any
 * that there ever was.
 */
#pragma once

#include "app/document/document.h"

G_BEGIN_DECLS

/**
 * MonocleFolderKept:
 * @n_pictures: with work, in the folder
 * @n_own: things of the person's own on them
 * @n_answers: questions that were answered
 */
typedef struct
{
  guint n_pictures, n_own, n_answers;
} MonocleFolderKept;

/* What is known of it, without opening any. @pictures: (element-type MonocleFolderItem) */
MonocleFolderKept monocle_folder_forget_count (GListModel *pictures);

typedef void (*MonocleForgetFunc) (MonocleDocument *document, gpointer data);

/**
 * monocle_folder_forget:
 * @pictures: (element-type MonocleFolderItem)
 * @before: (nullable): called with each document that is open, before
 * @data: for @before
 * @n_pictures: (out): how many pictures have no work any more
 * @error: return location
 *
 * What was done to them is lost for good, also where the same picture lies elsewhere.
 *
 * Errors: of the first that cannot be deleted; the others are gone on with.
 */
gboolean monocle_folder_forget (GListModel *pictures,
                                MonocleForgetFunc before,
                                gpointer data,
                                guint *n_pictures,
                                GError **error);

/**
 * MonocleKeptFolder:
 * @folder: whose pictures those are, or were
 * @kept: what there is
 * @n_bytes: of the disk
 */
typedef struct
{
  GFile *folder;
  MonocleFolderKept kept;
  guint64 n_bytes;

  /*< private >*/
  GHashTable *works;
} MonocleKeptFolder;

void monocle_kept_folder_free (MonocleKeptFolder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleKeptFolder, monocle_kept_folder_free)

/* (transfer full) (element-type MonocleKeptFolder): all that are known, by their names. Waits until
 * all work was looked at, running the default main context. */
GPtrArray *monocle_kept_folder_list (void);
/* As monocle_folder_forget(), also of pictures that are there no more. */
gboolean monocle_kept_folder_forget (MonocleKeptFolder *self, guint *n_pictures, GError **error);

G_END_DECLS
