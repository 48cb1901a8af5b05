/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where annotations are written to. All of it goes into a folder of its own beside, and gets its
 * name when it is whole; nothing that is there is written over on the way, and nothing can be
 * written outside.
 */
#pragma once

#include <stdio.h>

#include "app/exchange/sample.h"

G_BEGIN_DECLS

/**
 * MonocleExchangeTarget:
 * @labels: names of the set; writers add those that they meet
 * @notes: (nullable): what writers have to say
 * @file: (nullable): of formats of one file, its name; where one file is written of a format that
 * has one for each picture, that of the first
 * @copies: whether pictures are to be put beside their annotations
 */
typedef struct
{
  MonocleLabels *labels;
  MonocleNotes *notes;
  char *file;
  gboolean copies;
  /*< private >*/
  char *path;
  char *root;
  GHashTable *stems;
  gboolean is_folder;
} MonocleExchangeTarget;

/**
 * monocle_exchange_target_new:
 * @path: what it will be called
 * @is_folder: whether that is a folder, which must be empty or new; else a file, which is replaced
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the target
 */
MonocleExchangeTarget *
monocle_exchange_target_new (const char *path, gboolean is_folder, GError **error);

/* Takes away what was not finished. */
void monocle_exchange_target_free (MonocleExchangeTarget *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleExchangeTarget, monocle_exchange_target_free)

/**
 * monocle_exchange_target_make_stem:
 * @part: folder in which the names of files count
 * @sample: what will be written; once for each
 *
 * For formats whose files say inside which picture is theirs, or need not say it.
 *
 * Returns: (transfer full): the name of the picture without its extension; with it, and with a
 * number at last, where the files of another picture are called that in @part
 */
char *monocle_exchange_target_make_stem (MonocleExchangeTarget *self,
                                         const char *part,
                                         const MonocleSample *sample);

/**
 * monocle_exchange_target_take_stem:
 * @part: folder in which the names of files count
 * @sample: what will be written; once for each
 *
 * For formats that know a picture by its name without the extension alone.
 *
 * Errors: %MONOCLE_APP_ERROR_WRITE where that is another one's.
 *
 * Returns: (transfer full) (nullable): that name
 */
char *monocle_exchange_target_take_stem (MonocleExchangeTarget *self,
                                         const char *part,
                                         const MonocleSample *sample,
                                         GError **error);

/**
 * monocle_exchange_target_open:
 * @name: path below the target; its folders are made
 *
 * Errors: %MONOCLE_APP_ERROR_WRITE, also where that name was written already: two pictures would
 * share it.
 *
 * Returns: (nullable): for monocle_exchange_target_close()
 */
FILE *monocle_exchange_target_open (MonocleExchangeTarget *self, const char *name, GError **error);
/* Whether all that was printed is there. @file: (nullable) */
gboolean monocle_exchange_target_close (MonocleExchangeTarget *self,
                                        const char *name,
                                        FILE *file,
                                        GError **error);
/* A folder without anything in it. */
gboolean
monocle_exchange_target_make_folder (MonocleExchangeTarget *self, const char *name, GError **error);
/* A whole file. */
gboolean monocle_exchange_target_write (
    MonocleExchangeTarget *self, const char *name, const void *data, gsize size, GError **error);
/* The picture of @sample; where there is none, an error. */
gboolean monocle_exchange_target_copy_picture (MonocleExchangeTarget *self,
                                               const char *name,
                                               const MonocleSample *sample,
                                               GError **error);

/* Gives it its name. */
gboolean monocle_exchange_target_finish (MonocleExchangeTarget *self, GError **error);

/* --- Numbers in texts --- */

/* As short as it can be said, of at most so many decimals. */
void monocle_exchange_append_number (GString *text, double number, guint decimals);
/* (transfer full): a label as the name of a folder: without what would lead out of it. */
char *monocle_exchange_make_folder (const char *label);

G_END_DECLS
