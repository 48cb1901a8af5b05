// SPDX-License-Identifier: GPL-3.0-or-later
//
// Each row to mean 0 and variance 1 (biased), scaled by weight and shifted by bias; for CPU devices:
// one invocation a row. See layer_norm_group.comp for GPUs.
//
// x, y [rows, 4 columns4] STORE (may be the same); weight, bias [4 columns4] float.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer X { STORE4 x[]; };
layout (binding = 1) readonly buffer Weight { vec4 weight[]; };
layout (binding = 2) readonly buffer Bias { vec4 bias[]; };
layout (binding = 3) writeonly buffer Y { STORE4 y[]; };

void
main ()
{
  uint row = invocation_index ();
  if (row >= p.rows)
    return;

  uint at = row * p.columns4;
  vec4 sum = vec4 (0.0);
  for (uint i = 0; i < p.columns4; i++)
    sum += vec4 (x[at + i]);
  float mean = dot (sum, vec4 (1.0)) / float (4 * p.columns4);

  // Around the mean, in a second pass: one pass of squares loses the digits of a large mean.
  vec4 squares = vec4 (0.0);
  for (uint i = 0; i < p.columns4; i++)
    {
      vec4 d = vec4 (x[at + i]) - mean;
      squares += d * d;
    }
  float scale = 1.0 / sqrt (dot (squares, vec4 (1.0)) / float (4 * p.columns4) + p.eps);

  for (uint i = 0; i < p.columns4; i++)
    y[at + i] = STORE4 ((vec4 (x[at + i]) - mean) * scale * weight[i] + bias[i]);
}
