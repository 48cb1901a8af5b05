// SPDX-License-Identifier: GPL-3.0-or-later
//
// y = activation (x w^T + bias) + residual for few rows, for CPU devices: one subgroup, which is a
// workgroup, computes ROWS x COLUMNS results, each weight is read once for all ROWS, through texel
// buffers. Lanes lie along k, so that the weights, in the order of the checkpoint, are read from the
// first to the last: a stream for each lane instead is more than a processor reads ahead of. COLUMNS
// are at most the lanes of a subgroup.
//
// x [m, 4 k4] texels from x_first; w [n, 4 k4] texels from w_first, of four floats or of the bits of
// eight halves, whose fetch costs no more; bias [n] float; residual, y rows
// of y_stride elements from y_first: STORE (or y float).
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#include "kernel.glsl"

layout (constant_id = 1) const uint ROWS = 1;
layout (constant_id = 2) const uint COLUMNS = 8;
layout (constant_id = 3) const uint ACTIVATION = 0;   // other than that of the flags

layout (binding = 0) readonly buffer Bias { float bias[]; };
layout (binding = 1) readonly buffer Residual { STORE residual[]; };
layout (binding = 2) writeonly buffer Y { STORE y[]; };
layout (binding = 2) writeonly buffer YFloat { float y_float[]; };
layout (binding = 3) uniform textureBuffer x;
#if WEIGHT_F16
#define FOURS 2   // in a texel of weights
layout (binding = 4) uniform utextureBuffer w;
#else
#define FOURS 1
layout (binding = 4) uniform textureBuffer w;
#endif

#include "matmul.glsl"

void
fetch_weights (int at, out vec4 weights[FOURS])
{
#if WEIGHT_F16
  uvec4 bits = texelFetch (w, at);

  weights[0] = vec4 (unpackHalf2x16 (bits.x), unpackHalf2x16 (bits.y));
  weights[1] = vec4 (unpackHalf2x16 (bits.z), unpackHalf2x16 (bits.w));
#else
  weights[0] = texelFetch (w, at);
#endif
}

void
main ()
{
  uint first_column = gl_WorkGroupID.x * COLUMNS;
  uint first_row = gl_WorkGroupID.y * ROWS;
  uint lane = gl_LocalInvocationID.x;
  int texels = int (p.k4 / FOURS);
  float sums[ROWS][COLUMNS];
  int x_at[ROWS];
  int w_at[COLUMNS];

  [[unroll]] for (uint j = 0; j < COLUMNS; j++)
    w_at[j] = int (p.w_first) + int (min (first_column + j, p.n - 1)) * texels;
  [[unroll]] for (uint i = 0; i < ROWS; i++)
    {
      x_at[i] = int (p.x_first + min (first_row + i, p.m - 1) * p.k4);
      [[unroll]] for (uint j = 0; j < COLUMNS; j++)
        sums[i][j] = 0.0;
    }

  [[dont_unroll]] for (int k = int (lane); k < texels; k += int (gl_WorkGroupSize.x))
    {
      vec4 values[ROWS][FOURS];
      [[unroll]] for (uint i = 0; i < ROWS; i++)
        [[unroll]] for (uint f = 0; f < FOURS; f++)
          values[i][f] = texelFetch (x, x_at[i] + FOURS * k + int (f));
      [[unroll]] for (uint j = 0; j < COLUMNS; j++)
        {
          vec4 weights[FOURS];
          fetch_weights (w_at[j] + k, weights);
          [[unroll]] for (uint i = 0; i < ROWS; i++)
            [[unroll]] for (uint f = 0; f < FOURS; f++)
              sums[i][j] += dot (values[i][f], weights[f]);
        }
    }

  // Each lane finishes a column.
  [[unroll]] for (uint i = 0; i < ROWS; i++)
    {
      float sum = 0.0;
      [[unroll]] for (uint j = 0; j < COLUMNS; j++)
        {
          float all = subgroupAdd (sums[i][j]);
          sum = lane == j ? all : sum;
        }

      uint row = first_row + i;
      uint column = first_column + lane;
      if (row < p.m && lane < COLUMNS && column < p.n)
        {
          uint row_at = p.y_first + row * p.y_stride;
          put (row_at + column, finish (sum, row_at, column, p.flags), p.flags);
        }
    }
}
