// SPDX-License-Identifier: GPL-3.0-or-later
//
// y = activation (x w^T + bias) + residual, for CPU devices: one invocation computes ROWS x COLUMNS
// results, lanes lie along the columns, and everything is read through texel buffers, which software
// drivers gather without bounds checks. No shared memory, no barriers.
//
// x [m, 4 k4] texels from x_first; w texels from w_first, packed by panels of 4 columns [k4][4], padded to
// whole workgroups; bias [n] float; residual, y [m, n] STORE (or y float). ODD: n is no
// multiple of 4, and results are finished one by one.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"
#include "activation.glsl"

layout (constant_id = 1) const uint ROWS = 16;
layout (constant_id = 2) const uint COLUMNS = 16;
layout (constant_id = 3) const uint ACTIVATION = 0;
layout (constant_id = 4) const uint ODD = 0;
layout (constant_id = 5) const uint STEPS = 1;   // of four at once; divides k4

layout (binding = 0) readonly buffer Bias { vec4 bias[]; };
layout (binding = 1) readonly buffer Residual { STORE4 residual[]; };
layout (binding = 2) writeonly buffer Y { STORE4 y[]; };
layout (binding = 2) writeonly buffer YFloat { vec4 y_float[]; };
layout (binding = 0) readonly buffer BiasOne { float bias_one[]; };
layout (binding = 1) readonly buffer ResidualOne { STORE residual_one[]; };
layout (binding = 2) writeonly buffer YOne { STORE y_one[]; };
layout (binding = 3) uniform textureBuffer x;
layout (binding = 4) uniform textureBuffer w;

void
main ()
{
  uint first_row = gl_WorkGroupID.x * ROWS;
  uint first_column = (gl_WorkGroupID.y * gl_WorkGroupSize.x + gl_LocalInvocationID.x) * COLUMNS;
  float sums[ROWS][COLUMNS];
  int x_at[ROWS];
  int w_at[COLUMNS / 4];

  [[unroll]] for (uint j = 0; j < COLUMNS / 4; j++)
    w_at[j] = int (p.w_first + (first_column / 4 + j) * p.k4 * 4);
  // Rows past the end repeat the last one; their results are not stored.
  [[unroll]] for (uint i = 0; i < ROWS; i++)
    {
      x_at[i] = int (p.x_first + min (first_row + i, p.m - 1) * p.k4);
      [[unroll]] for (uint j = 0; j < COLUMNS; j++)
        sums[i][j] = 0.0;
    }

  [[dont_unroll]] for (uint k = 0; k < p.k4; k += STEPS)
    {
      vec4 weights[STEPS][COLUMNS];
      [[unroll]] for (uint s = 0; s < STEPS; s++)
        {
          [[unroll]] for (uint j = 0; j < COLUMNS; j++)
            weights[s][j] = texelFetch (w, w_at[j / 4] + int (4 * (k + s) + j % 4));
        }
      [[unroll]] for (uint i = 0; i < ROWS; i++)
        {
          vec4 value[STEPS];
          [[unroll]] for (uint s = 0; s < STEPS; s++)
            value[s] = texelFetch (x, x_at[i] + int (k + s));
          [[unroll]] for (uint j = 0; j < COLUMNS; j++)
            [[unroll]] for (uint s = 0; s < STEPS; s++)
              sums[i][j] += dot (value[s], weights[s][j]);
        }
    }

  if (first_column >= p.n)
    return;

  if (ODD != 0)
    {
      [[unroll]] for (uint i = 0; i < ROWS; i++)
        [[unroll]] for (uint j = 0; j < COLUMNS; j++)
          if (first_row + i < p.m && first_column + j < p.n)
            {
              uint at = (first_row + i) * p.n + first_column + j;
              float v = sums[i][j];
              if ((p.flags & MATMUL_BIAS) != 0)
                v += bias_one[first_column + j];
              v = activate (v, ACTIVATION);
              if ((p.flags & MATMUL_RESIDUAL) != 0)
                v += float (residual_one[at]);
              if (ACTIVATION == ACTIVATION_RELU_LAST)
                v = max (v, 0.0);
              y_one[at] = STORE (v);
            }
      return;
    }

  [[unroll]] for (uint i = 0; i < ROWS; i++)
    {
      uint row = first_row + i;
      if (row < p.m)
        {
          [[unroll]] for (uint j = 0; j < COLUMNS; j += 4)
            {
              uint column = first_column + j;
              if (column < p.n)
                {
                  uint at = (row * p.n + column) / 4;
                  vec4 v = vec4 (sums[i][j], sums[i][j + 1], sums[i][j + 2], sums[i][j + 3]);
                  if ((p.flags & MATMUL_BIAS) != 0)
                    v += bias[column / 4];
                  v = activate4 (v, ACTIVATION);
                  if ((p.flags & MATMUL_RESIDUAL) != 0)
                    v += vec4 (residual[at]);
                  if (ACTIVATION == ACTIVATION_RELU_LAST)
                    v = max (v, vec4 (0.0));
                  if (STORE_F16 != 0 && (p.flags & MATMUL_FLOAT) != 0)
                    y_float[at] = v;
                  else
                    y[at] = STORE4 (v);
                }
            }
        }
    }
}
