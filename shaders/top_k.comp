// SPDX-License-Identifier: GPL-3.0-or-later
//
// First pass of top-k with log-softmax: one invocation takes a chunk of a row of logits and finds its
// K best entries that are not banned, and its share of the sum of exponentials, to which banned ones
// belong. top_k_merge.comp brings the chunks together.
//
// logits [rows, n] float; bias [n] float, with TOP_K_BIAS; banned [rows, 2 max_banned] uint: ranges of ids, first and last; n_banned
// [rows] uint; y [rows, chunks, 2 + 2 K] uint: maximum and sum of e^(logit - maximum) as float bits,
// then K pairs (id, logit as float bits), best first, id ~0 where there are fewer.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (constant_id = 1) const uint K = 6;

layout (binding = 0) readonly buffer Logits { float logits[]; };
layout (binding = 1) readonly buffer Bias { float bias[]; };
layout (binding = 2) readonly buffer Banned { uint banned[]; };
layout (binding = 3) readonly buffer NBanned { uint n_banned[]; };
layout (binding = 4) writeonly buffer Y { uint y[]; };

void
main ()
{
  uint id = invocation_index ();
  uint row = id / p.chunks;
  uint first = id % p.chunks * p.chunk;
  uint end = min (first + p.chunk, p.n);
  float best[K];
  uint best_id[K];
  float top = -1e30, total = 0.0;

  if (row >= p.rows)
    return;

  [[unroll]] for (uint i = 0; i < K; i++)
    {
      best[i] = uintBitsToFloat (0xff800000);
      best_id[i] = ~0u;
    }

  uint bans = min (n_banned[row], p.max_banned);
  [[dont_unroll]] for (uint i = first; i < end; i++)
    {
      float value = logits[row * p.n + i];
      if ((p.flags & TOP_K_BIAS) != 0)
        value += bias[i];

      float new_top = max (top, value);
      total = total * exp_exact (top - new_top) + exp_exact (value - new_top);
      top = new_top;

      // Ids rise, so an equal value loses against those that are there already.
      if (value > best[K - 1] || best_id[K - 1] == ~0u)
        {
          bool banned_id = false;
          for (uint j = 0; j < bans; j++)
            {
              uint range = 2 * (row * p.max_banned + j);
              banned_id = banned_id || (i >= banned[range] && i <= banned[range + 1]);
            }
          if (!banned_id)
            {
              float moving = value;
              uint moving_id = i;
              [[unroll]] for (uint j = 0; j < K; j++)
                if (moving > best[j] || best_id[j] == ~0u
                    || (moving == best[j] && moving_id < best_id[j]))
                  {
                    float other = best[j];
                    uint other_id = best_id[j];
                    best[j] = moving;
                    best_id[j] = moving_id;
                    moving = other;
                    moving_id = other_id;
                  }
            }
        }
    }

  uint at = id * (2 + 2 * K);
  y[at] = floatBitsToUint (top);
  y[at + 1] = floatBitsToUint (total);
  [[unroll]] for (uint i = 0; i < K; i++)
    {
      y[at + 2 + 2 * i] = best_id[i];
      y[at + 3 + 2 * i] = floatBitsToUint (best[i]);
    }
}
