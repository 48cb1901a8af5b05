/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/pool.h"

void
monocle_reference_mean_rows (const float *x, guint rows, guint columns, float *y)
{
  for (guint c = 0; c < columns; c++)
    {
      double sum = 0;

      for (guint i = 0; i < rows; i++)
        sum += (double) x[(gsize) i * columns + c];
      y[c] = (float) (sum / rows);
    }
}
