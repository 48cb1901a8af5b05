// SPDX-License-Identifier: GPL-3.0-or-later
//
// What happens to the sums of a matrix product on their way to memory, one by one: y = activation
// (sum + bias) + residual (ACTIVATION_RELU_LAST: of all of it), as store elements or as floats. matmul_block does the same by fours.
//
// Needs the constant ACTIVATION, bindings bias, residual (read as rows of y_stride elements) and y; see matvec.comp.

#include "activation.glsl"

float
complete (float sum, float bias_of_it, float residual_of_it, uint flags)
{
  sum += bias_of_it;
  if ((flags & MATMUL_GELU) != 0)
    sum = gelu (sum);
  sum = activate (sum, ACTIVATION) + residual_of_it;
  if (ACTIVATION == ACTIVATION_RELU_LAST)
    sum = max (sum, 0.0);
  return sum;
}

float
finish (float sum, uint row_at, uint column, uint flags)
{
  return complete (sum, (flags & MATMUL_BIAS) != 0 ? bias[column] : 0.0,
                   (flags & MATMUL_RESIDUAL) != 0 ? float (residual[row_at + column]) : 0.0, flags);
}

void
put (uint at, float value, uint flags)
{
#if STORE_F16
  if ((flags & MATMUL_FLOAT) != 0)
    y_float[at] = value;
  else
#endif
    y[at] = STORE (value);
}
