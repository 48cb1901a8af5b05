// SPDX-License-Identifier: GPL-3.0-or-later
//
// y[i] = x[i]: 32-bit floats to the storage type of activations.
// x [count] float, y [count] STORE.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (push_constant) uniform Push { convert_params p; };
layout (binding = 0) readonly buffer X { float x[]; };
layout (binding = 1) writeonly buffer Y { STORE y[]; };

void
main ()
{
  for (uint i = invocation_index (); i < p.count; i += invocation_count ())
    y[i] = STORE (x[i]);
}
