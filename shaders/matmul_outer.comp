// SPDX-License-Identifier: GPL-3.0-or-later
//
// The gradient of the weights of a product, added to what is there: dw += dy^T x; an invocation makes
// four rows of four columns, and sums in the order of m.
//
// dy [m, n], x [m, 4 k4], dw [n, 4 k4], all float.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer Dy { float dy[]; };
layout (binding = 1) readonly buffer X { vec4 x[]; };
layout (binding = 2) buffer Dw { vec4 dw[]; };

void
main ()
{
  uint blocks = (p.n + 3) / 4;

  for (uint i = invocation_index (); i < blocks * p.k4; i += invocation_count ())
    {
      uint row = 4 * (i / p.k4);
      uint column = i % p.k4;
      uint rows = min (4, p.n - row);
      vec4 sums[4] = vec4[] (vec4 (0.0), vec4 (0.0), vec4 (0.0), vec4 (0.0));

      for (uint j = 0; j < p.m; j++)
        {
          vec4 value = x[j * p.k4 + column];

          // Rows behind the last one are the last one again.
          [[unroll]] for (uint r = 0; r < 4; r++)
            sums[r] += dy[j * p.n + row + min (r, rows - 1)] * value;
        }
      [[unroll]] for (uint r = 0; r < 4; r++)
        if (r < rows)
          dw[(row + r) * p.k4 + column] += sums[r];
    }
}
