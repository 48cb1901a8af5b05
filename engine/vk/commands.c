/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/vk/commands-private.h"

#include "engine/base/error.h"
#include "engine/vk/compile.h"
#include "engine/vk/steps.h"

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
  self->timed = g_array_new (FALSE, FALSE, sizeof (MonocleTimedStep));

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

void
monocle_commands_reset (MonocleCommands *self)
{
  monocle_commands_drop_encoded (self);
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

/* A model can be larger in one dimension than a device can do; that is nobody's bug. */
static void
refuse (MonocleCommands *self, const MonocleKernel *kernel, const char *what)
{
  monocle_commands_take_error (self, g_error_new (MONOCLE_ENGINE_ERROR,
                                                  MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
                                                  "This model needs %s than %s allows (%s)", what,
                                                  self->gpu->info.name, kernel->name));
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
collect_timing (MonocleCommands *self)
{
  const MonocleVkGpuInfo *info = &self->gpu->info;
  const guint n = self->timed->len;
  g_autofree guint64 *stamps = NULL;

  if (n == 0 || !self->gpu->profile)
    return;
  stamps = g_new0 (guint64, n);
  if (vkGetQueryPoolResults (self->gpu->device, self->queries, 0, n, n * sizeof *stamps, stamps,
                             sizeof *stamps, VK_QUERY_RESULT_64_BIT)
      != VK_SUCCESS)
    return;

  for (guint i = 0; i < n; i++)
    {
      const MonocleTimedStep *step = &g_array_index (self->timed, MonocleTimedStep, i);
      const double ms = (double) info->timestamp_period_ns * 1e-6;

      /* A clock of few bits begins anew now and then. */
      if (step->kernel && stamps[i] >= stamps[i - 1])
        monocle_vk_profile_add (self->gpu->profile, step,
                                (double) (stamps[i - 1] & info->timestamp_mask) * ms,
                                (double) (stamps[i] & info->timestamp_mask) * ms);
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
      || !monocle_vk_compile (&self, 1, cancellable, NULL, NULL, error)
      || !monocle_commands_encode (self, error))
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
