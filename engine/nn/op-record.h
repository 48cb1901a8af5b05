/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of ops/ share: checks of tensors, the push constants of kernels, and recording
 * over one long grid.
 */
#pragma once

#include "engine/nn/variant.h"
#include "engine/vk/push.h"

G_BEGIN_DECLS

#define CEIL_DIV(a, b) (((a) + (b) - 1) / (b))

/* Of these activations and, unless NULL, weights. */
MonocleVkFormats monocle_op_get_formats (const MonocleTensor *store, const MonocleTensor *weight);

/* Whether there are @n numbers in F32, as of biases and normalisation parameters; whether both are
 * activations of one format. */
gboolean monocle_op_is_vector (const MonocleTensor *tensor, guint n);
gboolean monocle_op_is_same_store (const MonocleTensor *a, const MonocleTensor *b);

/* Whether the fast way of software devices to read is there for the tensor: as texels of four,
 * whose buffer is small enough; and the first of them. */
gboolean monocle_op_can_view (const MonocleVkTraits *traits, const MonocleTensor *tensor);
guint monocle_op_get_texel (const MonocleTensor *tensor);

/* Where the tensor begins, for kernels that read at addresses; see shaders/addresses.glsl. */
guint64 monocle_op_get_address (const MonocleTensor *tensor);

/* Records @dispatch over @n_groups workgroups, folded into two dimensions; see workgroup_index() in
 * kernel.glsl. */
void monocle_op_dispatch_groups (MonocleCommands *commands,
                                 const MonocleVkDispatch *dispatch,
                                 guint64 n_groups);

/* The same over @n_elements shared by all invocations in a loop; specs of @dispatch are
 * those from 1 on. */
void monocle_op_dispatch_elements (MonocleCommands *commands,
                                   const MonocleVkDispatch *dispatch,
                                   guint64 n_elements);

/* Invocations of a workgroup that share @bytes_per_lane each: 64, or as many as the device's shared
 * memory holds. */
guint monocle_op_get_sharing_lanes (MonocleVkGpu *gpu, gsize bytes_per_lane);

/* Invocations of a workgroup where they do not work together. */
guint monocle_op_get_group_size (MonocleVkGpu *gpu);

G_END_DECLS
