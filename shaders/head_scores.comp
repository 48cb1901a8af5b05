// SPDX-License-Identifier: GPL-3.0-or-later
//
// Products of queries and keys, head by head: scores[h, i, j] = scale * q[i, h] . k[j, h]. An invocation
// computes four keys of four queries, so that what it reads serves four times; lanes lie along the keys.
//
// q [queries, heads, 4 width4], k [keys, heads, 4 width4] STORE; scores [heads, queries, keys] float.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer Q { STORE4 q[]; };
layout (binding = 1) readonly buffer K { STORE4 k[]; };
layout (binding = 2) writeonly buffer Scores { float scores[]; };

void
main ()
{
  uint key_blocks = (p.keys + 3) / 4;
  uint query_blocks = (p.queries + 3) / 4;
  uint row4 = p.heads * p.width4;

  for (uint id = invocation_index (); id < p.heads * query_blocks * key_blocks; id += invocation_count ())
    {
      uint first_key = id % key_blocks * 4;
      uint first_query = id / key_blocks % query_blocks * 4;
      uint head = id / key_blocks / query_blocks;
      vec4 sums[4];

      [[unroll]] for (uint i = 0; i < 4; i++)
        sums[i] = vec4 (0.0);
      for (uint c = 0; c < p.width4; c++)
        {
          vec4 keys[4];
          [[unroll]] for (uint j = 0; j < 4; j++)
            keys[j] = vec4 (k[min (first_key + j, p.keys - 1) * row4 + head * p.width4 + c]);
          [[unroll]] for (uint i = 0; i < 4; i++)
            {
              vec4 query = vec4 (q[min (first_query + i, p.queries - 1) * row4 + head * p.width4 + c]);
              [[unroll]] for (uint j = 0; j < 4; j++)
                sums[i][j] += dot (query, keys[j]);
            }
        }
      [[unroll]] for (uint i = 0; i < 4; i++)
        [[unroll]] for (uint j = 0; j < 4; j++)
          if (first_query + i < p.queries && first_key + j < p.keys)
            scores[(head * p.queries + first_query + i) * p.keys + first_key + j] = p.scale * sums[i][j];
    }
}
