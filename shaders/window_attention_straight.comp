// SPDX-License-Identifier: GPL-3.0-or-later
//
// Softmax attention inside WINDOW x WINDOW windows that lie inside the image, for software devices that read at
// addresses: a subgroup computes one token of one head over all of its window, all of it written out, so that there
// is no loop, scores stay in registers and nothing is scaled twice.
//
// qkv [height, width, 3, heads, WIDTH] float; y [height, width, heads, WIDTH] float. Grid: heads by
// workgroups of a window, which read memory that lies side by side, windows of a row, rows of windows.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"
#include "addresses.glsl"

layout (constant_id = 1) const uint WINDOW = 12;   // its square a multiple of 8 and of what is in a workgroup

const uint WIDTH = 32;
const uint TOKENS = WINDOW * WINDOW;
const uint VECTORS = WIDTH / 8;

layout (binding = 0) writeonly buffer Y { uint64_t y[]; };

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
  uint subgroups = gl_WorkGroupSize.x / 8;
  uint parts = TOKENS / subgroups;
  uint part = known_byte (gl_WorkGroupID.x);
  uint head = part / parts;
  uint token = part % parts * subgroups + known_byte (gl_SubgroupID);
  uint corner = known_byte (gl_WorkGroupID.z) * WINDOW * p.width + known_byte (gl_WorkGroupID.y) * WINDOW;
  uint at = corner + token / WINDOW * p.width + token % WINDOW;
  uint channel_bytes = p.heads * WIDTH * 4;   // of queries, keys or values of a token
  uint64_t qkv = address (p.qkv_low, p.qkv_high) + head * WIDTH * 4;
  uint64_t window = qkv + uint64_t (corner) * 3 * channel_bytes;
  uint64_t rows[WINDOW];
  float query[VECTORS];
  float scores[TOKENS / 8];   // a lane one of eight keys

  [[unroll]] for (uint c = 0; c < VECTORS; c++)
    query[c] = read_8 (qkv + uint64_t (at) * 3 * channel_bytes + c * 32) * p.scale;
  [[unroll]] for (uint row = 0; row < WINDOW; row++)
    rows[row] = window + uint64_t (row * p.width) * 3 * channel_bytes;
  [[unroll]] for (uint i = 0; i < TOKENS; i += 8)
    {
      float sums[8];

      [[unroll]] for (uint j = 0; j < 8; j++)
        [[unroll]] for (uint c = 0; c < VECTORS; c++)
          {
            float product = query[c] * read_8 (rows[(i + j) / WINDOW] + ((i + j) % WINDOW * 3 + 1) * channel_bytes + c * 32);

            sums[j] = c == 0 ? product : sums[j] + product;
          }
      scores[i / 8] = fold (fold (fold (sums[0], sums[1], 1), fold (sums[2], sums[3], 1), 2),
                            fold (fold (sums[4], sums[5], 1), fold (sums[6], sums[7], 1), 2), 4);
    }

  float largest = scores[0];
  float total = 0.0;

  [[unroll]] for (uint i = 1; i < TOKENS / 8; i++)
    largest = max (largest, scores[i]);
  largest = largest_of_all (largest);
  [[unroll]] for (uint i = 0; i < TOKENS / 8; i++)
    {
      scores[i] = exp_exact (scores[i] - largest);
      total += scores[i];
    }
  total = sum_of_all (total);

  // Of even and odd tokens, since a sum waits for what is before it.
  float weighted[VECTORS][2];

  [[unroll]] for (uint i = 0; i < TOKENS; i++)
    {
      float weight = subgroupShuffle (scores[i / 8], i % 8);

      [[unroll]] for (uint c = 0; c < VECTORS; c++)
        {
          float product = weight * read_8 (rows[i / WINDOW] + (i % WINDOW * 3 + 2) * channel_bytes + c * 32);

          weighted[c][i % 2] = i < 2 ? product : weighted[c][i % 2] + product;
        }
    }

  // See matmul_straight.
  uint bits = 0;

  [[unroll]] for (uint c = 0; c < VECTORS; c++)
    {
      weighted[c][0] = (weighted[c][0] + weighted[c][1]) / total;
      bits |= floatBitsToUint (weighted[c][0]);
    }

  float nothing = uintBitsToFloat (bits & p.zero);

  [[unroll]] for (uint c = 0; c < VECTORS; c++)
    {
      uint result = floatBitsToUint (weighted[c][0] + nothing);

      [[unroll]] for (uint j = 0; j < 8; j += 2)
        y[((at * p.heads + head) * WIDTH + c * 8 + j) / 2]
          = packUint2x32 (uvec2 (subgroupShuffle (result, j), subgroupShuffle (result, j + 1)));
    }
}
