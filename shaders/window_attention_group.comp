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
layout (constant_id = 3) const uint CHUNK = 48;    // a multiple of KEYS

layout (binding = 0) readonly buffer Qkv { STORE4 qkv[]; };
layout (binding = 1) readonly buffer Bias { vec4 bias[]; };
layout (binding = 2) writeonly buffer Y { STORE4 y[]; };

shared vec4 keys[CHUNK * (WIDTH / 4)];
shared vec4 values[CHUNK * (WIDTH / 4)];

#define QUERIES 1
#define KEYS 2
#define LOAD_KEY(at, c) keys[at + c]
#define LOAD_VALUE(at, c) values[at + c]
#include "attention.glsl"
#include "window.glsl"

const uint TOKENS = WINDOW * WINDOW;

void
main ()
{
  uint head = gl_WorkGroupID.y;
  uint top = gl_WorkGroupID.x / p.windows_x * WINDOW;
  uint left = gl_WorkGroupID.x % p.windows_x * WINDOW;
  uint channels4 = p.heads * (WIDTH / 4);
  uint rows = min (WINDOW, p.height - top);
  uint columns = min (WINDOW, p.width - left);
  uint corner = top * p.width + left;
  uint qkv_at = corner * 3 * channels4 + head * (WIDTH / 4);
  uint n_keys = rows * columns;   // those inside the image
  uint n_seen[1] = uint[] (n_keys);

  // This invocation's token; tokens of padding repeat one inside and are not stored.
  uint token = gl_WorkGroupID.z * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  uint row = token / WINDOW;
  uint column = token % WINDOW;
  uint query_at = qkv_at + (min (row, rows - 1) * p.width + min (column, columns - 1)) * 3 * channels4;

  attend_start ();
  [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
    query[0][c] = vec4 (qkv[query_at + c]) * p.scale;

  [[dont_unroll]] for (uint first = 0; first < n_keys; first += CHUNK)
    {
      for (uint i = gl_LocalInvocationID.x; i < CHUNK * (WIDTH / 4); i += gl_WorkGroupSize.x)
        {
          uint key = min (first + i / (WIDTH / 4), n_keys - 1);
          uint at = qkv_at + (key / columns * p.width + key % columns) * 3 * channels4 + i % (WIDTH / 4);
          keys[i] = vec4 (qkv[at + channels4]);
          values[i] = vec4 (qkv[at + 2 * channels4]);
        }
      barrier ();
      [[dont_unroll]] for (uint i = 0; i < CHUNK && first + i < n_keys; i += KEYS)
        {
          uint at[KEYS];
          [[unroll]] for (uint j = 0; j < KEYS; j++)
            at[j] = (i + j) * (WIDTH / 4);
          attend (first + i, n_seen, at, at);
        }
      barrier ();
    }
  attend_padding (head, TOKENS - n_keys);

  if (row < rows && column < columns)
    {
      uint at = (corner + row * p.width + column) * channels4 + head * (WIDTH / 4);
      [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
        y[at + c] = STORE4 (attend_result (0, c));
    }
}
