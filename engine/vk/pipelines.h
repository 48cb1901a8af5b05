/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compute pipelines, made on first use from (kernel, storage, specialisation constants), and the
 * driver's pipeline cache on disk.
 */
#pragma once

#include "engine/vk/gpu.h"

G_BEGIN_DECLS

#define MONOCLE_VK_MAX_SPECS 8

typedef struct
{
  VkPipeline pipeline;
  VkPipelineLayout layout;
  VkDescriptorSetLayout set_layout;
} MonocleVkPipeline;

MonocleVkPipelines *monocle_vk_pipelines_new (MonocleVkGpu *gpu);
void monocle_vk_pipelines_free (MonocleVkPipelines *pipelines);

const MonocleVkPipeline *monocle_vk_pipelines_get (MonocleVkPipelines *pipelines,
                                                   MonocleKernelId kernel,
                                                   MonocleStorage storage,
                                                   const guint32 *specs,
                                                   guint n_specs,
                                                   GError **error);

G_END_DECLS
