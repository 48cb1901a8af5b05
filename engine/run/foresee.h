/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What happens next, of models that foresee how things move.
 */
#pragma once

#include "engine/answer/futures.h"
#include "engine/run/model.h"
#include "engine/text/sampler.h"

G_BEGIN_DECLS

/**
 * MonocleForesight:
 * @tracks: (array length=n): scenes, each with its things and frames
 * @n_frames: to foresee, behind the last one that was seen
 * @n_futures: to draw of each; there may be none
 * @sampling: how
 */
typedef struct
{
  const MonocleTracks *const *tracks;
  guint n;
  guint n_frames, n_futures;
  MonocleSampling sampling;
} MonocleForesight;

/* Futures of a scene: as many as are looked at side by side. */
#define MONOCLE_FORESIGHT_MAX_FUTURES 255

/**
 * monocle_model_foresee_async:
 * @model: a loaded model
 * @foresight: copied
 * @cancellable: (nullable): to stop it
 * @callback: called at the end, in the main context of the caller
 * @user_data: for @callback
 */
void monocle_model_foresee_async (MonocleModel *model,
                                  const MonocleForesight *foresight,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);

/**
 * monocle_model_foresee_finish:
 *
 * Returns: (transfer full) (nullable) (element-type MonocleFutures): of each of the tracks
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_REQUEST where the model foresees nothing, or not so much;
 * _OUT_OF_MEMORY, _DEVICE_LOST; %G_IO_ERROR_CANCELLED.
 */
GPtrArray *monocle_model_foresee_finish (MonocleModel *model, GAsyncResult *result, GError **error);

/**
 * monocle_model_get_foresight:
 * @self: a model
 * @most_things: (out): it follows so many
 * @most_frames: (out): of a scene, those that were seen included
 * @most_surprise: (out): of scenes that are such as it knows, see #MonocleFutures
 *
 * Returns: whether it foresees anything
 */
gboolean monocle_model_get_foresight (MonocleModel *self,
                                      guint *most_things,
                                      guint *most_frames,
                                      double *most_surprise);

G_END_DECLS
