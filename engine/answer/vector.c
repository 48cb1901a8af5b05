/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/vector.h"

#include <math.h>

double
monocle_vector_dot (const float *a, const float *b, guint n)
{
  double sum = 0;

  for (guint i = 0; i < n; i++)
    sum += (double) a[i] * (double) b[i];
  return sum;
}

void
monocle_vector_normalise (float *values, guint n)
{
  double length = sqrt (monocle_vector_dot (values, values, n));

  for (guint i = 0; i < n && length > 0; i++)
    values[i] = (float) ((double) values[i] / length);
}
