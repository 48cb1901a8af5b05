/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much memory a model needs at most to answer one question, in each precision, and how that is
 * said. Of a model that is here it is planned (engine/run/memory-plan); the catalogue has figures
 * of the others.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleMemoryNeed:
 * @f32_bytes: with 32-bit weights
 * @f16_bytes: with 16-bit weights; 0: the device cannot
 * @talk_bytes: what a conversation of usual length takes besides; 0: the model has none, or nobody
 *   knows
 */
typedef struct
{
  guint64 f32_bytes, f16_bytes, talk_bytes;
} MonocleMemoryNeed;

/**
 * monocle_memory_need_plan:
 * @self: (out caller-allocates): what is needed
 * @directory: of a model
 * @device: where it would be; it is not opened
 * @error: return location
 *
 * Takes a moment, and can be called on any thread.
 *
 * Errors: those of monocle_memory_plan_make().
 *
 * Returns: whether it could be planned
 */
gboolean monocle_memory_need_plan (MonocleMemoryNeed *self,
                                   const char *directory,
                                   MonocleDevice *device,
                                   GError **error);

/* The same in a thread. */
void monocle_memory_need_plan_async (const char *directory,
                                     MonocleDevice *device,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
/* Errors: also %G_IO_ERROR_CANCELLED. */
gboolean
monocle_memory_need_plan_finish (MonocleMemoryNeed *self, GAsyncResult *result, GError **error);

/**
 * monocle_memory_need_describe:
 * @self: what is needed
 * @device: (nullable): of which it is said as well how much may be used
 *
 * Returns: (transfer full): for a person: "Needs 80 MB of memory"
 */
char *monocle_memory_need_describe (const MonocleMemoryNeed *self, MonocleDevice *device);

G_END_DECLS
