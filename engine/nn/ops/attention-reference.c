/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/attention.h"

#include <math.h>
#include <string.h>

#include "engine/nn/ops/attention-score.h"

void
monocle_reference_attention (const float *q,
                             const float *k,
                             const float *v,
                             const MonocleAttention *a,
                             const guint32 *lengths,
                             const float *bias,
                             float *y)
{
  const guint channels = a->n_heads * a->head_width;
  const guint sharing = monocle_attention_count_sharing (a->n_heads, a->n_kv_heads);
  const double scale = a->scale > 0 ? (double) a->scale : 1 / sqrt (a->head_width);
  g_autofree double *scores = g_new (double, a->n_keys);

  for (guint b = 0; b < a->n_batches; b++)
    for (guint h = 0; h < a->n_heads; h++)
      for (guint t = 0; t < a->n_queries; t++)
        {
          const gsize at = (gsize) b * a->kv_batch_stride + h / sharing * a->head_width;
          const float *query = q + a->q_first + (gsize) b * a->q_batch_stride
                               + (gsize) t * a->q_row_stride + h * a->head_width;
          float *result = y + ((gsize) b * a->n_queries + t) * channels + h * a->head_width;
          guint n = lengths ? MIN (lengths[b], a->n_keys) : a->n_keys;

          if (a->mask == MONOCLE_ATTENTION_MASK_CAUSAL)
            n = MIN (n, t + 1);
          else if (a->mask == MONOCLE_ATTENTION_MASK_PREFIX)
            n = MIN (n, MAX (t + 1, a->prefix));
          for (guint j = 0; j < n; j++)
            {
              scores[j] = 0;
              for (guint c = 0; c < a->head_width; c++)
                scores[j] += (double) query[c]
                             * (double) k[a->k_first + at + (gsize) j * a->kv_row_stride + c];
              scores[j] *= scale;
              if (bias)
                scores[j] += (double) bias[((gsize) h * a->n_queries + t) * a->n_keys + j];
            }
          monocle_reference_softmax (scores, n);
          for (guint c = 0; c < a->head_width; c++)
            {
              double sum = 0;

              for (guint j = 0; j < n; j++)
                sum += scores[j] * (double) v[a->v_first + at + (gsize) j * a->kv_row_stride + c];
              result[c] = (float) sum;
            }
        }
}

void
monocle_reference_cached_attention (const MonocleCachedAttention *a,
                                    const float *qkv,
                                    float *keys,
                                    float *values,
                                    const guint32 *ancestors,
                                    const guint32 *place,
                                    const float *bias,
                                    float *y)
{
  const guint channels = a->y.dims[a->y.n_dims - 1], width = channels / a->n_heads;
  const guint sharing = monocle_attention_count_sharing (a->n_heads, a->n_kv_heads);
  const guint kv_channels = channels / sharing, all = channels + 2 * kv_channels;
  const guint places = a->keys.dims[1], rows = a->keys.dims[0], n = a->n_tokens;
  const double scale = a->scale > 0 ? (double) a->scale : 1 / sqrt (width);
  g_autofree double *scores = g_new (double, places);

  for (guint r = 0; r < rows; r++)
    for (guint i = 0; i < n; i++)
      {
        const gsize at = ((gsize) r * places + place[r] + i) * kv_channels;
        const float *new = qkv + ((gsize) r * n + i) * all + channels;

        memcpy (keys + at, new, kv_channels * sizeof *keys);
        memcpy (values + at, new + kv_channels, kv_channels * sizeof *values);
      }

  for (guint i = 0; i < rows * n * a->n_heads; i++)
    {
      const guint token = i / a->n_heads, r = token / n, h = i % a->n_heads;
      const guint new = token % n, here = place[r] + new, kv = h / sharing * width;
      const guint end = MAX (here + 1, place[r] + MIN (a->n_together, n));
      const guint first
          = a->window > 0 && new >= a->n_together ? here + 1 - MIN (a->window, here + 1) : 0;
      const float *query = qkv + (gsize) token * all + h * width;

      for (guint t = first; t < end; t++)
        {
          const guint row = t < place[r] ? ancestors[(gsize) r * places + t] : r;
          const float *key = keys + ((gsize) row * places + t) * kv_channels + kv;

          scores[t] = 0;
          for (guint c = 0; c < width; c++)
            scores[t] += (double) query[c] * (double) key[c];
          scores[t] *= scale;
          if (bias)
            scores[t] += (double) bias[((gsize) h * rows * n + token) * places + t];
          if (a->cap > 0)
            scores[t] = (double) a->cap * tanh (scores[t] / (double) a->cap);
        }
      monocle_reference_softmax (scores + first, end - first);
      for (guint c = 0; c < width; c++)
        {
          double sum = 0;

          for (guint t = first; t < end; t++)
            {
              const guint row = t < place[r] ? ancestors[(gsize) r * places + t] : r;

              sum += scores[t] * (double) values[((gsize) row * places + t) * kv_channels + kv + c];
            }
          y[(gsize) token * channels + h * width + c] = (float) sum;
        }
    }
}
