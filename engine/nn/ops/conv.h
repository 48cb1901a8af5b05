/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Convolutions.
 */
#pragma once

#include "engine/nn/ops/activation.h"
#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/* One side of what a convolution makes: (side + 2 padding - k) / stride + 1; 0: nothing. */
guint monocle_convolve_side (guint side, guint kernel, guint stride, guint padding);
/* k * k * C up to a multiple of 4. */
guint monocle_convolve_columns (guint kernel, guint channels);

/**
 * MonocleConvolution:
 * @kernel: side of a patch
 * @stride: from patch to patch
 * @padding: zeros around the image
 * @activation: as of a product
 * @after: so many more zeros on the right and below
 * @enlarge: each pixel of the image counts as a square of this side; 0: as one
 */
typedef struct
{
  guint kernel, stride, padding;
  MonocleActivation activation;
  guint after, enlarge;
} MonocleConvolution;

/* One side of what it makes of an image of this side; 0: nothing. */
guint monocle_convolution_get_side (const MonocleConvolution *self, guint side);

/* Patches of an image as rows: y [rows, monocle_convolve_columns()], of the Ho * Wo there are those
 * from @first on, columns ordered (ky, kx, c), zero padding. x is [H, W, C]. */
void monocle_op_im2col (MonocleCommands *commands,
                        const MonocleTensor *x,
                        const MonocleConvolution *convolution,
                        guint first,
                        const MonocleTensor *y);

/* x [height, width, channels], y as monocle_op_im2col(), all of them. */
void monocle_reference_im2col (const float *x,
                               guint height,
                               guint width,
                               guint channels,
                               const MonocleConvolution *convolution,
                               float *y);

/* y = activation (patches of x times w^T + bias) + residual. x [H, W, C], w as of
 * monocle_op_matmul() [N, monocle_convolve_columns()], bias [N] or NULL, residual and y [Ho, Wo, N]
 * (may be the same; residual may be NULL). Patches lie in @scratch, as many at once as it holds. */
void monocle_op_convolve (MonocleCommands *commands,
                          const MonocleTensor *x,
                          const MonocleTensor *w,
                          const MonocleTensor *bias,
                          const MonocleTensor *residual,
                          const MonocleConvolution *convolution,
                          const MonocleTensor *scratch,
                          const MonocleTensor *y);

/* Elements of the format of x that the scratch memory should have. */
guint64 monocle_op_convolve_scratch (const MonocleTensor *x, const MonocleConvolution *convolution);

/* x [height, width, channels], w [n, columns], bias [n] or NULL, residual and y [Ho, Wo, n]. */
void monocle_reference_convolve (const float *x,
                                 const float *w,
                                 const float *bias,
                                 const float *residual,
                                 const MonocleConvolution *convolution,
                                 guint height,
                                 guint width,
                                 guint channels,
                                 guint n,
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
