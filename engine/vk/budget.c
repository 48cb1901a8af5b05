/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/vk/budget.h"

#include "engine/vk/memory.h"

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
  return budget->budget_bytes > budget->used_bytes ? budget->budget_bytes - budget->used_bytes : 0;
}

static MonocleVkBudget
query_heaps (const MonocleVkGpuInfo *info, MonocleVkMemory *memory)
{
  VkPhysicalDeviceMemoryBudgetPropertiesEXT told
      = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT };
  VkPhysicalDeviceMemoryProperties2 properties
      = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2,
          .pNext = info->memory_budget ? &told : NULL };
  MonocleVkBudget best = { 0 };

  vkGetPhysicalDeviceMemoryProperties2 (info->physical, &properties);
  for (guint i = 0; i < properties.memoryProperties.memoryHeapCount; i++)
    {
      const VkMemoryHeap *heap = &properties.memoryProperties.memoryHeaps[i];
      const MonocleVkBudget budget = {
        .total_bytes = heap->size,
        .budget_bytes = info->memory_budget ? told.heapBudget[i] : heap->size,
        .used_bytes = info->memory_budget ? told.heapUsage[i]
                      : memory            ? monocle_vk_memory_get_heap_used_bytes (memory, i)
                                          : 0,
      };

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
monocle_vk_budget_get_available_bytes (MonocleVkGpu *gpu)
{
  const MonocleVkBudget budget = monocle_vk_budget_query (&gpu->info, gpu->memory);

  return get_left (&budget);
}
