// SPDX-License-Identifier: GPL-3.0-or-later
//
// The gradient of the products of queries and keys: with dw_j = dy v_j, ds = scale w (dw - sum (w dw)).
// An invocation does a query of a head.
//
// weights, ds [batches, heads, queries, keys] float (not the same), v [batches, keys, heads, 4 width4],
// dy [batches, queries, heads, 4 width4] float.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer Weights { float weights[]; };
layout (binding = 1) readonly buffer V { vec4 v[]; };
layout (binding = 2) readonly buffer Dy { vec4 dy[]; };
layout (binding = 3) buffer Ds { float ds[]; };

void
main ()
{
  for (uint i = invocation_index (); i < p.batches * p.heads * p.queries; i += invocation_count ())
    {
      uint t = i % p.queries;
      uint head = i / p.queries % p.heads;
      uint batch = i / p.queries / p.heads;
      uint query = ((batch * p.queries + t) * p.heads + head) * p.width4;
      float sum = 0.0;

      for (uint j = 0; j < p.keys; j++)
        {
          uint key = ((batch * p.keys + j) * p.heads + head) * p.width4;
          vec4 products = vec4 (0.0);

          for (uint c = 0; c < p.width4; c++)
            products += dy[query + c] * v[key + c];
          float dw = dot (products, vec4 (1.0));
          ds[i * p.keys + j] = dw;
          sum += weights[i * p.keys + j] * dw;
        }
      for (uint j = 0; j < p.keys; j++)
        ds[i * p.keys + j] = p.scale * weights[i * p.keys + j] * (ds[i * p.keys + j] - sum);
    }
}
