/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compute pipelines, made on first use of (kernel, formats, specialisation constants), and the
 * driver's pipeline cache on disk.
 */
#pragma once

#include "engine/vk/commands.h"

G_BEGIN_DECLS

typedef struct
{
  VkPipeline pipeline;
  VkPipelineLayout layout;
  VkDescriptorSetLayout set_layout;
} MonocleVkPipeline;

MonocleVkPipelines *monocle_vk_pipelines_new (MonocleVkGpu *gpu);
void monocle_vk_pipelines_free (MonocleVkPipelines *pipelines);

const MonocleVkPipeline *monocle_vk_pipelines_get (MonocleVkPipelines *pipelines,
                                                   const MonocleVkDispatch *dispatch,
                                                   GError **error);

/* Whether the pipeline of @dispatch is still to be made, and not in @seen: there it is then.
 * monocle_vk_pipelines_new_set() makes an empty one. */
gboolean monocle_vk_pipelines_is_missing (MonocleVkPipelines *pipelines,
                                          const MonocleVkDispatch *dispatch,
                                          GHashTable *seen);
GHashTable *monocle_vk_pipelines_new_set (void);

/* Stores the driver's cache if it grew. */
void monocle_vk_pipelines_store (MonocleVkPipelines *pipelines);

G_END_DECLS
