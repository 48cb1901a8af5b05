// SPDX-License-Identifier: GPL-3.0-or-later
//
// What happens to the sums of a matrix product on their way to memory, the same in all four
// product kernels: y = activation (sum + bias) + residual, as store elements or as floats.
//
// Needs bindings bias, residual (read as rows of y_stride elements) and y; see matmul_block.comp.

const uint FLAG_BIAS = 1;
const uint FLAG_RESIDUAL = 2;
const uint FLAG_GELU = 4;
const uint FLAG_FLOAT = 8;     // y holds floats whatever STORE is

float
finish (float sum, uint row_at, uint column, uint flags)
{
  if ((flags & FLAG_BIAS) != 0)
    sum += bias[column];
  if ((flags & FLAG_GELU) != 0)
    sum = gelu (sum);
  if ((flags & FLAG_RESIDUAL) != 0)
    sum += float (residual[row_at + column]);
  return sum;
}

void
put (uint at, float value, uint flags)
{
#if STORE_F16
  if ((flags & FLAG_FLOAT) != 0)
    y_float[at] = value;
  else
#endif
    y[at] = STORE (value);
}
