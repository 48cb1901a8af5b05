/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/check-compare.h"

#include <math.h>
#include <string.h>

static double
measure_size (const float *values, guint64 n, guint stride)
{
  double sum = 0;

  for (guint64 i = 0; i < n; i += stride)
    sum += (double) values[i] * (double) values[i];
  return sqrt (sum / (double) (n / stride));
}

double
monocle_check_compare (const float *got, const float *expected, guint64 n, gboolean is_pairs)
{
  const guint stride = is_pairs ? 2 : 1;
  const double size = measure_size (expected + stride - 1, n - (stride - 1), stride) + 1e-9;
  double worst = 0;

  for (guint64 i = 0; i < n; i += stride)
    {
      const float *number = &got[i + stride - 1], *right = &expected[i + stride - 1];
      const double difference = fabs ((double) *number - (double) *right);

      if (!isfinite (*number) || (is_pairs && memcmp (&got[i], &expected[i], 4) != 0))
        return INFINITY;
      worst = MAX (worst, difference / (size + fabs ((double) *right)));
    }
  return worst;
}
