/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Device memory: buffers, sub-allocated from large blocks. staging.h moves bytes in and out of
 * them.
 */
#pragma once

#include "engine/base/format.h"
#include "engine/vk/gpu.h"

G_BEGIN_DECLS

/**
 * MonocleVkUse:
 * @MONOCLE_VK_USE_DEVICE: read and written by kernels; the host sees it through staging
 * @MONOCLE_VK_USE_UPLOAD: written by the host, read by copies; always mapped, to be flushed
 * @MONOCLE_VK_USE_READBACK: written by copies, read by the host; always mapped, to be invalidated
 */
typedef enum
{
  MONOCLE_VK_USE_DEVICE,
  MONOCLE_VK_USE_UPLOAD,
  MONOCLE_VK_USE_READBACK,
} MonocleVkUse;

/**
 * MonocleVkPurpose:
 * @MONOCLE_VK_PURPOSE_WEIGHTS: of a model
 * @MONOCLE_VK_PURPOSE_WORKSPACE: what else there is once it is loaded
 * @MONOCLE_VK_PURPOSE_ANSWER: what comes with questions
 * @MONOCLE_VK_PURPOSE_STAGING: bytes on their way
 *
 * What a buffer is for.
 */
typedef enum
{
  MONOCLE_VK_PURPOSE_WEIGHTS,
  MONOCLE_VK_PURPOSE_WORKSPACE,
  MONOCLE_VK_PURPOSE_ANSWER,
  MONOCLE_VK_PURPOSE_STAGING,
} MonocleVkPurpose;

#define MONOCLE_VK_N_PURPOSES (MONOCLE_VK_PURPOSE_STAGING + 1)

/* How buffers are called of which that can be told. */
#define MONOCLE_VK_WEIGHTS "weights"
#define MONOCLE_VK_STAGING "staging"

typedef struct
{
  MonocleVkGpu *gpu;
  VkBuffer buffer;
  VkDeviceMemory memory;
  guint64 memory_offset, memory_size;
  guint64 size;
  guint64 address; /* where kernels read at such; 0: they do not, or it is on paper */
  MonocleVkUse use;
  guint8 *mapped;                         /* (nullable): where the host sees it directly */
  gboolean coherent;                      /* flushing and invalidating have nothing to do */
  gpointer block;                         /* the allocation it is part of */
  MonocleVkPurpose purpose;               /* on paper alone */
  VkBufferView texels[MONOCLE_N_FORMATS]; /* whole-buffer views by fours, made on first use */
} MonocleVkBuffer;

MonocleVkMemory *monocle_vk_memory_new (MonocleVkGpu *gpu);
void monocle_vk_memory_free (MonocleVkMemory *memory);
guint64 monocle_vk_memory_get_used_bytes (MonocleVkMemory *memory);
guint64 monocle_vk_memory_get_heap_used_bytes (MonocleVkMemory *memory, guint heap);
guint64 monocle_vk_memory_get_peak_bytes (MonocleVkMemory *memory);
/* The same of a card's own memory alone, which budgets are about: what it shares with the host lies
 * elsewhere. */
guint64 monocle_vk_memory_get_own_peak_bytes (MonocleVkMemory *memory);
guint64 monocle_vk_memory_get_n_allocations (MonocleVkMemory *memory);

MonocleVkBuffer *monocle_vk_buffer_new (
    MonocleVkGpu *gpu, guint64 size, MonocleVkUse use, const char *name, GError **error);
void monocle_vk_buffer_free (MonocleVkBuffer *buffer);
VkBufferView
monocle_vk_buffer_get_texels (MonocleVkBuffer *buffer, MonocleFormatId format, GError **error);

gboolean monocle_vk_buffer_flush (MonocleVkBuffer *buffer, gsize size, GError **error);
gboolean monocle_vk_buffer_invalidate (MonocleVkBuffer *buffer, gsize size, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleVkBuffer, monocle_vk_buffer_free)

G_END_DECLS
