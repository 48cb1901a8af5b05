// SPDX-License-Identifier: GPL-3.0-or-later
//
// Products of query and key channels, summed over a slice of the tokens: one invocation computes
// SIDE x SIDE products of one group and slice. Slices keep both the sums short and the lanes busy;
// channel_attention_softmax.comp adds them up.
//
// qkv [tokens, 3, groups, WIDTH] STORE; scores [slices, groups, WIDTH (query), WIDTH (key)] float.
//
// The includer defines how qkv is read: LOAD_QKV (at).

layout (constant_id = 1) const uint WIDTH = 32;
layout (constant_id = 2) const uint SIDE = 16;   // divides WIDTH, a multiple of 4

layout (binding = 0) writeonly buffer Scores { vec4 scores[]; };

void
main ()
{
  const uint blocks = WIDTH / SIDE;
  uint id = invocation_index ();
  uint key = id % blocks * SIDE;
  uint query = id / blocks % blocks * SIDE;
  uint group = id / (blocks * blocks) % p.groups;
  uint slice = id / (blocks * blocks) / p.groups;
  uint channels4 = p.groups * (WIDTH / 4);
  vec4 sums[SIDE][SIDE / 4];

  if (slice >= p.slices)
    return;

  [[unroll]] for (uint i = 0; i < SIDE; i++)
    [[unroll]] for (uint j = 0; j < SIDE / 4; j++)
      sums[i][j] = vec4 (0.0);

  uint end = min ((slice + 1) * p.slice_tokens, p.tokens);
  [[dont_unroll]] for (uint token = slice * p.slice_tokens; token < end; token++)
    {
      uint q_at = token * 3 * channels4 + group * (WIDTH / 4) + query / 4;
      uint k_at = token * 3 * channels4 + channels4 + group * (WIDTH / 4) + key / 4;
      vec4 keys[SIDE / 4];
      [[unroll]] for (uint j = 0; j < SIDE / 4; j++)
        keys[j] = LOAD_QKV (k_at + j);
      [[unroll]] for (uint i = 0; i < SIDE; i += 4)
        {
          vec4 q = LOAD_QKV (q_at + i / 4);
          [[unroll]] for (uint j = 0; j < SIDE / 4; j++)
            {
              sums[i][j] += q.x * keys[j];
              sums[i + 1][j] += q.y * keys[j];
              sums[i + 2][j] += q.z * keys[j];
              sums[i + 3][j] += q.w * keys[j];
            }
        }
    }

  uint at = ((slice * p.groups + group) * WIDTH + query) * (WIDTH / 4) + key / 4;
  [[unroll]] for (uint i = 0; i < SIDE; i++)
    [[unroll]] for (uint j = 0; j < SIDE / 4; j++)
      scores[at + i * (WIDTH / 4) + j] = sums[i][j];
}
