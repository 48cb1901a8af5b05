// SPDX-License-Identifier: GPL-3.0-or-later
//
// y = activation (x w^T + bias) + residual for few rows, for CPU devices: one invocation computes
// ROWS x COLUMNS results, each weight is read once for all ROWS, through texel buffers. Weights stay
// in the order of the checkpoint, which streams better than packed ones when few rows share them.
//
// x [m, 4 k4] texels from x_first; w [n, 4 k4] texels from w_first; bias [n] float; residual, y rows
// of y_stride elements from y_first: STORE (or y float).
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (constant_id = 1) const uint ROWS = 1;
layout (constant_id = 2) const uint COLUMNS = 8;
layout (constant_id = 3) const uint ACTIVATION = 0;   // other than that of the flags

layout (binding = 0) readonly buffer Bias { float bias[]; };
layout (binding = 1) readonly buffer Residual { STORE residual[]; };
layout (binding = 2) writeonly buffer Y { STORE y[]; };
layout (binding = 2) writeonly buffer YFloat { float y_float[]; };
layout (binding = 3) uniform textureBuffer x;
layout (binding = 4) uniform textureBuffer w;

#include "matmul.glsl"

void
main ()
{
  uint first_column = (gl_WorkGroupID.x * gl_WorkGroupSize.x + gl_LocalInvocationID.x) * COLUMNS;
  uint first_row = gl_WorkGroupID.y * ROWS;
  float sums[ROWS][COLUMNS];
  int x_at[ROWS];
  int w_at[COLUMNS];

  if (first_column >= p.n)
    return;

  [[unroll]] for (uint j = 0; j < COLUMNS; j++)
    w_at[j] = int (p.w_first + min (first_column + j, p.n - 1) * p.k4);
  [[unroll]] for (uint i = 0; i < ROWS; i++)
    {
      x_at[i] = int (p.x_first + min (first_row + i, p.m - 1) * p.k4);
      [[unroll]] for (uint j = 0; j < COLUMNS; j++)
        sums[i][j] = 0.0;
    }

  // Each lane starts elsewhere in its rows: rows are often a multiple of 1 or 4 KiB apart, and all
  // abreast would fight for a few sets of the first cache.
  int k = int (gl_LocalInvocationID.x * 4 % p.k4);
  [[dont_unroll]] for (uint step = 0; step < p.k4; step++)
    {
      vec4 values[ROWS];
      [[unroll]] for (uint i = 0; i < ROWS; i++)
        values[i] = texelFetch (x, x_at[i] + k);
      [[unroll]] for (uint j = 0; j < COLUMNS; j++)
        {
          vec4 weight = texelFetch (w, w_at[j] + k);
          [[unroll]] for (uint i = 0; i < ROWS; i++)
            sums[i][j] += dot (values[i], weight);
        }
      k = k + 1 == int (p.k4) ? 0 : k + 1;
    }

  [[unroll]] for (uint i = 0; i < ROWS; i++)
    {
      uint row = first_row + i;
      if (row < p.m)
        {
          uint row_at = p.y_first + row * p.y_stride;
          [[unroll]] for (uint j = 0; j < COLUMNS; j++)
            {
              uint column = first_column + j;
              if (column < p.n)
                put (row_at + column, finish (sums[i][j], row_at, column, p.flags), p.flags);
            }
        }
    }
}
