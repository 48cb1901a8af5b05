/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/group-norm.h"

#include <math.h>

void
monocle_reference_group_norm (const float *x,
                              const float *weight,
                              const float *bias,
                              const MonocleGroupNorm *norm,
                              guint pixels,
                              guint channels,
                              float *y)
{
  const guint width = channels / norm->n_groups;

  for (guint g = 0; g < norm->n_groups; g++)
    {
      double sum = 0, squares = 0, mean, scale;

      for (guint i = 0; i < pixels; i++)
        for (guint c = g * width; c < (g + 1) * width; c++)
          sum += (double) x[(gsize) i * channels + c];
      mean = sum / ((double) pixels * width);
      for (guint i = 0; i < pixels; i++)
        for (guint c = g * width; c < (g + 1) * width; c++)
          {
            const double d = (double) x[(gsize) i * channels + c] - mean;

            squares += d * d;
          }
      scale = 1 / sqrt (squares / ((double) pixels * width) + (double) norm->eps);
      for (guint i = 0; i < pixels; i++)
        for (guint c = g * width; c < (g + 1) * width; c++)
          {
            const double d = (double) x[(gsize) i * channels + c] - mean;

            y[(gsize) i * channels + c] = (float) monocle_reference_activate (
                norm->activation, d * scale * (double) weight[c] + (double) bias[c]);
          }
    }
}
