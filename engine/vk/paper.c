/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/vk/paper.h"

#include <string.h>
#include <sys/mman.h>

#include "engine/vk/staging.h"

MonocleVkGpu *
monocle_vk_paper_open (const MonocleVkGpuInfo *info)
{
  MonocleVkGpu *gpu = g_new0 (MonocleVkGpu, 1);

  gpu->info = *info;
  gpu->traits = info->traits;
  monocle_vk_traits_override (&gpu->traits);
  gpu->paper = g_new0 (MonocleVkPaper, 1);
  gpu->memory = monocle_vk_memory_new (gpu);
  gpu->staging = monocle_vk_staging_new (gpu);
  return gpu;
}

static MonocleVkPurpose
get_purpose (const MonocleVkPaper *self, const char *name)
{
  if (g_str_equal (name, MONOCLE_VK_WEIGHTS))
    return MONOCLE_VK_PURPOSE_WEIGHTS;
  if (g_str_has_suffix (name, MONOCLE_VK_STAGING))
    return MONOCLE_VK_PURPOSE_STAGING;
  return self->is_asking ? MONOCLE_VK_PURPOSE_ANSWER : MONOCLE_VK_PURPOSE_WORKSPACE;
}

void
monocle_vk_paper_take (MonocleVkPaper *self, MonocleVkBuffer *buffer, const char *name)
{
  MonocleVkMemory *memory = buffer->gpu->memory;

  buffer->purpose = get_purpose (self, name);
  self->now[buffer->purpose] += buffer->size;
  if (monocle_vk_memory_get_used_bytes (memory) == monocle_vk_memory_get_peak_bytes (memory))
    memcpy (self->at_peak, self->now, sizeof self->now);
}

void
monocle_vk_paper_give_back (MonocleVkPaper *self, const MonocleVkBuffer *buffer)
{
  self->now[buffer->purpose] -= buffer->size;
}

gpointer
monocle_vk_paper_map (guint64 size)
{
  gpointer memory = mmap (NULL, size, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

  return memory == MAP_FAILED ? NULL : memory;
}

void
monocle_vk_paper_unmap (gpointer memory, guint64 size)
{
  if (memory)
    munmap (memory, size);
}
