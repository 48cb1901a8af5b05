// SPDX-License-Identifier: GPL-3.0-or-later
//
// y = V A^T: each output channel of a token is a mixture of the value channels of its group. One
// invocation computes TOKENS tokens x CHANNELS channels.
//
// qkv [tokens, 3, groups, WIDTH] STORE; a [groups, WIDTH (output), WIDTH (value)] float;
// y [tokens, groups, WIDTH] STORE.
//
// The includer defines how qkv and a are read: LOAD_QKV, LOAD_A (at).

layout (constant_id = 1) const uint WIDTH = 32;
layout (constant_id = 2) const uint TOKENS = 8;
layout (constant_id = 3) const uint CHANNELS = 8;   // divides WIDTH, a multiple of 4

layout (binding = 0) writeonly buffer Y { STORE4 y[]; };

void
main ()
{
  const uint blocks = WIDTH / CHANNELS;
  uint id = invocation_index ();
  uint channel = id % blocks * CHANNELS;
  uint group = id / blocks % p.groups;
  uint first = id / blocks / p.groups * TOKENS;
  uint channels4 = p.groups * (WIDTH / 4);
  float sums[TOKENS][CHANNELS];
  uint v_at[TOKENS];

  if (first >= p.tokens)
    return;

  [[unroll]] for (uint i = 0; i < TOKENS; i++)
    {
      v_at[i] = (min (first + i, p.tokens - 1) * 3 + 2) * channels4 + group * (WIDTH / 4);
      [[unroll]] for (uint j = 0; j < CHANNELS; j++)
        sums[i][j] = 0.0;
    }

  uint a_at = (group * WIDTH + channel) * (WIDTH / 4);
  [[dont_unroll]] for (uint c = 0; c < WIDTH / 4; c++)
    {
      vec4 rows[CHANNELS];
      [[unroll]] for (uint j = 0; j < CHANNELS; j++)
        rows[j] = LOAD_A (a_at + j * (WIDTH / 4) + c);
      [[unroll]] for (uint i = 0; i < TOKENS; i++)
        {
          vec4 value = LOAD_QKV (v_at[i] + c);
          [[unroll]] for (uint j = 0; j < CHANNELS; j++)
            sums[i][j] += dot (value, rows[j]);
        }
    }

  [[unroll]] for (uint i = 0; i < TOKENS; i++)
    if (first + i < p.tokens)
      {
        uint at = (first + i) * channels4 + (group * WIDTH + channel) / 4;
        [[unroll]] for (uint j = 0; j < CHANNELS; j += 4)
          y[at + j / 4]
              = STORE4 (vec4 (sums[i][j], sums[i][j + 1], sums[i][j + 2], sums[i][j + 3]));
      }
}
