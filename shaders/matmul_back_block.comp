// SPDX-License-Identifier: GPL-3.0-or-later
//
// The gradient of what went into a product, for CPU devices: dx = dy[:, first .. first + n) w
// (+ residual); an invocation makes eight rows of four columns, and sums in the order of n. Four
// columns of dy are read at once, so they and n are multiples of 4.
//
// dy [m, 4 dy_stride4] texels from dy_first; w [n, 4 k4] texels by rows from w_first; residual,
// dx [m, 4 k4] float (may be the same).
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

#define ROWS 8

layout (binding = 0) readonly buffer Residual { vec4 residual[]; };
layout (binding = 1) writeonly buffer Dx { vec4 dx[]; };
layout (binding = 2) uniform textureBuffer dy;
layout (binding = 3) uniform textureBuffer w;

void
main ()
{
  uint blocks = (p.m + ROWS - 1) / ROWS;

  for (uint i = invocation_index (); i < blocks * p.k4; i += invocation_count ())
    {
      uint row = ROWS * (i / p.k4);
      uint column = i % p.k4;
      vec4 sums[ROWS];
      int at[ROWS];

      // Rows behind the last one are the last one again.
      [[unroll]] for (uint r = 0; r < ROWS; r++)
        {
          sums[r] = vec4 (0.0);
          at[r] = int (p.dy_first + min (row + r, p.m - 1) * p.dy_stride4);
        }
      int w_at = int (p.w_first + column);
      [[dont_unroll]] for (uint j = 0; j < p.n4; j++)
        {
          vec4 weights[4];

          [[unroll]] for (uint c = 0; c < 4; c++)
            {
              weights[c] = texelFetch (w, w_at);
              w_at += int (p.k4);
            }
          [[unroll]] for (uint r = 0; r < ROWS; r++)
            {
              vec4 values = texelFetch (dy, at[r] + int (j));

              sums[r] += values.x * weights[0];
              sums[r] += values.y * weights[1];
              sums[r] += values.z * weights[2];
              sums[r] += values.w * weights[3];
            }
        }
      [[unroll]] for (uint r = 0; r < ROWS; r++)
        if (row + r < p.m)
          {
            uint to = (row + r) * p.k4 + column;

            if ((p.flags & MATMUL_RESIDUAL) != 0)
              sums[r] += residual[to];
            dx[to] = sums[r];
          }
    }
}
