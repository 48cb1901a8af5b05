/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/gate.h"

#include <math.h>

double
monocle_reference_activate (MonocleActivation activation, double x)
{
  switch (activation)
    {
    case MONOCLE_ACTIVATION_GELU:
      return 0.5 * x * (1.0 + erf (x / sqrt (2.0)));
    case MONOCLE_ACTIVATION_GELU_TANH:
      return 0.5 * x * (1.0 + tanh (sqrt (2.0 / G_PI) * (x + 0.044715 * x * x * x)));
    case MONOCLE_ACTIVATION_QUICK_GELU:
      return x / (1.0 + exp (-1.702 * x));
    case MONOCLE_ACTIVATION_SILU:
      return x / (1.0 + exp (-x));
    case MONOCLE_ACTIVATION_RELU_SQUARED:
      return x > 0 ? x * x : 0;
    case MONOCLE_ACTIVATION_RELU:
      return x > 0 ? x : 0;
    case MONOCLE_ACTIVATION_NONE:
    case MONOCLE_ACTIVATION_RELU_LAST:
    default:
      return x;
    }
}

void
monocle_reference_gate (const float *gate,
                        const float *up,
                        MonocleActivation activation,
                        guint rows,
                        guint columns,
                        float *y)
{
  const gsize stride = up ? columns : 2 * columns;

  if (!up)
    up = gate + columns;
  for (guint i = 0; i < rows; i++)
    for (guint c = 0; c < columns; c++)
      y[(gsize) i * columns + c]
          = (float) (monocle_reference_activate (activation, (double) gate[i * stride + c])
                     * (double) up[i * stride + c]);
}

void
monocle_reference_soft_cap (const float *x, float cap, gsize n, float *y)
{
  for (gsize i = 0; i < n; i++)
    y[i] = (float) ((double) cap * tanh ((double) x[i] / (double) cap));
}
