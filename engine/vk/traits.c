/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/vk/traits.h"

#include "engine/base/debug.h"
#include "engine/vk/cooperative-matrix.h"

void
monocle_vk_traits_query (VkPhysicalDevice physical,
                         gboolean cooperative_matrix,
                         MonocleVkTraits *traits)
{
  VkPhysicalDeviceSubgroupProperties subgroup
      = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES };
  VkPhysicalDeviceProperties2 properties
      = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &subgroup };
  VkPhysicalDeviceVulkan12Features vulkan12
      = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES };
  VkPhysicalDeviceVulkan11Features vulkan11
      = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES, .pNext = &vulkan12 };
  VkPhysicalDeviceFeatures2 features
      = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, .pNext = &vulkan11 };
  const VkPhysicalDeviceLimits *limits = &properties.properties.limits;

  vkGetPhysicalDeviceProperties2 (physical, &properties);
  vkGetPhysicalDeviceFeatures2 (physical, &features);

  *traits = (MonocleVkTraits){
    .software = properties.properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU,
    .f16_storage = vulkan11.storageBuffer16BitAccess,
    .f16_arithmetic = vulkan12.shaderFloat16,
    .sums = (subgroup.supportedStages & VK_SHADER_STAGE_COMPUTE_BIT)
            && (subgroup.supportedOperations & VK_SUBGROUP_FEATURE_ARITHMETIC_BIT),
    .subgroup_size = MAX (subgroup.subgroupSize, 1),
    .shared_bytes = limits->maxComputeSharedMemorySize,
    .max_binding_bytes = limits->maxStorageBufferRange,
    .max_texels = limits->maxTexelBufferElements,
  };
  traits->texels = traits->software;
  traits->addresses = traits->software && traits->subgroup_size == 8 && vulkan12.bufferDeviceAddress
                      && features.features.shaderInt64 && features.features.shaderInt16
                      && vulkan12.storageBuffer8BitAccess && vulkan12.shaderInt8
                      && (subgroup.supportedStages & VK_SHADER_STAGE_COMPUTE_BIT)
                      && (subgroup.supportedOperations & VK_SUBGROUP_FEATURE_SHUFFLE_BIT);
  if (cooperative_matrix)
    traits->matrix = monocle_vk_cooperative_matrix_query (physical);
}

void
monocle_vk_traits_override (MonocleVkTraits *traits)
{
  if (!monocle_debug_has (MONOCLE_DEBUG_GPU_KERNELS))
    return;

  traits->software = FALSE;
  traits->texels = FALSE;
  traits->addresses = FALSE;
}

gboolean
monocle_vk_traits_has_narrow_activations (const MonocleVkTraits *traits)
{
  return !traits->software && traits->f16_storage && traits->f16_arithmetic;
}

char *
monocle_vk_traits_describe (const MonocleVkTraits *traits)
{
  g_autofree char *matrix = traits->matrix.rows
                                ? g_strdup_printf ("%u x %u x %u", traits->matrix.rows,
                                                   traits->matrix.columns, traits->matrix.depth)
                                : g_strdup ("no");

  return g_strdup_printf ("%s kernels, subgroups of %u, 16 bits stored: %s, calculated: %s, "
                          "cooperative matrices: %s, addresses: %s",
                          traits->software ? "software" : "GPU", traits->subgroup_size,
                          traits->f16_storage ? "yes" : "no", traits->f16_arithmetic ? "yes" : "no",
                          matrix, traits->addresses ? "yes" : "no");
}
