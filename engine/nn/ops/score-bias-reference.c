/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/score-bias.h"

void
monocle_reference_head_scores (const float *q,
                               const float *k,
                               guint n_queries,
                               guint n_keys,
                               guint n_heads,
                               guint width,
                               float scale,
                               float *scores)
{
  const gsize row = (gsize) n_heads * width;

  for (guint h = 0; h < n_heads; h++)
    for (guint i = 0; i < n_queries; i++)
      for (guint j = 0; j < n_keys; j++)
        {
          double sum = 0;

          for (guint c = 0; c < width; c++)
            sum += (double) q[i * row + h * width + c] * (double) k[j * row + h * width + c];
          *scores++ = (float) ((double) scale * sum);
        }
}

void
monocle_reference_relative_bias (const float *x,
                                 const float *table,
                                 gboolean by_heads,
                                 const guint32 *index,
                                 const guint32 *place,
                                 guint n_queries,
                                 guint n_keys,
                                 guint n_heads,
                                 guint n,
                                 guint stride,
                                 float *y)
{
  for (guint h = 0; h < n_heads; h++)
    for (guint i = 0; i < n_queries; i++)
      for (guint j = 0; j < n_keys; j++, x++, y++)
        {
          const guint32 row = index[(gsize) (place ? place[i] : i) * stride + j];

          *y = *x;
          if (row < n)
            *y += table[by_heads ? (gsize) h * n + row : (gsize) row * n_heads + h];
        }
}
