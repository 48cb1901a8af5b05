// SPDX-License-Identifier: GPL-3.0-or-later
//
// y = activation (x w^T + bias) + residual for few rows, for GPUs: 16 lanes share a column and a
// workgroup holds several columns; each weight is read once for up to ROWS rows.
//
// x [m, 4 k4] STORE; w [n, 4 k4] WEIGHT; bias [n] float; residual, y rows of y_stride elements from
// y_first: STORE (or y float).
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (constant_id = 1) const uint ROWS = 1;
layout (constant_id = 2) const uint ACTIVATION = 0;   // other than that of the flags

layout (binding = 0) readonly buffer X { STORE4 x[]; };
layout (binding = 2) readonly buffer Bias { float bias[]; };
layout (binding = 3) readonly buffer Residual { STORE residual[]; };
layout (binding = 4) writeonly buffer Y { STORE y[]; };
layout (binding = 4) writeonly buffer YFloat { float y_float[]; };

#define WEIGHT_BINDING 1
#include "weight.glsl"
#include "matmul.glsl"

const uint LANES = MATVEC_LANES;
const uint GROUP = MATVEC_GROUP;

shared float parts[ROWS][GROUP];

void
main ()
{
  uint at = gl_LocalInvocationID.x;
  uint lane = at % LANES;
  uint column = gl_WorkGroupID.x * (GROUP / LANES) + at / LANES;
  uint first_row = gl_WorkGroupID.y * ROWS;
  uint w_row = min (column, p.n - 1) * p.k4;
  float sums[ROWS];

  [[unroll]] for (uint i = 0; i < ROWS; i++)
    sums[i] = 0.0;

#if WEIGHT_Q4
  // Two fours at once, as they share their bytes.
  [[dont_unroll]] for (uint k = lane; k < p.k4 / 2; k += LANES)
    {
      uint x_at = k / 4 * 8 + k % 4;
      vec4 first, second;
      weights_at (w_row / 2 + k, p.n * p.k4, first, second);
      [[unroll]] for (uint i = 0; i < ROWS; i++)
        {
          uint row_at = min (first_row + i, p.m - 1) * p.k4 + x_at;
          sums[i] += dot (vec4 (x[row_at]), first) + dot (vec4 (x[row_at + 4]), second);
        }
    }
#else
  [[dont_unroll]] for (uint k = lane; k < p.k4; k += LANES)
    {
      vec4 weight = weight_at (w_row + k, p.n * p.k4);
      [[unroll]] for (uint i = 0; i < ROWS; i++)
        sums[i] += dot (vec4 (x[min (first_row + i, p.m - 1) * p.k4 + k]), weight);
    }
#endif

  [[unroll]] for (uint i = 0; i < ROWS; i++)
    parts[i][at] = sums[i];
  barrier ();
  [[unroll]] for (uint step = LANES / 2; step > 0; step /= 2)
    {
      if (lane < step)
        [[unroll]] for (uint i = 0; i < ROWS; i++)
          parts[i][at] += parts[i][at + step];
      barrier ();
    }

  // One lane a row. Rows are at most LANES.
  if (column < p.n && lane < ROWS && first_row + lane < p.m)
    {
      uint row_at = p.y_first + (first_row + lane) * p.y_stride;
      float sum = parts[lane][at - lane];
      put (row_at + column, finish (sum, row_at, column, p.flags), p.flags);
    }
}
