// SPDX-License-Identifier: GPL-3.0-or-later
//
// Numbers kept between -cap and cap: y = cap * tanh (x / cap).
//
// x, y [n] float (may be the same).
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"
#include "soft_cap.glsl"

layout (binding = 0) readonly buffer X { float x[]; };
layout (binding = 1) writeonly buffer Y { float y[]; };

void
main ()
{
  for (uint i = invocation_index (); i < p.n; i += invocation_count ())
    y[i] = soft_cap (x[i], p.cap);
}
