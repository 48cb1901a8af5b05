/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/vk/gpu.h"

#include "engine/debug.h"
#include "engine/error.h"
#include "engine/vk/instance.h"
#include "engine/vk/memory.h"
#include "engine/vk/pipelines.h"

/* The floor of limits that kernels are written for. */
#define MIN_PUSH_CONSTANTS        128
#define MIN_WORKGROUP_INVOCATIONS 256
#define MIN_SHARED_BYTES          (16 * 1024)

static MonocleVkGpuKind
kind_from_type (VkPhysicalDeviceType type)
{
  switch (type)
    {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
      return MONOCLE_VK_GPU_DISCRETE;
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
      return MONOCLE_VK_GPU_INTEGRATED;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
      return MONOCLE_VK_GPU_VIRTUAL;
    case VK_PHYSICAL_DEVICE_TYPE_CPU:
      return MONOCLE_VK_GPU_CPU;
    case VK_PHYSICAL_DEVICE_TYPE_OTHER:
    case VK_PHYSICAL_DEVICE_TYPE_MAX_ENUM:
    default:
      return MONOCLE_VK_GPU_OTHER;
    }
}

/* A family that computes; one without graphics first, since it is not shared with the desktop. */
static gboolean
pick_queue_family (VkPhysicalDevice physical, guint *family, guint *timestamp_bits)
{
  g_autofree VkQueueFamilyProperties *families = NULL;
  guint32 n = 0;
  gint best = -1;

  vkGetPhysicalDeviceQueueFamilyProperties (physical, &n, NULL);
  families = g_new0 (VkQueueFamilyProperties, n);
  vkGetPhysicalDeviceQueueFamilyProperties (physical, &n, families);
  for (guint i = 0; i < n; i++)
    {
      VkQueueFlags flags = families[i].queueFlags;

      if (!(flags & VK_QUEUE_COMPUTE_BIT))
        continue;
      if (best < 0
          || (!(flags & VK_QUEUE_GRAPHICS_BIT)
              && (families[best].queueFlags & VK_QUEUE_GRAPHICS_BIT)))
        best = i;
    }

  if (best < 0)
    return FALSE;

  *family = best;
  *timestamp_bits = families[best].timestampValidBits;
  return TRUE;
}

static gboolean
has_extension (VkPhysicalDevice physical, const char *name)
{
  g_autofree VkExtensionProperties *extensions = NULL;
  guint32 n = 0;

  vkEnumerateDeviceExtensionProperties (physical, NULL, &n, NULL);
  extensions = g_new0 (VkExtensionProperties, n);
  vkEnumerateDeviceExtensionProperties (physical, NULL, &n, extensions);
  for (guint i = 0; i < n; i++)
    if (strcmp (extensions[i].extensionName, name) == 0)
      return TRUE;

  return FALSE;
}

static gboolean
query_info (VkPhysicalDevice physical, MonocleVkGpuInfo *info)
{
  VkPhysicalDeviceIDProperties id = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES };
  VkPhysicalDeviceDriverProperties driver
      = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES, .pNext = &id };
  VkPhysicalDeviceProperties2 properties
      = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &driver };
  VkPhysicalDeviceVulkan11Features vulkan11
      = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES };
  VkPhysicalDeviceFeatures2 features
      = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, .pNext = &vulkan11 };
  VkPhysicalDeviceMemoryProperties memory;
  guint timestamp_bits = 0;

  vkGetPhysicalDeviceProperties (physical, &properties.properties);
  if (properties.properties.apiVersion < VK_API_VERSION_1_2)
    return FALSE;

  vkGetPhysicalDeviceProperties2 (physical, &properties);
  vkGetPhysicalDeviceFeatures2 (physical, &features);
  vkGetPhysicalDeviceMemoryProperties (physical, &memory);

  *info = (MonocleVkGpuInfo){
    .physical = physical,
    .vendor_id = properties.properties.vendorID,
    .device_id = properties.properties.deviceID,
    .driver_version = properties.properties.driverVersion,
    .api_version = properties.properties.apiVersion,
    .kind = kind_from_type (properties.properties.deviceType),
    .limits = properties.properties.limits,
    .storage_f16 = vulkan11.storageBuffer16BitAccess,
    .memory_budget = has_extension (physical, VK_EXT_MEMORY_BUDGET_EXTENSION_NAME),
  };
  g_strlcpy (info->name, properties.properties.deviceName, sizeof info->name);
  g_snprintf (info->driver, sizeof info->driver, "%s%s%s", driver.driverName,
              driver.driverInfo[0] ? " " : "", driver.driverInfo);
  memcpy (info->uuid, id.deviceUUID, sizeof info->uuid);

  if (!pick_queue_family (physical, &info->queue_family, &timestamp_bits)
      || info->limits.maxPushConstantsSize < MIN_PUSH_CONSTANTS
      || info->limits.maxComputeWorkGroupInvocations < MIN_WORKGROUP_INVOCATIONS
      || info->limits.maxComputeSharedMemorySize < MIN_SHARED_BYTES)
    return FALSE;

  info->timestamp_period_ns = timestamp_bits > 0 ? info->limits.timestampPeriod : 0;
  for (guint i = 0; i < memory.memoryHeapCount; i++)
    if (memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT)
      info->heap_size_bytes = MAX (info->heap_size_bytes, memory.memoryHeaps[i].size);

  return TRUE;
}

static gint
compare_infos (gconstpointer a, gconstpointer b)
{
  return (gint) ((const MonocleVkGpuInfo *) a)->kind - (gint) ((const MonocleVkGpuInfo *) b)->kind;
}

/**
 * monocle_vk_gpu_list:
 * @error: return location for an error
 *
 * Lists the devices that the engine can use: Vulkan 1.2, a compute queue and the floor of limits.
 * Discrete ones first, then integrated, virtual and CPU devices.
 *
 * Returns: (transfer full) (element-type MonocleVkGpuInfo): the devices, perhaps none
 *
 * Errors: %MONOCLE_ENGINE_ERROR_NO_DEVICE when Vulkan itself is missing.
 */
GArray *
monocle_vk_gpu_list (GError **error)
{
  g_autoptr (GArray) infos = NULL;
  g_autofree VkPhysicalDevice *physicals = NULL;
  VkInstance instance = monocle_vk_instance_get (error);
  guint32 n = 0;

  if (instance == VK_NULL_HANDLE)
    return NULL;

  vkEnumeratePhysicalDevices (instance, &n, NULL);
  physicals = g_new0 (VkPhysicalDevice, n);
  vkEnumeratePhysicalDevices (instance, &n, physicals);

  infos = g_array_new (FALSE, FALSE, sizeof (MonocleVkGpuInfo));
  for (guint i = 0; i < n; i++)
    {
      MonocleVkGpuInfo info;

      if (query_info (physicals[i], &info))
        g_array_append_val (infos, info);
    }
  g_array_sort (infos, compare_infos);

  return g_steal_pointer (&infos);
}

/**
 * monocle_vk_gpu_open:
 * @info: a device from monocle_vk_gpu_list()
 * @error: return location for an error
 *
 * Makes the logical device with its queue, memory and pipelines. Optional features are switched on
 * where the device has them.
 *
 * Returns: (transfer full) (nullable): the open device
 */
MonocleVkGpu *
monocle_vk_gpu_open (const MonocleVkGpuInfo *info, GError **error)
{
  g_autoptr (MonocleVkGpu) gpu = g_new0 (MonocleVkGpu, 1);
  const float priority = 1;
  const VkDeviceQueueCreateInfo queue_info = {
    .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
    .queueFamilyIndex = info->queue_family,
    .queueCount = 1,
    .pQueuePriorities = &priority,
  };
  VkPhysicalDeviceVulkan11Features vulkan11 = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES,
    .storageBuffer16BitAccess = info->storage_f16,
  };
  const char *extensions[] = { VK_EXT_MEMORY_BUDGET_EXTENSION_NAME };
  const VkDeviceCreateInfo device_info = {
    .sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
    .pNext = &vulkan11,
    .queueCreateInfoCount = 1,
    .pQueueCreateInfos = &queue_info,
    .enabledExtensionCount = info->memory_budget ? 1 : 0,
    .ppEnabledExtensionNames = extensions,
  };
  const VkCommandPoolCreateInfo pool_info = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
    .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
    .queueFamilyIndex = info->queue_family,
  };

  gpu->info = *info;
  gpu->block_kernels
      = info->kind == MONOCLE_VK_GPU_CPU && !monocle_debug_has (MONOCLE_DEBUG_GPU_KERNELS);

  if (!monocle_vk_check (vkCreateDevice (info->physical, &device_info, NULL, &gpu->device),
                         info->name, error))
    return NULL;

  vkGetDeviceQueue (gpu->device, info->queue_family, 0, &gpu->queue);
  if (!monocle_vk_check (vkCreateCommandPool (gpu->device, &pool_info, NULL, &gpu->command_pool),
                         "command pool", error))
    return NULL;

  gpu->memory = monocle_vk_memory_new (gpu);
  gpu->pipelines = monocle_vk_pipelines_new (gpu);

  return g_steal_pointer (&gpu);
}

/**
 * monocle_vk_gpu_close:
 * @gpu: (nullable) (transfer full): an open device
 *
 * Waits for its work, stores the pipeline cache and destroys it. Buffers and commands of the device
 * must be gone before.
 */
void
monocle_vk_gpu_close (MonocleVkGpu *gpu)
{
  if (!gpu)
    return;

  if (gpu->device)
    {
      vkDeviceWaitIdle (gpu->device);
      g_clear_pointer (&gpu->pipelines, monocle_vk_pipelines_free);
      g_clear_pointer (&gpu->memory, monocle_vk_memory_free);
      vkDestroyCommandPool (gpu->device, gpu->command_pool, NULL);
      vkDestroyDevice (gpu->device, NULL);
    }
  g_free (gpu);
}

guint64
monocle_vk_gpu_get_host_bytes (const char *name)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/meminfo", &text, NULL, NULL))
    return 0;

  line = strstr (text, name);
  return line ? g_ascii_strtoull (line + strlen (name) + 1, NULL, 10) * 1024 : 0;
}

/**
 * monocle_vk_gpu_get_available_bytes:
 * @gpu: an open device
 *
 * Returns: how much device-local memory may still be used: the driver's budget where it tells one,
 *   else the heap less what this process took. A CPU device uses the machine's memory; the size
 * that lavapipe gives its heap is made up.
 */
guint64
monocle_vk_gpu_get_available_bytes (MonocleVkGpu *gpu)
{
  VkPhysicalDeviceMemoryBudgetPropertiesEXT budget
      = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT };
  VkPhysicalDeviceMemoryProperties2 memory
      = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2,
          .pNext = gpu->info.memory_budget ? &budget : NULL };
  guint64 used = monocle_vk_memory_get_used_bytes (gpu->memory);
  guint64 available = 0;

  if (gpu->info.kind == MONOCLE_VK_GPU_CPU)
    available = monocle_vk_gpu_get_host_bytes ("MemAvailable");
  if (available > 0)
    return available;

  vkGetPhysicalDeviceMemoryProperties2 (gpu->info.physical, &memory);
  for (guint i = 0; i < memory.memoryProperties.memoryHeapCount; i++)
    {
      guint64 size = memory.memoryProperties.memoryHeaps[i].size;

      if (!(memory.memoryProperties.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT))
        continue;
      if (gpu->info.memory_budget)
        size = budget.heapBudget[i] > budget.heapUsage[i]
                   ? budget.heapBudget[i] - budget.heapUsage[i]
                   : 0;
      else
        size = size > used ? size - used : 0;
      available = MAX (available, size);
    }

  return available;
}

/**
 * monocle_vk_check:
 * @result: what a Vulkan call returned
 * @what: what was attempted, for the message
 * @error: return location for an error
 *
 * Turns a Vulkan result into an error.
 *
 * Returns: whether the call succeeded
 */
gboolean
monocle_vk_check (VkResult result, const char *what, GError **error)
{
  if (result == VK_SUCCESS)
    return TRUE;

  if (result == VK_ERROR_DEVICE_LOST)
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST,
                 "The device stopped answering (%s)", what);
  else if (result == VK_ERROR_OUT_OF_DEVICE_MEMORY || result == VK_ERROR_OUT_OF_HOST_MEMORY)
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
                 "The device has too little memory (%s)", what);
  else
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_FAILED, "Vulkan error %d (%s)",
                 result, what);

  return FALSE;
}
