// SPDX-License-Identifier: GPL-3.0-or-later
//
// Activations by number; see ACTIVATION_* in flags.def. To be called with a constant, since software
// devices compute all branches.

float
sigmoid (float x)
{
  return 1.0 / (1.0 + exp_exact (-x));
}

float
activate (float x, uint activation)
{
  float y = x;

  if (activation == ACTIVATION_GELU)
    y = gelu (x);
  else if (activation == ACTIVATION_GELU_TANH)
    y = x * sigmoid (1.5957691216057308 * (x + 0.044715 * x * x * x));   // 1 + tanh z = 2 sigmoid (2 z)
  else if (activation == ACTIVATION_QUICK_GELU)
    y = x * sigmoid (1.702 * x);
  else if (activation == ACTIVATION_SILU)
    y = x * sigmoid (x);
  else if (activation == ACTIVATION_RELU_SQUARED)
    y = max (x, 0.0) * max (x, 0.0);
  else if (activation == ACTIVATION_RELU)
    y = max (x, 0.0);
  return y;
}

vec4
activate4 (vec4 x, uint activation)
{
  return vec4 (activate (x.x, activation), activate (x.y, activation), activate (x.z, activation),
               activate (x.w, activation));
}
