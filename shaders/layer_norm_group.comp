// SPDX-License-Identifier: GPL-3.0-or-later
//
// Each row to mean 0 and variance 1 (biased), scaled by weight and shifted by bias; for GPUs: one
// workgroup a row.
//
// x, y [rows, 4 columns4] STORE (may be the same); weight, bias [4 columns4] float.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer X { STORE4 x[]; };
layout (binding = 1) readonly buffer Weight { vec4 weight[]; };
layout (binding = 2) readonly buffer Bias { vec4 bias[]; };
layout (binding = 3) writeonly buffer Y { STORE4 y[]; };

const uint LANES = NORM_LANES;

#include "sum.glsl"

void
main ()
{
  uint row = workgroup_index ();
  if (row >= p.rows)
    return;

  uint at = row * p.columns4;
  vec4 sum = vec4 (0.0);
  for (uint i = gl_LocalInvocationID.x; i < p.columns4; i += LANES)
    sum += vec4 (x[at + i]);
  float mean = sum_over_lanes (dot (sum, vec4 (1.0))) / float (4 * p.columns4);

  vec4 squares = vec4 (0.0);
  for (uint i = gl_LocalInvocationID.x; i < p.columns4; i += LANES)
    {
      vec4 d = vec4 (x[at + i]) - mean;
      squares += d * d;
    }
  float variance = sum_over_lanes (dot (squares, vec4 (1.0))) / float (4 * p.columns4);
  float scale = 1.0 / sqrt (variance + p.eps);

  for (uint i = gl_LocalInvocationID.x; i < p.columns4; i += LANES)
    y[at + i] = STORE4 ((vec4 (x[at + i]) - mean) * scale * weight[i] + bias[i]);
}
