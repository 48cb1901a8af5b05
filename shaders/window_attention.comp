// SPDX-License-Identifier: GPL-3.0-or-later
//
// Softmax attention inside WINDOW x WINDOW windows, for CPU devices: one invocation computes QUERIES
// tokens of one head. The image is padded right and below with zero tokens, whose query, key and
// value are the bias of the qkv product; they are keys like the others.
//
// qkv [height, width, 3, heads, WIDTH] STORE; bias [3, heads, WIDTH] float; y [height, width, heads,
// WIDTH] STORE. PADDED is 0 where the windows fill the image.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (constant_id = 1) const uint QUERIES = 8;
layout (constant_id = 2) const uint WIDTH = 32;
layout (constant_id = 3) const uint WINDOW = 12;
layout (constant_id = 4) const uint PADDED = 1;

layout (push_constant) uniform Push { window_attention_params p; };
layout (binding = 0) readonly buffer Qkv { STORE4 qkv[]; };
layout (binding = 1) readonly buffer Bias { vec4 bias[]; };
layout (binding = 2) writeonly buffer Y { STORE4 y[]; };

// Places past this are in bias.
const uint IN_BIAS = 0x80000000;

vec4
load (uint at)
{
  if (PADDED != 0 && at >= IN_BIAS)
    return bias[at - IN_BIAS];
  return vec4 (qkv[at]);
}

#define LOAD_KEY(at, c) load (at + c)
#define LOAD_VALUE(at, c) load (at + c)
#include "attention.glsl"

const uint TOKENS = WINDOW * WINDOW;

// Where the query (part 0), key (1) or value (2) of a token of the window begins.
uint
find (uint token, uint part, uvec2 corner, uint head)
{
  uint channels4 = p.heads * (WIDTH / 4);
  uint row = corner.y + token / WINDOW;
  uint column = corner.x + token % WINDOW;
  uint at = part * channels4 + head * (WIDTH / 4);
  if (PADDED != 0 && (row >= p.height || column >= p.width))
    return IN_BIAS + at;
  return (row * p.width + column) * 3 * channels4 + at;
}

void
main ()
{
  const uint blocks = (TOKENS + QUERIES - 1) / QUERIES;
  uint id = invocation_index ();
  uint first = id % blocks * QUERIES;
  uint head = id / blocks % p.heads;
  uint window = id / blocks / p.heads;
  uvec2 corner = uvec2 (window % p.windows_x, window / p.windows_x) * WINDOW;
  uint channels4 = p.heads * (WIDTH / 4);

  if (window >= p.windows)
    return;

  attend_start ();
  [[unroll]] for (uint i = 0; i < QUERIES; i++)
    {
      uint at = find (min (first + i, TOKENS - 1), 0, corner, head);
      n_seen[i] = TOKENS;
      [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
        query[i][c] = load (at + c) * p.scale;
    }

  [[dont_unroll]] for (uint key = 0; key < TOKENS; key += 4)
    {
      uvec4 at;
      [[unroll]] for (uint i = 0; i < 4; i++)
        at[i] = find (min (key + i, TOKENS - 1), 1, corner, head);
      attend_four (key, at, at + channels4);
    }

  [[unroll]] for (uint i = 0; i < QUERIES; i++)
    {
      uint row = corner.y + (first + i) / WINDOW;
      uint column = corner.x + (first + i) % WINDOW;
      if (first + i < TOKENS && row < p.height && column < p.width)
        {
          uint at = (row * p.width + column) * channels4 + head * (WIDTH / 4);
          [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
            y[at + c] = STORE4 (attend_result (i, c));
        }
    }
}
