// SPDX-License-Identifier: GPL-3.0-or-later
//
// The gradient of what went into a product: dx = dy[:, first .. first + n) w (+ residual); an
// invocation makes four rows of four columns, and sums in the order of n.
//
// dy [m, dy_stride] float, w [n, 4 k4] WEIGHT by rows, residual, dx [m, 4 k4] float (may be the same).
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer Dy { float dy[]; };
layout (binding = 1) readonly buffer W { WEIGHT4 w[]; };
layout (binding = 2) readonly buffer Residual { vec4 residual[]; };
layout (binding = 3) writeonly buffer Dx { vec4 dx[]; };

void
main ()
{
  uint blocks = (p.m + 3) / 4;

  for (uint i = invocation_index (); i < blocks * p.k4; i += invocation_count ())
    {
      uint row = 4 * (i / p.k4);
      uint column = i % p.k4;
      uint rows = min (4, p.m - row);
      vec4 sums[4] = vec4[] (vec4 (0.0), vec4 (0.0), vec4 (0.0), vec4 (0.0));
      uint at[4];

      // Rows behind the last one are the last one again.
      [[unroll]] for (uint r = 0; r < 4; r++)
        at[r] = (row + min (r, rows - 1)) * p.dy_stride + p.dy_first;
      for (uint j = 0; j < p.n; j++)
        {
          vec4 weight = vec4 (w[j * p.k4 + column]);

          [[unroll]] for (uint r = 0; r < 4; r++)
            sums[r] += dy[at[r] + j] * weight;
        }
      [[unroll]] for (uint r = 0; r < 4; r++)
        if (r < rows)
          {
            uint to = (row + r) * p.k4 + column;

            if ((p.flags & MATMUL_RESIDUAL) != 0)
              sums[r] += residual[to];
            dx[to] = sums[r];
          }
    }
}
