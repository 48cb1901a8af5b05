// SPDX-License-Identifier: GPL-3.0-or-later
//
// Each row to mean square 1, scaled by weight + p.offset; for CPU devices: one invocation a row. See
// rms_norm_group.comp for GPUs.
//
// Where rows are heads, p.heads of a token one behind the other, the first p.first have weights of their
// own, p.second after them others; what comes then is copied.
//
// x, y [rows, 4 columns4] STORE (may be the same); weight [4 columns4] float, of heads [2, 4 columns4].
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer X { STORE4 x[]; };
layout (binding = 1) readonly buffer Weight { vec4 weight[]; };
layout (binding = 2) writeonly buffer Y { STORE4 y[]; };

void
main ()
{
  uint row = invocation_index ();
  if (row >= p.rows)
    return;

  uint at = row * p.columns4;
  uint head = p.heads > 0 ? row % p.heads : 0;
  bool stays = p.heads > 0 && head >= p.first + p.second;
  uint weights = head >= p.first && !stays && p.heads > 0 ? p.columns4 : 0;
  vec4 squares = vec4 (0.0);
  for (uint i = 0; i < p.columns4; i++)
    {
      vec4 value = vec4 (x[at + i]);
      squares += value * value;
    }
  float scale = 1.0 / sqrt (dot (squares, vec4 (1.0)) / float (4 * p.columns4) + p.eps);

  for (uint i = 0; i < p.columns4; i++)
    {
      vec4 value = vec4 (x[at + i]);
      y[at + i] = STORE4 (stays ? value : value * scale * (weight[weights + i] + p.offset));
    }
}
