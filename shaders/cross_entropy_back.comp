// SPDX-License-Identifier: GPL-3.0-or-later
//
// The gradient of the sum of all losses: probability less 1 at the label; 0 in a row whose label is none
// of the row's. One workgroup a row.
//
// logits, gradient [rows, n] (may be the same), bias [n] float, labels [rows] uint.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer Logits { float logits[]; };
layout (binding = 1) readonly buffer Bias { float bias[]; };
layout (binding = 2) readonly buffer Labels { uint labels[]; };
layout (binding = 3) writeonly buffer Gradient { float gradient[]; };

const uint LANES = NORM_LANES;

#include "sum.glsl"
#include "cross_entropy.glsl"

void
main ()
{
  uint row = workgroup_index ();
  if (row >= p.rows)
    return;

  uint label = labels[row];
  vec2 sum = sum_row (row);
  for (uint i = gl_LocalInvocationID.x; i < p.n; i += LANES)
    {
      float probability = exp_exact (logit (row, i) - sum.x) / sum.y;
      gradient[row * p.n + i] = label < p.n ? probability - (i == label ? 1.0 : 0.0) : 0.0;
    }
}
