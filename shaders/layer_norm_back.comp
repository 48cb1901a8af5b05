// SPDX-License-Identifier: GPL-3.0-or-later
//
// The gradient of what went into a layer norm: with xh the normalised row and h = dy weight,
// dx = (h - mean (h) - xh mean (h xh)) / deviation. One invocation a row; statistics as layer_norm.
//
// x, dy, dx [rows, 4 columns4] float (dx may be either), weight [4 columns4] float.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer X { vec4 x[]; };
layout (binding = 1) readonly buffer Weight { vec4 weight[]; };
layout (binding = 2) readonly buffer Dy { vec4 dy[]; };
layout (binding = 3) writeonly buffer Dx { vec4 dx[]; };

void
main ()
{
  uint row = invocation_index ();
  if (row >= p.rows)
    return;

  uint at = row * p.columns4;
  float n = float (4 * p.columns4);
  vec4 sum = vec4 (0.0);
  for (uint i = 0; i < p.columns4; i++)
    sum += x[at + i];
  float mean = dot (sum, vec4 (1.0)) / n;

  vec4 squares = vec4 (0.0);
  for (uint i = 0; i < p.columns4; i++)
    {
      vec4 d = x[at + i] - mean;
      squares += d * d;
    }
  float scale = 1.0 / sqrt (dot (squares, vec4 (1.0)) / n + p.eps);

  vec4 all = vec4 (0.0), along = vec4 (0.0);
  for (uint i = 0; i < p.columns4; i++)
    {
      vec4 h = dy[at + i] * weight[i];
      all += h;
      along += h * (x[at + i] - mean) * scale;
    }
  float mean_all = dot (all, vec4 (1.0)) / n;
  float mean_along = dot (along, vec4 (1.0)) / n;

  for (uint i = 0; i < p.columns4; i++)
    dx[at + i] = scale
                 * (dy[at + i] * weight[i] - mean_all
                    - (x[at + i] - mean) * scale * mean_along);
}
