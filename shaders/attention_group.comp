// SPDX-License-Identifier: GPL-3.0-or-later
//
// Softmax attention of few queries, for GPUs: a workgroup takes one query of one head, its lanes
// share the keys. Everything else as in queries.glsl.
//
// q, k, v STORE: element (batch, row, head, c) at first + batch * batch stride + row * row stride +
// head * WIDTH + c, all counted in groups of four, where p.group heads of q share one of k and v; y
// [batches, queries, heads, WIDTH] STORE;
// lengths [batches] uint: keys seen in each batch, with ATTENTION_LENGTHS.
// With ATTENTION_CAUSAL row t sees keys 0..t and all below p.prefix. With BIAS, bias [heads, queries,
// keys] float is added to scores. Grid: queries, heads, batches.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (constant_id = 1) const uint WIDTH = 64;
layout (constant_id = 2) const uint LANES = 64;   // the invocations of a workgroup
layout (constant_id = 3) const uint BIAS = 0;

layout (binding = 0) readonly buffer Lengths { uint lengths[]; };
layout (binding = 1) readonly buffer Bias { float bias[]; };
layout (binding = 2) writeonly buffer Y { STORE4 y[]; };
layout (binding = 3) readonly buffer Q { STORE4 q[]; };
layout (binding = 4) readonly buffer K { STORE4 k[]; };
layout (binding = 5) readonly buffer V { STORE4 v[]; };

#define QUERIES 1
#define KEYS 2
#define LOAD_KEY(at, c) vec4 (k[at + c])
#define LOAD_VALUE(at, c) vec4 (v[at + c])
#define SCORE_BIAS(i, key) (BIAS != 0 ? bias[bias_at[i] + min (key, p.keys - 1)] : 0.0)
uint bias_at[QUERIES];
#include "attention.glsl"
#include "combine.glsl"

void
main ()
{
  uint row = gl_WorkGroupID.x;
  uint head = gl_WorkGroupID.y;
  uint batch = gl_WorkGroupID.z;
  uint n_keys = (p.flags & ATTENTION_LENGTHS) != 0 ? min (lengths[batch], p.keys) : p.keys;
  uint q_at = p.q_first + batch * p.q_batch + row * p.q_row + head * (WIDTH / 4);
  uint k_at = p.k_first + batch * p.kv_batch + head / p.group * (WIDTH / 4);
  uint v_at = p.v_first + batch * p.kv_batch + head / p.group * (WIDTH / 4);

  uint n_seen[1] = uint[] ((p.flags & ATTENTION_CAUSAL) != 0 ? min (max (row + 1, p.prefix), n_keys)
                                                             : n_keys);

  attend_start ();
  bias_at[0] = (head * p.queries + row) * p.keys;
  [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
    query[0][c] = vec4 (q[q_at + c]) * p.scale;

  [[dont_unroll]] for (uint key = KEYS * gl_LocalInvocationID.x; key < n_seen[0]; key += KEYS * LANES)
    {
      uint key_at[KEYS], value_at[KEYS];
      [[unroll]] for (uint j = 0; j < KEYS; j++)
        {
          uint row_at = min (key + j, n_seen[0] - 1) * p.kv_row;
          key_at[j] = k_at + row_at;
          value_at[j] = v_at + row_at;
        }
      attend (key, n_seen, key_at, value_at);
    }

  combine_start ();
  for (uint c = gl_LocalInvocationID.x; c < WIDTH / 4; c += LANES)
    y[((batch * p.queries + row) * p.heads + head) * (WIDTH / 4) + c] = STORE4 (combine_result (c));
}
