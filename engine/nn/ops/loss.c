/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The loss.
 */
#include "config.h"

#include "engine/nn/ops/loss.h"

#include "engine/nn/op-record.h"

static void
record (MonocleCommands *commands,
        MonocleKernelId kernel,
        const MonocleTensor *logits,
        const MonocleTensor *bias,
        const MonocleTensor *labels,
        const MonocleTensor *y)
{
  const guint rows = monocle_tensor_count_rows (logits), n = monocle_tensor_get_columns (logits);
  const cross_entropy_params push = { rows, n, bias ? CROSS_ENTROPY_BIAS : 0 };
  const guint lanes = NORM_LANES;

  G_STATIC_ASSERT (sizeof (cross_entropy_params) == sizeof (cross_entropy_back_params));
  g_assert (logits->format == MONOCLE_FORMAT_F32 && labels->format == MONOCLE_FORMAT_U32);
  g_assert (monocle_tensor_get_n_elements (labels) == rows);
  g_assert (!bias || monocle_op_is_vector (bias, n));

  monocle_op_dispatch_groups (commands,
                              &(MonocleVkDispatch) {
                                  .kernel = kernel,
                                  .formats = monocle_op_get_formats (logits, NULL),
                                  .specs = &lanes,
                                  .n_specs = 1,
                                  .bindings = (MonocleVkBinding[]) {
                                      monocle_tensor_get_binding (logits),
                                      monocle_tensor_get_binding (bias ? bias : logits),
                                      monocle_tensor_get_binding (labels),
                                      monocle_tensor_get_binding (y),
                                  },
                                  .push = &push,
                              },
                              rows);
}

void
monocle_op_cross_entropy (MonocleCommands *commands,
                          const MonocleTensor *logits,
                          const MonocleTensor *bias,
                          const MonocleTensor *labels,
                          const MonocleTensor *losses)
{
  g_assert (monocle_op_is_vector (losses, monocle_tensor_count_rows (logits)));
  record (commands, MONOCLE_KERNEL_cross_entropy, logits, bias, labels, losses);
}

void
monocle_op_cross_entropy_back (MonocleCommands *commands,
                               const MonocleTensor *logits,
                               const MonocleTensor *bias,
                               const MonocleTensor *labels,
                               const MonocleTensor *gradient)
{
  g_assert (gradient->format == MONOCLE_FORMAT_F32
            && monocle_tensor_get_n_elements (gradient) == monocle_tensor_get_n_elements (logits));
  record (commands, MONOCLE_KERNEL_cross_entropy_back, logits, bias, labels, gradient);
}
