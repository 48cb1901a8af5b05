// SPDX-License-Identifier: GPL-3.0-or-later
//
// Mean over rows; one invocation for four columns. Four partial sums, so that their errors stay
// small and their loads do not wait for each other.
//
// x [rows, 4 columns4] STORE; y [4 columns4] STORE.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer X { STORE4 x[]; };
layout (binding = 1) writeonly buffer Y { STORE4 y[]; };

void
main ()
{
  uint column = invocation_index ();
  vec4 sums[4] = vec4[] (vec4 (0.0), vec4 (0.0), vec4 (0.0), vec4 (0.0));

  if (column >= p.columns4)
    return;

  uint row = 0;
  for (; row + 4 <= p.rows; row += 4)
    [[unroll]] for (uint i = 0; i < 4; i++)
      sums[i] += vec4 (x[(row + i) * p.columns4 + column]);
  for (; row < p.rows; row++)
    sums[0] += vec4 (x[row * p.columns4 + column]);

  y[column] = STORE4 (((sums[0] + sums[1]) + (sums[2] + sums[3])) / float (p.rows));
}
