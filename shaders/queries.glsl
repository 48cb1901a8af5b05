// SPDX-License-Identifier: GPL-3.0-or-later
//
// Softmax attention of batches of queries over batches of keys; one invocation computes QUERIES
// queries of one head. Lanes lie along (batch, head, block of queries), so that a decoder's few
// queries still fill them.
//
// q, k, v STORE: element (batch, row, head, c) at first + batch * batch stride + row * row stride +
// head * WIDTH + c, all counted in groups of four, where p.group heads of q share one of k and v; y
// [batches, queries, heads, WIDTH] STORE;
// lengths [batches] uint: keys seen in each batch, with ATTENTION_LENGTHS.
// With ATTENTION_CAUSAL row t sees keys 0..t and all below p.prefix. With BIAS, bias [heads, queries,
// keys] float is added to scores.
//
// Where K and V of a head are more than a cache holds, invocations of a workgroup that is many subgroups
// wait for one another every SPAN keys, so that these are fetched once for all of them; 0: none waits.
//
// The includer defines how q, k and v are read: LOAD_QUERY, LOAD_KEY, LOAD_VALUE (at, c).

layout (constant_id = 1) const uint QUERIES = 4;
layout (constant_id = 2) const uint WIDTH = 64;
layout (constant_id = 3) const uint KEYS = 1;
layout (constant_id = 4) const uint BIAS = 0;
layout (constant_id = 5) const uint SPAN = 0;

layout (binding = 0) readonly buffer Lengths { uint lengths[]; };
layout (binding = 1) readonly buffer Bias { float bias[]; };
layout (binding = 2) writeonly buffer Y { STORE4 y[]; };

#define SCORE_BIAS(i, key) (BIAS != 0 ? bias[bias_at[i] + min (key, p.keys - 1)] : 0.0)
uint bias_at[QUERIES];
#include "attention.glsl"

void
main ()
{
  uint blocks = (p.queries + QUERIES - 1) / QUERIES;
  uint id = invocation_index ();
  uint first = id % blocks * QUERIES;
  uint head = id / blocks % p.heads;
  uint batch = id / blocks / p.heads;

  // Nobody leaves for whom others wait.
  bool is_there = batch < p.batches;
  if (SPAN == 0 && !is_there)
    return;
  batch = min (batch, p.batches - 1);

  uint n_keys = (p.flags & ATTENTION_LENGTHS) != 0 ? min (lengths[batch], p.keys) : p.keys;
  uint n_seen[QUERIES];
  uint n_read = 0;
  attend_start ();
  [[unroll]] for (uint i = 0; i < QUERIES; i++)
    {
      uint row = min (first + i, p.queries - 1);
      uint at = p.q_first + batch * p.q_batch + row * p.q_row + head * (WIDTH / 4);
      n_seen[i] = (p.flags & ATTENTION_CAUSAL) != 0 ? min (max (row + 1, p.prefix), n_keys) : n_keys;
      bias_at[i] = (head * p.queries + row) * p.keys;
      n_read = max (n_read, n_seen[i]);
      [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
        query[i][c] = LOAD_QUERY (at, c) * p.scale;
    }

  uint k_at = p.k_first + batch * p.kv_batch + head / p.group * (WIDTH / 4);
  uint v_at = p.v_first + batch * p.kv_batch + head / p.group * (WIDTH / 4);
  [[dont_unroll]] for (uint span = 0; span < p.keys; span += SPAN > 0 ? SPAN : p.keys)
    {
      uint end = SPAN > 0 ? min (span + SPAN, n_read) : n_read;
      [[dont_unroll]] for (uint key = span; key < end; key += KEYS)
        {
          uint key_at[KEYS], value_at[KEYS];
          [[unroll]] for (uint j = 0; j < KEYS; j++)
            {
              uint row_at = min (key + j, n_read - 1) * p.kv_row;
              key_at[j] = k_at + row_at;
              value_at[j] = v_at + row_at;
            }
          attend (key, n_seen, key_at, value_at);
        }
      if (SPAN > 0)
        barrier ();
    }

  [[unroll]] for (uint i = 0; i < QUERIES; i++)
    if (is_there && first + i < p.queries)
      {
        uint at = ((batch * p.queries + first + i) * p.heads + head) * (WIDTH / 4);
        [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
          y[at + c] = STORE4 (attend_result (i, c));
      }
}
