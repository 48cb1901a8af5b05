/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a device is like, as far as the choice of a kernel goes. Kernels say what they need in
 * kernels.def; which of several suits best is said by the variants of an op (nn/variant).
 */
#pragma once

#include <glib.h>
#include <vulkan/vulkan.h>

G_BEGIN_DECLS

/**
 * MonocleVkNeeds:
 * @MONOCLE_VK_NEEDS_NOTHING: beyond 16-bit storage where a format is of 16 bits
 * @MONOCLE_VK_NEEDS_TEXELS: reads through texel buffers
 * @MONOCLE_VK_NEEDS_COOPERATIVE_MATRIX: subgroups multiply matrices
 * @MONOCLE_VK_NEEDS_SUMS: subgroups add up what their lanes have
 * @MONOCLE_VK_NEEDS_TEXELS_AND_SUMS: both
 * @MONOCLE_VK_NEEDS_ADDRESSES: reads at addresses, in subgroups of eight
 */
typedef enum
{
  MONOCLE_VK_NEEDS_NOTHING = 0,
  MONOCLE_VK_NEEDS_TEXELS = 1 << 0,
  MONOCLE_VK_NEEDS_COOPERATIVE_MATRIX = 1 << 1,
  MONOCLE_VK_NEEDS_SUMS = 1 << 2,
  MONOCLE_VK_NEEDS_TEXELS_AND_SUMS = MONOCLE_VK_NEEDS_TEXELS | MONOCLE_VK_NEEDS_SUMS,
  MONOCLE_VK_NEEDS_ADDRESSES = 1 << 3,
} MonocleVkNeeds;

/* What a subgroup multiplies at once: [rows, depth] and [depth, columns]. */
typedef struct
{
  guint rows, columns, depth;
} MonocleVkMatrix;

/**
 * MonocleVkTraits:
 * @software: a processor plays the device: workgroups are dear, barriers and shared memory more so,
 *   and texel buffers are the fastest way to read
 * @texels: every buffer can be read as texels
 * @f16_storage: storage buffers may hold 16-bit numbers
 * @f16_arithmetic: it calculates in 16-bit floats
 * @matrix: subgroups multiply matrices of 16-bit floats (VK_KHR_cooperative_matrix); 0: they do not
 * @sums: subgroups add up what their lanes have
 * @addresses: a processor that plays eight invocations at once by one vector, and reads at
 * addresses; see shaders/addresses.glsl
 * @subgroup_size: lanes of a subgroup; 1 where that is not told
 * @shared_bytes: shared memory of a workgroup
 * @max_binding_bytes: what a kernel may see of a buffer at once
 * @max_texels: of a texel buffer
 */
typedef struct
{
  gboolean software;
  gboolean texels;
  gboolean f16_storage;
  gboolean f16_arithmetic;
  MonocleVkMatrix matrix;
  gboolean sums;
  gboolean addresses;
  guint subgroup_size;
  guint shared_bytes;
  guint64 max_binding_bytes;
  guint64 max_texels;
} MonocleVkTraits;

/**
 * monocle_vk_traits_query:
 * @physical: a device of Vulkan 1.2
 * @cooperative_matrix: whether it lists that extension
 * @traits: (out caller-allocates): what it is like
 */
void monocle_vk_traits_query (VkPhysicalDevice physical,
                              gboolean cooperative_matrix,
                              MonocleVkTraits *traits);

/**
 * monocle_vk_traits_override:
 * @traits: (inout): of a device that is to be opened
 *
 * MONOCLE_DEBUG=gpu-kernels: a software device passes for a GPU.
 */
void monocle_vk_traits_override (MonocleVkTraits *traits);

/**
 * monocle_vk_traits_has_narrow_activations:
 * @traits: of a device
 *
 * Returns: whether activations in 16 bits are worth it: what software devices save in memory they
 *   lose in conversions, and a GPU that does not calculate in them is rarely good at moving them
 */
gboolean monocle_vk_traits_has_narrow_activations (const MonocleVkTraits *traits);

/**
 * monocle_vk_traits_describe:
 * @traits: of a device
 *
 * Returns: (transfer full): one line, for logs
 */
char *monocle_vk_traits_describe (const MonocleVkTraits *traits);

G_END_DECLS
