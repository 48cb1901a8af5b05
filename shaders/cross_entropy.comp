// SPDX-License-Identifier: GPL-3.0-or-later
//
// The loss of each row: the negative log-probability of its label, 0 where the label is none of the
// row's. One workgroup a row.
//
// logits [rows, n], bias [n] float, labels [rows] uint, losses [rows] float.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer Logits { float logits[]; };
layout (binding = 1) readonly buffer Bias { float bias[]; };
layout (binding = 2) readonly buffer Labels { uint labels[]; };
layout (binding = 3) writeonly buffer Losses { float losses[]; };

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
  if (gl_LocalInvocationID.x == 0)
    losses[row] = label < p.n ? log_exact (sum.y) - (logit (row, label) - sum.x) : 0.0;
}
