/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/adamw.h"

#include <math.h>

void
monocle_reference_sum_squares (const float *x, gsize n, float *y)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (double) x[i] * (double) x[i];
  *y = (float) sum;
}

void
monocle_reference_adamw (float *x,
                         float *gradient,
                         float *mean,
                         float *square,
                         const float *squares,
                         const MonocleAdamw *s,
                         gsize n)
{
  const double norm = sqrt ((double) *squares) * (double) s->scale;
  const double scale = (double) s->scale * MIN (1, (double) s->largest_norm / (norm + 1e-6));
  const double beta1 = (double) s->beta1, beta2 = (double) s->beta2;
  const double rate = (double) s->rate, decay = (double) s->decay;

  for (gsize i = 0; i < n; i++)
    {
      const double g = (double) gradient[i] * scale;
      const double m = beta1 * (double) mean[i] + (1 - beta1) * g;
      const double v = beta2 * (double) square[i] + (1 - beta2) * g * g;

      gradient[i] = 0;
      if (!(norm <= 1e30))
        continue;
      mean[i] = (float) m;
      square[i] = (float) v;
      x[i] = (float) ((double) x[i] * (1 - rate * decay)
                      - rate / (double) s->correction1 * m
                            / (sqrt (v / (double) s->correction2) + 1e-8));
    }
}
