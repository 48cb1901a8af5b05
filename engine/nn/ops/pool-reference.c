/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/pool.h"

#include <math.h>

#include "engine/nn/ops/conv.h"

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

void
monocle_reference_max_pool (const float *x,
                            guint height,
                            guint width,
                            guint channels,
                            guint kernel,
                            guint stride,
                            guint padding,
                            float *y)
{
  const guint out_height = monocle_convolve_side (height, kernel, stride, padding);
  const guint out_width = monocle_convolve_side (width, kernel, stride, padding);

  for (guint oy = 0; oy < out_height; oy++)
    for (guint ox = 0; ox < out_width; ox++)
      for (guint c = 0; c < channels; c++)
        {
          float *most = y + ((gsize) oy * out_width + ox) * channels + c;

          *most = -INFINITY;
          for (guint ky = 0; ky < kernel; ky++)
            for (guint kx = 0; kx < kernel; kx++)
              {
                const int iy = (int) (oy * stride + ky) - (int) padding;
                const int ix = (int) (ox * stride + kx) - (int) padding;

                if (iy >= 0 && iy < (int) height && ix >= 0 && ix < (int) width)
                  *most = MAX (*most, x[((gsize) iy * width + (gsize) ix) * channels + c]);
              }
        }
}
