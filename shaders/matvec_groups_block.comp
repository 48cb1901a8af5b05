// SPDX-License-Identifier: GPL-3.0-or-later
//
// matvec_block for weights in 8 or 4 bits: 32 of a row share a scale, in 4 bits also what is added. A group's sum is
// made of its integers, and scaled once.
//
// x [m, 32 groups] texels of four from x_first; w [n, 32 groups] texels of sixteen integers of 8 bits, or of a group in
// 4 (weight.glsl says in which order), from w_first; scales [n, groups], in 4 bits with what is added, from the first
// of a texel of four, scales_first; bias [n] float; residual, y rows of y_stride elements
// from y_first: STORE (or y float).
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (constant_id = 1) const uint ROWS = 1;
layout (constant_id = 2) const uint COLUMNS = 8;
layout (constant_id = 3) const uint ACTIVATION = 0;   // other than that of the flags

layout (binding = 0) readonly buffer Bias { float bias[]; };
layout (binding = 1) readonly buffer Residual { STORE residual[]; };
layout (binding = 2) writeonly buffer Y { STORE y[]; };
layout (binding = 2) writeonly buffer YFloat { float y_float[]; };
layout (binding = 3) uniform textureBuffer x;
layout (binding = 4) uniform utextureBuffer w;
layout (binding = 5) uniform textureBuffer scales;

#include "matmul.glsl"

#if WEIGHT_Q4
#define FOURS 8   // in a texel of weights

// Scale and what is added to integers less eight: so much less is lost where the two cancel.
vec2
read_line (uint at)
{
  vec4 two = texelFetch (scales, int (p.scales_first + at / 2));
  vec2 line = at % 2 == 0 ? two.xy : two.zw;

  return vec2 (line.x, line.y + 8.0 * line.x);
}

// The integers less eight: each is then one with a sign.
uvec4
read_texel (uint at)
{
  return texelFetch (w, int (p.w_first + at)) ^ 0x88888888u;
}

// Of the lower halves of bytes.
vec4
widen (uint bits)
{
  int all = int (bits);

  return vec4 (all << 28 >> 28, all << 20 >> 28, all << 12 >> 28, all << 4 >> 28);
}
#else
#define FOURS 4

float
read_scale (uint at)
{
  vec4 four = texelFetch (scales, int (p.scales_first + at / 4));
  uint i = at % 4;

  return i < 2 ? (i == 0 ? four.x : four.y) : (i == 2 ? four.z : four.w);
}

uvec4
read_texel (uint at)
{
  return texelFetch (w, int (p.w_first + at));
}

// Four integers with signs.
vec4
widen (uint bits)
{
  int all = int (bits);

  return vec4 (all << 24 >> 24, all << 16 >> 24, all << 8 >> 24, all >> 24);
}
#endif

void
main ()
{
  uint first_column = (gl_WorkGroupID.x * gl_WorkGroupSize.x + gl_LocalInvocationID.x) * COLUMNS;
  uint first_row = gl_WorkGroupID.y * ROWS;
  float sums[ROWS][COLUMNS];
  int x_at[ROWS];
  uint columns[COLUMNS];

  if (first_column >= p.n)
    return;

  [[unroll]] for (uint j = 0; j < COLUMNS; j++)
    columns[j] = min (first_column + j, p.n - 1) * p.groups;
  [[unroll]] for (uint i = 0; i < ROWS; i++)
    {
      x_at[i] = int (p.x_first + min (first_row + i, p.m - 1) * p.groups * 8);
      [[unroll]] for (uint j = 0; j < COLUMNS; j++)
        sums[i][j] = 0.0;
    }

  // Each lane starts elsewhere in its rows, as in matvec_block.
  uint group = gl_LocalInvocationID.x % p.groups;
  [[dont_unroll]] for (uint step = 0; step < p.groups; step++)
    {
      float parts[ROWS][COLUMNS];
      [[unroll]] for (uint i = 0; i < ROWS; i++)
        [[unroll]] for (uint j = 0; j < COLUMNS; j++)
          parts[i][j] = 0.0;
#if WEIGHT_Q4
      float x_sums[ROWS];
#endif
      [[unroll]] for (uint texel = 0; texel < 8 / FOURS; texel++)
        {
          vec4 values[ROWS][FOURS];
          [[unroll]] for (uint i = 0; i < ROWS; i++)
            [[unroll]] for (uint k = 0; k < FOURS; k++)
              values[i][k] = texelFetch (x, x_at[i] + int (8 * group + FOURS * texel + k));
#if WEIGHT_Q4
          [[unroll]] for (uint i = 0; i < ROWS; i++)
            {
              vec4 four = vec4 (0.0);
              [[unroll]] for (uint k = 0; k < FOURS; k++)
                four += values[i][k];
              x_sums[i] = dot (four, vec4 (1.0));
            }
#endif
          [[unroll]] for (uint j = 0; j < COLUMNS; j++)
            {
              uvec4 bits = read_texel ((columns[j] + group) * (8 / FOURS) + texel);
              [[unroll]] for (uint k = 0; k < FOURS; k++)
                {
                  vec4 weight = widen (bits[k % 4] >> 4 * (k / 4));
                  [[unroll]] for (uint i = 0; i < ROWS; i++)
                    parts[i][j] += dot (values[i][k], weight);
                }
            }
        }
      [[unroll]] for (uint j = 0; j < COLUMNS; j++)
        {
#if WEIGHT_Q4
          vec2 line = read_line (columns[j] + group);
          [[unroll]] for (uint i = 0; i < ROWS; i++)
            sums[i][j] += line.x * parts[i][j] + line.y * x_sums[i];
#else
          float scale = read_scale (columns[j] + group);
          [[unroll]] for (uint i = 0; i < ROWS; i++)
            sums[i][j] += scale * parts[i][j];
#endif
        }
      group = group + 1 == p.groups ? 0 : group + 1;
    }

  [[unroll]] for (uint i = 0; i < ROWS; i++)
    {
      uint row = first_row + i;
      if (row < p.m)
        {
          uint row_at = p.y_first + row * p.y_stride;
          [[unroll]] for (uint j = 0; j < COLUMNS; j++)
            {
              uint column = first_column + j;
              if (column < p.n)
                put (row_at + column, finish (sums[i][j], row_at, column, p.flags), p.flags);
            }
        }
    }
}
