// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a table says of each pair of query and key is added to their scores: y[h, i, j] = x[h, i, j] +
// table[index[i, j], h], where the index names a row that there is. With RELATIVE_PLACES the row of the
// index for query i is place[i].
//
// x, y [heads, queries, keys] float (may be the same); table [n, heads] WEIGHT, with RELATIVE_BY_HEADS
// [heads, n]; index [rows, stride] uint;
// place [queries] uint.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer X { float x[]; };
layout (binding = 1) readonly buffer Table { WEIGHT table[]; };
layout (binding = 2) readonly buffer Index { uint index[]; };
layout (binding = 3) readonly buffer Place { uint place[]; };
layout (binding = 4) writeonly buffer Y { float y[]; };

void
main ()
{
  uint pairs = p.queries * p.keys;

  for (uint id = invocation_index (); id < pairs; id += invocation_count ())
    {
      uint query = id / p.keys;
      uint key = id - query * p.keys;
      uint row = (p.flags & RELATIVE_PLACES) != 0 ? min (place[query], p.rows - 1) : query;
      uint at = index[row * p.stride + key];

      for (uint h = 0; h < p.heads; h++)
        {
          uint i = h * pairs + id;
          uint entry = (p.flags & RELATIVE_BY_HEADS) != 0 ? h * p.n + at : at * p.heads + h;
          y[i] = x[i] + (at < p.n ? float (table[entry]) : 0.0);
        }
    }
}
