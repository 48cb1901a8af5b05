/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether a device computes rightly. What is known of it is kept by those who call this.
 */
#pragma once

#include "engine/run/model.h"

G_BEGIN_DECLS

/**
 * monocle_selftest_async:
 * @device: which one
 * @precision: how weights are stored; not AUTO
 * @cancellable: (nullable): to stop it
 * @progress: (nullable): called now and then
 * @progress_data: for @progress
 * @callback: called at the end, in the main context of the caller
 * @user_data: for @callback
 *
 * Tries every operation on the device and compares with plain C. The first time its driver has to
 * compile them, as it would for a model.
 */
void monocle_selftest_async (MonocleDevice *device,
                             MonoclePrecision precision,
                             GCancellable *cancellable,
                             MonocleProgress progress,
                             gpointer progress_data,
                             GAsyncReadyCallback callback,
                             gpointer user_data);

/**
 * monocle_selftest_finish:
 *
 * Errors: %MONOCLE_ENGINE_ERROR_WRONG_RESULTS with what is computed wrongly, in one line;
 * %MONOCLE_ENGINE_ERROR_NO_DEVICE where the device cannot store weights so; _OUT_OF_MEMORY,
 * _DEVICE_LOST, %G_IO_ERROR_CANCELLED where it could not be tried.
 *
 * Returns: whether the device computes rightly
 */
gboolean monocle_selftest_finish (GAsyncResult *result, GError **error);

/**
 * monocle_selftest_get_subject:
 *
 * Returns: (transfer none): what was tried, as a hash of the shaders of this program: what is known
 *   of a device with other ones says nothing of these
 */
const char *monocle_selftest_get_subject (void);

G_END_DECLS
