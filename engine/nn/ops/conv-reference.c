/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/conv.h"

#include "engine/nn/ops/matmul.h"

void
monocle_reference_im2col (const float *x,
                          guint height,
                          guint width,
                          guint channels,
                          const MonocleConvolution *c,
                          float *y)
{
  const guint out_height = monocle_convolution_get_side (c, height);
  const guint out_width = monocle_convolution_get_side (c, width);
  const guint kernel = c->kernel, enlarge = MAX (c->enlarge, 1);
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
              const int iy = (int) (oy * c->stride + ky) - (int) c->padding;
              const int ix = (int) (ox * c->stride + kx) - (int) c->padding;

              if (iy < 0 || iy >= (int) (height * enlarge) || ix < 0
                  || ix >= (int) (width * enlarge))
                continue;
              for (guint i = 0; i < channels; i++)
                row[(ky * kernel + kx) * channels + i]
                    = x[((gsize) iy / enlarge * width + (gsize) ix / enlarge) * channels + i];
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
  const guint rows
      = monocle_convolution_get_side (c, height) * monocle_convolution_get_side (c, width);
  const guint columns = monocle_convolve_columns (c->kernel, channels);
  g_autofree float *patches = g_new (float, (gsize) rows *columns);

  monocle_reference_im2col (x, height, width, channels, c, patches);
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
