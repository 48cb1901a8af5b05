// SPDX-License-Identifier: GPL-3.0-or-later
//
// The sum of two that meet: gradients, or a layer and what it adds to.
//
// a, b, y [4 n4] STORE (y may be either).
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer A { STORE4 a[]; };
layout (binding = 1) readonly buffer B { STORE4 b[]; };
layout (binding = 2) writeonly buffer Y { STORE4 y[]; };

void
main ()
{
  for (uint i = invocation_index (); i < p.n4; i += invocation_count ())
    y[i] = STORE4 (vec4 (a[i]) + vec4 (b[i]));
}
