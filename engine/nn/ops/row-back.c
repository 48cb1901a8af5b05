/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way back through rows and elements.
 */
#include "config.h"

#include "engine/nn/ops/row-back.h"

#include "engine/nn/op-record.h"

/* A kernel over [n4] groups of four of all tensors, the last of which is written. */
static void
record_elements (MonocleCommands *commands,
                 MonocleKernelId kernel,
                 const MonocleTensor *const *tensors,
                 guint n_tensors)
{
  const guint64 n = monocle_tensor_get_n_elements (tensors[0]);
  const gelu_params push = { .n4 = (guint) (n / 4) };
  MonocleVkBinding bindings[3];

  G_STATIC_ASSERT (sizeof (gelu_params) == sizeof (gelu_back_params));
  G_STATIC_ASSERT (sizeof (gelu_params) == sizeof (add_params));
  g_assert (n % 4 == 0 && n <= G_MAXUINT32 && n_tensors <= G_N_ELEMENTS (bindings));
  for (guint i = 0; i < n_tensors; i++)
    {
      g_assert (monocle_op_is_same_store (tensors[i], tensors[0]));
      g_assert (monocle_tensor_get_n_elements (tensors[i]) == n);
      bindings[i] = monocle_tensor_get_binding (tensors[i]);
    }
  monocle_op_dispatch_elements (commands,
                                &(MonocleVkDispatch){
                                    .kernel = kernel,
                                    .formats = monocle_op_get_formats (tensors[0], NULL),
                                    .bindings = bindings,
                                    .push = &push,
                                },
                                push.n4);
}

void
monocle_op_gelu (MonocleCommands *commands, const MonocleTensor *x, const MonocleTensor *y)
{
  record_elements (commands, MONOCLE_KERNEL_gelu, (const MonocleTensor *[]){ x, y }, 2);
}

void
monocle_op_gelu_back (MonocleCommands *commands,
                      const MonocleTensor *x,
                      const MonocleTensor *dy,
                      const MonocleTensor *dx)
{
  record_elements (commands, MONOCLE_KERNEL_gelu_back, (const MonocleTensor *[]){ x, dy, dx }, 3);
}

void
monocle_op_add (MonocleCommands *commands,
                const MonocleTensor *a,
                const MonocleTensor *b,
                const MonocleTensor *y)
{
  record_elements (commands, MONOCLE_KERNEL_add, (const MonocleTensor *[]){ a, b, y }, 3);
}

void
monocle_op_layer_norm_back (MonocleCommands *commands,
                            const MonocleTensor *x,
                            const MonocleTensor *weight,
                            const MonocleTensor *dy,
                            float eps,
                            const MonocleTensor *dx)
{
  const guint columns = monocle_tensor_get_columns (x), rows = monocle_tensor_count_rows (x);
  const layer_norm_back_params push = { rows, columns / 4, eps };
  const guint lanes = monocle_op_get_group_size (monocle_commands_get_gpu (commands));

  g_assert (columns % 4 == 0 && monocle_op_is_vector (weight, columns));
  g_assert (monocle_op_is_vector (x, rows * columns) && monocle_op_is_vector (dy, rows * columns));
  g_assert (monocle_op_is_vector (dx, rows * columns));

  monocle_op_dispatch_groups (commands,
                              &(MonocleVkDispatch) {
                                  .kernel = MONOCLE_KERNEL_layer_norm_back,
                                  .formats = monocle_op_get_formats (x, NULL),
                                  .specs = &lanes,
                                  .n_specs = 1,
                                  .bindings = (MonocleVkBinding[]) {
                                      monocle_tensor_get_binding (x),
                                      monocle_tensor_get_binding (weight),
                                      monocle_tensor_get_binding (dy),
                                      monocle_tensor_get_binding (dx),
                                  },
                                  .push = &push,
                              },
                              CEIL_DIV (rows, lanes));
}
