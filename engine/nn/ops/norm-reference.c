/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/norm.h"

#include <math.h>

void
monocle_reference_layer_norm (const float *x,
                              const float *weight,
                              const float *bias,
                              guint rows,
                              guint columns,
                              float eps,
                              float *y)
{
  for (guint i = 0; i < rows; i++)
    {
      const float *row = x + (gsize) i * columns;
      double mean = 0, variance = 0;

      for (guint c = 0; c < columns; c++)
        mean += (double) row[c] / columns;
      for (guint c = 0; c < columns; c++)
        variance += ((double) row[c] - mean) * ((double) row[c] - mean) / columns;
      for (guint c = 0; c < columns; c++)
        y[(gsize) i * columns + c]
            = (float) (((double) row[c] - mean) / sqrt (variance + (double) eps)
                           * (double) weight[c]
                       + (double) bias[c]);
    }
}

void
monocle_reference_rms_norm (const float *x,
                            const float *weight,
                            float offset,
                            guint rows,
                            guint columns,
                            float eps,
                            float *y)
{
  for (guint i = 0; i < rows; i++)
    {
      const float *row = x + (gsize) i * columns;
      double square = 0;

      for (guint c = 0; c < columns; c++)
        square += (double) row[c] * (double) row[c] / columns;
      for (guint c = 0; c < columns; c++)
        y[(gsize) i * columns + c] = (float) ((double) row[c] / sqrt (square + (double) eps)
                                              * ((double) offset + (double) weight[c]));
    }
}

void
monocle_reference_rms_norm_heads (const float *x,
                                  const float *weight,
                                  const MonocleHeads *heads,
                                  float offset,
                                  guint rows,
                                  guint columns,
                                  float eps,
                                  float *y)
{
  const guint n = heads->n_first + heads->n_second;

  for (gsize i = 0; i < (gsize) rows * columns; i++)
    y[i] = x[i];
  for (guint i = 0; i < rows; i++)
    for (guint h = 0; h < n; h++)
      {
        const gsize at = (gsize) i * columns + h * heads->width;

        monocle_reference_rms_norm (x + at, weight + (h < heads->n_first ? 0 : heads->width),
                                    offset, 1, heads->width, eps, y + at);
      }
}
