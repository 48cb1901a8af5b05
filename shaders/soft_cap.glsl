// SPDX-License-Identifier: GPL-3.0-or-later
//
// What keeps numbers between two bounds without a corner.

// cap * tanh (x / cap); 1 + tanh z = 2 / (1 + e^(-2 z))
float
soft_cap (float x, float cap)
{
  return cap * (2.0 / (1.0 + exp_exact (-2.0 * x / cap)) - 1.0);
}
