/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/conv.h"

#include "engine/nn/ops/matmul.h"

void
monocle_reference_im2col (const float *x,
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
  const guint columns = monocle_convolve_columns (kernel, channels);

  for (guint oy = 0; oy < out_height; oy++)
    for (guint ox = 0; ox < out_width; ox++)
      {
        float *row = y + (gsize) (oy * out_width + ox) * columns;

        for (guint i = 0; i < columns; i++)
          row[i] = 0;
        for (guint ky = 0; ky < kernel; ky++)
          for (guint kx = 0; kx < kernel; kx++)
            {
              const int iy = (int) (oy * stride + ky) - (int) padding;
              const int ix = (int) (ox * stride + kx) - (int) padding;

              if (iy < 0 || iy >= (int) height || ix < 0 || ix >= (int) width)
                continue;
              for (guint c = 0; c < channels; c++)
                row[(ky * kernel + kx) * channels + c]
                    = x[((gsize) iy * width + (gsize) ix) * channels + c];
            }
      }
}

void
monocle_reference_convolve (const float *x,
                            const float *w,
                            const float *bias,
                            const float *residual,
                            const MonocleConvolution *c,
                            guint height,
                            guint width,
                            guint channels,
                            guint n,
                            float *y)
{
  const guint rows = monocle_convolve_side (height, c->kernel, c->stride, c->padding)
                     * monocle_convolve_side (width, c->kernel, c->stride, c->padding);
  const guint columns = monocle_convolve_columns (c->kernel, channels);
  g_autofree float *patches = g_new (float, (gsize) rows *columns);

  monocle_reference_im2col (x, height, width, channels, c->kernel, c->stride, c->padding, patches);
  monocle_reference_matmul (patches, w, bias, residual, c->activation, rows, n, columns, y);
}

void
monocle_reference_depthwise_conv (const float *x,
                                  const float *w,
                                  const float *bias,
                                  guint height,
                                  guint width,
                                  guint channels,
                                  float *y)
{
  for (int r = 0; r < (int) height; r++)
    for (int s = 0; s < (int) width; s++)
      for (guint c = 0; c < channels; c++)
        {
          const gsize at = ((gsize) r * width + (gsize) s) * channels + c;
          double sum = (double) x[at] + (double) bias[c];

          for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++)
              if (r + dy >= 0 && r + dy < (int) height && s + dx >= 0 && s + dx < (int) width)
                sum += (double) w[(guint) ((dy + 1) * 3 + dx + 1) * channels + c]
                       * (double) x[((gsize) (r + dy) * width + (gsize) (s + dx)) * channels + c];
          y[at] = (float) sum;
        }
}
