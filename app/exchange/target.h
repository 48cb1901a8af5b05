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
 * @file: (nullable): of formats of one file, its name
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

G_END_DECLS
