/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Means over tokens, and the largest of windows.
 */
#include "config.h"

#include "engine/nn/ops/pool.h"

#include "engine/nn/op-record.h"
#include "engine/nn/ops/conv.h"

void
monocle_op_mean_rows (MonocleCommands *commands, const MonocleTensor *x, const MonocleTensor *y)
{
  const guint columns = monocle_tensor_get_columns (x);
  const mean_rows_params push = { monocle_tensor_count_rows (x), columns / 4 };
  guint32 lanes;

  g_assert (columns % 4 == 0 && monocle_op_is_same_store (x, y));
  g_assert (monocle_tensor_get_n_elements (y) == columns);

  lanes = monocle_op_get_group_size (monocle_commands_get_gpu (commands));
  monocle_op_dispatch_groups (commands,
                              &(MonocleVkDispatch) {
                                  .kernel = MONOCLE_KERNEL_mean_rows,
                                  .formats = monocle_op_get_formats (x, NULL),
                                  .specs = &lanes,
                                  .n_specs = 1,
                                  .bindings = (MonocleVkBinding[]) {
                                      monocle_tensor_get_binding (x),
                                      monocle_tensor_get_binding (y),
                                  },
                                  .push = &push,
                              },
                              CEIL_DIV (push.columns4, lanes));
}

void
monocle_op_max_pool (MonocleCommands *commands,
                     const MonocleTensor *x,
                     guint kernel,
                     guint stride,
                     guint padding,
                     const MonocleTensor *y)
{
  const max_pool_params push = {
    .height = x->dims[0],
    .width = x->dims[1],
    .channels4 = x->dims[2] / 4,
    .kernel = kernel,
    .stride = stride,
    .padding = padding,
    .out_height = monocle_convolve_side (x->dims[0], kernel, stride, padding),
    .out_width = monocle_convolve_side (x->dims[1], kernel, stride, padding),
  };
  const guint64 n = (guint64) push.out_height * push.out_width * push.channels4;

  g_assert (x->n_dims == 3 && x->dims[2] % 4 == 0 && monocle_op_is_same_store (x, y));
  g_assert (padding < kernel && monocle_tensor_get_n_elements (y) == 4 * n);

  monocle_op_dispatch_elements (commands,
                                &(MonocleVkDispatch) {
                                    .kernel = MONOCLE_KERNEL_max_pool,
                                    .formats = monocle_op_get_formats (x, NULL),
                                    .bindings = (MonocleVkBinding[]) {
                                        monocle_tensor_get_binding (x),
                                        monocle_tensor_get_binding (y),
                                    },
                                    .push = &push,
                                },
                                n);
}
