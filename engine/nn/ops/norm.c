/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Norms.
 */
#include "config.h"

#include "engine/nn/ops/norm.h"

#include "engine/nn/op-record.h"

#define GROUP_LANES 64

void
monocle_op_layer_norm (MonocleCommands *commands,
                       const MonocleTensor *x,
                       const MonocleTensor *weight,
                       const MonocleTensor *bias,
                       float eps,
                       const MonocleTensor *y)
{
  const guint columns = monocle_tensor_get_columns (x);
  const guint rows = monocle_tensor_count_rows (x);
  const layer_norm_params push = { rows, columns / 4, eps };
  gboolean block;
  guint32 lanes;

  g_assert (columns % 4 == 0 && monocle_op_is_same_store (x, y));
  g_assert (monocle_tensor_get_n_elements (y) == monocle_tensor_get_n_elements (x));
  g_assert (monocle_op_is_vector (weight, columns) && monocle_op_is_vector (bias, columns));
  if (commands == NULL)
    return;

  G_STATIC_ASSERT (sizeof (layer_norm_params) == sizeof (layer_norm_group_params));
  block = monocle_commands_get_gpu (commands)->block_kernels;
  lanes = block ? 8 : GROUP_LANES;
  monocle_op_dispatch_groups (
      commands,
      &(MonocleVkDispatch) {
          .kernel = block ? MONOCLE_KERNEL_layer_norm : MONOCLE_KERNEL_layer_norm_group,
          .storage = monocle_op_choose_storage (x, NULL),
          .specs = &lanes,
          .n_specs = 1,
          .bindings = (MonocleVkBinding[]) {
              monocle_tensor_get_binding (x),
              monocle_tensor_get_binding (weight),
              monocle_tensor_get_binding (bias),
              monocle_tensor_get_binding (y),
          },
          .push = &push,
      },
      block ? CEIL_DIV (rows, lanes) : rows);
}
