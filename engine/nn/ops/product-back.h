/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way back through matrix products, in F32; sums have one order, so that one device always
 * makes the same bits.
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/* dx = dy[:, first_column .. first_column + N) w (+ residual): dy [M, all columns], w [N, K] ROWS,
 * residual [M, K] or NULL (may be dx), dx [M, K]. */
void monocle_op_matmul_back (MonocleCommands *commands,
                             const MonocleTensor *dy,
                             const MonocleTensor *w,
                             guint first_column,
                             const MonocleTensor *residual,
                             const MonocleTensor *dx);

/* @stride: columns of dy, of which the @n from @first_column on are those of w [n, k]. */
void monocle_reference_matmul_back (const float *dy,
                                    const float *w,
                                    const float *residual,
                                    guint m,
                                    guint n,
                                    guint k,
                                    guint first_column,
                                    guint stride,
                                    float *dx);

/* dw += dy^T x: dy [M, N], x [M, K], dw [N, K]. */
void monocle_op_matmul_outer (MonocleCommands *commands,
                              const MonocleTensor *dy,
                              const MonocleTensor *x,
                              const MonocleTensor *dw);

void monocle_reference_matmul_outer (
    const float *dy, const float *x, guint m, guint n, guint k, float *dw);

G_END_DECLS
