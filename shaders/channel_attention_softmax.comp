// SPDX-License-Identifier: GPL-3.0-or-later
//
// Adds the slices of channel_attention_scores.comp, scales, and takes the softmax over key channels.
// One invocation a query channel of a group.
//
// scores [slices, groups, WIDTH, WIDTH] float; y [groups, WIDTH, WIDTH] float.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (constant_id = 1) const uint WIDTH = 32;

layout (binding = 0) readonly buffer Scores { vec4 scores[]; };
layout (binding = 1) writeonly buffer Y { vec4 y[]; };

void
main ()
{
  uint row = invocation_index ();
  uint n_rows = p.groups * WIDTH;
  vec4 sums[WIDTH / 4];

  if (row >= n_rows)
    return;

  [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
    sums[c] = vec4 (0.0);
  [[dont_unroll]] for (uint slice = 0; slice < p.slices; slice++)
    [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
      sums[c] += scores[(slice * n_rows + row) * (WIDTH / 4) + c];

  vec4 top4 = sums[0];
  [[unroll]] for (uint c = 1; c < WIDTH / 4; c++)
    top4 = max (top4, sums[c]);
  float top = max (max (top4.x, top4.y), max (top4.z, top4.w));

  float total = 0.0;
  [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
    {
      vec4 d = (sums[c] - top) * p.scale;
      sums[c] = vec4 (exp_exact (d.x), exp_exact (d.y), exp_exact (d.z), exp_exact (d.w));
      total += dot (sums[c], vec4 (1.0));
    }
  [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
    y[row * (WIDTH / 4) + c] = sums[c] / total;
}
