/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Attention between channels.
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/* Attention between channels: for each group A = softmax (T^-1/2 Q^T K), y = V A^T. qkv [T, 3C],
 * scores: scratch of monocle_op_channel_attention_scratch() F32 elements, y [T, C]. */
guint monocle_op_channel_attention_scratch (MonocleVkGpu *gpu,
                                            guint n_tokens,
                                            guint n_channels,
                                            guint n_groups);
void monocle_op_channel_attention (MonocleCommands *commands,
                                   const MonocleTensor *qkv,
                                   guint n_groups,
                                   const MonocleTensor *scores,
                                   const MonocleTensor *y);

/* qkv [tokens, 3, n_groups, width], y [tokens, n_groups, width]. */
void monocle_reference_channel_attention (
    const float *qkv, guint tokens, guint n_groups, guint width, float *y);

G_END_DECLS
