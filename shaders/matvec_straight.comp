// SPDX-License-Identifier: GPL-3.0-or-later
//
// y = activation (x w^T + start + bias) for few rows, for software devices that read at addresses: a subgroup computes
// ROWS x COLUMNS results, each weight is read once for all ROWS. Lanes have eight inputs side by side; all of them are
// written out, so that there is no loop.
//
// x rows of 8 k8 floats, of which 8 K8 are multiplied; w as x, WEIGHT, with a scale, a half, for 32 of 8 bits at scales
// bytes from w; bias floats; start rows of start_stride floats, y rows of y_stride floats from y_first. Rows and columns
// past the end are the last one, computed again.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"
#include "addresses.glsl"
#include "activation.glsl"

layout (constant_id = 1) const uint ROWS = 1;
layout (constant_id = 2) const uint COLUMNS = 2;
layout (constant_id = 3) const uint K8 = 96;
layout (constant_id = 4) const uint ACTIVATION = 0;   // other than that of the flags

const uint RESULTS = ROWS * COLUMNS;
const uint VECTORS = (RESULTS + 7) / 8;

layout (binding = 0) writeonly buffer Y { float y[]; };

uint64_t x[ROWS];
uint64_t w[COLUMNS];
float sums[VECTORS * 8];

void
main ()
{
  uint first_row = known_byte (gl_WorkGroupID.y) * ROWS;
  uint group = known (gl_WorkGroupID.x) * (gl_WorkGroupSize.x / 8) + known_byte (gl_SubgroupID);
  uint lane = gl_SubgroupInvocationID;
  uint columns[COLUMNS];
#if WEIGHT_Q8
  uint64_t scales[COLUMNS];
  float scale[COLUMNS];
#endif

  [[unroll]] for (uint j = 0; j < COLUMNS; j++)
    {
      columns[j] = min (group * COLUMNS + j, p.n - 1);
      w[j] = address (p.w_low, p.w_high) + uint64_t (columns[j]) * p.k8 * (8 * WEIGHT_BYTES);
#if WEIGHT_Q8
      scales[j] = address (p.w_low, p.w_high) + p.scales + uint64_t (columns[j]) * (p.k8 / 4) * 2;
#endif
    }
  [[unroll]] for (uint i = 0; i < ROWS; i++)
    x[i] = address (p.x_low, p.x_high) + uint64_t (min (first_row + i, p.m - 1)) * p.k8 * 32;
  [[unroll]] for (uint i = 0; i < VECTORS * 8; i++)
    sums[i] = 0.0;

  [[unroll]] for (uint k = 0; k < K8; k++)
    {
      float weights[COLUMNS];

      [[unroll]] for (uint j = 0; j < COLUMNS; j++)
        {
          weights[j] = read_weights_8 (w[j] + k * 8 * WEIGHT_BYTES);
#if WEIGHT_Q8
          if (k % 4 == 0)
            scale[j] = read_half (scales[j] + k / 4 * 2);
          weights[j] *= scale[j];
#endif
        }
      [[unroll]] for (uint i = 0; i < ROWS; i++)
        {
          float value = read_8 (x[i] + k * 32);

          [[unroll]] for (uint j = 0; j < COLUMNS; j++)
            sums[i * COLUMNS + j] += value * weights[j];
        }
    }

  // A result a lane.
  float results[VECTORS];
  uint bits = 0;

  [[unroll]] for (uint v = 0; v < VECTORS; v++)
    {
      uint at = v * 8;
      float start = 0.0, bias = 0.0;

      [[unroll]] for (uint i = 0; i < 8; i++)
        {
          uint result = min (at + i, RESULTS - 1);
          uint row = min (first_row + result / COLUMNS, p.m - 1), column = columns[result % COLUMNS];
          float its_start
            = Floats (address (p.start_low, p.start_high) + (uint64_t (row) * p.start_stride + column) * 4).at[0];
          float its_bias = Floats (address (p.bias_low, p.bias_high) + column * 4).at[0];

          start = mix (start, its_start, lane == i);
          bias = mix (bias, its_bias, lane == i);
        }
      results[v] = fold (fold (fold (sums[at], sums[at + 1], 1), fold (sums[at + 2], sums[at + 3], 1), 2),
                         fold (fold (sums[at + 4], sums[at + 5], 1), fold (sums[at + 6], sums[at + 7], 1), 2), 4);
      results[v] += mix (0.0, start, (p.flags & MATMUL_RESIDUAL) != 0);
      results[v] += mix (0.0, bias, (p.flags & MATMUL_BIAS) != 0);
      results[v] = mix (results[v], gelu (results[v]), (p.flags & MATMUL_GELU) != 0);
      results[v] = ACTIVATION == ACTIVATION_RELU_LAST ? max (results[v], 0.0) : activate (results[v], ACTIVATION);
      bits |= floatBitsToUint (results[v]);
    }

  // See matmul_straight.comp.
  float nothing = uintBitsToFloat (bits & p.flags >> 16);

  [[unroll]] for (uint i = 0; i < RESULTS; i++)
    {
      uint row = min (first_row + i / COLUMNS, p.m - 1);

      y[p.y_first + row * p.y_stride + columns[i % COLUMNS]] = subgroupShuffle (results[i / 8] + nothing, i % 8);
    }
}
