// SPDX-License-Identifier: GPL-3.0-or-later
//
// Attention of new tokens of each row over the key-value cache, which they also extend; for CPU
// devices: one invocation a head of a token. A token sees what the cache holds of its row, then the
// new tokens up to itself. Rows of the cache are never moved: ancestors tells in which row the key of
// each earlier place lies.
//
// qkv [rows, tokens, 3, heads, WIDTH] STORE; keys, values [rows, places, heads, WIDTH] STORE; ancestors
// [rows, places] uint; place [rows] uint: of the first new token; y [rows, tokens, heads, WIDTH] STORE.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (constant_id = 1) const uint WIDTH = 64;

layout (binding = 0) readonly buffer Qkv { STORE4 qkv[]; };
layout (binding = 1) buffer Keys { STORE4 keys[]; };
layout (binding = 2) buffer Values { STORE4 values[]; };
layout (binding = 3) readonly buffer Ancestors { uint ancestors[]; };
layout (binding = 4) readonly buffer Place { uint place[]; };
layout (binding = 5) writeonly buffer Y { STORE4 y[]; };

#define QUERIES 1
#define KEYS 4
#define LOAD_KEY(at, c) vec4 (keys[at + c])
#define LOAD_VALUE(at, c) vec4 (values[at + c])
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
  uint part = head * (WIDTH / 4);

  if (row >= p.rows)
    return;

  uint here = min (place[row], p.places - p.tokens);
  uint own = (row * p.places + here + token) * channels4 + part;
  uint from = row * p.tokens * 3 * channels4 + part;
  uint mine = from + token * 3 * channels4;

  attend_start ();
  [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
    {
      query[0][c] = vec4 (qkv[mine + c]) * p.scale;
      keys[own + c] = qkv[mine + channels4 + c];
      values[own + c] = qkv[mine + 2 * channels4 + c];
    }

  // The new ones first: from qkv, since others are writing them to the cache.
  [[dont_unroll]] for (uint j = 0; j <= token; j++)
    {
      uint at = from + j * 3 * channels4 + channels4;
      float score = 0.0;
      [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
        score += dot (query[0][c], vec4 (qkv[at + c]));
      float weight = attend_one (0, score);
      [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
        weighted[0][c] += weight * vec4 (qkv[at + channels4 + c]);
    }

  uint n_seen[1] = uint[] (here);
  [[dont_unroll]] for (uint key = 0; key < here; key += KEYS)
    {
      uint at[KEYS];
      [[unroll]] for (uint j = 0; j < KEYS; j++)
        {
          uint at_place = min (key + j, here - 1);
          uint from_row = min (ancestors[row * p.places + at_place], p.rows - 1);
          at[j] = (from_row * p.places + at_place) * channels4 + part;
        }
      attend (key, n_seen, at, at);
    }

  [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
    y[new * channels4 + part + c] = STORE4 (attend_result (0, c));
}
