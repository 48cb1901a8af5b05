/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/vk/gpu.h"

#include "engine/base/error.h"
#include "engine/vk/cooperative-matrix.h"
#include "engine/vk/instance.h"
#include "engine/vk/memory.h"
#include "engine/vk/pipelines.h"
#include "engine/vk/profile.h"
#include "engine/vk/staging.h"

/* The floor of limits that kernels are written for. */
#define MIN_PUSH_CONSTANTS        128
#define MIN_WORKGROUP_INVOCATIONS 256
#define MIN_SHARED_BYTES          (16 * 1024)
#define MIN_STORAGE_BUFFERS       6

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
  int best = -1;

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
has_extension (GArray *extensions, const char *name)
{
  for (guint i = 0; i < extensions->len; i++)
    if (strcmp (g_array_index (extensions, VkExtensionProperties, i).extensionName, name) == 0)
      return TRUE;

  return FALSE;
}

static VkResult
list_extensions (gpointer physical, guint32 *n, gpointer extensions)
{
  return vkEnumerateDeviceExtensionProperties (physical, NULL, n, extensions);
}

static gboolean
reaches_floor (const VkPhysicalDeviceLimits *limits)
{
  return limits->maxPushConstantsSize >= MIN_PUSH_CONSTANTS
         && limits->maxComputeWorkGroupInvocations >= MIN_WORKGROUP_INVOCATIONS
         && limits->maxComputeWorkGroupSize[0] >= MIN_WORKGROUP_INVOCATIONS
         && limits->maxComputeSharedMemorySize >= MIN_SHARED_BYTES
         && limits->maxPerStageDescriptorStorageBuffers >= MIN_STORAGE_BUFFERS;
}

/* Not every driver words its version; the number is laid out as Vulkan's own ones, but for one
 * maker.
 */
static void
name_driver (MonocleVkGpuInfo *info, const VkPhysicalDeviceDriverProperties *driver)
{
  const guint32 version = info->driver_version;

  g_strlcpy (info->driver_name, driver->driverName, sizeof info->driver_name);
  if (driver->driverInfo[0])
    g_strlcpy (info->driver_info, driver->driverInfo, sizeof info->driver_info);
  else if (driver->driverID == VK_DRIVER_ID_NVIDIA_PROPRIETARY)
    g_snprintf (info->driver_info, sizeof info->driver_info, "%u.%02u.%02u", version >> 22,
                version >> 14 & 0xff, version >> 6 & 0xff);
  else
    g_snprintf (info->driver_info, sizeof info->driver_info, "%u.%u.%u",
                VK_API_VERSION_MAJOR (version), VK_API_VERSION_MINOR (version),
                VK_API_VERSION_PATCH (version));
}

static gboolean
query_info (VkPhysicalDevice physical, MonocleVkGpuInfo *info)
{
  g_autoptr (GArray) extensions = NULL;
  VkPhysicalDevicePCIBusInfoPropertiesEXT pci
      = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PCI_BUS_INFO_PROPERTIES_EXT };
  VkPhysicalDeviceIDProperties id = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES };
  VkPhysicalDeviceMaintenance3Properties sizes
      = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES, .pNext = &id };
  VkPhysicalDeviceDriverProperties driver
      = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES, .pNext = &sizes };
  VkPhysicalDeviceProperties2 properties
      = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &driver };
  guint timestamp_bits = 0;

  vkGetPhysicalDeviceProperties (physical, &properties.properties);
  if (properties.properties.apiVersion < VK_API_VERSION_1_2)
    return FALSE;

  /* They are all optional, so a driver that cannot list them is as good as one without. */
  extensions = monocle_vk_enumerate (list_extensions, physical, sizeof (VkExtensionProperties),
                                     "extensions", NULL);
  if (!extensions)
    extensions = g_array_new (FALSE, FALSE, sizeof (VkExtensionProperties));
  if (has_extension (extensions, VK_EXT_PCI_BUS_INFO_EXTENSION_NAME))
    id.pNext = &pci;

  vkGetPhysicalDeviceProperties2 (physical, &properties);

  *info = (MonocleVkGpuInfo){
    .physical = physical,
    .vendor_id = properties.properties.vendorID,
    .device_id = properties.properties.deviceID,
    .driver_version = properties.properties.driverVersion,
    .api_version = properties.properties.apiVersion,
    .kind = kind_from_type (properties.properties.deviceType),
    .limits = properties.properties.limits,
    .max_allocation_bytes = sizes.maxMemoryAllocationSize,
    .memory_budget = has_extension (extensions, VK_EXT_MEMORY_BUDGET_EXTENSION_NAME),
  };
  monocle_vk_traits_query (
      physical,
      info->api_version >= VK_API_VERSION_1_3
          && has_extension (extensions, VK_KHR_COOPERATIVE_MATRIX_EXTENSION_NAME),
      &info->traits);
  g_strlcpy (info->name, properties.properties.deviceName, sizeof info->name);
  name_driver (info, &driver);
  memcpy (info->uuid, id.deviceUUID, sizeof info->uuid);
  if (id.pNext)
    g_snprintf (info->pci, sizeof info->pci, "%04x:%02x:%02x.%x", pci.pciDomain, pci.pciBus,
                pci.pciDevice, pci.pciFunction);

  if (!pick_queue_family (physical, &info->queue_family, &timestamp_bits)
      || !reaches_floor (&info->limits))
    return FALSE;

  info->timestamp_mask
      = timestamp_bits < 64 ? (G_GUINT64_CONSTANT (1) << timestamp_bits) - 1 : G_MAXUINT64;
  info->timestamp_period_ns = timestamp_bits > 0 ? info->limits.timestampPeriod : 0;

  return TRUE;
}

static int
compare_infos (gconstpointer a, gconstpointer b)
{
  return (int) ((const MonocleVkGpuInfo *) a)->kind - (int) ((const MonocleVkGpuInfo *) b)->kind;
}

/* Tells one of several devices of a name apart: "Card" becomes "Card, PCI 0000:01:00.0" where the
 * addresses differ, else "Card #1". What stands in brackets stays last: it is left out where there
 * is little room. */
static void
mark_name (MonocleVkGpuInfo *info, const char *pci, guint number)
{
  const char *bracket = strstr (info->name, " (");
  gsize length
      = bracket && bracket > info->name ? (gsize) (bracket - info->name) : strlen (info->name);
  g_autofree char *mark
      = pci ? g_strdup_printf (", PCI %s", pci) : g_strdup_printf (" #%u", number);
  g_autoptr (GString) name = g_string_new (info->name);

  g_string_insert (name, length, mark);
  g_strlcpy (info->name, name->str, sizeof info->name);
}

/* Two cards of one make have one name, and some drivers give them one UUID too, or none: but people
 * choose by the name, and the UUID is the key to everything that is kept for a device. */
static void
tell_apart (GArray *infos)
{
  g_autoptr (GArray) given = g_array_copy (infos);

  for (guint i = 0; i < infos->len; i++)
    {
      const MonocleVkGpuInfo *self = &g_array_index (given, MonocleVkGpuInfo, i);
      MonocleVkGpuInfo *info = &g_array_index (infos, MonocleVkGpuInfo, i);
      guint n_names = 0, name_number = 0, uuid_number = 0;
      gboolean has_own_pci = self->pci[0] != '\0';

      for (guint j = 0; j < given->len; j++)
        {
          const MonocleVkGpuInfo *other = &g_array_index (given, MonocleVkGpuInfo, j);

          if (strcmp (self->name, other->name) == 0)
            {
              n_names++;
              name_number += j <= i;
              has_own_pci = has_own_pci && (j == i || strcmp (self->pci, other->pci) != 0);
            }
          uuid_number += j < i && memcmp (self->uuid, other->uuid, sizeof self->uuid) == 0;
        }

      if (n_names > 1)
        mark_name (info, has_own_pci ? self->pci : NULL, name_number);
      info->uuid[VK_UUID_SIZE - 1] ^= (guint8) uuid_number;
    }
}

static VkResult
list_physical_devices (gpointer instance, guint32 *n, gpointer physicals)
{
  return vkEnumeratePhysicalDevices (instance, n, physicals);
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
 * Errors: %MONOCLE_ENGINE_ERROR_NO_DEVICE when Vulkan itself is missing; what the driver reports.
 */
GArray *
monocle_vk_gpu_list (GError **error)
{
  g_autoptr (GArray) infos = NULL;
  g_autoptr (GArray) physicals = NULL;
  VkInstance instance = monocle_vk_instance_get (error);

  if (instance == VK_NULL_HANDLE)
    return NULL;

  physicals = monocle_vk_enumerate (list_physical_devices, instance, sizeof (VkPhysicalDevice),
                                    "list of devices", error);
  if (!physicals)
    return NULL;

  infos = g_array_new (FALSE, FALSE, sizeof (MonocleVkGpuInfo));
  for (guint i = 0; i < physicals->len; i++)
    {
      VkPhysicalDevice physical = g_array_index (physicals, VkPhysicalDevice, i);
      MonocleVkGpuInfo info;

      if (physical && query_info (physical, &info))
        g_array_append_val (infos, info);
    }
  g_array_sort (infos, compare_infos);
  tell_apart (infos);

  return g_steal_pointer (&infos);
}

static VkResult
create_device (const MonocleVkGpuInfo *info, VkDevice *device)
{
  const gboolean has_matrices = info->traits.matrix.rows > 0;
  const float priority = 1;
  const VkDeviceQueueCreateInfo queue_info = {
    .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
    .queueFamilyIndex = info->queue_family,
    .queueCount = 1,
    .pQueuePriorities = &priority,
  };
  VkPhysicalDeviceCooperativeMatrixFeaturesKHR matrix = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_FEATURES_KHR,
    .cooperativeMatrix = VK_TRUE,
  };
  /* Shaders with matrices are of SPIR-V 1.6, where a workgroup consists of full subgroups and has
   * its size from a constant by maintenance4; have 16-bit arithmetic, and that memory model. */
  VkPhysicalDeviceVulkan13Features vulkan13 = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES,
    .pNext = &matrix,
    .maintenance4 = VK_TRUE,
  };
  VkPhysicalDeviceVulkan12Features vulkan12 = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
    .pNext = has_matrices ? &vulkan13 : NULL,
    .shaderFloat16 = has_matrices,
    .vulkanMemoryModel = has_matrices,
    .bufferDeviceAddress = info->traits.addresses,
    .storageBuffer8BitAccess = info->traits.addresses,
    .shaderInt8 = info->traits.addresses,
  };
  VkPhysicalDeviceVulkan11Features vulkan11 = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES,
    .pNext = &vulkan12,
    .storageBuffer16BitAccess = info->traits.f16_storage,
  };
  /* Addresses have 64 bits; what is read there is not always of 32. */
  const VkPhysicalDeviceFeatures features
      = { .shaderInt64 = info->traits.addresses, .shaderInt16 = info->traits.addresses };
  const char *extensions[2];
  VkDeviceCreateInfo device_info = {
    .sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
    .pNext = &vulkan11,
    .queueCreateInfoCount = 1,
    .pQueueCreateInfos = &queue_info,
    .ppEnabledExtensionNames = extensions,
    .pEnabledFeatures = &features,
  };

  if (info->memory_budget)
    extensions[device_info.enabledExtensionCount++] = VK_EXT_MEMORY_BUDGET_EXTENSION_NAME;
  if (has_matrices)
    extensions[device_info.enabledExtensionCount++] = VK_KHR_COOPERATIVE_MATRIX_EXTENSION_NAME;
  return vkCreateDevice (info->physical, &device_info, NULL, device);
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
  g_autofree char *described = NULL;
  const VkCommandPoolCreateInfo pool_info = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
    .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
    .queueFamilyIndex = info->queue_family,
  };

  gpu->info = *info;
  gpu->traits = info->traits;
  monocle_vk_traits_override (&gpu->traits);
  described = monocle_vk_traits_describe (&gpu->traits);
  g_debug ("%s: %s", info->name, described);

  if (!monocle_vk_check_new (create_device (info, &gpu->device), &gpu->device, info->name, error))
    return NULL;

  vkGetDeviceQueue (gpu->device, info->queue_family, 0, &gpu->queue);
  if (!monocle_vk_check_new (
          vkCreateCommandPool (gpu->device, &pool_info, NULL, &gpu->command_pool),
          &gpu->command_pool, "command pool", error))
    return NULL;

  gpu->memory = monocle_vk_memory_new (gpu);
  gpu->staging = monocle_vk_staging_new (gpu);
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
      /* Nothing is on its way: whoever submitted waited. A lost device is taken down all the same.
       */
      vkDeviceWaitIdle (gpu->device);
      monocle_vk_pipelines_free (gpu->pipelines);
      /* Its buffers go back to the memory. */
      monocle_vk_staging_free (gpu->staging);
      monocle_vk_memory_free (gpu->memory);
      vkDestroyCommandPool (gpu->device, gpu->command_pool, NULL);
      vkDestroyDevice (gpu->device, NULL);
    }
  if (gpu->paper)
    {
      monocle_vk_staging_free (gpu->staging);
      monocle_vk_memory_free (gpu->memory);
      g_free (gpu->paper);
    }
  monocle_vk_profile_free (gpu->profile);
  g_free (gpu);
}

/**
 * monocle_vk_gpu_is_unified:
 * @info: a device
 *
 * Returns: whether the device's memory is the host's
 */
gboolean
monocle_vk_gpu_is_unified (const MonocleVkGpuInfo *info)
{
  return info->kind == MONOCLE_VK_GPU_CPU || info->kind == MONOCLE_VK_GPU_INTEGRATED;
}

/**
 * monocle_vk_gpu_wait:
 * @gpu: an open device
 * @fence: of a submission
 * @what: what was submitted, for the message
 * @error: return location for an error
 *
 * Waits until the submission is done. Where waiting for the fence fails, or the driver gives up
 * early, the work goes on, so the whole queue is waited for: what was submitted may be freed
 * afterwards in any case.
 *
 * Returns: whether it was done
 */
gboolean
monocle_vk_gpu_wait (MonocleVkGpu *gpu, VkFence fence, const char *what, GError **error)
{
  VkResult result = vkWaitForFences (gpu->device, 1, &fence, VK_TRUE, G_MAXUINT64);

  if (result != VK_SUCCESS)
    {
      VkResult idle = vkQueueWaitIdle (gpu->queue);

      /* Work of a lost device is lost, even where it ended. */
      if (result != VK_ERROR_DEVICE_LOST)
        result = idle;
    }

  return monocle_vk_check (result, what, error);
}

/**
 * monocle_vk_enumerate:
 * @list: calls the Vulkan function with the source, a count and an array or %NULL
 * @source: for @list
 * @item_size: bytes of an item
 * @what: what is listed, for the message
 * @error: return location for an error
 *
 * Asks for a list of which Vulkan first tells the length. The list may grow in between.
 *
 * Returns: (transfer full) (nullable): the items
 */
GArray *
monocle_vk_enumerate (
    MonocleVkEnumerate list, gpointer source, gsize item_size, const char *what, GError **error)
{
  g_autoptr (GArray) items = g_array_new (FALSE, TRUE, item_size);
  VkResult result = VK_INCOMPLETE;

  for (guint attempt = 0; result == VK_INCOMPLETE && attempt < 3; attempt++)
    {
      guint32 n = 0;

      result = list (source, &n, NULL);
      if (result != VK_SUCCESS)
        continue;
      g_array_set_size (items, 0);
      g_array_set_size (items, n);
      result = n > 0 ? list (source, &n, items->data) : VK_SUCCESS;
      g_array_set_size (items, MIN (n, items->len));
    }

  return monocle_vk_check (result, what, error) ? g_steal_pointer (&items) : NULL;
}

/**
 * monocle_vk_is_shortage:
 * @result: what a Vulkan call returned
 *
 * Returns: whether it failed for want of memory, so that less, or other memory, may do
 */
gboolean
monocle_vk_is_shortage (VkResult result)
{
  return result == VK_ERROR_OUT_OF_DEVICE_MEMORY || result == VK_ERROR_OUT_OF_HOST_MEMORY
         || result == VK_ERROR_MEMORY_MAP_FAILED || result == VK_ERROR_TOO_MANY_OBJECTS
         || result == VK_ERROR_OUT_OF_POOL_MEMORY || result == VK_ERROR_FRAGMENTED_POOL;
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

  if (result == VK_ERROR_DEVICE_LOST || result == VK_TIMEOUT)
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST,
                 "The device stopped answering (%s)", what);
  else if (monocle_vk_is_shortage (result))
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
                 "The device has too little memory (%s)", what);
  else if (result == VK_ERROR_INITIALIZATION_FAILED)
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_FAILED,
                 "The driver of the device could not start (%s)", what);
  else
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_FAILED, "Vulkan error %d (%s)",
                 result, what);

  return FALSE;
}
