// SPDX-License-Identifier: GPL-3.0-or-later
//
// Attention of one new token a row over the key-value cache, which it also extends; for GPUs: a
// workgroup takes one head of a row, its lanes share the keys. See cached_attention.comp.
//
// qkv [rows, 3, heads, WIDTH] STORE; keys, values [rows, places, heads, WIDTH] STORE; ancestors
// [rows, places] uint; place [1] uint: of the new tokens; y [rows, heads, WIDTH] STORE. Grid: rows,
// heads.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (constant_id = 1) const uint WIDTH = 64;
layout (constant_id = 2) const uint LANES = 64;   // the invocations of a workgroup

layout (binding = 0) readonly buffer Qkv { STORE4 qkv[]; };
layout (binding = 1) buffer Keys { STORE4 keys[]; };
layout (binding = 2) buffer Values { STORE4 values[]; };
layout (binding = 3) readonly buffer Ancestors { uint ancestors[]; };
layout (binding = 4) readonly buffer Place { uint place[]; };
layout (binding = 5) writeonly buffer Y { STORE4 y[]; };

#define QUERIES 1
#define KEYS 2
#define LOAD_KEY(at, c) vec4 (keys[at + c])
#define LOAD_VALUE(at, c) vec4 (values[at + c])
#include "attention.glsl"
#include "combine.glsl"

void
main ()
{
  uint row = gl_WorkGroupID.x;
  uint head = gl_WorkGroupID.y;
  uint channels4 = p.heads * (WIDTH / 4);
  uint part = head * (WIDTH / 4);
  uint here = min (place[0], p.places - 1);
  uint own = (row * p.places + here) * channels4 + part;
  uint from = row * 3 * channels4 + part;

  attend_start ();
  [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
    query[0][c] = vec4 (qkv[from + c]) * p.scale;
  for (uint c = gl_LocalInvocationID.x; c < WIDTH / 4; c += LANES)
    {
      keys[own + c] = qkv[from + channels4 + c];
      values[own + c] = qkv[from + 2 * channels4 + c];
    }

  // The new key and value are the first that lane 0 sees: from qkv, since what other lanes write to
  // the cache it could not read without a barrier on memory.
  if (gl_LocalInvocationID.x == 0)
    {
      float score = 0.0;
      [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
        {
          score += dot (query[0][c], vec4 (qkv[from + channels4 + c]));
          weighted[0][c] = vec4 (qkv[from + 2 * channels4 + c]);
        }
      largest[0] = score;
      total[0] = 1.0;
    }

  uint n_seen[1] = uint[] (here);
  [[dont_unroll]] for (uint key = KEYS * gl_LocalInvocationID.x; key < here; key += KEYS * LANES)
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

  combine_start ();
  for (uint c = gl_LocalInvocationID.x; c < WIDTH / 4; c += LANES)
    y[row * channels4 + part + c] = STORE4 (combine_result (c));
}
