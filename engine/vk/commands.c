/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/vk/commands.h"

#include "engine/base/debug.h"
#include "engine/base/error.h"
#include "engine/vk/compile.h"
#include "engine/vk/pipelines.h"
#include "engine/vk/steps.h"

/* Sets and descriptors of one pool; a recording takes as many pools as it needs. */
#define POOL_SETS    128
#define POOL_STORAGE (POOL_SETS * 6)
#define POOL_TEXELS  (POOL_SETS * 2)

/* Segments on their way at once: the host records nothing meanwhile, but the device must not idle
 * between two of them. */
#define MAX_IN_FLIGHT 2

#define MAX_QUERIES 4096

struct _MonocleCommands
{
  MonocleVkGpu *gpu;
  char *name;
  GError *error; /* the first one while recording */

  GPtrArray *steps;        /* of MonocleVkStep: not encoded yet */
  GArray *segments;        /* of VkCommandBuffer */
  VkCommandBuffer current; /* the segment being recorded */
  GArray *pools;           /* of VkDescriptorPool; the last one has room */
  guint n_sets;            /* taken from the last pool */
  gboolean concurrent, concurrent_started;

  VkFence fences[MAX_IN_FLIGHT];

  VkQueryPool queries; /* only while timing */
  GArray *timed;       /* of MonocleKernelId, one for each query after the first */
  double kernel_ms[MONOCLE_N_KERNELS];
  guint kernel_count[MONOCLE_N_KERNELS];
};

/**
 * monocle_commands_new:
 * @gpu: an open device; it must outlive the recording
 * @name: what is recorded, for messages
 *
 * Returns: (transfer full): an empty recording
 */
MonocleCommands *
monocle_commands_new (MonocleVkGpu *gpu, const char *name)
{
  MonocleCommands *self = g_new0 (MonocleCommands, 1);

  self->gpu = gpu;
  self->name = g_strdup (name);
  self->steps = g_ptr_array_new_with_free_func (g_free);
  self->segments = g_array_new (FALSE, FALSE, sizeof (VkCommandBuffer));
  self->pools = g_array_new (FALSE, FALSE, sizeof (VkDescriptorPool));
  self->timed = g_array_new (FALSE, FALSE, sizeof (MonocleKernelId));

  return self;
}

void
monocle_commands_free (MonocleCommands *self)
{
  if (!self)
    return;

  monocle_commands_reset (self);
  for (guint i = 0; i < MAX_IN_FLIGHT && !self->gpu->paper; i++)
    vkDestroyFence (self->gpu->device, self->fences[i], NULL);
  if (self->queries)
    vkDestroyQueryPool (self->gpu->device, self->queries, NULL);
  g_ptr_array_unref (self->steps);
  g_array_unref (self->segments);
  g_array_unref (self->pools);
  g_array_unref (self->timed);
  g_free (self->name);
  g_free (self);
}

MonocleVkGpu *
monocle_commands_get_gpu (MonocleCommands *self)
{
  return self->gpu;
}

static void
drop_encoded (MonocleCommands *self)
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

void
monocle_commands_reset (MonocleCommands *self)
{
  drop_encoded (self);
  g_ptr_array_set_size (self->steps, 0);
  g_clear_error (&self->error);
}

/**
 * monocle_commands_take_error:
 * @commands: a recording
 * @error: (transfer full): what went wrong while recording
 *
 * Keeps the error for monocle_commands_submit(), unless one is kept already.
 */
void
monocle_commands_take_error (MonocleCommands *self, GError *error)
{
  if (self->error)
    g_error_free (error);
  else
    self->error = error;
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

static void
start_timing (MonocleCommands *self)
{
  const VkQueryPoolCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
    .queryType = VK_QUERY_TYPE_TIMESTAMP,
    .queryCount = MAX_QUERIES,
  };

  if (!monocle_debug_has (MONOCLE_DEBUG_TIMING) || self->gpu->info.timestamp_period_ns <= 0)
    return;
  if (!self->queries
      && !monocle_vk_check_new (vkCreateQueryPool (self->gpu->device, &info, NULL, &self->queries),
                                &self->queries, "timing", NULL))
    return;

  vkCmdResetQueryPool (self->current, self->queries, 0, MAX_QUERIES);
  vkCmdWriteTimestamp (self->current, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, self->queries, 0);
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
  if (self->segments->len == 1)
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

void
monocle_commands_split (MonocleCommands *self)
{
  g_ptr_array_add (self->steps, monocle_vk_step_new (MONOCLE_VK_STEP_SPLIT));
}

void
monocle_commands_begin_concurrent (MonocleCommands *self)
{
  g_ptr_array_add (self->steps, monocle_vk_step_new (MONOCLE_VK_STEP_BEGIN_CONCURRENT));
}

void
monocle_commands_end_concurrent (MonocleCommands *self)
{
  g_ptr_array_add (self->steps, monocle_vk_step_new (MONOCLE_VK_STEP_END_CONCURRENT));
}

GPtrArray *
monocle_commands_get_steps (MonocleCommands *self)
{
  return self->steps;
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

/* A model can be larger in one dimension than a device can do; that is nobody's bug. */
static void
refuse (MonocleCommands *self, const MonocleKernel *kernel, const char *what)
{
  monocle_commands_take_error (self, g_error_new (MONOCLE_ENGINE_ERROR,
                                                  MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
                                                  "This model needs %s than %s allows (%s)", what,
                                                  self->gpu->info.name, kernel->name));
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

/**
 * monocle_commands_dispatch:
 * @commands: a recording
 * @dispatch: kernel, bindings, push constants and number of workgroups
 *
 * Appends one kernel, ordered after everything before it.
 */
void
monocle_commands_dispatch (MonocleCommands *self, const MonocleVkDispatch *dispatch)
{
  const MonocleKernel *kernel = &monocle_kernels[dispatch->kernel];

  for (guint i = 0; i < 3; i++)
    {
      g_assert (dispatch->groups[i] > 0 || dispatch->groups[0] == 0);
      if (dispatch->groups[i] > self->gpu->info.limits.maxComputeWorkGroupCount[i])
        {
          refuse (self, kernel, "more workgroups");
          return;
        }
    }
  for (guint i = 0; i < kernel->n_storage; i++)
    if (dispatch->bindings[i].size > self->gpu->traits.max_binding_bytes)
      {
        g_autofree char *size = g_strdup_printf ("%" G_GUINT64_FORMAT " MiB in one piece, more",
                                                 dispatch->bindings[i].size >> 20);

        refuse (self, kernel, size);
        return;
      }

  g_ptr_array_add (self->steps, monocle_vk_step_new_dispatch (dispatch));
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

  if (self->queries && self->timed->len + 1 < MAX_QUERIES)
    {
      g_array_append_val (self->timed, dispatch->kernel);
      vkCmdWriteTimestamp (self->current, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, self->queries,
                           self->timed->len);
    }
}

void
monocle_commands_copy (MonocleCommands *self,
                       MonocleVkBuffer *from,
                       guint64 from_offset,
                       MonocleVkBuffer *to,
                       guint64 to_offset,
                       guint64 size)
{
  MonocleVkStep *step = monocle_vk_step_new (MONOCLE_VK_STEP_COPY);

  step->copy.from = from;
  step->copy.to = to;
  step->copy.region
      = (VkBufferCopy){ .srcOffset = from_offset, .dstOffset = to_offset, .size = size };
  g_ptr_array_add (self->steps, step);
}

static void
encode_copy (MonocleCommands *self, const MonocleVkStep *step)
{
  if (!ensure_segment (self))
    return;

  add_barrier (self);
  vkCmdCopyBuffer (self->current, step->copy.from->buffer, step->copy.to->buffer, 1,
                   &step->copy.region);
}

/* What could not be encoded, for lack of memory say, can be tried again. */
static gboolean
encode (MonocleCommands *self, GError **error)
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
      drop_encoded (self);
      g_propagate_error (error, g_steal_pointer (&self->error));
    }
  else
    g_propagate_error (error, g_error_copy (self->error));
  return FALSE;
}

static void
collect_timing (MonocleCommands *self)
{
  g_autofree guint64 *stamps = NULL;
  guint n = self->timed->len + 1;

  if (!self->queries || n < 2)
    return;

  stamps = g_new0 (guint64, n);
  if (vkGetQueryPoolResults (self->gpu->device, self->queries, 0, n, n * sizeof *stamps, stamps,
                             sizeof *stamps, VK_QUERY_RESULT_64_BIT)
      != VK_SUCCESS)
    return;

  for (guint i = 1; i < n; i++)
    {
      MonocleKernelId kernel = g_array_index (self->timed, MonocleKernelId, i - 1);

      self->kernel_ms[kernel]
          += (double) ((stamps[i] - stamps[i - 1]) & self->gpu->info.timestamp_mask)
             * (double) self->gpu->info.timestamp_period_ns * 1e-6;
      self->kernel_count[kernel]++;
    }
}

gboolean
monocle_commands_finish (MonocleCommands *self, GError **error)
{
  if (!self->error)
    return TRUE;

  g_propagate_error (error, g_error_copy (self->error));
  return FALSE;
}

static gboolean
wait_fence (MonocleCommands *self, guint segment, GError **error)
{
  return monocle_vk_gpu_wait (self->gpu, self->fences[segment % MAX_IN_FLIGHT], self->name, error);
}

/**
 * monocle_commands_submit:
 * @commands: a recording
 * @cancellable: (nullable): looked at before each segment, and each pipeline that must be made
 * @progress: (nullable): called after each segment with the part done, 0 to 1
 * @user_data: for @progress
 * @error: return location for an error
 *
 * Runs what was recorded and waits until it is done. May be called again to run it once more.
 *
 * Errors: the first error of the recording, %G_IO_ERROR_CANCELLED, or what the device reports.
 */
gboolean
monocle_commands_submit (MonocleCommands *self,
                         GCancellable *cancellable,
                         MonocleCommandsProgress progress,
                         gpointer user_data,
                         GError **error)
{
  const VkFenceCreateInfo fence_info = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };
  gboolean ok = TRUE;
  guint n_submitted = 0, n_done = 0;

  if (self->gpu->paper)
    return monocle_commands_finish (self, error);
  if (!monocle_commands_finish (self, error)
      || !monocle_vk_compile (&self, 1, cancellable, NULL, NULL, error) || !encode (self, error))
    return FALSE;

  for (guint i = 0; i < MAX_IN_FLIGHT; i++)
    if (!self->fences[i]
        && !monocle_vk_check_new (
            vkCreateFence (self->gpu->device, &fence_info, NULL, &self->fences[i]),
            &self->fences[i], self->name, error))
      return FALSE;

  while (ok && n_submitted < self->segments->len)
    {
      const VkSubmitInfo submit = {
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
        .commandBufferCount = 1,
        .pCommandBuffers = &g_array_index (self->segments, VkCommandBuffer, n_submitted),
      };
      VkFence fence = self->fences[n_submitted % MAX_IN_FLIGHT];

      if (n_submitted - n_done == MAX_IN_FLIGHT)
        {
          ok = wait_fence (self, n_done++, error);
          if (ok && progress)
            progress ((double) n_done / self->segments->len, user_data);
        }
      if (ok && g_cancellable_set_error_if_cancelled (cancellable, error))
        ok = FALSE;
      if (!ok)
        break;

      ok = monocle_vk_check (vkResetFences (self->gpu->device, 1, &fence), self->name, error)
           && monocle_vk_check (vkQueueSubmit (self->gpu->queue, 1, &submit, fence), self->name,
                                error);
      if (ok)
        n_submitted++;
    }

  /* What is on its way must end before anything of it is freed or used again. */
  while (n_done < n_submitted)
    {
      if (!wait_fence (self, n_done++, ok ? error : NULL))
        ok = FALSE;
      if (ok && progress)
        progress ((double) n_done / self->segments->len, user_data);
    }

  if (ok)
    collect_timing (self);
  return ok;
}

static int
compare_kernel_times (gconstpointer a, gconstpointer b, gpointer user_data)
{
  MonocleCommands *self = user_data;
  double difference = self->kernel_ms[*(const guint *) b] - self->kernel_ms[*(const guint *) a];

  return difference > 0 ? 1 : difference < 0 ? -1 : 0;
}

char *
monocle_commands_describe_timing (MonocleCommands *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint order[MONOCLE_N_KERNELS];

  if (!self->queries)
    return NULL;

  for (guint i = 0; i < MONOCLE_N_KERNELS; i++)
    order[i] = i;
  g_qsort_with_data (order, MONOCLE_N_KERNELS, sizeof *order, compare_kernel_times, self);
  for (guint i = 0; i < MONOCLE_N_KERNELS; i++)
    if (self->kernel_count[order[i]] > 0)
      g_string_append_printf (text, "%s %-26s %5u x, %9.2f ms\n", self->name,
                              monocle_kernels[order[i]].name, self->kernel_count[order[i]],
                              self->kernel_ms[order[i]]);
  memset (self->kernel_ms, 0, sizeof self->kernel_ms);
  memset (self->kernel_count, 0, sizeof self->kernel_count);

  return g_string_free (g_steal_pointer (&text), FALSE);
}
