/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * VK_KHR_cooperative_matrix: what headers older than 1.3.255 do not declare of it, so that a
 * program built with them uses it all the same; and what a device multiplies.
 */
#pragma once

#include <glib.h>
#include <vulkan/vulkan.h>

#include "engine/vk/traits.h"

G_BEGIN_DECLS

#ifndef VK_KHR_cooperative_matrix

#define VK_KHR_COOPERATIVE_MATRIX_EXTENSION_NAME "VK_KHR_cooperative_matrix"
#define VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_FEATURES_KHR                          \
  ((VkStructureType) 1000506000)
#define VK_STRUCTURE_TYPE_COOPERATIVE_MATRIX_PROPERTIES_KHR ((VkStructureType) 1000506001)

/* Of the kinds of numbers, those that are asked for. */
typedef enum
{
  VK_COMPONENT_TYPE_FLOAT16_KHR = 0,
  VK_COMPONENT_TYPE_FLOAT32_KHR = 1,
} VkComponentTypeKHR;

typedef enum
{
  VK_SCOPE_SUBGROUP_KHR = 3,
} VkScopeKHR;

typedef struct
{
  VkStructureType sType;
  void *pNext;
  uint32_t MSize, NSize, KSize;
  VkComponentTypeKHR AType, BType, CType, ResultType;
  VkBool32 saturatingAccumulation;
  VkScopeKHR scope;
} VkCooperativeMatrixPropertiesKHR;

typedef struct
{
  VkStructureType sType;
  void *pNext;
  VkBool32 cooperativeMatrix;
  VkBool32 cooperativeMatrixRobustBufferAccess;
} VkPhysicalDeviceCooperativeMatrixFeaturesKHR;

typedef VkResult (VKAPI_PTR *PFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR) (
    VkPhysicalDevice physical, uint32_t *n, VkCooperativeMatrixPropertiesKHR *properties);

#endif

/**
 * monocle_vk_cooperative_matrix_query:
 * @physical: a device that lists the extension
 *
 * Returns: what its subgroups multiply of 16-bit floats to sums of 32 bits; sizes are 0 where it
 *   does not, or lacks something else that kernels with matrices need
 */
MonocleVkMatrix monocle_vk_cooperative_matrix_query (VkPhysicalDevice physical);

G_END_DECLS
