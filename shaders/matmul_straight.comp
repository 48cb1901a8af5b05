// SPDX-License-Identifier: GPL-3.0-or-later
//
// y = activation (x w^T + start + bias), for software devices that read at addresses: a subgroup computes ROWS x 4
// results over K4 fours of inputs, all of it written out, so that there is no loop and every sum stays in a register.
// Longer products are several dispatches, each starting from what the one before has left.
//
// x rows of 4 k4 floats, of which 4 K4 are multiplied; w as x, WEIGHT, or packed by panels of 4 columns
// [k4][4][4]; bias floats; start rows of start_stride floats, y rows of y_stride floats from y_first. Rows past the
// end are the last one, computed again.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"
#include "addresses.glsl"
#include "activation.glsl"

layout (constant_id = 1) const uint ROWS = 4;   // even
layout (constant_id = 2) const uint K4 = 128;
layout (constant_id = 3) const uint PACKED = 0;
layout (constant_id = 4) const uint ACTIVATION = 0;

const uint COLUMNS = 4;
const uint PAIRS = COLUMNS / 2;

layout (binding = 0) writeonly buffer Y { uint64_t y[]; };

// Where the rows of x begin; results of two rows each, a lane one.
uint64_t x[ROWS];
float results[ROWS / 2];

// Panels: lanes have four inputs of two columns.
void
multiply_panels (uint64_t w)
{
  uint lane = gl_SubgroupInvocationID;
  float sums[ROWS][PAIRS];

  [[unroll]] for (uint i = 0; i < ROWS; i++)
    [[unroll]] for (uint j = 0; j < PAIRS; j++)
      sums[i][j] = 0.0;
  [[unroll]] for (uint k = 0; k < K4; k++)
    {
      float weights[PAIRS];

      [[unroll]] for (uint j = 0; j < PAIRS; j++)
        weights[j] = read_weights_8 (w + (k * COLUMNS + 2 * j) * 4 * WEIGHT_BYTES);
      [[unroll]] for (uint i = 0; i < ROWS; i++)
        {
          float value = read_4 (x[i] + k * 16);

          [[unroll]] for (uint j = 0; j < PAIRS; j++)
            sums[i][j] += value * weights[j];
        }
    }
  [[unroll]] for (uint i = 0; i < ROWS; i++)
    {
      float pair = fold (sums[i][0], sums[i][1], 1);   // lanes: two of one column, two of its neighbour

      pair += subgroupShuffle (pair, lane ^ 2);
      // To lanes 0, 1, 2, 3 the columns, of lanes 0, 4, 1, 5.
      pair = subgroupShuffle (pair, (lane & 1) * 4 + (lane >> 1 & 1));
      results[i / 2] = i % 2 == 0 ? pair : mix (results[i / 2], pair, lane >= 4);
    }
}

// Rows: lanes have eight inputs of one column.
void
multiply_rows (uint64_t w)
{
  float sums[ROWS][COLUMNS];

  [[unroll]] for (uint i = 0; i < ROWS; i++)
    [[unroll]] for (uint j = 0; j < COLUMNS; j++)
      sums[i][j] = 0.0;
  [[unroll]] for (uint k = 0; k < K4; k += 2)
    {
      float weights[COLUMNS];

      [[unroll]] for (uint j = 0; j < COLUMNS; j++)
        weights[j] = read_weights_8 (w + (j * p.k4 + k) * 4 * WEIGHT_BYTES);
      [[unroll]] for (uint i = 0; i < ROWS; i++)
        {
          float value = read_8 (x[i] + k * 16);

          [[unroll]] for (uint j = 0; j < COLUMNS; j++)
            sums[i][j] += value * weights[j];
        }
    }
  [[unroll]] for (uint i = 0; i < ROWS; i += 2)
    results[i / 2] = fold (fold (fold (sums[i][0], sums[i][1], 1), fold (sums[i][2], sums[i][3], 1), 2),
                           fold (fold (sums[i + 1][0], sums[i + 1][1], 1),
                                 fold (sums[i + 1][2], sums[i + 1][3], 1), 2), 4);
}

void
main ()
{
  uint first_row = known (gl_WorkGroupID.x) * ROWS;
  uint panel = known_byte (gl_WorkGroupID.y) * (gl_WorkGroupSize.x / 8) + known_byte (gl_SubgroupID);
  uint column = panel * COLUMNS;
  uint64_t w = address (p.w_low, p.w_high) + uint64_t (panel) * p.k4 * (4 * COLUMNS * WEIGHT_BYTES);

  [[unroll]] for (uint i = 0; i < ROWS; i++)
    x[i] = address (p.x_low, p.x_high) + uint64_t (min (first_row + i, p.m - 1)) * p.k4 * 16;
  if (PACKED != 0)
    multiply_panels (w);
  else
    multiply_rows (w);

  float bias = read_4 (address (p.bias_low, p.bias_high) + column * 4);
  uint bits = 0;

  [[unroll]] for (uint i = 0; i < ROWS / 2; i++)
    {
      uint64_t start[2];

      [[unroll]] for (uint h = 0; h < 2; h++)
        start[h] = address (p.start_low, p.start_high)
                   + (uint64_t (min (first_row + 2 * i + h, p.m - 1)) * p.start_stride + column) * 4;
      results[i] += mix (0.0, read_4_4 (start[0], start[1]), (p.flags & MATMUL_RESIDUAL) != 0);
      results[i] += mix (0.0, bias, (p.flags & MATMUL_BIAS) != 0);
      results[i] = ACTIVATION == ACTIVATION_RELU_LAST ? max (results[i], 0.0) : activate (results[i], ACTIVATION);
      bits |= floatBitsToUint (results[i]);
    }

  // Zero, but of all results: else the compiler takes each sum to where it is stored, behind branches, and keeps
  // all that was read until then.
  float nothing = uintBitsToFloat (bits & p.flags >> 16);

  [[unroll]] for (uint i = 0; i < ROWS / 2; i++)
    {
      uint bits = floatBitsToUint (results[i] + nothing);

      [[unroll]] for (uint j = 0; j < 8; j += 2)
        {
          uint row = min (first_row + 2 * i + j / 4, p.m - 1);

          y[(p.y_first + row * p.y_stride + column + j % 4) / 2]
            = packUint2x32 (uvec2 (subgroupShuffle (bits, j), subgroupShuffle (bits, j + 1)));
        }
    }
}
