/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much memory a device has, and how much of it is left.
 */
#pragma once

#include "engine/vk/gpu.h"

G_BEGIN_DECLS

/**
 * MonocleVkBudget:
 * @total_bytes: memory of the device; of a software device that of the machine
 * @budget_bytes: what this program may have of it, with what it has already: what the driver says
 *   where it has VK_EXT_memory_budget, else everything
 * @used_bytes: what this program has of it
 *
 * Of a device inside the processor all heaps count: they are the same memory. The size that
 * software devices give theirs is made up.
 */
typedef struct
{
  guint64 total_bytes, budget_bytes, used_bytes;
} MonocleVkBudget;

/**
 * monocle_vk_budget_query:
 * @info: a device
 * @memory: (nullable): of the open device; %NULL: this program has not opened it
 *
 * Returns: how it is now
 */
MonocleVkBudget monocle_vk_budget_query (const MonocleVkGpuInfo *info, MonocleVkMemory *memory);

/* What may still be had, less a margin for others; @memory as above. */
guint64 monocle_vk_budget_get_free_bytes (const MonocleVkGpuInfo *info, MonocleVkMemory *memory);

/* Whether @size bytes of a heap may still be had. Drivers often give more than there is, and then
 * everything crawls, or the machine ends the program. */
gboolean monocle_vk_budget_has_room (MonocleVkGpu *gpu, guint heap, guint64 size);

G_END_DECLS
