/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Convolutions.
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/* One side of what a convolution makes: (side + 2 padding - k) / stride + 1; 0: nothing. */
guint monocle_convolve_side (guint side, guint kernel, guint stride, guint padding);
/* k * k * C up to a multiple of 4. */
guint monocle_convolve_columns (guint kernel, guint channels);

/* Patches of an image as rows: y [Ho * Wo, monocle_convolve_columns()], columns ordered (ky, kx,
 * c), zero padding. x is [H, W, C]. */
void monocle_op_im2col (MonocleCommands *commands,
                        const MonocleTensor *x,
                        guint kernel,
                        guint stride,
                        guint padding,
                        const MonocleTensor *y);

/* x [height, width, channels], y as monocle_op_im2col(). */
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
