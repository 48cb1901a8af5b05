// SPDX-License-Identifier: GPL-3.0-or-later
//
// How much each query sees of each key, once more for the way back: softmax (scale q k), 0 where a key
// is not seen. An invocation does a query of a head.
//
// q [batches, queries, heads, 4 width4], k [batches, keys, heads, 4 width4] float, lengths [batches]
// uint, weights [batches, heads, queries, keys] float.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer Q { vec4 q[]; };
layout (binding = 1) readonly buffer K { vec4 k[]; };
layout (binding = 2) readonly buffer Lengths { uint lengths[]; };
layout (binding = 3) buffer Weights { float weights[]; };

void
main ()
{
  for (uint i = invocation_index (); i < p.batches * p.heads * p.queries; i += invocation_count ())
    {
      uint t = i % p.queries;
      uint head = i / p.queries % p.heads;
      uint batch = i / p.queries / p.heads;
      uint query = ((batch * p.queries + t) * p.heads + head) * p.width4;
      uint seen = p.keys;
      float largest = -3.0e38, sum = 0.0;

      if ((p.flags & ATTENTION_LENGTHS) != 0)
        seen = min (seen, lengths[batch]);
      if ((p.flags & ATTENTION_CAUSAL) != 0)
        seen = min (seen, t + 1);
      for (uint j = 0; j < seen; j++)
        {
          uint key = ((batch * p.keys + j) * p.heads + head) * p.width4;
          vec4 products = vec4 (0.0);

          for (uint c = 0; c < p.width4; c++)
            products += q[query + c] * k[key + c];
          float score = dot (products, vec4 (1.0)) * p.scale;
          weights[i * p.keys + j] = score;
          largest = max (largest, score);
        }
      for (uint j = 0; j < seen; j++)
        {
          float e = exp_exact (weights[i * p.keys + j] - largest);
          weights[i * p.keys + j] = e;
          sum += e;
        }
      for (uint j = 0; j < p.keys; j++)
        weights[i * p.keys + j] = j < seen ? weights[i * p.keys + j] / sum : 0.0;
    }
}
