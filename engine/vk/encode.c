/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The steps of a recording as commands of the driver: segments, descriptor sets, barriers, and a
 * time stamp behind each kernel where timing is asked for.
 */
#include "config.h"

#include "engine/vk/commands-private.h"
#include "engine/vk/pipelines.h"
#include "engine/vk/steps.h"

/* Sets and descriptors of one pool; a recording takes as many pools as it needs. */
#define POOL_SETS    128
#define POOL_STORAGE (POOL_SETS * 6)
#define POOL_TEXELS  (POOL_SETS * 2)

#define MAX_QUERIES 4096

void
monocle_commands_drop_encoded (MonocleCommands *self)
{
  VkDevice device = self->gpu->device;

  if (self->segments->len > 0)
    vkFreeCommandBuffers (device, self->gpu->command_pool, self->segments->len,
                          (VkCommandBuffer *) self->segments->data);
  for (guint i = 0; i < self->pools->len; i++)
    vkDestroyDescriptorPool (device, g_array_index (self->pools, VkDescriptorPool, i), NULL);
  g_array_set_size (self->segments, 0);
  g_array_set_size (self->pools, 0);
  g_array_set_size (self->timed, 0);
  self->current = VK_NULL_HANDLE;
  self->n_sets = 0;
  self->concurrent = FALSE;
}

static gboolean
latch (MonocleCommands *self, VkResult result)
{
  GError *error = NULL;

  if (monocle_vk_check (result, self->name, &error))
    return TRUE;

  monocle_commands_take_error (self, error);
  return FALSE;
}

/* What @step takes is between the stamp before it and its own. */
static void
add_stamp (MonocleCommands *self, const MonocleTimedStep *step)
{
  if (!self->queries || self->timed->len >= MAX_QUERIES)
    return;
  vkCmdWriteTimestamp (self->current, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, self->queries,
                       self->timed->len);
  g_array_append_val (self->timed, *step);
}

static void
start_timing (MonocleCommands *self)
{
  const VkQueryPoolCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
    .queryType = VK_QUERY_TYPE_TIMESTAMP,
    .queryCount = MAX_QUERIES,
  };

  if (!self->gpu->profile || self->gpu->info.timestamp_period_ns <= 0)
    return;
  if (!self->queries
      && !monocle_vk_check_new (vkCreateQueryPool (self->gpu->device, &info, NULL, &self->queries),
                                &self->queries, "timing", NULL))
    return;
  if (self->segments->len == 1)
    vkCmdResetQueryPool (self->current, self->queries, 0, MAX_QUERIES);
  add_stamp (self, &(MonocleTimedStep){ 0 });
}

/* Opens a segment if none is open. */
static gboolean
ensure_segment (MonocleCommands *self)
{
  const VkCommandBufferAllocateInfo info = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
    .commandPool = self->gpu->command_pool,
    .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
    .commandBufferCount = 1,
  };
  const VkCommandBufferBeginInfo begin = { .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO };

  if (self->error)
    return FALSE;
  if (self->current)
    return TRUE;
  if (!latch (self, vkAllocateCommandBuffers (self->gpu->device, &info, &self->current)))
    {
      self->current = VK_NULL_HANDLE;
      return FALSE;
    }

  g_array_append_val (self->segments, self->current);
  if (!latch (self, vkBeginCommandBuffer (self->current, &begin)))
    {
      self->current = VK_NULL_HANDLE;
      return FALSE;
    }
  start_timing (self);

  return TRUE;
}

/* Everything before happens before everything after. */
static void
add_barrier (MonocleCommands *self)
{
  const VkMemoryBarrier barrier = {
    .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
    .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
    .dstAccessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT
                     | VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
  };
  const VkPipelineStageFlags stages
      = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;

  if (self->concurrent && self->concurrent_started)
    return;
  self->concurrent_started = TRUE;
  vkCmdPipelineBarrier (self->current, stages, stages, 0, 1, &barrier, 0, NULL, 0, NULL);
}

static void
end_segment (MonocleCommands *self)
{
  const VkMemoryBarrier barrier = {
    .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
    .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
    .dstAccessMask = VK_ACCESS_HOST_READ_BIT,
  };

  if (!self->current)
    return;

  vkCmdPipelineBarrier (self->current,
                        VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT,
                        VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &barrier, 0, NULL, 0, NULL);
  latch (self, vkEndCommandBuffer (self->current));
  self->current = VK_NULL_HANDLE;
}

static VkDescriptorSet
allocate_set (MonocleCommands *self, VkDescriptorSetLayout layout)
{
  const VkDescriptorPoolSize sizes[] = {
    { VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, POOL_STORAGE },
    { VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER, POOL_TEXELS },
  };
  const VkDescriptorPoolCreateInfo pool_info = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
    .maxSets = POOL_SETS,
    .poolSizeCount = G_N_ELEMENTS (sizes),
    .pPoolSizes = sizes,
  };
  VkDescriptorSetAllocateInfo set_info = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
    .descriptorSetCount = 1,
    .pSetLayouts = &layout,
  };
  VkDescriptorSet set = VK_NULL_HANDLE;

  if (self->pools->len == 0 || self->n_sets == POOL_SETS)
    {
      VkDescriptorPool pool;

      if (!latch (self, vkCreateDescriptorPool (self->gpu->device, &pool_info, NULL, &pool)))
        return VK_NULL_HANDLE;
      g_array_append_val (self->pools, pool);
      self->n_sets = 0;
    }

  set_info.descriptorPool = g_array_index (self->pools, VkDescriptorPool, self->pools->len - 1);
  if (!latch (self, vkAllocateDescriptorSets (self->gpu->device, &set_info, &set)))
    return VK_NULL_HANDLE;
  self->n_sets++;

  return set;
}

static gboolean
write_set (MonocleCommands *self, const MonocleVkDispatch *dispatch, VkDescriptorSet set)
{
  const MonocleKernel *kernel = &monocle_kernels[dispatch->kernel];
  guint n = kernel->n_storage + kernel->n_texel;
  VkWriteDescriptorSet writes[16];
  VkDescriptorBufferInfo buffers[16];
  VkBufferView views[16];

  g_assert (n <= G_N_ELEMENTS (writes));

  for (guint i = 0; i < n; i++)
    {
      const MonocleVkBinding *binding = &dispatch->bindings[i];

      writes[i] = (VkWriteDescriptorSet){
        .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
        .dstSet = set,
        .dstBinding = i,
        .descriptorCount = 1,
      };
      if (i < kernel->n_storage)
        {
          buffers[i] = (VkDescriptorBufferInfo){ .buffer = binding->buffer->buffer,
                                                 .offset = binding->offset,
                                                 .range = binding->size };
          writes[i].descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
          writes[i].pBufferInfo = &buffers[i];
        }
      else
        {
          GError *error = NULL;

          views[i] = monocle_vk_buffer_get_texels (binding->buffer, binding->format, &error);
          if (!views[i])
            {
              monocle_commands_take_error (self, error);
              return FALSE;
            }
          writes[i].descriptorType = VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER;
          writes[i].pTexelBufferView = &views[i];
        }
    }
  vkUpdateDescriptorSets (self->gpu->device, n, writes, 0, NULL);

  return TRUE;
}

static void
encode_dispatch (MonocleCommands *self, const MonocleVkDispatch *dispatch)
{
  const MonocleKernel *kernel = &monocle_kernels[dispatch->kernel];
  const MonocleVkPipeline *pipeline;
  GError *error = NULL;
  VkDescriptorSet set;

  if (!ensure_segment (self))
    return;

  pipeline = monocle_vk_pipelines_get (self->gpu->pipelines, dispatch, &error);
  if (!pipeline)
    {
      monocle_commands_take_error (self, error);
      return;
    }

  set = allocate_set (self, pipeline->set_layout);
  if (!set || !write_set (self, dispatch, set))
    return;

  add_barrier (self);
  vkCmdBindPipeline (self->current, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline->pipeline);
  vkCmdBindDescriptorSets (self->current, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline->layout, 0, 1,
                           &set, 0, NULL);
  vkCmdPushConstants (self->current, pipeline->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0,
                      kernel->push_size, dispatch->push);
  vkCmdDispatch (self->current, dispatch->groups[0], dispatch->groups[1], dispatch->groups[2]);

  /* What only makes a driver compile does nothing. */
  if (self->queries && dispatch->groups[0] > 0)
    {
      const MonocleTimedStep step = monocle_vk_profile_describe_dispatch (self->name, dispatch);

      add_stamp (self, &step);
    }
}

static void
encode_copy (MonocleCommands *self, const MonocleVkStep *step)
{
  if (!ensure_segment (self))
    return;

  add_barrier (self);
  vkCmdCopyBuffer (self->current, step->copy.from->buffer, step->copy.to->buffer, 1,
                   &step->copy.region);
  if (self->queries)
    {
      const MonocleTimedStep timed
          = monocle_vk_profile_describe_copy (self->name, step->copy.region.size);

      add_stamp (self, &timed);
    }
}

gboolean
monocle_commands_encode (MonocleCommands *self, GError **error)
{
  gboolean is_first = self->segments->len == 0;

  if (self->steps->len == 0)
    return TRUE;

  for (guint i = 0; i < self->steps->len; i++)
    {
      const MonocleVkStep *step = self->steps->pdata[i];

      switch (step->kind)
        {
        case MONOCLE_VK_STEP_DISPATCH:
          encode_dispatch (self, &step->dispatch);
          break;
        case MONOCLE_VK_STEP_COPY:
          encode_copy (self, step);
          break;
        case MONOCLE_VK_STEP_SPLIT:
          end_segment (self);
          break;
        case MONOCLE_VK_STEP_BEGIN_CONCURRENT:
          self->concurrent = TRUE;
          self->concurrent_started = FALSE;
          break;
        case MONOCLE_VK_STEP_END_CONCURRENT:
          self->concurrent = FALSE;
          break;
        default:
          g_assert_not_reached ();
        }
    }
  end_segment (self);
  if (!self->error)
    {
      g_ptr_array_set_size (self->steps, 0);
      return TRUE;
    }

  if (is_first)
    {
      monocle_commands_drop_encoded (self);
      g_propagate_error (error, g_steal_pointer (&self->error));
    }
  else
    g_propagate_error (error, g_error_copy (self->error));
  return FALSE;
}
