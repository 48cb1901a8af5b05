/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/op-record.h"

/* Vulkan guarantees no more in one dimension. */
#define MAX_GROUPS 65535

/* Software devices pay for each workgroup what 64 simple invocations cost, and run few at a time:
 * invocations loop there. */
#define BLOCK_GROUPS 256
#define GPU_GROUPS   16384

MonocleVkFormats
monocle_op_get_formats (const MonocleTensor *store, const MonocleTensor *weight)
{
  return (MonocleVkFormats){ store->format, weight ? weight->format : store->format };
}

gboolean
monocle_op_can_view (const MonocleVkTraits *traits, const MonocleTensor *tensor)
{
  return traits->software && traits->texels
         && tensor->buffer->size / monocle_format_get_texel_bytes (tensor->format)
                <= traits->max_texels;
}

guint
monocle_op_get_texel (const MonocleTensor *tensor)
{
  return (guint) (tensor->offset / monocle_format_get_texel_bytes (tensor->format));
}

guint64
monocle_op_get_address (const MonocleTensor *tensor)
{
  return tensor->buffer->address + tensor->offset;
}

guint
monocle_op_get_group_size (MonocleVkGpu *gpu)
{
  return gpu->traits.software ? 8 : 64;
}

guint
monocle_op_get_sharing_lanes (MonocleVkGpu *gpu, gsize bytes_per_lane)
{
  guint lanes = 64;

  while (lanes > 8 && lanes * bytes_per_lane > gpu->traits.shared_bytes)
    lanes /= 2;
  return lanes;
}

void
monocle_op_dispatch_groups (MonocleCommands *commands,
                            const MonocleVkDispatch *dispatch,
                            guint64 n_groups)
{
  MonocleVkDispatch folded = *dispatch;
  const guint64 rows = CEIL_DIV (n_groups, MAX_GROUPS);

  folded.groups[0] = (guint) CEIL_DIV (n_groups, rows);
  folded.groups[1] = (guint) rows;
  folded.groups[2] = 1;
  monocle_commands_dispatch (commands, &folded);
}

void
monocle_op_dispatch_elements (MonocleCommands *commands,
                              const MonocleVkDispatch *dispatch,
                              guint64 n_elements)
{
  const gboolean software = monocle_commands_get_gpu (commands)->traits.software;
  guint32 specs[MONOCLE_VK_MAX_SPECS] = { software ? 64 : 128 };
  MonocleVkDispatch shared = *dispatch;

  g_assert (dispatch->n_specs < MONOCLE_VK_MAX_SPECS && n_elements <= G_MAXUINT32);
  for (guint i = 0; i < dispatch->n_specs; i++)
    specs[i + 1] = dispatch->specs[i];
  shared.specs = specs;
  shared.n_specs = dispatch->n_specs + 1;
  monocle_op_dispatch_groups (
      commands, &shared,
      MIN (CEIL_DIV (n_elements, specs[0]), software ? BLOCK_GROUPS : GPU_GROUPS));
}

gboolean
monocle_op_is_vector (const MonocleTensor *tensor, guint n)
{
  return tensor->format == MONOCLE_FORMAT_F32 && monocle_tensor_get_n_elements (tensor) == n;
}

gboolean
monocle_op_is_same_store (const MonocleTensor *a, const MonocleTensor *b)
{
  return a->format == b->format && a->format != MONOCLE_FORMAT_U32;
}
