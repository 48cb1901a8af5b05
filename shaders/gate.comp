// SPDX-License-Identifier: GPL-3.0-or-later
//
// Gated activation: y = activation (gate) * up.
//
// gate rows of gate_row4 groups of four STORE, up rows of up_row4 from up_first4, y [rows, 4 columns4]
// (may be either of them).
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"
#include "activation.glsl"

layout (constant_id = 1) const uint ACTIVATION = 0;

layout (binding = 0) readonly buffer Gate { STORE4 gate[]; };
layout (binding = 1) readonly buffer Up { STORE4 up[]; };
layout (binding = 2) writeonly buffer Y { STORE4 y[]; };

void
main ()
{
  for (uint i = invocation_index (); i < p.rows * p.columns4; i += invocation_count ())
    {
      uint row = i / p.columns4;
      uint column = i - row * p.columns4;

      y[i] = STORE4 (activate4 (vec4 (gate[row * p.gate_row4 + column]), ACTIVATION)
                     * vec4 (up[p.up_first4 + row * p.up_row4 + column]));
    }
}
