// SPDX-License-Identifier: GPL-3.0-or-later
//
// The gradient of what went into a Gaussian error linear unit: dx = dy (Phi (x) + x phi (x)), with the
// normal distribution and its density.
//
// x, dy, dx [4 n4] float (dx may be either).
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer X { vec4 x[]; };
layout (binding = 1) readonly buffer Dy { vec4 dy[]; };
layout (binding = 2) writeonly buffer Dx { vec4 dx[]; };

float
slope (float x)
{
  return 0.5 * (1.0 + erf (x * 0.70710678118654752))
         + x * 0.39894228040143268 * exp_exact (-0.5 * x * x);
}

void
main ()
{
  for (uint i = invocation_index (); i < p.n4; i += invocation_count ())
    {
      vec4 v = x[i];
      dx[i] = dy[i] * vec4 (slope (v.x), slope (v.y), slope (v.z), slope (v.w));
    }
}
