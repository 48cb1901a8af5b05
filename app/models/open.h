/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opens a model by what settings call it: finds its directory and its device in a thread, as asking
 * for devices starts their drivers, then loads it.
 */
#pragma once

#include <gio/gio.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * monocle_open_model_async:
 * @name: (nullable): see monocle_model_store_find()
 * @device: see monocle_device_choice_find()
 *
 * The rest is as monocle_model_load_async() has it.
 */
void monocle_open_model_async (const char *name,
                               const char *device,
                               MonoclePrecision precision,
                               GCancellable *cancellable,
                               MonocleProgress progress,
                               gpointer progress_data,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/**
 * monocle_open_model_finish:
 *
 * Errors: %MONOCLE_APP_ERROR_NO_MODEL, %MONOCLE_ENGINE_ERROR_NO_DEVICE, those of
 * monocle_model_load_finish().
 *
 * Returns: (transfer full) (nullable): the model
 */
MonocleModel *monocle_open_model_finish (GAsyncResult *result, GError **error);

/**
 * monocle_open_list_tasks:
 * @name: (nullable): see monocle_model_store_find()
 *
 * Returns: (transfer full) (element-type MonocleTask): what the model of that name can be asked;
 * what most can, where there is none: loading it will say what is wrong
 */
GPtrArray *monocle_open_list_tasks (const char *name);

G_END_DECLS
