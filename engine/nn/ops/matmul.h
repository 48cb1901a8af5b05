/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Matrix products.
 */
#pragma once

#include "engine/nn/ops/activation.h"
#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/* y = activation (x w^T + bias) + residual (RELU_LAST: of all of it). x [M, K], w [N, K], bias [N]
 * or NULL, residual [M, N] or NULL (may be y), y [M, N]: store, or F32 where y->format says so. On
 * block-kernel devices w is PACKED for the blocked product (large M) or ROWS for the row product
 * (any M, meant for small).
 */
void monocle_op_matmul (MonocleCommands *commands,
                        const MonocleTensor *x,
                        const MonocleTensor *w,
                        const MonocleTensor *bias,
                        const MonocleTensor *residual,
                        MonocleActivation activation,
                        const MonocleTensor *y);

/* x [m, k], w [n, k], bias [n] or NULL, residual [m, n] or NULL, y [m, n]. */
void monocle_reference_matmul (const float *x,
                               const float *w,
                               const float *bias,
                               const float *residual,
                               MonocleActivation activation,
                               guint m,
                               guint n,
                               guint k,
                               float *y);

/* y[:, first_column .. first_column + N) = x w^T + bias: one piece of a product whose N is too
 * large for one binding. x [M, K], w [N, K] ROWS, bias [N] or NULL, y [M, all columns] store or
 * F32. */
void monocle_op_matmul_columns (MonocleCommands *commands,
                                const MonocleTensor *x,
                                const MonocleTensor *w,
                                const MonocleTensor *bias,
                                guint first_column,
                                const MonocleTensor *y);

/* How the weights of products with many rows should lie on this device. */
MonocleLayout monocle_op_matmul_get_layout (MonocleVkGpu *gpu);

G_END_DECLS
