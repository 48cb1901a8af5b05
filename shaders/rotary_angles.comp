// SPDX-License-Identifier: GPL-3.0-or-later
//
// The angles by which rotary positions turn pair i of a head: position * base^(-i / pairs), as cosine
// and sine.
//
// Angles grow to tens of thousands of radians, of which floats would leave two or three decimals: they
// are counted in turns, as fractions of 64 bits, of which whole turns fall off by themselves.
// p.ratio_high, p.ratio_low: base^(-1 / pairs), times 2^64.
//
// With p.axes 3, a place is three numbers: pair i goes by number i % 3, the last two only as long as
// i < 3 p.second, and 3 p.third; else by the first. With p.blocks the last p.third pairs go by the third
// number, p.second before them by the second.
//
// positions [rows, axes] uint; angles [rows, pairs, 2] float.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer Positions { uint positions[]; };
layout (binding = 1) writeonly buffer Angles { vec2 angles[]; };

const uvec2 TURNS_A_RADIAN = uvec2 (0x28be60dbu, 0x9391054au);   // 1 / 2 pi

// The product of fractions, high word first.
uvec2
multiply (uvec2 a, uvec2 b)
{
  uint high, low, crossed, carry, lost;
  umulExtended (a.x, b.x, high, low);
  umulExtended (a.x, b.y, crossed, lost);
  low = uaddCarry (low, crossed, carry);
  high += carry;
  umulExtended (a.y, b.x, crossed, lost);
  low = uaddCarry (low, crossed, carry);
  high += carry;
  return uvec2 (high, low);
}

// Cosine and sine of a fraction of a turn (Cephes cosf and sinf), |error| < 1e-7.
vec2
turn (uint fraction)
{
  uint quarter = (fraction + 0x20000000u) >> 30;
  float r = float (int (fraction - (quarter << 30))) * 1.46291807926715968e-9;   // 2 pi / 2^32
  float z = r * r;
  float s = ((-1.9515295891e-4 * z + 8.3321608736e-3) * z - 1.6666654611e-1) * z * r + r;
  float c = ((2.443315711809948e-5 * z - 1.388731625493765e-3) * z + 4.166664568298827e-2) * z * z
            - 0.5 * z + 1.0;
  vec2 turned = (quarter & 1u) != 0 ? vec2 (-s, c) : vec2 (c, s);
  return (quarter & 2u) != 0 ? -turned : turned;
}

void
main ()
{
  for (uint i = invocation_index (); i < p.rows * p.pairs; i += invocation_count ())
    {
      uint row = i / p.pairs;
      uvec2 frequency = TURNS_A_RADIAN;
      uvec2 ratio = uvec2 (p.ratio_high, p.ratio_low);
      uint pair = i - row * p.pairs;
      uint axis = p.axes > 1 ? pair % 3 : 0;

      // The power of the ratio by squaring.
      for (uint power = pair; power > 0; power >>= 1)
        {
          if ((power & 1u) != 0)
            frequency = multiply (frequency, ratio);
          ratio = multiply (ratio, ratio);
        }

      if (axis > 0 && pair >= 3 * (axis == 1 ? p.second : p.third))
        axis = 0;
      if (p.blocks != 0)
        axis = uint (pair + p.second + p.third >= p.pairs) + uint (pair + p.third >= p.pairs);
      uint position = positions[row * p.axes + axis];
      uint high, low;
      umulExtended (position, frequency.y, high, low);
      angles[i] = turn (position * frequency.x + high);
    }
}
