/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Attention inside windows of an image.
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/* Softmax attention inside W x W windows, the image padded with zero tokens right and below: their
 * query, key and value are the bias of the qkv product. qkv [H, W, 3C] (Q, K, V; each head-major),
 * bias [3C], y [H, W, C]. Scale D^-1/2. */
void monocle_op_window_attention (MonocleCommands *commands,
                                  const MonocleTensor *qkv,
                                  const MonocleTensor *bias,
                                  guint n_heads,
                                  guint window,
                                  const MonocleTensor *y);

/* qkv [height, width, 3, n_heads, head_width], bias [3, n_heads, head_width], y [height, width,
 * n_heads, head_width]. */
void monocle_reference_window_attention (const float *qkv,
                                         const float *bias,
                                         guint height,
                                         guint width,
                                         guint n_heads,
                                         guint head_width,
                                         guint window,
                                         float *y);

G_END_DECLS
