/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/vk/cooperative-matrix.h"

#include "engine/vk/gpu.h"
#include "engine/vk/instance.h"

/* The size that GPUs know best. */
#define BEST_SIDE 16

static VkResult
list_matrices (gpointer physical, guint32 *n, gpointer matrices)
{
  const PFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR list
      = (PFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR) vkGetInstanceProcAddr (
          monocle_vk_instance_get (NULL), "vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR");
  VkCooperativeMatrixPropertiesKHR *properties = matrices;

  if (!list)
    return VK_ERROR_EXTENSION_NOT_PRESENT;
  for (guint32 i = 0; properties && i < *n; i++)
    properties[i].sType = VK_STRUCTURE_TYPE_COOPERATIVE_MATRIX_PROPERTIES_KHR;
  return list (physical, n, properties);
}

static gboolean
has_features (VkPhysicalDevice physical)
{
  VkPhysicalDeviceVulkan12Features vulkan12
      = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES };
  VkPhysicalDeviceCooperativeMatrixFeaturesKHR matrix
      = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_FEATURES_KHR,
          .pNext = &vulkan12 };
  VkPhysicalDeviceFeatures2 features
      = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, .pNext = &matrix };

  vkGetPhysicalDeviceFeatures2 (physical, &features);
  return matrix.cooperativeMatrix && vulkan12.vulkanMemoryModel && vulkan12.shaderFloat16;
}

MonocleVkMatrix
monocle_vk_cooperative_matrix_query (VkPhysicalDevice physical)
{
  g_autoptr (GArray) matrices = NULL;
  MonocleVkMatrix found = { 0 };

  if (!has_features (physical))
    return found;
  matrices = monocle_vk_enumerate (list_matrices, physical,
                                   sizeof (VkCooperativeMatrixPropertiesKHR), "matrices", NULL);
  for (guint i = 0; matrices && i < matrices->len; i++)
    {
      const VkCooperativeMatrixPropertiesKHR *matrix
          = &g_array_index (matrices, VkCooperativeMatrixPropertiesKHR, i);
      const gboolean is_best
          = matrix->MSize == BEST_SIDE && matrix->NSize == BEST_SIDE && matrix->KSize == BEST_SIDE;

      if (matrix->scope == VK_SCOPE_SUBGROUP_KHR && matrix->AType == VK_COMPONENT_TYPE_FLOAT16_KHR
          && matrix->BType == VK_COMPONENT_TYPE_FLOAT16_KHR
          && matrix->CType == VK_COMPONENT_TYPE_FLOAT32_KHR
          && matrix->ResultType == VK_COMPONENT_TYPE_FLOAT32_KHR && (is_best || !found.rows))
        found = (MonocleVkMatrix){ matrix->MSize, matrix->NSize, matrix->KSize };
    }
  return found;
}
