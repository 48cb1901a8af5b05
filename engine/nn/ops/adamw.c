/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Learning.
 */
#include "config.h"

#include "engine/nn/ops/adamw.h"

#include "engine/nn/op-record.h"

void
monocle_op_sum_squares (MonocleCommands *commands, const MonocleTensor *x, const MonocleTensor *y)
{
  const guint64 n = monocle_tensor_get_n_elements (x);
  const sum_squares_params push = { (guint) (n / 4) };
  const guint lanes = NORM_LANES;

  g_assert (n % 4 == 0 && n <= G_MAXUINT32 && x->format == MONOCLE_FORMAT_F32);
  g_assert (monocle_op_is_vector (y, 1));

  monocle_op_dispatch_groups (commands,
                              &(MonocleVkDispatch) {
                                  .kernel = MONOCLE_KERNEL_sum_squares,
                                  .formats = monocle_op_get_formats (x, NULL),
                                  .specs = &lanes,
                                  .n_specs = 1,
                                  .bindings = (MonocleVkBinding[]) {
                                      monocle_tensor_get_binding (x),
                                      monocle_tensor_get_binding (y),
                                  },
                                  .push = &push,
                              },
                              1);
}

void
monocle_op_adamw (MonocleCommands *commands,
                  const MonocleTensor *x,
                  const MonocleTensor *gradient,
                  const MonocleTensor *mean,
                  const MonocleTensor *square,
                  const MonocleTensor *squares,
                  const MonocleTensor *settings)
{
  const guint n = (guint) monocle_tensor_get_n_elements (x);
  const adamw_params push = { n / 4 };

  g_assert (n % 4 == 0 && monocle_op_is_vector (x, n) && monocle_op_is_vector (gradient, n));
  g_assert (monocle_op_is_vector (mean, n) && monocle_op_is_vector (square, n));
  g_assert (monocle_op_is_vector (squares, 1) && monocle_op_is_vector (settings, MONOCLE_ADAMW_N));

  monocle_op_dispatch_elements (commands,
                                &(MonocleVkDispatch) {
                                    .kernel = MONOCLE_KERNEL_adamw,
                                    .formats = monocle_op_get_formats (x, NULL),
                                    .bindings = (MonocleVkBinding[]) {
                                        monocle_tensor_get_binding (x),
                                        monocle_tensor_get_binding (gradient),
                                        monocle_tensor_get_binding (mean),
                                        monocle_tensor_get_binding (square),
                                        monocle_tensor_get_binding (squares),
                                        monocle_tensor_get_binding (settings),
                                    },
                                    .push = &push,
                                },
                                push.n4);
}
