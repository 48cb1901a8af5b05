// SPDX-License-Identifier: GPL-3.0-or-later
//
// Attention of new tokens of each row over the key-value cache, which they also extend; for GPUs: a
// workgroup takes one head of a token, its lanes share the keys. See cached_attention.comp.
//
// qkv [rows, tokens, heads + 2 kv_heads, WIDTH] STORE, of which p.group heads of q share one of k and v;
// keys, values [rows, places, kv_heads, WIDTH] STORE; ancestors [rows, places] uint; place [rows] uint: of
// the first new token; y [rows, tokens, heads, WIDTH] STORE.
// Grid: rows * tokens, heads.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"
#include "soft_cap.glsl"

layout (constant_id = 1) const uint WIDTH = 64;
layout (constant_id = 2) const uint LANES = 64;   // the invocations of a workgroup
layout (constant_id = 3) const uint IS_CAPPED = 0;
layout (constant_id = 4) const uint BIAS = 0;

layout (binding = 0) readonly buffer Qkv { STORE4 qkv[]; };
layout (binding = 1) buffer Keys { STORE4 keys[]; };
layout (binding = 2) buffer Values { STORE4 values[]; };
layout (binding = 3) readonly buffer Ancestors { uint ancestors[]; };
layout (binding = 4) readonly buffer Place { uint place[]; };
layout (binding = 5) writeonly buffer Y { STORE4 y[]; };
layout (binding = 6) readonly buffer Bias { float bias[]; };

#define QUERIES 1
#define KEYS 2
#define LOAD_KEY(at, c) vec4 (keys[at + c])
#define LOAD_VALUE(at, c) vec4 (values[at + c])
#define SCORE_BIAS(i, key) (BIAS != 0 ? bias[bias_at + min (key, p.places - 1)] : 0.0)
uint bias_at;
#define SCORE_BOUND(score) (IS_CAPPED != 0 ? soft_cap (score, p.cap) : score)
#include "attention.glsl"
#include "combine.glsl"

void
main ()
{
  uint new = gl_WorkGroupID.x;
  uint head = gl_WorkGroupID.y;
  uint row = new / p.tokens;
  uint token = new - row * p.tokens;
  uint channels4 = p.heads * (WIDTH / 4);
  uint kv4 = channels4 / p.group;
  uint token4 = channels4 + 2 * kv4;
  uint part = head * (WIDTH / 4);
  uint kv_part = head / p.group * (WIDTH / 4);
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
    query[0][c] = vec4 (qkv[from + token * token4 + part + c]) * p.scale;
  for (uint c = gl_LocalInvocationID.x; writes && c < WIDTH / 4; c += LANES)
    {
      keys[own + c] = qkv[new_key + c];
      values[own + c] = qkv[new_key + kv4 + c];
    }

  // The new ones first: from qkv, since what others write to the cache could not be read without a
  // barrier on memory.
  [[dont_unroll]] for (uint j = max (first, here) - here + gl_LocalInvocationID.x; j < n_new; j += LANES)
    {
      uint at = from + j * token4 + channels4 + kv_part;
      float score = SCORE_BIAS (0, here + j);
      [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
        score += dot (query[0][c], vec4 (qkv[at + c]));
      float weight = attend_one (0, SCORE_BOUND (score));
      [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
        weighted[0][c] += weight * vec4 (qkv[at + kv4 + c]);
    }

  uint n_seen[1] = uint[] (here);
  [[dont_unroll]] for (uint key = first + KEYS * gl_LocalInvocationID.x; key < here; key += KEYS * LANES)
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

  combine_start ();
  for (uint c = gl_LocalInvocationID.x; c < WIDTH / 4; c += LANES)
    y[new * channels4 + part + c] = STORE4 (combine_result (c));
}
