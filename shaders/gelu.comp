// SPDX-License-Identifier: GPL-3.0-or-later
//
// Gaussian error linear unit of each element.
//
// x, y [4 n4] float (may be the same).
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer X { vec4 x[]; };
layout (binding = 1) writeonly buffer Y { vec4 y[]; };

void
main ()
{
  for (uint i = invocation_index (); i < p.n4; i += invocation_count ())
    {
      vec4 v = x[i];
      y[i] = vec4 (gelu (v.x), gelu (v.y), gelu (v.z), gelu (v.w));
    }
}
