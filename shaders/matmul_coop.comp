// SPDX-License-Identifier: GPL-3.0-or-later
//
// y = activation (x w^T + bias) + residual, for GPUs whose subgroups multiply matrices: a workgroup
// computes ROWS x COLUMNS results, each of its subgroups SUB_ROWS x SUB_COLUMNS of them, from slices
// of DEPTH inputs in shared memory. While one slice is multiplied the next is on its way.
//
// x [m, 4 k4] STORE; w [n, 4 k4] WEIGHT; bias [n] float; residual, y rows of y_stride elements from
// y_first: STORE (or y float). WIDE: k4 is even, and 16 bytes are read at once. FOURS: n, y_first and
// y_stride are multiples of 4, and results are finished and written by fours.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_cooperative_matrix : require
#extension GL_KHR_shader_subgroup_basic : require
#include "kernel.glsl"

layout (constant_id = 1) const uint ACTIVATION = 0;   // other than that of the flags
layout (constant_id = 2) const uint WIDE = 0;
layout (constant_id = 3) const uint FOURS = 0;
layout (constant_id = 4) const uint ROWS = 64;
layout (constant_id = 5) const uint COLUMNS = 64;
layout (constant_id = 6) const uint SUB_ROWS = 32;
layout (constant_id = 7) const uint SUB_COLUMNS = 32;
layout (constant_id = 8) const uint DEPTH = 32;
layout (constant_id = 9) const uint SLICES = 1;   // in shared memory, 1 or 2
// Of one multiplication of the device.
layout (constant_id = 10) const uint UNIT_ROWS = 16;
layout (constant_id = 11) const uint UNIT_COLUMNS = 16;
layout (constant_id = 12) const uint UNIT_DEPTH = 16;

layout (binding = 0) readonly buffer X { uvec2 x[]; };
layout (binding = 0) readonly buffer XWide { uvec4 x_wide[]; };
layout (binding = 1) readonly buffer W { uvec2 w[]; };
layout (binding = 1) readonly buffer WWide { uvec4 w_wide[]; };
layout (binding = 2) readonly buffer Bias { float bias[]; };
layout (binding = 2) readonly buffer BiasFours { vec4 bias_fours[]; };
layout (binding = 3) readonly buffer Residual { STORE residual[]; };
layout (binding = 3) readonly buffer ResidualFours { STORE4 residual_fours[]; };
layout (binding = 4) writeonly buffer Y { STORE y[]; };
layout (binding = 4) writeonly buffer YFours { STORE4 y_fours[]; };
layout (binding = 4) writeonly buffer YFloat { float y_float[]; };
layout (binding = 4) writeonly buffer YFloatFours { vec4 y_float_fours[]; };

#include "matmul.glsl"

const uint GROUP = gl_WorkGroupSize.x;
const uint SUB_TILES = (ROWS / SUB_ROWS) * (COLUMNS / SUB_COLUMNS);
const uint UNITS_DOWN = SUB_ROWS / UNIT_ROWS;
const uint UNITS_ACROSS = SUB_COLUMNS / UNIT_COLUMNS;

// Shared memory in pieces of 16 bytes. A row of a slice has one more than its inputs fill, so that
// the rows of a unit begin in different banks.
const uint PIECES = DEPTH / 8;
const uint STRIDE = PIECES + 1;
const uint SLICE = (ROWS + COLUMNS) * STRIDE;
const uint PATCH_STRIDE = SUB_COLUMNS / 4 + 1;
const uint PATCH = UNIT_ROWS * PATCH_STRIDE;
const uint SLICES_PIECES = SLICES * SLICE;
const uint PATCHES_PIECES = SUB_TILES * PATCH;

// First the slices; then, where they were, a patch for each subgroup, through which its results go
// to where lanes know their places.
shared uvec4 pieces[SLICES_PIECES > PATCHES_PIECES ? SLICES_PIECES : PATCHES_PIECES];

// What an invocation brings in of a slice.
const uint X_PIECES = ROWS * PIECES;
const uint W_PIECES = COLUMNS * PIECES;
const uint X_SHARE = (X_PIECES + GROUP - 1) / GROUP;
const uint W_SHARE = (W_PIECES + GROUP - 1) / GROUP;
uvec4 x_next[X_SHARE];
uvec4 w_next[W_SHARE];

// Rows past the end repeat the last one; their results are not stored. Inputs past the end are zeros.
void
fetch (uint first_row, uint first_column, uint k)
{
  [[unroll]] for (uint i = 0; i < X_SHARE; i++)
    {
      uint piece = gl_LocalInvocationID.x + i * GROUP;
      uint row = min (first_row + piece / PIECES, p.m - 1);
      uint at = k + 2 * (piece % PIECES);

      x_next[i] = uvec4 (0);
      if (at < p.k4)
        {
          if (WIDE != 0)
            x_next[i] = x_wide[(row * p.k4 + at) / 2];
          else
            x_next[i] = uvec4 (x[row * p.k4 + at], at + 1 < p.k4 ? x[row * p.k4 + at + 1] : uvec2 (0));
        }
    }
  [[unroll]] for (uint i = 0; i < W_SHARE; i++)
    {
      uint piece = gl_LocalInvocationID.x + i * GROUP;
      uint row = min (first_column + piece / PIECES, p.n - 1);
      uint at = k + 2 * (piece % PIECES);

      w_next[i] = uvec4 (0);
      if (at < p.k4)
        {
          if (WIDE != 0)
            w_next[i] = w_wide[(row * p.k4 + at) / 2];
          else
            w_next[i] = uvec4 (w[row * p.k4 + at], at + 1 < p.k4 ? w[row * p.k4 + at + 1] : uvec2 (0));
        }
    }
}

void
keep (uint slice)
{
  [[unroll]] for (uint i = 0; i < X_SHARE; i++)
    {
      uint piece = gl_LocalInvocationID.x + i * GROUP;

      if (X_PIECES % GROUP == 0 || piece < X_PIECES)
        pieces[slice + piece / PIECES * STRIDE + piece % PIECES] = x_next[i];
    }
  [[unroll]] for (uint i = 0; i < W_SHARE; i++)
    {
      uint piece = gl_LocalInvocationID.x + i * GROUP;

      if (W_PIECES % GROUP == 0 || piece < W_PIECES)
        pieces[slice + (ROWS + piece / PIECES) * STRIDE + piece % PIECES] = w_next[i];
    }
}

void
write_fours (vec4 sums, uint at, uint column)
{
  vec4 b = (p.flags & MATMUL_BIAS) != 0 ? bias_fours[column / 4] : vec4 (0.0);
  vec4 r = (p.flags & MATMUL_RESIDUAL) != 0 ? vec4 (residual_fours[at / 4]) : vec4 (0.0);
  vec4 value;

  [[unroll]] for (uint i = 0; i < 4; i++)
    value[i] = complete (sums[i], b[i], r[i], p.flags);
  if ((p.flags & MATMUL_FLOAT) != 0)
    y_float_fours[at / 4] = value;
  else
    y_fours[at / 4] = STORE4 (value);
}

void
write (vec4 sums, uint row, uint column)
{
  uint row_at = p.y_first + row * p.y_stride;

  if (row >= p.m || column >= p.n)
    return;
  if (FOURS != 0)
    write_fours (sums, row_at + column, column);
  else
    for (uint i = 0; i < min (4, p.n - column); i++)
      put (row_at + column + i, finish (sums[i], row_at, column + i, p.flags), p.flags);
}

void
main ()
{
  uint first_row = gl_WorkGroupID.x * ROWS;
  uint first_column = gl_WorkGroupID.y * COLUMNS;

  // Once, where there are as many subgroups as the op thought.
  [[dont_unroll]] for (uint first_tile = 0; first_tile < SUB_TILES; first_tile += gl_NumSubgroups)
    {
      uint tile = first_tile + gl_SubgroupID;
      bool works = tile < SUB_TILES;
      uint tile_row = tile / (COLUMNS / SUB_COLUMNS) * SUB_ROWS;
      uint tile_column = tile % (COLUMNS / SUB_COLUMNS) * SUB_COLUMNS;
      uint slice = 0;
      coopmat<float, gl_ScopeSubgroup, UNIT_ROWS, UNIT_COLUMNS, gl_MatrixUseAccumulator>
          sums[UNITS_DOWN * UNITS_ACROSS];

      [[unroll]] for (uint i = 0; i < UNITS_DOWN * UNITS_ACROSS; i++)
        sums[i] = coopmat<float, gl_ScopeSubgroup, UNIT_ROWS, UNIT_COLUMNS,
                          gl_MatrixUseAccumulator> (0.0);

      barrier ();
      fetch (first_row, first_column, 0);
      keep (slice);
      barrier ();
      [[dont_unroll]] for (uint k = 0; k < p.k4; k += DEPTH / 4)
        {
          bool more = k + DEPTH / 4 < p.k4;

          if (more)
            fetch (first_row, first_column, k + DEPTH / 4);
          if (works)
            {
              [[unroll]] for (uint d = 0; d < DEPTH / UNIT_DEPTH; d++)
                {
                  coopmat<float16_t, gl_ScopeSubgroup, UNIT_ROWS, UNIT_DEPTH, gl_MatrixUseA>
                      a[UNITS_DOWN];

                  [[unroll]] for (uint i = 0; i < UNITS_DOWN; i++)
                    coopMatLoad (a[i], pieces,
                                 slice + (tile_row + i * UNIT_ROWS) * STRIDE + d * UNIT_DEPTH / 8,
                                 STRIDE, gl_CooperativeMatrixLayoutRowMajor);
                  [[unroll]] for (uint j = 0; j < UNITS_ACROSS; j++)
                    {
                      coopmat<float16_t, gl_ScopeSubgroup, UNIT_DEPTH, UNIT_COLUMNS,
                              gl_MatrixUseB> b;

                      coopMatLoad (b, pieces,
                                   slice + (ROWS + tile_column + j * UNIT_COLUMNS) * STRIDE
                                       + d * UNIT_DEPTH / 8,
                                   STRIDE, gl_CooperativeMatrixLayoutColumnMajor);
                      [[unroll]] for (uint i = 0; i < UNITS_DOWN; i++)
                        sums[i * UNITS_ACROSS + j]
                            = coopMatMulAdd (a[i], b, sums[i * UNITS_ACROSS + j]);
                    }
                }
            }
          if (SLICES == 1)
            barrier ();
          else
            slice = SLICE - slice;
          if (more)
            keep (slice);
          barrier ();
        }

      // Those without a tile go along: some software devices let all wait for all.
      [[unroll]] for (uint i = 0; i < UNITS_DOWN; i++)
        {
          uint patch_at = tile * PATCH;

          if (works)
            [[unroll]] for (uint j = 0; j < UNITS_ACROSS; j++)
              coopMatStore (sums[i * UNITS_ACROSS + j], pieces, patch_at + j * UNIT_COLUMNS / 4,
                            PATCH_STRIDE, gl_CooperativeMatrixLayoutRowMajor);
          subgroupBarrier ();
          for (uint four = gl_SubgroupInvocationID; works && four < UNIT_ROWS * SUB_COLUMNS / 4;
               four += gl_SubgroupSize)
            {
              uint row = four / (SUB_COLUMNS / 4);
              uint column = four % (SUB_COLUMNS / 4);

              write (uintBitsToFloat (pieces[patch_at + row * PATCH_STRIDE + column]),
                     first_row + tile_row + i * UNIT_ROWS + row,
                     first_column + tile_column + 4 * column);
            }
          subgroupBarrier ();
        }
    }
}
