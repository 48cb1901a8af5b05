// SPDX-License-Identifier: GPL-3.0-or-later
//
// For kernels in which the LANES invocations of a workgroup share a row: the sum of what each has.

shared float parts[LANES];

float
sum_over_lanes (float value)
{
  uint lane = gl_LocalInvocationID.x;
  parts[lane] = value;
  barrier ();
  [[unroll]] for (uint step = LANES / 2; step > 0; step /= 2)
    {
      if (lane < step)
        parts[lane] += parts[lane + step];
      barrier ();
    }
  float sum = parts[0];
  barrier ();
  return sum;
}
