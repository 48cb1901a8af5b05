/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/attention-back.h"

#include <math.h>

#include "engine/nn/ops/attention-score.h"

static double
get_scale (const MonocleAttention *a)
{
  return a->scale > 0 ? (double) a->scale : 1 / sqrt (a->head_width);
}

/* The products of a query, or of its gradient, with all keys of its batch and head. */
static void
multiply (const MonocleAttention *a, const float *q, const float *k, gsize i, double *products)
{
  const guint t = i % a->n_queries, h = i / a->n_queries % a->n_heads;
  const gsize b = i / a->n_queries / a->n_heads;
  const float *query = q + ((b * a->n_queries + t) * a->n_heads + h) * a->head_width;

  for (guint j = 0; j < a->n_keys; j++)
    {
      const float *key = k + ((b * a->n_keys + j) * a->n_heads + h) * a->head_width;

      products[j] = 0;
      for (guint c = 0; c < a->head_width; c++)
        products[j] += (double) query[c] * (double) key[c];
    }
}

void
monocle_reference_attention_weights (const MonocleAttention *a,
                                     const float *q,
                                     const float *k,
                                     const guint32 *lengths,
                                     float *weights)
{
  g_autofree double *scores = g_new (double, a->n_keys);

  for (gsize i = 0; i < (gsize) a->n_batches * a->n_heads * a->n_queries; i++)
    {
      const guint32 length = lengths ? lengths[i / a->n_queries / a->n_heads] : a->n_keys;
      guint n = MIN (length, a->n_keys);

      if (a->mask == MONOCLE_ATTENTION_MASK_CAUSAL)
        n = MIN (n, i % a->n_queries + 1);
      multiply (a, q, k, i, scores);
      for (guint j = 0; j < n; j++)
        scores[j] *= get_scale (a);
      monocle_reference_softmax (scores, n);
      for (guint j = 0; j < a->n_keys; j++)
        weights[i * a->n_keys + j] = j < n ? (float) scores[j] : 0;
    }
}

void
monocle_reference_attention_weights_back (
    const MonocleAttention *a, const float *weights, const float *v, const float *dy, float *ds)
{
  g_autofree double *dw = g_new (double, a->n_keys);

  for (gsize i = 0; i < (gsize) a->n_batches * a->n_heads * a->n_queries; i++)
    {
      const float *w = weights + i * a->n_keys;
      double sum = 0;

      multiply (a, dy, v, i, dw);
      for (guint j = 0; j < a->n_keys; j++)
        sum += (double) w[j] * dw[j];
      for (guint j = 0; j < a->n_keys; j++)
        ds[i * a->n_keys + j] = (float) (get_scale (a) * (double) w[j] * (dw[j] - sum));
    }
}

void
monocle_reference_attention_mix (
    const MonocleAttention *a, gboolean turned, const float *w, const float *x, float *y)
{
  const guint rows = turned ? a->n_keys : a->n_queries, inner = turned ? a->n_queries : a->n_keys;
  const guint width = a->n_heads * a->head_width;

  for (gsize i = 0; i < (gsize) a->n_batches * rows * width; i++)
    {
      const guint c = i % width, row = i / width % rows;
      const gsize b = i / width / rows;
      const float *mix = w + (b * a->n_heads + c / a->head_width) * rows * inner;
      double sum = 0;

      for (guint j = 0; j < inner; j++)
        sum += (double) (turned ? mix[(gsize) j * rows + row] : mix[(gsize) row * inner + j])
               * (double) x[(b * inner + j) * width + c];
      y[i] = (float) sum;
    }
}
