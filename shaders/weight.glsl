// SPDX-License-Identifier: GPL-3.0-or-later
//
// The weights of a matrix, four at a time, as the build has them: floats, halves, or integers of 8 bits of which 32
// share a scale, with the scales behind all integers of the matrix.
//
// Needs WEIGHT_BINDING.

#if WEIGHT_Q8
layout (binding = WEIGHT_BINDING) readonly buffer W { uint w[]; };
layout (binding = WEIGHT_BINDING) readonly buffer Scales { float16_t scales[]; };
#else
layout (binding = WEIGHT_BINDING) readonly buffer W { WEIGHT4 w[]; };
#endif

// The four at @at; @n4: all fours of the matrix.
vec4
weight_at (uint at, uint n4)
{
#if WEIGHT_Q8
  int bits = int (w[at]);
  ivec4 steps = ivec4 (bitfieldExtract (bits, 0, 8), bitfieldExtract (bits, 8, 8),
                       bitfieldExtract (bits, 16, 8), bitfieldExtract (bits, 24, 8));

  return float (scales[2 * n4 + at / 8]) * vec4 (steps);
#else
  return vec4 (w[at]);
#endif
}
