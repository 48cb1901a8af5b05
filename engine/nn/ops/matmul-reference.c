/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/matmul.h"

void
monocle_reference_matmul (const float *x,
                          const float *w,
                          const float *bias,
                          const float *residual,
                          MonocleActivation activation,
                          guint m,
                          guint n,
                          guint k,
                          float *y)
{
  for (guint i = 0; i < m; i++)
    for (guint j = 0; j < n; j++)
      {
        double sum = bias ? bias[j] : 0;

        for (guint l = 0; l < k; l++)
          sum += (double) x[(gsize) i * k + l] * (double) w[(gsize) j * k + l];
        sum = monocle_reference_activate (activation, sum);
        if (residual)
          sum += (double) residual[(gsize) i * n + j];
        if (activation == MONOCLE_ACTIVATION_RELU_LAST)
          sum = monocle_reference_activate (MONOCLE_ACTIVATION_RELU, sum);
        y[(gsize) i * n + j] = (float) sum;
      }
}
