/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compiling ahead: what the usual questions to a model need of the device's driver, before one is
 * asked. It gives way: whatever else the worker is given comes first.
 */
#pragma once

#include "engine/run/model.h"

G_BEGIN_DECLS

/**
 * monocle_ahead_compile_async:
 * @model: a loaded model
 * @num_beams: that it will be asked with; 0: as the model says
 * @cancellable: (nullable): stops after the shader that the driver is at, and in two seconds at
 *   most: what it cannot leave sooner it ends without anybody waiting
 * @progress: (nullable): called with the part that is done of what was missing, which never goes
 *   back and is less than 1 until the end of the call; not at all where nothing was
 * @progress_data: for @progress
 * @callback: called at the end, in the main context of the caller
 * @user_data: for @callback
 *
 * Compiles for each task of the model in turn, asked of one picture or one region; then for as many
 * regions at once as there may be. What was compiled stays, for questions and on disk, however
 * this ends.
 */
void monocle_ahead_compile_async (MonocleModel *model,
                                  guint num_beams,
                                  GCancellable *cancellable,
                                  MonocleProgress progress,
                                  gpointer progress_data,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);

/**
 * monocle_ahead_compile_finish:
 *
 * Returns: whether all is there
 *
 * Errors: %G_IO_ERROR_BUSY where it gave way and there is more to do, %G_IO_ERROR_CANCELLED;
 * %MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY, _DEVICE_LOST.
 */
gboolean monocle_ahead_compile_finish (MonocleModel *model, GAsyncResult *result, GError **error);

G_END_DECLS
