// SPDX-License-Identifier: GPL-3.0-or-later
//
// Rotary positions: turns pairs of channels of the first p.heads heads of each row; what is not turned
// is copied. An invocation reads and writes one pair, so that y may be x.
//
// x, y [rows, columns] STORE; angles [rows, pairs, 2] float: cosine and sine. Pair i of a head are its
// channels i and pairs + i, or with ROTARY_NEIGHBOURS 2 i and 2 i + 1.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer X { STORE x[]; };
layout (binding = 1) readonly buffer Angles { vec2 angles[]; };
layout (binding = 2) writeonly buffer Y { STORE y[]; };

void
main ()
{
  uint half_columns = p.columns / 2;
  uint half_width = p.head_width / 2;

  for (uint id = invocation_index (); id < p.rows * half_columns; id += invocation_count ())
    {
      uint row = id / half_columns;
      uint in_row = id - row * half_columns;
      uint head = in_row / half_width;
      uint i = in_row - head * half_width;
      bool turns = head < p.heads && i < p.pairs;
      bool neighbours = !turns || (p.flags & ROTARY_NEIGHBOURS) != 0;
      uint first = row * p.columns + head * p.head_width + (neighbours ? 2 * i : i);
      uint second = first + (neighbours ? 1 : p.pairs);
      vec2 value = vec2 (float (x[first]), float (x[second]));

      if (turns)
        {
          vec2 angle = angles[row * p.pairs + i];
          value = vec2 (value.x * angle.x - value.y * angle.y, value.y * angle.x + value.x * angle.y);
        }
      y[first] = STORE (value.x);
      y[second] = STORE (value.y);
    }
}
