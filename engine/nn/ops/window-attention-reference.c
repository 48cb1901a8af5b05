/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/window-attention.h"

#include <math.h>

#include "engine/nn/ops/attention-score.h"

void
monocle_reference_window_attention (const float *qkv,
                                    const float *bias,
                                    guint height,
                                    guint width,
                                    guint n_heads,
                                    guint head_width,
                                    guint window,
                                    float *y)
{
  const guint channels = n_heads * head_width;
  const guint tokens = window * window;
  g_autofree double *scores = g_new (double, tokens);
  g_autofree const float **rows = g_new (const float *, tokens);

  for (guint top = 0; top < height; top += window)
    for (guint left = 0; left < width; left += window)
      {
        for (guint i = 0; i < tokens; i++)
          {
            const guint r = top + i / window, s = left + i % window;

            rows[i] = r < height && s < width ? qkv + ((gsize) r * width + s) * 3 * channels : bias;
          }
        for (guint h = 0; h < n_heads; h++)
          for (guint i = 0; i < tokens; i++)
            {
              const guint r = top + i / window, s = left + i % window;

              if (r >= height || s >= width)
                continue;
              for (guint j = 0; j < tokens; j++)
                {
                  scores[j] = 0;
                  for (guint c = 0; c < head_width; c++)
                    scores[j] += (double) rows[i][h * head_width + c]
                                 * (double) rows[j][channels + h * head_width + c];
                  scores[j] /= sqrt (head_width);
                }
              monocle_reference_softmax (scores, tokens);
              for (guint c = 0; c < head_width; c++)
                {
                  double sum = 0;

                  for (guint j = 0; j < tokens; j++)
                    sum += scores[j] * (double) rows[j][2 * channels + h * head_width + c];
                  y[((gsize) r * width + s) * channels + h * head_width + c] = (float) sum;
                }
            }
      }
}
