/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "Check this device": every operation against plain C (engine/run/selftest), then the default
 * model, where it is there, on a picture whose answer is known. What comes out is kept
 * (device-memory).
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * monocle_device_check_async:
 * @precision: how weights are stored; not AUTO
 *
 * The rest is as monocle_selftest_async() has it.
 */
void monocle_device_check_async (MonocleDevice *device,
                                 MonoclePrecision precision,
                                 GCancellable *cancellable,
                                 MonocleProgress progress,
                                 gpointer progress_data,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

/* Errors: those of monocle_selftest_finish(). Returns: whether the device computes rightly. */
gboolean monocle_device_check_finish (GAsyncResult *result, GError **error);

G_END_DECLS
