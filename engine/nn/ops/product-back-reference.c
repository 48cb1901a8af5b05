/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/product-back.h"

void
monocle_reference_matmul_back (const float *dy,
                               const float *w,
                               const float *residual,
                               guint m,
                               guint n,
                               guint k,
                               guint first_column,
                               guint stride,
                               float *dx)
{
  for (guint i = 0; i < m; i++)
    for (guint l = 0; l < k; l++)
      {
        double sum = residual ? (double) residual[(gsize) i * k + l] : 0;

        for (guint j = 0; j < n; j++)
          sum += (double) dy[(gsize) i * stride + first_column + j] * (double) w[(gsize) j * k + l];
        dx[(gsize) i * k + l] = (float) sum;
      }
}

void
monocle_reference_matmul_outer (
    const float *dy, const float *x, guint m, guint n, guint k, float *dw)
{
  for (guint j = 0; j < n; j++)
    for (guint l = 0; l < k; l++)
      {
        double sum = (double) dw[(gsize) j * k + l];

        for (guint i = 0; i < m; i++)
          sum += (double) dy[(gsize) i * n + j] * (double) x[(gsize) i * k + l];
        dw[(gsize) j * k + l] = (float) sum;
      }
}
