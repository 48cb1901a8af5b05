/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Convolutions.
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/* Patches of an image as rows: y [Ho * Wo, k * k * C padded to a multiple of 4], columns ordered
 * (ky, kx, c), zero padding. x is [H, W, C]. Ho = (H + 2 padding - k) / stride + 1. */
void monocle_op_im2col (MonocleCommands *commands,
                        const MonocleTensor *x,
                        guint kernel,
                        guint stride,
                        guint padding,
                        const MonocleTensor *y);

/* x [height, width, channels], y [out_height * out_width, kernel^2 * channels up to a multiple of
 * 4]. */
void monocle_reference_im2col (const float *x,
                               guint height,
                               guint width,
                               guint channels,
                               guint kernel,
                               guint stride,
                               guint padding,
                               float *y);

/* y = x + depthwise convolution 3x3 (stride 1, zero padding 1) of x + bias. x, y [H, W, C] (not the
 * same tensor), w [9, C] (ky, kx), bias [C]. */
void monocle_op_depthwise_conv (MonocleCommands *commands,
                                const MonocleTensor *x,
                                const MonocleTensor *w,
                                const MonocleTensor *bias,
                                const MonocleTensor *y);

/* x, y [height, width, channels], w [3, 3, channels], bias [channels]. */
void monocle_reference_depthwise_conv (const float *x,
                                       const float *w,
                                       const float *bias,
                                       guint height,
                                       guint width,
                                       guint channels,
                                       float *y);

G_END_DECLS
