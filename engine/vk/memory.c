/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/vk/memory.h"

#include "engine/debug.h"
#include "engine/error.h"
#include "engine/vk/instance.h"

/* Buffers of at most half a block share one; larger ones get an allocation of their own. Drivers
 * allow as few as 4096 allocations. */
#define BLOCK_BYTES ((guint64) 32 << 20)

typedef struct
{
  guint64 offset, size;
} Range;

/* One VkDeviceMemory, cut into ranges. */
typedef struct
{
  VkDeviceMemory memory;
  guint type;
  guint64 size;
  guint8 *mapped;
  GArray *free_ranges; /* of Range, sorted, never adjacent */
} Block;

struct _MonocleVkMemory
{
  MonocleVkGpu *gpu;
  VkPhysicalDeviceMemoryProperties properties;
  GPtrArray *blocks;
  guint64 used, peak, n_allocations;

  /* For moving bytes: made on first use. */
  MonocleVkBuffer *upload, *readback;
  VkCommandBuffer commands;
  VkFence fence;
};

static void
block_free (MonocleVkMemory *self, Block *block)
{
  if (block->mapped)
    vkUnmapMemory (self->gpu->device, block->memory);
  vkFreeMemory (self->gpu->device, block->memory, NULL);
  self->used -= block->size;
  g_array_unref (block->free_ranges);
  g_free (block);
}

MonocleVkMemory *
monocle_vk_memory_new (MonocleVkGpu *gpu)
{
  MonocleVkMemory *self = g_new0 (MonocleVkMemory, 1);

  self->gpu = gpu;
  self->blocks = g_ptr_array_new ();
  vkGetPhysicalDeviceMemoryProperties (gpu->info.physical, &self->properties);

  return self;
}

void
monocle_vk_memory_free (MonocleVkMemory *self)
{
  if (!self)
    return;

  g_clear_pointer (&self->upload, monocle_vk_buffer_free);
  g_clear_pointer (&self->readback, monocle_vk_buffer_free);
  if (self->fence)
    vkDestroyFence (self->gpu->device, self->fence, NULL);
  if (self->commands)
    vkFreeCommandBuffers (self->gpu->device, self->gpu->command_pool, 1, &self->commands);

  /* Buffers hold their blocks; all must be gone by now. */
  g_warn_if_fail (self->blocks->len == 0);
  g_ptr_array_unref (self->blocks);
  g_free (self);
}

/* Bytes taken from the device now. */
guint64
monocle_vk_memory_get_used_bytes (MonocleVkMemory *self)
{
  return self->used;
}

/* The most that was ever taken. */
guint64
monocle_vk_memory_get_peak_bytes (MonocleVkMemory *self)
{
  return self->peak;
}

/* Buffers made so far: a token loop must not make any. */
guint64
monocle_vk_memory_get_n_allocations (MonocleVkMemory *self)
{
  return self->n_allocations;
}

/* The first memory type with all wanted flags, trying the lists of flags in order. */
static gint
pick_memory_type (MonocleVkMemory *self, guint32 type_bits, MonocleVkUse use)
{
  const VkMemoryPropertyFlags visible
      = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
  const VkMemoryPropertyFlags device = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
  const VkMemoryPropertyFlags cached = VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
  /* Where memory is shared with the host, staging is a wasted copy. */
  gboolean unified = self->gpu->info.kind == MONOCLE_VK_GPU_CPU
                     || self->gpu->info.kind == MONOCLE_VK_GPU_INTEGRATED;
  const VkMemoryPropertyFlags wanted[3][3] = {
    [MONOCLE_VK_USE_DEVICE] = { unified ? device | visible : device, device, 0 },
    [MONOCLE_VK_USE_UPLOAD] = { visible, visible, visible },
    [MONOCLE_VK_USE_READBACK] = { visible | cached, visible, visible },
  };

  for (guint attempt = 0; attempt < 3; attempt++)
    for (guint i = 0; i < self->properties.memoryTypeCount; i++)
      if ((type_bits & (1u << i))
          && (self->properties.memoryTypes[i].propertyFlags & wanted[use][attempt])
                 == wanted[use][attempt])
        return i;

  return -1;
}

static Block *
block_new (MonocleVkMemory *self, guint type, guint64 size, const char *name, GError **error)
{
  const VkMemoryPropertyFlags visible
      = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
  const VkMemoryAllocateInfo info = {
    .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
    .allocationSize = size,
    .memoryTypeIndex = type,
  };
  Range all = { 0, size };
  VkDeviceMemory memory;
  VkResult result;
  Block *block;

  result = vkAllocateMemory (self->gpu->device, &info, NULL, &memory);
  if (result != VK_SUCCESS)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
                   "%s has too little memory for %s: %.1f MiB wanted, %.1f MiB in use",
                   self->gpu->info.name, name, (double) size / (1 << 20),
                   (double) self->used / (1 << 20));
      return NULL;
    }

  block = g_new0 (Block, 1);
  block->memory = memory;
  block->type = type;
  block->size = size;
  block->free_ranges = g_array_new (FALSE, FALSE, sizeof (Range));
  g_array_append_val (block->free_ranges, all);
  if ((self->properties.memoryTypes[type].propertyFlags & visible) == visible)
    {
      void *mapped;

      if (vkMapMemory (self->gpu->device, memory, 0, VK_WHOLE_SIZE, 0, &mapped) == VK_SUCCESS)
        block->mapped = mapped;
    }
  self->used += size;
  self->peak = MAX (self->peak, self->used);
  g_ptr_array_add (self->blocks, block);

  return block;
}

static gboolean
block_take (Block *block, guint64 size, guint64 alignment, guint64 *offset)
{
  for (guint i = 0; i < block->free_ranges->len; i++)
    {
      Range range = g_array_index (block->free_ranges, Range, i);
      guint64 start = (range.offset + alignment - 1) / alignment * alignment;
      guint64 padding = start - range.offset;
      Range rest;

      if (range.size < padding || range.size - padding < size)
        continue;

      *offset = start;
      rest = (Range){ start + size, range.size - padding - size };
      if (padding > 0)
        {
          g_array_index (block->free_ranges, Range, i).size = padding;
          if (rest.size > 0)
            g_array_insert_val (block->free_ranges, i + 1, rest);
        }
      else if (rest.size > 0)
        g_array_index (block->free_ranges, Range, i) = rest;
      else
        g_array_remove_index (block->free_ranges, i);
      return TRUE;
    }

  return FALSE;
}

/* Gives a range back, joining it with free neighbours. */
static void
block_give_back (Block *block, guint64 offset, guint64 size)
{
  Range range = { offset, size };
  GArray *ranges = block->free_ranges;
  guint i = 0;

  while (i < ranges->len && g_array_index (ranges, Range, i).offset < offset)
    i++;
  if (i > 0)
    {
      Range before = g_array_index (ranges, Range, i - 1);

      if (before.offset + before.size == range.offset)
        {
          range = (Range){ before.offset, before.size + range.size };
          g_array_remove_index (ranges, --i);
        }
    }
  if (i < ranges->len)
    {
      Range after = g_array_index (ranges, Range, i);

      if (range.offset + range.size == after.offset)
        {
          range.size += after.size;
          g_array_remove_index (ranges, i);
        }
    }
  g_array_insert_val (ranges, i, range);
}

static gboolean
bind_memory (MonocleVkMemory *self, MonocleVkBuffer *buffer, const char *name, GError **error)
{
  VkMemoryRequirements needs;
  Block *block = NULL;
  gint type;

  vkGetBufferMemoryRequirements (self->gpu->device, buffer->buffer, &needs);
  type = pick_memory_type (self, needs.memoryTypeBits, buffer->use);
  if (type < 0)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_FAILED,
                   "%s has no memory type for %s", self->gpu->info.name, name);
      return FALSE;
    }

  if (needs.size <= BLOCK_BYTES / 2)
    for (guint i = 0; i < self->blocks->len && !block; i++)
      {
        Block *candidate = g_ptr_array_index (self->blocks, i);

        if (candidate->type == (guint) type && candidate->size == BLOCK_BYTES
            && block_take (candidate, needs.size, needs.alignment, &buffer->memory_offset))
          block = candidate;
      }
  if (!block)
    {
      block = block_new (self, type, needs.size <= BLOCK_BYTES / 2 ? BLOCK_BYTES : needs.size, name,
                         error);
      if (!block)
        return FALSE;
      block_take (block, needs.size, needs.alignment, &buffer->memory_offset);
    }

  buffer->block = block;
  buffer->memory = block->memory;
  buffer->mapped = block->mapped ? block->mapped + buffer->memory_offset : NULL;

  return monocle_vk_check (
      vkBindBufferMemory (self->gpu->device, buffer->buffer, buffer->memory, buffer->memory_offset),
      name, error);
}

static void
set_debug_name (MonocleVkGpu *gpu, VkBuffer buffer, const char *name)
{
  const VkDebugUtilsObjectNameInfoEXT info = {
    .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_OBJECT_NAME_INFO_EXT,
    .objectType = VK_OBJECT_TYPE_BUFFER,
    .objectHandle = (guint64) buffer,
    .pObjectName = name,
  };
  PFN_vkSetDebugUtilsObjectNameEXT set_name;

  if (!monocle_debug_has (MONOCLE_DEBUG_VALIDATE))
    return;

  set_name = (PFN_vkSetDebugUtilsObjectNameEXT) vkGetInstanceProcAddr (
      monocle_vk_instance_get (NULL), "vkSetDebugUtilsObjectNameEXT");
  if (set_name)
    set_name (gpu->device, &info);
}

/**
 * monocle_vk_buffer_new:
 * @gpu: an open device
 * @size: in bytes, more than 0
 * @use: who writes and reads it
 * @name: what it holds, for messages
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a buffer with memory bound, its content undefined
 *
 * Errors: %MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY.
 */
MonocleVkBuffer *
monocle_vk_buffer_new (
    MonocleVkGpu *gpu, guint64 size, MonocleVkUse use, const char *name, GError **error)
{
  g_autoptr (MonocleVkBuffer) buffer = g_new0 (MonocleVkBuffer, 1);
  const VkBufferCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
    .size = size,
    .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT
             | VK_BUFFER_USAGE_TRANSFER_DST_BIT
             | (gpu->block_kernels ? VK_BUFFER_USAGE_UNIFORM_TEXEL_BUFFER_BIT : 0),
    .sharingMode = VK_SHARING_MODE_EXCLUSIVE,
  };

  g_assert (size > 0);

  buffer->gpu = gpu;
  buffer->size = size;
  buffer->use = use;
  if (!monocle_vk_check (vkCreateBuffer (gpu->device, &info, NULL, &buffer->buffer), name, error)
      || !bind_memory (gpu->memory, buffer, name, error))
    return NULL;

  set_debug_name (gpu, buffer->buffer, name);
  gpu->memory->n_allocations++;
  return g_steal_pointer (&buffer);
}

void
monocle_vk_buffer_free (MonocleVkBuffer *buffer)
{
  MonocleVkMemory *memory;
  VkMemoryRequirements needs;

  if (!buffer)
    return;

  memory = buffer->gpu->memory;
  for (guint i = 0; i < G_N_ELEMENTS (buffer->texels); i++)
    vkDestroyBufferView (buffer->gpu->device, buffer->texels[i], NULL);

  if (buffer->buffer)
    {
      vkGetBufferMemoryRequirements (buffer->gpu->device, buffer->buffer, &needs);
      vkDestroyBuffer (buffer->gpu->device, buffer->buffer, NULL);
      if (buffer->block)
        {
          Block *block = buffer->block;

          block_give_back (block, buffer->memory_offset, needs.size);
          if (block->free_ranges->len == 1
              && g_array_index (block->free_ranges, Range, 0).size == block->size)
            {
              g_ptr_array_remove_fast (memory->blocks, block);
              block_free (memory, block);
            }
        }
    }
  g_free (buffer);
}

/**
 * monocle_vk_buffer_get_texels:
 * @buffer: a buffer of a device with block kernels
 * @f16: texels of four 16-bit floats, else four 32-bit floats
 * @error: return location for an error
 *
 * Returns: a view of the whole buffer, made on first use and owned by the buffer
 */
VkBufferView
monocle_vk_buffer_get_texels (MonocleVkBuffer *buffer, gboolean f16, GError **error)
{
  const VkBufferViewCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_BUFFER_VIEW_CREATE_INFO,
    .buffer = buffer->buffer,
    .format = f16 ? VK_FORMAT_R16G16B16A16_SFLOAT : VK_FORMAT_R32G32B32A32_SFLOAT,
    .range = buffer->size / (f16 ? 8 : 16) * (f16 ? 8 : 16),
  };
  VkBufferView *view = &buffer->texels[f16 ? 1 : 0];

  if (!*view
      && !monocle_vk_check (vkCreateBufferView (buffer->gpu->device, &info, NULL, view),
                            "texel view", error))
    return VK_NULL_HANDLE;

  return *view;
}

static gboolean
ensure_staging (MonocleVkMemory *self, GError **error)
{
  const VkCommandBufferAllocateInfo commands_info = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
    .commandPool = self->gpu->command_pool,
    .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
    .commandBufferCount = 1,
  };
  const VkFenceCreateInfo fence_info = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };

  if (!self->upload)
    self->upload = monocle_vk_buffer_new (self->gpu, MONOCLE_VK_STAGING_BYTES,
                                          MONOCLE_VK_USE_UPLOAD, "upload staging", error);
  if (!self->readback && self->upload)
    self->readback = monocle_vk_buffer_new (self->gpu, MONOCLE_VK_STAGING_BYTES,
                                            MONOCLE_VK_USE_READBACK, "readback staging", error);
  if (!self->upload || !self->readback)
    return FALSE;

  if (!self->commands
      && !monocle_vk_check (
          vkAllocateCommandBuffers (self->gpu->device, &commands_info, &self->commands),
          "staging commands", error))
    return FALSE;

  return self->fence
         || monocle_vk_check (vkCreateFence (self->gpu->device, &fence_info, NULL, &self->fence),
                              "staging fence", error);
}

static gboolean
copy_and_wait (
    MonocleVkMemory *self, VkBuffer from, VkBuffer to, const VkBufferCopy *region, GError **error)
{
  const VkCommandBufferBeginInfo begin = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
    .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT,
  };
  const VkMemoryBarrier before = {
    .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
    .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
    .dstAccessMask = VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
  };
  const VkMemoryBarrier after = {
    .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
    .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
    .dstAccessMask
    = VK_ACCESS_HOST_READ_BIT | VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_TRANSFER_READ_BIT,
  };
  const VkSubmitInfo submit = {
    .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
    .commandBufferCount = 1,
    .pCommandBuffers = &self->commands,
  };
  VkDevice device = self->gpu->device;

  vkBeginCommandBuffer (self->commands, &begin);
  vkCmdPipelineBarrier (self->commands,
                        VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT,
                        VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 1, &before, 0, NULL, 0, NULL);
  vkCmdCopyBuffer (self->commands, from, to, 1, region);
  vkCmdPipelineBarrier (self->commands, VK_PIPELINE_STAGE_TRANSFER_BIT,
                        VK_PIPELINE_STAGE_HOST_BIT | VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT
                            | VK_PIPELINE_STAGE_TRANSFER_BIT,
                        0, 1, &after, 0, NULL, 0, NULL);
  vkEndCommandBuffer (self->commands);

  vkResetFences (device, 1, &self->fence);
  return monocle_vk_check (vkQueueSubmit (self->gpu->queue, 1, &submit, self->fence), "copy", error)
         && monocle_vk_check (vkWaitForFences (device, 1, &self->fence, VK_TRUE, G_MAXUINT64),
                              "copy", error);
}

/**
 * monocle_vk_upload_begin:
 * @buffer: where to write
 * @offset: first byte
 * @size: bytes, at most %MONOCLE_VK_STAGING_BYTES
 * @error: return location for an error
 *
 * Returns: (transfer none) (nullable): memory for @size bytes, to be filled before
 *   monocle_vk_upload_end()
 */
gpointer
monocle_vk_upload_begin (MonocleVkBuffer *buffer, guint64 offset, gsize size, GError **error)
{
  g_assert (size <= MONOCLE_VK_STAGING_BYTES && offset + size <= buffer->size);

  if (buffer->mapped)
    return buffer->mapped + offset;

  if (!ensure_staging (buffer->gpu->memory, error))
    return NULL;

  return buffer->gpu->memory->upload->mapped;
}

gboolean
monocle_vk_upload_end (MonocleVkBuffer *buffer, guint64 offset, gsize size, GError **error)
{
  MonocleVkMemory *memory = buffer->gpu->memory;
  const VkBufferCopy region = { .srcOffset = 0, .dstOffset = offset, .size = size };

  if (buffer->mapped)
    return TRUE;

  return copy_and_wait (memory, memory->upload->buffer, buffer->buffer, &region, error);
}

/* Copies @data into the buffer, in pieces where it must be staged. */
gboolean
monocle_vk_upload (
    MonocleVkBuffer *buffer, guint64 offset, gconstpointer data, gsize size, GError **error)
{
  const guint8 *bytes = data;

  while (size > 0)
    {
      gsize part = MIN (size, (gsize) MONOCLE_VK_STAGING_BYTES);
      gpointer to = monocle_vk_upload_begin (buffer, offset, part, error);

      if (!to)
        return FALSE;
      memcpy (to, bytes, part);
      if (!monocle_vk_upload_end (buffer, offset, part, error))
        return FALSE;
      bytes += part;
      offset += part;
      size -= part;
    }

  return TRUE;
}

/* Copies out of the buffer. Reading mapped device memory is fast only on CPU devices. */
gboolean
monocle_vk_download (
    MonocleVkBuffer *buffer, guint64 offset, gpointer data, gsize size, GError **error)
{
  MonocleVkMemory *memory = buffer->gpu->memory;
  guint8 *bytes = data;

  g_assert (offset + size <= buffer->size);

  if (buffer->mapped
      && (buffer->use == MONOCLE_VK_USE_READBACK || buffer->gpu->info.kind == MONOCLE_VK_GPU_CPU))
    {
      memcpy (data, buffer->mapped + offset, size);
      return TRUE;
    }

  if (!ensure_staging (memory, error))
    return FALSE;

  while (size > 0)
    {
      gsize part = MIN (size, (gsize) MONOCLE_VK_STAGING_BYTES);
      const VkBufferCopy region = { .srcOffset = offset, .dstOffset = 0, .size = part };

      if (!copy_and_wait (memory, buffer->buffer, memory->readback->buffer, &region, error))
        return FALSE;
      memcpy (bytes, memory->readback->mapped, part);
      bytes += part;
      offset += part;
      size -= part;
    }

  return TRUE;
}
