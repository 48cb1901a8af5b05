// SPDX-License-Identifier: GPL-3.0-or-later
//
// The sum of two gradients that meet.
//
// a, b, y [4 n4] float (y may be either).
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer A { vec4 a[]; };
layout (binding = 1) readonly buffer B { vec4 b[]; };
layout (binding = 2) writeonly buffer Y { vec4 y[]; };

void
main ()
{
  for (uint i = invocation_index (); i < p.n4; i += invocation_count ())
    y[i] = a[i] + b[i];
}
