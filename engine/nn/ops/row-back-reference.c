/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/row-back.h"

#include <math.h>

void
monocle_reference_gelu (const float *x, gsize n, float *y)
{
  for (gsize i = 0; i < n; i++)
    y[i] = (float) (0.5 * (double) x[i] * (1 + erf ((double) x[i] / sqrt (2))));
}

void
monocle_reference_gelu_back (const float *x, const float *dy, gsize n, float *dx)
{
  for (gsize i = 0; i < n; i++)
    {
      const double v = (double) x[i];

      dx[i] = (float) ((double) dy[i]
                       * (0.5 * (1 + erf (v / sqrt (2))) + v * exp (-v * v / 2) / sqrt (2 * G_PI)));
    }
}

void
monocle_reference_add (const float *a, const float *b, gsize n, float *y)
{
  for (gsize i = 0; i < n; i++)
    y[i] = a[i] + b[i];
}

void
monocle_reference_layer_norm_back (const float *x,
                                   const float *weight,
                                   const float *dy,
                                   guint rows,
                                   guint columns,
                                   float eps,
                                   float *dx)
{
  for (gsize at = 0; at < (gsize) rows * columns; at += columns)
    {
      double mean = 0, variance = 0, all = 0, along = 0, scale;

      for (guint c = 0; c < columns; c++)
        mean += (double) x[at + c] / columns;
      for (guint c = 0; c < columns; c++)
        variance += ((double) x[at + c] - mean) * ((double) x[at + c] - mean) / columns;
      scale = 1 / sqrt (variance + (double) eps);
      for (guint c = 0; c < columns; c++)
        {
          const double h = (double) dy[at + c] * (double) weight[c];

          all += h / columns;
          along += h * ((double) x[at + c] - mean) * scale / columns;
        }
      for (guint c = 0; c < columns; c++)
        dx[at + c] = (float) (scale
                              * ((double) dy[at + c] * (double) weight[c] - all
                                 - ((double) x[at + c] - mean) * scale * along));
    }
}
