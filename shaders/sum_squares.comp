// SPDX-License-Identifier: GPL-3.0-or-later
//
// The sum of the squares of all elements, by one workgroup, always in the same order.
//
// x [4 n4], y [1] float.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer X { vec4 x[]; };
layout (binding = 1) writeonly buffer Y { float y[]; };

const uint LANES = NORM_LANES;

#include "sum.glsl"

void
main ()
{
  vec4 squares = vec4 (0.0);

  for (uint i = gl_LocalInvocationID.x; i < p.n4; i += LANES)
    squares += x[i] * x[i];
  float sum = sum_over_lanes (dot (squares, vec4 (1.0)));
  if (gl_LocalInvocationID.x == 0)
    y[0] = sum;
}
