/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Gated activations.
 */
#include "config.h"

#include "engine/nn/ops/gate.h"

#include "engine/nn/op-record.h"

void
monocle_op_gate (MonocleCommands *commands,
                 const MonocleTensor *gate,
                 const MonocleTensor *up,
                 MonocleActivation activation,
                 const MonocleTensor *y)
{
  const guint columns = monocle_tensor_get_columns (y);
  const gate_params push = {
    .rows = monocle_tensor_count_rows (y),
    .columns4 = columns / 4,
    .gate_row4 = (up ? columns : 2 * columns) / 4,
    .up_first4 = up ? 0 : columns / 4,
    .up_row4 = (up ? columns : 2 * columns) / 4,
  };

  g_assert (columns % 4 == 0 && monocle_op_is_same_store (gate, y));
  g_assert (monocle_tensor_get_columns (gate) == 4 * push.gate_row4);
  g_assert (monocle_tensor_count_rows (gate) == push.rows);
  g_assert (!up || monocle_op_is_same_store (up, y));
  g_assert (!up || monocle_tensor_get_n_elements (up) == monocle_tensor_get_n_elements (y));

  monocle_op_dispatch_elements (commands,
                                &(MonocleVkDispatch) {
                                    .kernel = MONOCLE_KERNEL_gate,
                                    .formats = monocle_op_get_formats (y, NULL),
                                    .specs = (guint32[]) { activation },
                                    .n_specs = 1,
                                    .bindings = (MonocleVkBinding[]) {
                                        monocle_tensor_get_binding (gate),
                                        monocle_tensor_get_binding (up ? up : gate),
                                        monocle_tensor_get_binding (y),
                                    },
                                    .push = &push,
                                },
                                (guint64) push.rows * push.columns4);
}

void
monocle_op_soft_cap (MonocleCommands *commands,
                     const MonocleTensor *x,
                     float cap,
                     const MonocleTensor *y)
{
  const guint64 n = monocle_tensor_get_n_elements (y);
  const soft_cap_params push = { .n = (guint) n, .cap = cap };

  g_assert (cap > 0 && n <= G_MAXUINT && monocle_tensor_get_n_elements (x) == n);
  g_assert (x->format == MONOCLE_FORMAT_F32 && y->format == MONOCLE_FORMAT_F32);

  monocle_op_dispatch_elements (
      commands,
      &(MonocleVkDispatch){
          .kernel = MONOCLE_KERNEL_soft_cap,
          .formats = monocle_op_get_formats (y, NULL),
          .bindings
          = (MonocleVkBinding[]){ monocle_tensor_get_binding (x), monocle_tensor_get_binding (y) },
          .push = &push,
      },
      n);
}
