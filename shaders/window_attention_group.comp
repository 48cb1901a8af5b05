// SPDX-License-Identifier: GPL-3.0-or-later
//
// Softmax attention inside WINDOW x WINDOW windows, for GPUs: a workgroup takes one window of one
// head, an invocation one token, and keys and values pass through shared memory CHUNK at a time.
// Padding as in window_attention.comp.
//
// qkv [height, width, 3, heads, WIDTH] STORE; bias [3, heads, WIDTH] float; y [height, width, heads,
// WIDTH] STORE. Grid: windows, heads, ceil (WINDOW^2 / workgroup size).
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (constant_id = 1) const uint WIDTH = 32;
layout (constant_id = 2) const uint WINDOW = 12;
layout (constant_id = 3) const uint CHUNK = 48;    // a multiple of 4

layout (push_constant) uniform Push { window_attention_group_params p; };
layout (binding = 0) readonly buffer Qkv { STORE4 qkv[]; };
layout (binding = 1) readonly buffer Bias { vec4 bias[]; };
layout (binding = 2) writeonly buffer Y { STORE4 y[]; };

shared vec4 keys[CHUNK * (WIDTH / 4)];
shared vec4 values[CHUNK * (WIDTH / 4)];

#define QUERIES 1
#define LOAD_KEY(at, c) keys[at + c]
#define LOAD_VALUE(at, c) values[at + c]
#include "attention.glsl"

const uint TOKENS = WINDOW * WINDOW;

vec4
load (uint token, uint part, uint c)
{
  uint channels4 = p.heads * (WIDTH / 4);
  uint row = gl_WorkGroupID.x / p.windows_x * WINDOW + token / WINDOW;
  uint column = gl_WorkGroupID.x % p.windows_x * WINDOW + token % WINDOW;
  uint at = part * channels4 + gl_WorkGroupID.y * (WIDTH / 4) + c;
  if (row >= p.height || column >= p.width)
    return bias[at];
  return vec4 (qkv[(row * p.width + column) * 3 * channels4 + at]);
}

void
main ()
{
  uint token = gl_WorkGroupID.z * gl_WorkGroupSize.x + gl_LocalInvocationID.x;

  attend_start ();
  n_seen[0] = TOKENS;
  [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
    query[0][c] = load (min (token, TOKENS - 1), 0, c) * p.scale;

  [[dont_unroll]] for (uint first = 0; first < TOKENS; first += CHUNK)
    {
      for (uint i = gl_LocalInvocationID.x; i < CHUNK * (WIDTH / 4); i += gl_WorkGroupSize.x)
        {
          uint key = min (first + i / (WIDTH / 4), TOKENS - 1);
          keys[i] = load (key, 1, i % (WIDTH / 4));
          values[i] = load (key, 2, i % (WIDTH / 4));
        }
      barrier ();
      [[dont_unroll]] for (uint i = 0; i < CHUNK && first + i < TOKENS; i += 4)
        {
          uvec4 at = (uvec4 (i) + uvec4 (0, 1, 2, 3)) * (WIDTH / 4);
          attend_four (first + i, at, at);
        }
      barrier ();
    }

  uint row = gl_WorkGroupID.x / p.windows_x * WINDOW + token / WINDOW;
  uint column = gl_WorkGroupID.x % p.windows_x * WINDOW + token % WINDOW;
  if (token < TOKENS && row < p.height && column < p.width)
    {
      uint at = ((row * p.width + column) * p.heads + gl_WorkGroupID.y) * (WIDTH / 4);
      [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
        y[at + c] = STORE4 (attend_result (0, c));
    }
}
