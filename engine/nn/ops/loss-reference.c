/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/loss.h"

#include <math.h>

static double
get_logit (const float *logits, const float *bias, guint i)
{
  return (double) logits[i] + (bias ? (double) bias[i] : 0);
}

/* The logarithm of the sum of e to the power of each. */
static double
sum_logits (const float *logits, const float *bias, guint n)
{
  double largest = -INFINITY, sum = 0;

  for (guint i = 0; i < n; i++)
    largest = MAX (largest, get_logit (logits, bias, i));
  for (guint i = 0; i < n; i++)
    sum += exp (get_logit (logits, bias, i) - largest);
  return largest + log (sum);
}

void
monocle_reference_cross_entropy (const float *logits,
                                 const float *bias,
                                 const guint32 *labels,
                                 guint rows,
                                 guint n,
                                 float *losses)
{
  for (guint r = 0; r < rows; r++)
    {
      const float *row = logits + (gsize) r * n;

      losses[r] = labels[r] < n
                      ? (float) (sum_logits (row, bias, n) - get_logit (row, bias, labels[r]))
                      : 0;
    }
}

void
monocle_reference_cross_entropy_back (const float *logits,
                                      const float *bias,
                                      const guint32 *labels,
                                      guint rows,
                                      guint n,
                                      float *gradient)
{
  for (guint r = 0; r < rows; r++)
    {
      const float *row = logits + (gsize) r * n;
      const double sum = sum_logits (row, bias, n);

      for (guint i = 0; i < n; i++)
        gradient[(gsize) r * n + i]
            = labels[r] < n
                  ? (float) (exp (get_logit (row, bias, i) - sum) - (i == labels[r] ? 1 : 0))
                  : 0;
    }
}
