// SPDX-License-Identifier: GPL-3.0-or-later
//
// y = activation (x w^T + bias) + residual, for GPUs: a workgroup of 256 computes 64 x 64 results,
// each invocation 4 x 4 of them, from tiles of 16 inputs in shared memory.
//
// x [m, 4 k4] STORE; w [n, 4 k4] WEIGHT, or packed by panels of 4 columns [k4][4][4]; bias [n] float; residual, y
// rows of y_stride elements from y_first: STORE (or y float).
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (constant_id = 1) const uint PACKED = 0;
layout (constant_id = 2) const uint ACTIVATION = 0;   // other than that of the flags

layout (binding = 0) readonly buffer X { STORE4 x[]; };
layout (binding = 2) readonly buffer Bias { float bias[]; };
layout (binding = 3) readonly buffer Residual { STORE residual[]; };
layout (binding = 4) writeonly buffer Y { STORE y[]; };
layout (binding = 4) writeonly buffer YFloat { float y_float[]; };

#define WEIGHT_BINDING 1
#include "weight.glsl"
#include "matmul.glsl"

const uint SIDE = MATMUL_TILE_SIDE;
const uint DEPTH = 16;

// Four floats more than the side, so that the four parts of one input's texel fall into different
// banks.
shared float x_tile[DEPTH][SIDE + 4];
shared float w_tile[DEPTH][SIDE + 4];

void
main ()
{
  uint first_row = gl_WorkGroupID.x * SIDE;
  uint first_column = gl_WorkGroupID.y * SIDE;
  uint lane = gl_LocalInvocationID.x;
  uint row = (lane / 16) * 4;
  uint column = (lane % 16) * 4;

  // What this invocation brings in: one vec4 of each tile.
  uint load_row = PACKED != 0 ? lane % 64 : lane / 4;
  uint load_k = PACKED != 0 ? lane / 64 : lane % 4;
  uint x_row = min (first_row + lane / 4, p.m - 1);
  uint w_row = min (first_column + load_row, p.n - 1);

  float sums[4][4];
  [[unroll]] for (uint i = 0; i < 4; i++)
    [[unroll]] for (uint j = 0; j < 4; j++)
      sums[i][j] = 0.0;

  [[dont_unroll]] for (uint k = 0; k < p.k4; k += DEPTH / 4)
    {
      vec4 value = vec4 (0.0), weight = vec4 (0.0);
      if (k + lane % 4 < p.k4)
        value = vec4 (x[x_row * p.k4 + k + lane % 4]);
      if (k + load_k < p.k4)
        weight = weight_at (PACKED != 0 ? (w_row / 4 * p.k4 + k + load_k) * 4 + w_row % 4
                                        : w_row * p.k4 + k + load_k, p.n * p.k4);
      [[unroll]] for (uint i = 0; i < 4; i++)
        {
          x_tile[4 * (lane % 4) + i][lane / 4] = value[i];
          w_tile[4 * load_k + i][load_row] = weight[i];
        }
      barrier ();

      [[unroll]] for (uint kk = 0; kk < DEPTH; kk++)
        {
          float a[4], b[4];
          [[unroll]] for (uint i = 0; i < 4; i++)
            {
              a[i] = x_tile[kk][row + i];
              b[i] = w_tile[kk][column + i];
            }
          [[unroll]] for (uint i = 0; i < 4; i++)
            [[unroll]] for (uint j = 0; j < 4; j++)
              sums[i][j] += a[i] * b[j];
        }
      barrier ();
    }

  [[unroll]] for (uint i = 0; i < 4; i++)
    {
      if (first_row + row + i < p.m)
        {
          uint row_at = p.y_first + (first_row + row + i) * p.y_stride;
          [[unroll]] for (uint j = 0; j < 4; j++)
            {
              uint c = first_column + column + j;
              if (c < p.n)
                put (row_at + c, finish (sums[i][j], row_at, c, p.flags), p.flags);
            }
        }
    }
}
