// SPDX-License-Identifier: GPL-3.0-or-later
//
// For kernels in which the LANES invocations of a workgroup share the keys of one query: brings
// their sums of attention.glsl together and writes the result.

shared float lane_largest[LANES];
shared float lane_total[LANES];
shared vec4 lane_weighted[LANES * (WIDTH / 4)];

// Part c of the result; every invocation must call it, with c < WIDTH / 4 where it is wanted.
void
combine_start ()
{
  uint lane = gl_LocalInvocationID.x;
  lane_largest[lane] = largest[0];
  lane_total[lane] = total[0];
  [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
    lane_weighted[lane * (WIDTH / 4) + c] = weighted[0][c];
  barrier ();
}

vec4
combine_result (uint c)
{
  float top = lane_largest[0];
  for (uint i = 1; i < LANES; i++)
    top = max (top, lane_largest[i]);

  float sum = 0.0;
  vec4 value = vec4 (0.0);
  for (uint i = 0; i < LANES; i++)
    {
      float shrink = exp_exact (lane_largest[i] - top);
      sum += lane_total[i] * shrink;
      value += lane_weighted[i * (WIDTH / 4) + c] * shrink;
    }
  return sum > 0.0 ? value / sum : vec4 (0.0);
}
