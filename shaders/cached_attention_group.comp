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

layout (push_constant) uniform Push { cached_attention_group_params p; };
layout (binding = 0) readonly buffer Qkv { STORE4 qkv[]; };
layout (binding = 1) buffer Keys { STORE4 keys[]; };
layout (binding = 2) buffer Values { STORE4 values[]; };
layout (binding = 3) readonly buffer Ancestors { uint ancestors[]; };
layout (binding = 4) readonly buffer Place { uint place[]; };
layout (binding = 5) writeonly buffer Y { STORE4 y[]; };

const uint LANES = 64;   // invocations; the op must ask for as many

// The new key and value lie in qkv, since what one lane writes to the cache another could not read
// without a barrier on memory.
const uint IN_QKV = 0x80000000;

vec4
load_key (uint at)
{
  return at >= IN_QKV ? vec4 (qkv[at - IN_QKV]) : vec4 (keys[at]);
}

vec4
load_value (uint at)
{
  return at >= IN_QKV ? vec4 (qkv[at - IN_QKV]) : vec4 (values[at]);
}

#define QUERIES 1
#define LOAD_KEY(at, c) load_key (at + c)
#define LOAD_VALUE(at, c) load_value (at + c)
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
  n_seen[0] = here + 1;
  [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
    query[0][c] = vec4 (qkv[from + c]) * p.scale;
  for (uint c = gl_LocalInvocationID.x; c < WIDTH / 4; c += LANES)
    {
      keys[own + c] = qkv[from + channels4 + c];
      values[own + c] = qkv[from + 2 * channels4 + c];
    }

  [[dont_unroll]] for (uint key = 4 * gl_LocalInvocationID.x; key <= here; key += 4 * LANES)
    {
      uvec4 key_at, value_at;
      [[unroll]] for (uint i = 0; i < 4; i++)
        {
          uint at_place = min (key + i, here);
          if (at_place < here)
            {
              uint from_row = min (ancestors[row * p.places + at_place], p.rows - 1);
              key_at[i] = (from_row * p.places + at_place) * channels4 + part;
              value_at[i] = key_at[i];
            }
          else
            {
              key_at[i] = IN_QKV + from + channels4;
              value_at[i] = IN_QKV + from + 2 * channels4;
            }
        }
      attend_four (key, key_at, value_at);
    }

  combine_start ();
  for (uint c = gl_LocalInvocationID.x; c < WIDTH / 4; c += LANES)
    y[row * channels4 + part + c] = STORE4 (combine_result (c));
}
