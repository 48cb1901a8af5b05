/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/channel-attention.h"

#include <math.h>

#include "engine/nn/ops/attention-score.h"

void
monocle_reference_channel_attention (
    const float *qkv, guint tokens, guint n_groups, guint width, float *y)
{
  const guint channels = n_groups * width;
  g_autofree double *scores = g_new (double, width);

  for (guint g = 0; g < n_groups; g++)
    for (guint i = 0; i < width; i++)
      {
        for (guint j = 0; j < width; j++)
          {
            scores[j] = 0;
            for (guint t = 0; t < tokens; t++)
              scores[j] += (double) qkv[(gsize) t * 3 * channels + g * width + i]
                           * (double) qkv[(gsize) t * 3 * channels + channels + g * width + j];
            scores[j] /= sqrt (tokens);
          }
        monocle_reference_softmax (scores, width);
        for (guint t = 0; t < tokens; t++)
          {
            double sum = 0;

            for (guint j = 0; j < width; j++)
              sum += scores[j]
                     * (double) qkv[(gsize) t * 3 * channels + 2 * channels + g * width + j];
            y[(gsize) t * channels + g * width + i] = (float) sum;
          }
      }
}
