/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/vk/staging.h"

/* All is made on first use: devices whose memory the host sees need none of it. */
struct _MonocleVkStaging
{
  MonocleVkGpu *gpu;
  MonocleVkBuffer *upload, *readback;
  VkCommandBuffer commands;
  VkFence fence;
};

MonocleVkStaging *
monocle_vk_staging_new (MonocleVkGpu *gpu)
{
  MonocleVkStaging *self = g_new0 (MonocleVkStaging, 1);

  self->gpu = gpu;
  return self;
}

/**
 * monocle_vk_staging_free:
 * @self: (nullable): the staging of a device whose memory is still there
 */
void
monocle_vk_staging_free (MonocleVkStaging *self)
{
  if (!self)
    return;

  monocle_vk_buffer_free (self->upload);
  monocle_vk_buffer_free (self->readback);
  if (self->fence)
    vkDestroyFence (self->gpu->device, self->fence, NULL);
  if (self->commands)
    vkFreeCommandBuffers (self->gpu->device, self->gpu->command_pool, 1, &self->commands);
  g_free (self);
}

static gboolean
ensure_staging (MonocleVkStaging *self, GError **error)
{
  const VkCommandBufferAllocateInfo commands_info = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
    .commandPool = self->gpu->command_pool,
    .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
    .commandBufferCount = 1,
  };
  const VkFenceCreateInfo fence_info = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };

  if (!self->upload)
    self->upload
        = monocle_vk_buffer_new (self->gpu, MONOCLE_VK_STAGING_BYTES, MONOCLE_VK_USE_UPLOAD,
                                 "upload " MONOCLE_VK_STAGING, error);
  if (!self->readback && self->upload)
    self->readback
        = monocle_vk_buffer_new (self->gpu, MONOCLE_VK_STAGING_BYTES, MONOCLE_VK_USE_READBACK,
                                 "readback " MONOCLE_VK_STAGING, error);
  if (!self->upload || !self->readback || self->gpu->paper)
    return self->upload && self->readback;

  if (!self->commands
      && !monocle_vk_check_new (
          vkAllocateCommandBuffers (self->gpu->device, &commands_info, &self->commands),
          &self->commands, "staging commands", error))
    return FALSE;

  return self->fence
         || monocle_vk_check_new (
             vkCreateFence (self->gpu->device, &fence_info, NULL, &self->fence), &self->fence,
             "staging fence", error);
}

static gboolean
copy_and_wait (
    MonocleVkStaging *self, VkBuffer from, VkBuffer to, const VkBufferCopy *region, GError **error)
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

  if (self->gpu->paper)
    return TRUE;
  if (!monocle_vk_check (vkBeginCommandBuffer (self->commands, &begin), "copy", error))
    return FALSE;
  vkCmdPipelineBarrier (self->commands,
                        VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT,
                        VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 1, &before, 0, NULL, 0, NULL);
  vkCmdCopyBuffer (self->commands, from, to, 1, region);
  vkCmdPipelineBarrier (self->commands, VK_PIPELINE_STAGE_TRANSFER_BIT,
                        VK_PIPELINE_STAGE_HOST_BIT | VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT
                            | VK_PIPELINE_STAGE_TRANSFER_BIT,
                        0, 1, &after, 0, NULL, 0, NULL);

  return monocle_vk_check (vkEndCommandBuffer (self->commands), "copy", error)
         && monocle_vk_check (vkResetFences (self->gpu->device, 1, &self->fence), "copy", error)
         && monocle_vk_check (vkQueueSubmit (self->gpu->queue, 1, &submit, self->fence), "copy",
                              error)
         && monocle_vk_gpu_wait (self->gpu, self->fence, "copy", error);
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

  if (!ensure_staging (buffer->gpu->staging, error))
    return NULL;

  return buffer->gpu->staging->upload->mapped;
}

gboolean
monocle_vk_upload_end (MonocleVkBuffer *buffer, guint64 offset, gsize size, GError **error)
{
  MonocleVkStaging *staging = buffer->gpu->staging;
  const VkBufferCopy region = { .srcOffset = 0, .dstOffset = offset, .size = size };

  if (buffer->mapped)
    return monocle_vk_buffer_flush (buffer, offset + size, error);

  return monocle_vk_buffer_flush (staging->upload, size, error)
         && copy_and_wait (staging, staging->upload->buffer, buffer->buffer, &region, error);
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
  MonocleVkStaging *staging = buffer->gpu->staging;
  guint8 *bytes = data;

  g_assert (offset + size <= buffer->size);

  if (buffer->mapped
      && (buffer->use == MONOCLE_VK_USE_READBACK || buffer->gpu->info.kind == MONOCLE_VK_GPU_CPU))
    {
      if (!monocle_vk_buffer_invalidate (buffer, offset + size, error))
        return FALSE;
      memcpy (data, buffer->mapped + offset, size);
      return TRUE;
    }

  if (!ensure_staging (staging, error))
    return FALSE;

  while (size > 0)
    {
      gsize part = MIN (size, (gsize) MONOCLE_VK_STAGING_BYTES);
      const VkBufferCopy region = { .srcOffset = offset, .dstOffset = 0, .size = part };

      if (!copy_and_wait (staging, buffer->buffer, staging->readback->buffer, &region, error)
          || !monocle_vk_buffer_invalidate (staging->readback, part, error))
        return FALSE;
      memcpy (bytes, staging->readback->mapped, part);
      bytes += part;
      offset += part;
      size -= part;
    }

  return TRUE;
}
