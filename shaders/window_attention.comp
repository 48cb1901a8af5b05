// SPDX-License-Identifier: GPL-3.0-or-later
//
// Softmax attention inside WINDOW x WINDOW windows, for CPU devices: one invocation computes QUERIES
// tokens of one head. The image is padded right and below with zero tokens, whose query, key and
// value are the bias of the qkv product; they are keys like the others.
//
// qkv [height, width, 3, heads, WIDTH] texels from qkv_first; bias [3, heads, WIDTH] float; y [height, width, heads,
// WIDTH] STORE.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (constant_id = 1) const uint QUERIES = 8;
layout (constant_id = 2) const uint WIDTH = 32;
layout (constant_id = 3) const uint WINDOW = 12;

layout (binding = 0) readonly buffer Bias { vec4 bias[]; };
layout (binding = 1) writeonly buffer Y { STORE4 y[]; };
layout (binding = 2) uniform textureBuffer qkv;

#define KEYS 1
#define LOAD_KEY(at, c) texelFetch (qkv, int (at + c))
#define LOAD_VALUE(at, c) texelFetch (qkv, int (at + c))
#include "attention.glsl"
#include "window.glsl"

const uint TOKENS = WINDOW * WINDOW;

void
main ()
{
  const uint blocks = (TOKENS + QUERIES - 1) / QUERIES;
  uint id = invocation_index ();
  uint first = id % blocks * QUERIES;
  uint head = id / blocks % p.heads;
  uint window = id / blocks / p.heads;
  uint top = window / p.windows_x * WINDOW;
  uint left = window % p.windows_x * WINDOW;
  uint channels4 = p.heads * (WIDTH / 4);

  if (window >= p.windows)
    return;

  // The part of the window inside the image.
  uint rows = min (WINDOW, p.height - top);
  uint columns = min (WINDOW, p.width - left);
  uint corner = top * p.width + left;
  uint at = p.qkv_first + corner * 3 * channels4 + head * (WIDTH / 4);
  uint n_seen[QUERIES];

  attend_start ();
  [[unroll]] for (uint i = 0; i < QUERIES; i++)
    {
      uint token = min (first + i, TOKENS - 1);
      uint row = min (token / WINDOW, rows - 1);
      uint column = min (token % WINDOW, columns - 1);
      n_seen[i] = columns;
      [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
        query[i][c] = texelFetch (qkv, int (at + (row * p.width + column) * 3 * channels4 + c)) * p.scale;
    }

  [[dont_unroll]] for (uint row = 0; row < rows; row++)
    [[dont_unroll]] for (uint column = 0; column < columns; column += KEYS)
      {
        uint key_at[KEYS], value_at[KEYS];
        [[unroll]] for (uint j = 0; j < KEYS; j++)
          {
            uint token = row * p.width + min (column + j, columns - 1);
            key_at[j] = at + (token * 3 + 1) * channels4;
            value_at[j] = key_at[j] + channels4;
          }
        attend (column, n_seen, key_at, value_at);
      }
  attend_padding (head, TOKENS - rows * columns);

  [[unroll]] for (uint i = 0; i < QUERIES; i++)
    {
      uint row = (first + i) / WINDOW;
      uint column = (first + i) % WINDOW;
      if (row < rows && column < columns)
        {
          uint y_at = (corner + row * p.width + column) * channels4 + head * (WIDTH / 4);
          [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
            y[y_at + c] = STORE4 (attend_result (i, c));
        }
    }
}
