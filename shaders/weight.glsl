// SPDX-License-Identifier: GPL-3.0-or-later
//
// The weights of a matrix, four at a time, as the build has them: floats, halves, or integers of 8 or 4 bits of which 32
// share a scale, in 4 bits also what is added, with what they share behind all integers of the matrix. A byte of two
// integers has one of the first sixteen of a group in its lower half, one of the last in its upper.
//
// Needs WEIGHT_BINDING.

#if WEIGHT_Q8
layout (binding = WEIGHT_BINDING) readonly buffer W { uint w[]; };
layout (binding = WEIGHT_BINDING) readonly buffer Scales { float16_t scales[]; };
#elif WEIGHT_Q4
layout (binding = WEIGHT_BINDING) readonly buffer W { uint w[]; };
layout (binding = WEIGHT_BINDING) readonly buffer Lines { f16vec2 lines[]; };
#else
layout (binding = WEIGHT_BINDING) readonly buffer W { WEIGHT4 w[]; };
#endif

#if WEIGHT_Q4
// The lower halves of four bytes, on a line.
vec4
put_on_line (uint bits, vec2 line)
{
  return line.x * vec4 (bits & 15, bits >> 8 & 15, bits >> 16 & 15, bits >> 24 & 15) + line.y;
}

// Both halves of four bytes: the four at 8 (@at / 4) + @at % 4, and the four that lie four behind them.
void
weights_at (uint at, uint n4, out vec4 first, out vec4 second)
{
  uint bits = w[at];
  vec2 line = vec2 (lines[n4 / 2 + at / 4]);

  first = put_on_line (bits, line);
  second = put_on_line (bits >> 4, line);
}
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
#elif WEIGHT_Q4
  uint group = at / 8, i = at % 8;

  return put_on_line (w[4 * group + i % 4] >> 4 * (i / 4), vec2 (lines[n4 / 2 + group]));
#else
  return vec4 (w[at]);
#endif
}
