/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A folder of answers: a file for each picture, which is whole or not there, and what was asked.
 * Several programs may fill it at once, each with its share of the pictures.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "app/batch/list.h"

G_BEGIN_DECLS

/* What the folder says about itself. */
#define MONOCLE_BATCH_QUESTION_FILE "batch.json"

typedef struct _MonocleBatchStore MonocleBatchStore;

/**
 * monocle_batch_store_open:
 * @folder: made where it is not there
 * @question: all that decides what the answers are; kept with them
 * @error: return location
 *
 * Errors: %MONOCLE_APP_ERROR_BAD_REQUEST where the folder holds answers to something else,
 * %MONOCLE_APP_ERROR_WRITE.
 *
 * Returns: (transfer full) (nullable): the folder
 */
MonocleBatchStore *
monocle_batch_store_open (const char *folder, JsonNode *question, GError **error);
void monocle_batch_store_free (MonocleBatchStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleBatchStore, monocle_batch_store_free)

/* (transfer full): where the answers about a picture lie, whether they are there or not */
char *monocle_batch_store_dup_path (MonocleBatchStore *self, const MonocleBatchPicture *picture);

/* Whether it is answered, and was not changed since. */
gboolean monocle_batch_store_has (MonocleBatchStore *self, const MonocleBatchPicture *picture);

/**
 * monocle_batch_store_write:
 * @answers: in one go
 *
 * From any thread, for different pictures.
 *
 * Errors: %MONOCLE_APP_ERROR_WRITE.
 */
gboolean monocle_batch_store_write (MonocleBatchStore *self,
                                    const MonocleBatchPicture *picture,
                                    GBytes *answers,
                                    GError **error);

G_END_DECLS
