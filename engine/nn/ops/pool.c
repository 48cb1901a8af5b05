/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Means over tokens.
 */
#include "config.h"

#include "engine/nn/ops/pool.h"

#include "engine/nn/op-record.h"

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
