// SPDX-License-Identifier: GPL-3.0-or-later
//
// y[b, y_first + t] = x[b, t] + positions[first_position + t], where batches of x lie x_batch rows
// apart: 0 if they share one.
//
// x [.., tokens, 4 columns4] STORE; positions [.., 4 columns4] WEIGHT; y [batches, y_batch_rows,
// 4 columns4] STORE.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer X { STORE4 x[]; };
layout (binding = 1) readonly buffer Positions { WEIGHT4 positions[]; };
layout (binding = 2) writeonly buffer Y { STORE4 y[]; };

void
main ()
{
  uint count = p.tokens * p.columns4;

  for (uint i = invocation_index (); i < p.batches * count; i += invocation_count ())
    {
      uint batch = i / count;
      uint j = i - batch * count;
      y[(batch * p.y_batch_rows + p.y_first) * p.columns4 + j]
          = STORE4 (vec4 (x[batch * p.x_batch * p.columns4 + j])
                    + vec4 (positions[p.first_position * p.columns4 + j]));
    }
}
