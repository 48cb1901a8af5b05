// SPDX-License-Identifier: GPL-3.0-or-later
//
// Attention of new tokens of each row over the key-value cache, which they also extend; for CPU
// devices: one invocation a head of a token. A token sees what the cache holds of its row, then the
// new tokens up to itself; the first p.together of these see each other. With p.window, a token that is
// none of them sees no more places. With BIAS, bias [heads, rows, tokens, places] float is added to scores.
// Rows of the cache are never moved: ancestors tells in which row the key of
// each earlier place lies.
//
// qkv [rows, tokens, heads + 2 kv_heads, WIDTH] STORE, of which p.group heads of q share one of k and v;
// keys, values [rows, places, kv_heads, WIDTH] STORE; ancestors [rows, places] uint; place [rows] uint: of
// the first new token; y [rows, tokens, heads, WIDTH] STORE. qkv, and of keys and values what was there
// before, are read through texel buffers, from their firsts.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"
#include "soft_cap.glsl"

layout (constant_id = 1) const uint WIDTH = 64;
layout (constant_id = 2) const uint IS_CAPPED = 0;
layout (constant_id = 3) const uint BIAS = 0;

layout (binding = 0) writeonly buffer Keys { STORE4 keys[]; };
layout (binding = 1) writeonly buffer Values { STORE4 values[]; };
layout (binding = 2) readonly buffer Ancestors { uint ancestors[]; };
layout (binding = 3) readonly buffer Place { uint place[]; };
layout (binding = 4) writeonly buffer Y { STORE4 y[]; };
layout (binding = 5) readonly buffer Bias { float bias[]; };
layout (binding = 6) uniform textureBuffer qkv;
// The same memory as keys and values: what was written before.
layout (binding = 7) uniform textureBuffer old_keys;
layout (binding = 8) uniform textureBuffer old_values;

#define QUERIES 1
#define KEYS 4
#define LOAD_KEY(at, c) texelFetch (old_keys, int (p.keys_first + at + c))
#define LOAD_VALUE(at, c) texelFetch (old_values, int (p.values_first + at + c))
#define LOAD_NEW(at) texelFetch (qkv, int (p.qkv_first + at))
#define SCORE_BIAS(i, key) (BIAS != 0 ? bias[bias_at + min (key, p.places - 1)] : 0.0)
uint bias_at;
#define SCORE_BOUND(score) (IS_CAPPED != 0 ? soft_cap (score, p.cap) : score)
#include "attention.glsl"

void
main ()
{
  uint id = invocation_index ();
  uint head = id % p.heads;
  uint new = id / p.heads;
  uint row = new / p.tokens;
  uint token = new - row * p.tokens;
  uint channels4 = p.heads * (WIDTH / 4);
  uint kv4 = channels4 / p.group;
  uint token4 = channels4 + 2 * kv4;
  uint part = head * (WIDTH / 4);
  uint kv_part = head / p.group * (WIDTH / 4);

  if (row >= p.rows)
    return;

  uint here = min (place[row], p.places - p.tokens);
  uint own = (row * p.places + here + token) * kv4 + kv_part;
  uint from = row * p.tokens * token4;
  uint new_key = from + token * token4 + channels4 + kv_part;
  // Heads that share a key write it once.
  bool writes = head % p.group == 0;
  // Of the new ones it sees so many, and of all places those from the first on.
  uint n_new = max (token + 1, min (p.together, p.tokens));
  uint end = here + token + 1;
  uint first = p.window > 0 && token >= p.together ? end - min (p.window, end) : 0;

  attend_start ();
  bias_at = (head * p.rows * p.tokens + new) * p.places;
  [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
    {
      query[0][c] = LOAD_NEW (from + token * token4 + part + c) * p.scale;
      if (writes)
        {
          keys[own + c] = STORE4 (LOAD_NEW (new_key + c));
          values[own + c] = STORE4 (LOAD_NEW (new_key + kv4 + c));
        }
    }

  // The new ones first: from qkv, since others are writing them to the cache.
  [[dont_unroll]] for (uint j = max (first, here) - here; j < n_new; j++)
    {
      uint at = from + j * token4 + channels4 + kv_part;
      float score = SCORE_BIAS (0, here + j);
      [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
        score += dot (query[0][c], LOAD_NEW (at + c));
      float weight = attend_one (0, SCORE_BOUND (score));
      [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
        weighted[0][c] += weight * LOAD_NEW (at + kv4 + c);
    }

  uint n_seen[1] = uint[] (here);
  [[dont_unroll]] for (uint key = first; key < here; key += KEYS)
    {
      uint at[KEYS];
      [[unroll]] for (uint j = 0; j < KEYS; j++)
        {
          uint at_place = min (key + j, here - 1);
          uint from_row = min (ancestors[row * p.places + at_place], p.rows - 1);
          at[j] = (from_row * p.places + at_place) * kv4 + kv_part;
        }
      attend (key, n_seen, at, at);
    }

  [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
    y[new * channels4 + part + c] = STORE4 (attend_result (0, c));
}
