// SPDX-License-Identifier: GPL-3.0-or-later
//
// Rows of logits shared by the lanes of a workgroup.

float
logit (uint row, uint i)
{
  float value = logits[row * p.n + i];
  return (p.flags & CROSS_ENTROPY_BIAS) != 0 ? value + bias[i] : value;
}

float
max_over_lanes (float value)
{
  uint lane = gl_LocalInvocationID.x;
  parts[lane] = value;
  barrier ();
  [[unroll]] for (uint step = LANES / 2; step > 0; step /= 2)
    {
      if (lane < step)
        parts[lane] = max (parts[lane], parts[lane + step]);
      barrier ();
    }
  float largest = parts[0];
  barrier ();
  return largest;
}

// The largest of a row, and the sum of e to the power of what each is below it.
vec2
sum_row (uint row)
{
  float largest = -3.0e38, sum = 0.0;

  for (uint i = gl_LocalInvocationID.x; i < p.n; i += LANES)
    largest = max (largest, logit (row, i));
  largest = max_over_lanes (largest);
  for (uint i = gl_LocalInvocationID.x; i < p.n; i += LANES)
    sum += exp_exact (logit (row, i) - largest);
  return vec2 (largest, sum_over_lanes (sum));
}
