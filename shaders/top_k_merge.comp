// SPDX-License-Identifier: GPL-3.0-or-later
//
// Second pass of top-k with log-softmax: one workgroup a row brings the chunks of top_k.comp
// together. Its lanes share the chunks; one lane alone (CPU devices) needs no barrier.
//
// x [rows, chunks, 2 + 2 K] uint, see top_k.comp; y [rows, 2 K] uint: pairs (id, log-probability as
// float bits), best first, id ~0 where there are fewer.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (constant_id = 1) const uint K = 6;
layout (constant_id = 2) const uint LANES = 1;   // invocations, a power of two

layout (binding = 0) readonly buffer X { uint x[]; };
layout (binding = 1) writeonly buffer Y { uint y[]; };

shared float lane_top[LANES];
shared float lane_total[LANES];
shared float lane_best[LANES * K];
shared uint lane_best_id[LANES * K];

float best[K];
uint best_id[K];
float top, total;

bool
is_better (float value, uint id, float than, uint than_id)
{
  return id != ~0u && (than_id == ~0u || value > than || (value == than && id < than_id));
}

void
insert (float value, uint id)
{
  [[unroll]] for (uint j = 0; j < K; j++)
    if (is_better (value, id, best[j], best_id[j]))
      {
        float other = best[j];
        uint other_id = best_id[j];
        best[j] = value;
        best_id[j] = id;
        value = other;
        id = other_id;
      }
}

void
add_sum (float other_top, float other_total)
{
  float new_top = max (top, other_top);
  total = total * exp_exact (top - new_top) + other_total * exp_exact (other_top - new_top);
  top = new_top;
}

void
main ()
{
  uint lane = gl_LocalInvocationID.x;
  uint row = workgroup_index ();

  if (row >= p.rows)
    return;

  top = -1e30;
  total = 0.0;
  [[unroll]] for (uint i = 0; i < K; i++)
    {
      best[i] = uintBitsToFloat (0xff800000);
      best_id[i] = ~0u;
    }

  [[dont_unroll]] for (uint chunk = lane; chunk < p.chunks; chunk += LANES)
    {
      uint at = (row * p.chunks + chunk) * (2 + 2 * K);
      add_sum (uintBitsToFloat (x[at]), uintBitsToFloat (x[at + 1]));
      [[dont_unroll]] for (uint i = 0; i < K; i++)
        {
          uint id = x[at + 2 + 2 * i];
          float value = uintBitsToFloat (x[at + 3 + 2 * i]);
          // A chunk's list is sorted: what follows is worse still.
          if (!is_better (value, id, best[K - 1], best_id[K - 1]))
            break;
          insert (value, id);
        }
    }

  if (LANES > 1)
    {
      [[dont_unroll]] for (uint step = LANES / 2; step > 0; step /= 2)
        {
          if (lane >= step && lane < 2 * step)
            {
              lane_top[lane] = top;
              lane_total[lane] = total;
              [[unroll]] for (uint i = 0; i < K; i++)
                {
                  lane_best[lane * K + i] = best[i];
                  lane_best_id[lane * K + i] = best_id[i];
                }
            }
          barrier ();
          if (lane < step)
            {
              add_sum (lane_top[lane + step], lane_total[lane + step]);
              [[dont_unroll]] for (uint i = 0; i < K; i++)
                insert (lane_best[(lane + step) * K + i], lane_best_id[(lane + step) * K + i]);
            }
          barrier ();
        }
    }

  if (lane == 0)
    {
      float log_total = log_exact (total);
      [[unroll]] for (uint i = 0; i < K; i++)
        {
          y[row * 2 * K + 2 * i] = best_id[i];
          y[row * 2 * K + 2 * i + 1] = floatBitsToUint ((best[i] - top) - log_total);
        }
    }
}
