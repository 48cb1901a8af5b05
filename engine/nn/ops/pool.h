/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Means over tokens, and the largest of windows.
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/* Mean over tokens: x [T, C], y [1, C]. */
void
monocle_op_mean_rows (MonocleCommands *commands, const MonocleTensor *x, const MonocleTensor *y);

/* x [rows, columns], y [columns]. */
void monocle_reference_mean_rows (const float *x, guint rows, guint columns, float *y);

/* y [Ho, Wo, C] = the largest of each window of x [H, W, C], window by window and channel by
 * channel; what lies outside of the image does not take part. @padding is below @kernel. */
void monocle_op_max_pool (MonocleCommands *commands,
                          const MonocleTensor *x,
                          guint kernel,
                          guint stride,
                          guint padding,
                          const MonocleTensor *y);

/* x [height, width, channels], y as monocle_op_max_pool(). */
void monocle_reference_max_pool (const float *x,
                                 guint height,
                                 guint width,
                                 guint channels,
                                 guint kernel,
                                 guint stride,
                                 guint padding,
                                 float *y);

G_END_DECLS
