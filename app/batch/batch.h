/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The same questions about many pictures: the next ones are read while the device works on one, and
 * what is answered is written meanwhile. However many there are, a handful is in memory.
 *
 * Signals:
 *   progress: a picture is done with
 *   failed (string path, GError error): a picture could not be read or asked about, and is passed
 *     over
 *   partial (string path): the readable part of a damaged picture was used
 */
#pragma once

#include "app/batch/store.h"
#include "engine/engine.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_BATCH (monocle_batch_get_type ())
G_DECLARE_FINAL_TYPE (MonocleBatch, monocle_batch, MONOCLE, BATCH, GObject)

/**
 * monocle_batch_new:
 * @model: is asked
 * @requests: (element-type MonocleRequest): what, of each picture
 * @min_score: objects with a lower score are left out; NaN: as the model says
 * @pictures: (element-type MonocleBatchPicture): in their order; not changed any more
 * @store: (transfer full): for the answers; those that are there count as done
 *
 * Returns: (transfer full): a batch that has not begun
 */
MonocleBatch *monocle_batch_new (MonocleModel *model,
                                 GPtrArray *requests,
                                 double min_score,
                                 GPtrArray *pictures,
                                 MonocleBatchStore *store);

/**
 * monocle_batch_describe:
 * @model: is asked
 * @requests: (element-type MonocleRequest): what
 * @min_score: as monocle_batch_new() takes it
 * @error: return location
 *
 * Reads the files of the model, which are part of it.
 *
 * Returns: (transfer full) (nullable): all that decides what the answers are, for
 * monocle_batch_store_open()
 */
JsonNode *monocle_batch_describe (MonocleModel *model,
                                  const GPtrArray *requests,
                                  double min_score,
                                  GError **error);

/**
 * monocle_batch_run_async:
 * @self: a batch
 * @cancellable: (nullable): stops it; of the picture that is being asked about nothing is written
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Once.
 */
void monocle_batch_run_async (MonocleBatch *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);

/**
 * monocle_batch_run_finish:
 *
 * Errors: %G_IO_ERROR_CANCELLED; %MONOCLE_APP_ERROR_WRITE, since then no other could be written;
 * %MONOCLE_ENGINE_ERROR_DEVICE_LOST where that is so again and again. A picture that failed is
 * none.
 *
 * Returns: whether it came to its end
 */
gboolean monocle_batch_run_finish (MonocleBatch *self, GAsyncResult *result, GError **error);

/**
 * MonocleBatchCounts:
 * @n_all: pictures
 * @n_known: that were answered when it began
 * @n_answered: that are since
 * @n_failed: that could not be
 * @rate: pictures a second, of late; 0: not known yet
 */
typedef struct
{
  guint n_all, n_known, n_answered, n_failed;
  double rate;
} MonocleBatchCounts;

MonocleBatchCounts monocle_batch_get_counts (MonocleBatch *self);

G_END_DECLS
