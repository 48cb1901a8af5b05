/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way back through matrix products.
 */
#include "config.h"

#include "engine/nn/ops/product-back.h"

#include "engine/nn/op-record.h"

void
monocle_op_matmul_back (MonocleCommands *commands,
                        const MonocleTensor *dy,
                        const MonocleTensor *w,
                        guint first_column,
                        const MonocleTensor *residual,
                        const MonocleTensor *dx)
{
  const guint k = monocle_tensor_get_columns (w);
  const matmul_back_params push = {
    .m = monocle_tensor_count_rows (dy),
    .n = w->dims[0],
    .k4 = k / 4,
    .dy_first = first_column,
    .dy_stride = monocle_tensor_get_columns (dy),
    .flags = residual ? MATMUL_RESIDUAL : 0,
  };

  g_assert (k % 4 == 0 && w->layout == MONOCLE_LAYOUT_ROWS);
  g_assert (first_column + push.n <= push.dy_stride && dy->format == MONOCLE_FORMAT_F32);
  g_assert (monocle_op_is_vector (dx, push.m * k));
  g_assert (!residual || monocle_op_is_vector (residual, push.m * k));

  monocle_op_dispatch_elements (commands,
                                &(MonocleVkDispatch) {
                                    .kernel = MONOCLE_KERNEL_matmul_back,
                                    .formats = monocle_op_get_formats (dx, w),
                                    .flops = 8.0 * push.m * push.n * push.k4,
                                    .bindings = (MonocleVkBinding[]) {
                                        monocle_tensor_get_binding (dy),
                                        monocle_tensor_get_binding (w),
                                        monocle_tensor_get_binding (residual ? residual : dx),
                                        monocle_tensor_get_binding (dx),
                                    },
                                    .push = &push,
                                },
                                (guint64) CEIL_DIV (push.m, 4) * push.k4);
}

void
monocle_op_matmul_outer (MonocleCommands *commands,
                         const MonocleTensor *dy,
                         const MonocleTensor *x,
                         const MonocleTensor *dw)
{
  const matmul_outer_params push = {
    .m = monocle_tensor_count_rows (dy),
    .n = monocle_tensor_get_columns (dy),
    .k4 = monocle_tensor_get_columns (x) / 4,
  };

  g_assert (monocle_tensor_get_columns (x) % 4 == 0 && monocle_tensor_count_rows (x) == push.m);
  g_assert (dy->format == MONOCLE_FORMAT_F32 && x->format == MONOCLE_FORMAT_F32);
  g_assert (monocle_op_is_vector (dw, push.n * 4 * push.k4));

  monocle_op_dispatch_elements (commands,
                                &(MonocleVkDispatch) {
                                    .kernel = MONOCLE_KERNEL_matmul_outer,
                                    .formats = monocle_op_get_formats (dw, NULL),
                                    .flops = 8.0 * push.m * push.n * push.k4,
                                    .bindings = (MonocleVkBinding[]) {
                                        monocle_tensor_get_binding (dy),
                                        monocle_tensor_get_binding (x),
                                        monocle_tensor_get_binding (dw),
                                    },
                                    .push = &push,
                                },
                                (guint64) CEIL_DIV (push.n, 4) * push.k4);
}
