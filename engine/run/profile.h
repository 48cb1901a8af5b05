/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What kernels take on a device, for those who wonder where the time goes.
 */
#pragma once

#include "engine/base/timed-step.h"
#include "engine/run/model.h"

G_BEGIN_DECLS

typedef struct _MonocleProfile MonocleProfile;

/**
 * monocle_profile_new:
 * @model: a model
 *
 * From now on what the model's device does for the first time is timed, step by step, which makes
 * it a little slower. What it did before is not, so it is for models that were not asked yet.
 *
 * Returns: (transfer full): the profile
 */
MonocleProfile *monocle_profile_new (MonocleModel *model);
/* Ends it. */
void monocle_profile_free (MonocleProfile *self);

/**
 * monocle_profile_take_async:
 * @self: a profile
 * @cancellable: (nullable): to stop waiting
 * @callback: called at the end, in the main context of the caller
 * @user_data: for @callback
 *
 * Takes what ended so far.
 */
void monocle_profile_take_async (MonocleProfile *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

/**
 * monocle_profile_take_finish:
 *
 * Errors: %MONOCLE_ENGINE_ERROR_NO_DEVICE where the device has no clock for this.
 *
 * Returns: (transfer full) (nullable) (element-type MonocleTimedStep): as they ran, up to a million
 */
GArray *monocle_profile_take_finish (GAsyncResult *result, GError **error);

/**
 * monocle_profile_measure_async:
 * @self: a profile
 * @cancellable: (nullable): to stop it
 * @callback: called at the end, in the main context of the caller
 * @user_data: for @callback
 *
 * Measures what the device reaches at best with the model's precision. What was not taken before is
 * lost.
 */
void monocle_profile_measure_async (MonocleProfile *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);

/**
 * monocle_profile_measure_finish:
 * @result: of the call
 * @flops: (out): multiplications and additions a second, of a large matrix product
 * @bytes: (out): bytes a second, read and written
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY, _DEVICE_LOST.
 *
 * Returns: whether it could be measured
 */
gboolean
monocle_profile_measure_finish (GAsyncResult *result, double *flops, double *bytes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleProfile, monocle_profile_free)

G_END_DECLS
