// SPDX-License-Identifier: GPL-3.0-or-later
//
// Softmax attention of many queries over KEYS keys, for software devices that read at addresses: a subgroup computes
// one query of one head, all of it written out, so that there is no loop. More keys are several dispatches, each
// starting from what the one before has left: the largest score, the sum of weights, and the sums of values. What is
// left lies elsewhere than what is read, since queries past the end are the last one, computed again.
//
// q floats: row, head, channel at row * q_row + head * WIDTH + channel; keys and values as attention_pack leaves them,
// p.rows of a head; y and start [queries, heads, WIDTH] floats; state [heads, queries, 2] floats, where it was left
// and where it is left. The upper half of flags says how many of the keys there are. Grid: queries by subgroups, heads.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"
#include "addresses.glsl"

layout (constant_id = 1) const uint WIDTH = 64;   // a multiple of 8, as KEYS
layout (constant_id = 2) const uint KEYS = 64;

const uint VECTORS = WIDTH / 8;

layout (binding = 0) writeonly buffer Y { uint64_t y[]; };
layout (binding = 1) writeonly buffer State { uint64_t state[]; };

float
largest_of_all (float v)
{
  [[unroll]] for (uint bit = 1; bit < 8; bit *= 2)
    v = max (v, subgroupShuffle (v, gl_SubgroupInvocationID ^ bit));
  return v;
}

float
sum_of_all (float v)
{
  [[unroll]] for (uint bit = 1; bit < 8; bit *= 2)
    v += subgroupShuffle (v, gl_SubgroupInvocationID ^ bit);
  return v;
}

void
main ()
{
  uint query = min (known (gl_WorkGroupID.x) * (gl_WorkGroupSize.x / 8) + known_byte (gl_SubgroupID), p.queries - 1);
  uint head = known_byte (gl_WorkGroupID.y);
  uint n_keys = p.flags >> 16;
  uint64_t q = address (p.q_low, p.q_high) + (uint64_t (query) * p.q_row + head * WIDTH) * 4;
  uint y_at = (query * p.heads + head) * WIDTH;
  uint state_at = head * p.queries + query;
  float channels[VECTORS];
  float scores[KEYS / 8];   // a lane one of eight keys

  [[unroll]] for (uint c = 0; c < VECTORS; c++)
    channels[c] = read_8 (q + c * 32) * p.scale;
  uint64_t keys = address (p.keys_low, p.keys_high) + uint64_t (head * p.rows) * 2 * WIDTH * 4;
  bool is_first = (p.flags & ATTENTION_FIRST) != 0;
  Floats left = Floats (address (p.state_low, p.state_high) + state_at * 8);
  float old_largest = left.at[0], old_total = left.at[1];
  float sums[VECTORS];

  // Before they are needed, since they come from far.
  old_largest = mix (old_largest, -1e30, is_first);
  old_total = mix (old_total, 0.0, is_first);
  [[unroll]] for (uint c = 0; c < VECTORS; c++)
    sums[c] = mix (read_8 (address (p.start_low, p.start_high) + uint64_t (y_at) * 4 + c * 32), 0.0, is_first);

  [[unroll]] for (uint i = 0; i < KEYS; i += 8)
    {
      float dots[8];

      [[unroll]] for (uint j = 0; j < 8; j++)
        [[unroll]] for (uint c = 0; c < VECTORS; c++)
          {
            float product = channels[c] * read_8 (keys + (i + j) * 2 * WIDTH * 4 + c * 32);

            dots[j] = c == 0 ? product : dots[j] + product;
          }
      scores[i / 8] = fold (fold (fold (dots[0], dots[1], 1), fold (dots[2], dots[3], 1), 2),
                            fold (fold (dots[4], dots[5], 1), fold (dots[6], dots[7], 1), 2), 4);
      scores[i / 8] = mix (-1e30, scores[i / 8], i + gl_SubgroupInvocationID < n_keys);
    }

  float largest = scores[0];
  float total = 0.0;

  [[unroll]] for (uint i = 1; i < KEYS / 8; i++)
    largest = max (largest, scores[i]);
  largest = max (largest_of_all (largest), old_largest);
  [[unroll]] for (uint i = 0; i < KEYS / 8; i++)
    {
      scores[i] = exp_exact (scores[i] - largest);
      total += scores[i];
    }

  float shrink = exp_exact (old_largest - largest);

  total = sum_of_all (total) + old_total * shrink;
  [[unroll]] for (uint c = 0; c < VECTORS; c++)
    sums[c] *= shrink;
  [[unroll]] for (uint i = 0; i < KEYS; i++)
    {
      float weight = subgroupShuffle (scores[i / 8], i % 8);

      [[unroll]] for (uint c = 0; c < VECTORS; c++)
        sums[c] += weight * read_8 (keys + (i * 2 + 1) * WIDTH * 4 + c * 32);
    }

  // See matmul_straight.
  float share = mix (1.0, 1.0 / total, (p.flags & ATTENTION_LAST) != 0);
  uint bits = floatBitsToUint (total);

  [[unroll]] for (uint c = 0; c < VECTORS; c++)
    {
      sums[c] *= share;
      bits |= floatBitsToUint (sums[c]);
    }

  float nothing = uintBitsToFloat (bits & p.flags >> 31);

  state[state_at] = packUint2x32 (uvec2 (floatBitsToUint (largest), floatBitsToUint (total + nothing)));
  [[unroll]] for (uint c = 0; c < VECTORS; c++)
    {
      uint result = floatBitsToUint (sums[c] + nothing);

      [[unroll]] for (uint j = 0; j < 8; j += 2)
        y[(y_at + c * 8 + j) / 2]
          = packUint2x32 (uvec2 (subgroupShuffle (result, j), subgroupShuffle (result, j + 1)));
    }
}
