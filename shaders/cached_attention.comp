// SPDX-License-Identifier: GPL-3.0-or-later
//
// Attention of one new token a row over the key-value cache, which it also extends; for CPU devices:
// one invocation a head of a row. Rows of the cache are never moved: ancestors tells in which row the
// key of each earlier place lies.
//
// qkv [rows, 3, heads, WIDTH] STORE; keys, values [rows, places, heads, WIDTH] STORE; ancestors
// [rows, places] uint; place [1] uint: of the new tokens; y [rows, heads, WIDTH] STORE.
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
  uint row = id / p.heads;
  uint channels4 = p.heads * (WIDTH / 4);
  uint part = head * (WIDTH / 4);

  if (row >= p.rows)
    return;

  uint here = min (place[0], p.places - 1);
  uint own = (row * p.places + here) * channels4 + part;
  uint from = row * 3 * channels4 + part;

  // Its own key and value go to the cache, and are the first that it sees.
  float score = 0.0;
  [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
    {
      query[0][c] = vec4 (qkv[from + c]) * p.scale;
      score += dot (query[0][c], vec4 (qkv[from + channels4 + c]));
      weighted[0][c] = vec4 (qkv[from + 2 * channels4 + c]);
      keys[own + c] = qkv[from + channels4 + c];
      values[own + c] = qkv[from + 2 * channels4 + c];
    }
  largest[0] = score;
  total[0] = 1.0;

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
    y[row * channels4 + part + c] = STORE4 (attend_result (0, c));
}
