// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reading at addresses, as one software device does best: a processor that plays eight invocations at once by
// one vector. Where its compiler knows that all eight read at one address, and no branch or loop surrounds the
// read, there is no question of who takes part and of where a buffer ends, and a read is a move of one number to
// all of a vector. Eight of those, of which each invocation keeps its own, become one move of eight numbers.
//
// What is the same for all eight it knows by two rules, of which older versions have the first, newer the second:
// what is read of an array of push constants is; what is computed of numbers of workgroups and subgroups is. So
// these numbers go through a table, of the digits themselves.
//
// Needs push constants `digits`, 0 to 15. Subgroups have eight invocations.

#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require

layout (buffer_reference, std430, buffer_reference_align = 4) readonly buffer Floats { float at[]; };
layout (buffer_reference, std430, buffer_reference_align = 4) readonly buffer Words { uint at[]; };

// @v: the same for a subgroup, below 256 or 65536
uint
known_byte (uint v)
{
  return p.digits[v & 15] + 16 * p.digits[v >> 4 & 15];
}

uint
known (uint v)
{
  return known_byte (v) + 256 * known_byte (v >> 8);
}

uint64_t
address (uint low, uint high)
{
  return packUint2x32 (uvec2 (low, high));
}

// Of what is read for all, each invocation takes what is its own; a condition would be a branch.

// Eight floats from @from.
float
read_8 (uint64_t from)
{
  Floats f = Floats (from);
  float v = f.at[0];

  [[unroll]] for (uint i = 1; i < 8; i++)
    {
      float other = f.at[i];
      v = mix (v, other, gl_SubgroupInvocationID == i);
    }
  return v;
}

// Four floats from @from, twice.
float
read_4 (uint64_t from)
{
  Floats f = Floats (from);
  float v = f.at[0];

  [[unroll]] for (uint i = 1; i < 4; i++)
    {
      float other = f.at[i];
      v = mix (v, other, (gl_SubgroupInvocationID & 3) == i);
    }
  return v;
}

// Four floats from each.
float
read_4_4 (uint64_t first, uint64_t second)
{
  return mix (read_4 (first), read_4 (second), gl_SubgroupInvocationID >= 4);
}

// Four halves from each.
float
read_halves_4_4 (uint64_t first, uint64_t second)
{
  uint lane = gl_SubgroupInvocationID;
  Words f = Words (first), s = Words (second);
  uint first_low = f.at[0], first_high = f.at[1], second_low = s.at[0], second_high = s.at[1];
  uint low = mix (second_low, first_low, lane < 4), high = mix (second_high, first_high, lane < 4);
  uint v = mix (high, low, (lane & 2) == 0);

  return unpackHalf2x16 (v >> (lane & 1) * 16).x;
}
