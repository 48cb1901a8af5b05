// SPDX-License-Identifier: GPL-3.0-or-later
//
// Rows mixed by heads: y_i = sum_j w_ij x_j, or w_ji: what attention makes of the gradients of its
// weights and results. An invocation makes four columns of a row, and sums in the order of j.
//
// w [batches, heads, rows, inner], or turned round [batches, heads, inner, rows], x [batches, inner,
// heads, 4 width4], y [batches, rows, heads, 4 width4], all float.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer W { float w[]; };
layout (binding = 1) readonly buffer X { vec4 x[]; };
layout (binding = 2) writeonly buffer Y { vec4 y[]; };

void
main ()
{
  uint width = p.heads * p.width4;

  for (uint i = invocation_index (); i < p.batches * p.rows * width; i += invocation_count ())
    {
      uint column = i % width;
      uint row = i / width % p.rows;
      uint batch = i / width / p.rows;
      uint first = (batch * p.heads + column / p.width4) * p.rows * p.inner;
      bool turned = (p.flags & MIX_TURNED) != 0;
      uint at = first + (turned ? row : row * p.inner);
      uint stride = turned ? p.rows : 1;
      vec4 sum = vec4 (0.0);

      for (uint j = 0; j < p.inner; j++)
        sum += w[at + j * stride] * x[(batch * p.inner + j) * width + column];
      y[i] = sum;
    }
}
