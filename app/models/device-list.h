/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists the devices in a thread: asking for them starts their drivers, which takes a while.
 */
#pragma once

#include <gio/gio.h>

#include "engine/engine.h"

G_BEGIN_DECLS

void monocle_device_list_async (GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

/**
 * monocle_device_list_finish:
 *
 * Errors: those of monocle_device_list(), and %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable) (element-type MonocleDevice): as monocle_device_list()
 */
GPtrArray *monocle_device_list_finish (GAsyncResult *result, GError **error);

G_END_DECLS
