/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/vk/budget.h"

#include "engine/vk/memory.h"

/* Of a budget this part stays with others: what they take meanwhile, and what a driver takes for
 * itself. */
#define MARGIN 32

/* A figure of the machine's memory, by its name in /proc/meminfo; 0 where it is not told.
 * @text: (nullable): of that file */
static guint64
get_host_bytes (const char *text, const char *name)
{
  const char *line = text ? strstr (text, name) : NULL;

  return line ? g_ascii_strtoull (line + strlen (name) + 1, NULL, 10) * 1024 : 0;
}

static guint64
get_left (const MonocleVkBudget *budget)
{
  const guint64 usable = budget->budget_bytes - budget->budget_bytes / MARGIN;

  return usable > budget->used_bytes ? usable - budget->used_bytes : 0;
}

/* @heaps: (array length=VK_MAX_MEMORY_HEAPS): what there is of each
 *
 * Returns: how many there are */
static guint
list_heaps (const MonocleVkGpuInfo *info,
            MonocleVkMemory *memory,
            MonocleVkBudget *heaps,
            VkPhysicalDeviceMemoryProperties *properties)
{
  VkPhysicalDeviceMemoryBudgetPropertiesEXT told
      = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT };
  VkPhysicalDeviceMemoryProperties2 all
      = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2,
          .pNext = info->memory_budget ? &told : NULL };

  vkGetPhysicalDeviceMemoryProperties2 (info->physical, &all);
  *properties = all.memoryProperties;
  for (guint i = 0; i < properties->memoryHeapCount; i++)
    heaps[i] = (MonocleVkBudget){
      .total_bytes = properties->memoryHeaps[i].size,
      .budget_bytes = info->memory_budget ? told.heapBudget[i] : properties->memoryHeaps[i].size,
      .used_bytes = info->memory_budget ? told.heapUsage[i]
                    : memory            ? monocle_vk_memory_get_heap_used_bytes (memory, i)
                                        : 0,
    };
  return properties->memoryHeapCount;
}

static MonocleVkBudget
query_heaps (const MonocleVkGpuInfo *info, MonocleVkMemory *memory)
{
  MonocleVkBudget heaps[VK_MAX_MEMORY_HEAPS], best = { 0 };
  VkPhysicalDeviceMemoryProperties properties;
  guint n_heaps = list_heaps (info, memory, heaps, &properties);

  for (guint i = 0; i < n_heaps; i++)
    {
      const VkMemoryHeap *heap = &properties.memoryHeaps[i];
      const MonocleVkBudget budget = heaps[i];

      if (monocle_vk_gpu_is_unified (info))
        {
          best.total_bytes += budget.total_bytes;
          best.budget_bytes += budget.budget_bytes;
          best.used_bytes += budget.used_bytes;
        }
      else if ((heap->flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT)
               && (best.total_bytes == 0 || get_left (&budget) > get_left (&best)))
        best = budget;
    }
  return best;
}

MonocleVkBudget
monocle_vk_budget_query (const MonocleVkGpuInfo *info, MonocleVkMemory *memory)
{
  MonocleVkBudget budget = query_heaps (info, memory);
  g_autofree char *host = NULL;
  guint64 available;

  if (info->kind == MONOCLE_VK_GPU_CPU)
    g_file_get_contents ("/proc/meminfo", &host, NULL, NULL);
  available = get_host_bytes (host, "MemAvailable");
  if (available == 0)
    return budget;

  budget.total_bytes = get_host_bytes (host, "MemTotal");
  budget.used_bytes = memory ? monocle_vk_memory_get_used_bytes (memory) : 0;
  budget.budget_bytes = available + budget.used_bytes;
  return budget;
}

guint64
monocle_vk_budget_get_free_bytes (const MonocleVkGpuInfo *info, MonocleVkMemory *memory)
{
  const MonocleVkBudget budget = monocle_vk_budget_query (info, memory);

  return get_left (&budget);
}

gboolean
monocle_vk_budget_has_room (MonocleVkGpu *gpu, guint heap, guint64 size)
{
  MonocleVkBudget heaps[VK_MAX_MEMORY_HEAPS];
  VkPhysicalDeviceMemoryProperties properties;

  if (gpu->info.kind == MONOCLE_VK_GPU_CPU)
    return size <= monocle_vk_budget_get_free_bytes (&gpu->info, gpu->memory);
  /* Where nobody tells, the driver does when it is asked for more than there is. */
  if (!gpu->info.memory_budget)
    return TRUE;
  list_heaps (&gpu->info, gpu->memory, heaps, &properties);
  return size <= get_left (&heaps[heap]);
}
