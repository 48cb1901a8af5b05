/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Vulkan devices: the list of physical ones, and an open logical device with its compute queue,
 * limits and caches. Everything under vk/ belongs to the thread that uses the device; there are no
 * locks here.
 */
#pragma once

#include <gio/gio.h>
#include <vulkan/vulkan.h>

#include "engine/vk/traits.h"

G_BEGIN_DECLS

typedef enum
{
  MONOCLE_VK_GPU_DISCRETE,
  MONOCLE_VK_GPU_INTEGRATED,
  MONOCLE_VK_GPU_VIRTUAL,
  MONOCLE_VK_GPU_CPU,
  MONOCLE_VK_GPU_OTHER,
} MonocleVkGpuKind;

/* What is known of a physical device before it is opened. */
typedef struct
{
  VkPhysicalDevice physical;
  char name[VK_MAX_PHYSICAL_DEVICE_NAME_SIZE + 32]; /* of no other device in the list */
  char driver_name[VK_MAX_DRIVER_NAME_SIZE];
  char driver_info[VK_MAX_DRIVER_INFO_SIZE]; /* its version, in its own words where it has some */
  guint32 vendor_id, device_id, driver_version, api_version;
  guint8 uuid[VK_UUID_SIZE]; /* stable across runs, and of no other device in the list */
  char pci[20];              /* address on the bus; empty where it is not told */
  MonocleVkGpuKind kind;
  guint queue_family;
  guint64 max_allocation_bytes; /* the largest piece of memory that can be had at once */
  gboolean memory_budget;       /* VK_EXT_memory_budget */
  float timestamp_period_ns;    /* 0: no timestamps */
  guint64 timestamp_mask;       /* the bits of one that count */
  VkPhysicalDeviceLimits limits;
  MonocleVkTraits traits;
} MonocleVkGpuInfo;

typedef struct _MonocleVkGpu MonocleVkGpu;
typedef struct _MonocleVkMemory MonocleVkMemory;
typedef struct _MonocleVkPaper MonocleVkPaper;
typedef struct _MonocleVkPipelines MonocleVkPipelines;
typedef struct _MonocleVkProfile MonocleVkProfile;
typedef struct _MonocleVkStaging MonocleVkStaging;

struct _MonocleVkGpu
{
  MonocleVkGpuInfo info;
  VkDevice device;
  VkQueue queue;
  VkCommandPool command_pool;
  MonocleVkMemory *memory;
  MonocleVkStaging *staging;
  MonocleVkPipelines *pipelines;

  MonocleVkPaper *paper; /* (nullable): what is only counted; there is no device then, nor queue */

  /* (nullable) (transfer full): times what is encoded while it is there */
  MonocleVkProfile *profile;

  /* By which kernels are chosen: those of the device, unless a debug switch says otherwise. */
  MonocleVkTraits traits;
};

GArray *monocle_vk_gpu_list (GError **error);
MonocleVkGpu *monocle_vk_gpu_open (const MonocleVkGpuInfo *info, GError **error);
void monocle_vk_gpu_close (MonocleVkGpu *gpu);
gboolean monocle_vk_gpu_is_unified (const MonocleVkGpuInfo *info);
gboolean monocle_vk_gpu_wait (MonocleVkGpu *gpu, VkFence fence, const char *what, GError **error);

typedef VkResult (*MonocleVkEnumerate) (gpointer source, guint32 *n, gpointer items);
GArray *monocle_vk_enumerate (
    MonocleVkEnumerate list, gpointer source, gsize item_size, const char *what, GError **error);
gboolean monocle_vk_is_shortage (VkResult result);
gboolean monocle_vk_check (VkResult result, const char *what, GError **error);

/* The same for a call that makes what @handle points to: after a failure Vulkan may leave anything
 * there. */
#define monocle_vk_check_new(result, handle, what, error)                                          \
  (monocle_vk_check (result, what, error) || (*(handle) = VK_NULL_HANDLE, FALSE))

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleVkGpu, monocle_vk_gpu_close)

G_END_DECLS
