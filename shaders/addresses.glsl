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
#extension GL_EXT_shader_explicit_arithmetic_types_int16 : require
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require

layout (buffer_reference, std430, buffer_reference_align = 4) readonly buffer Floats { float at[]; };
layout (buffer_reference, std430, buffer_reference_align = 4) readonly buffer Halves { uint16_t at[]; };

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

layout (buffer_reference, std430, buffer_reference_align = 16) readonly buffer Fours { vec4 at[]; };

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

float
pick_8 (vec4 first, vec4 second)
{
  float v = first[0];

  [[unroll]] for (uint i = 1; i < 4; i++)
    v = mix (v, first[i], gl_SubgroupInvocationID == i);
  [[unroll]] for (uint i = 0; i < 4; i++)
    v = mix (v, second[i], gl_SubgroupInvocationID == i + 4);
  return v;
}

// The same of multiples of 16 bytes: less to compile.
float
read_aligned_8 (uint64_t from)
{
  Fours f = Fours (from);

  return pick_8 (f.at[0], f.at[1]);
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
  Floats f = Floats (first), s = Floats (second);
  float v = f.at[0];

  [[unroll]] for (uint i = 1; i < 4; i++)
    {
      float other = f.at[i];
      v = mix (v, other, gl_SubgroupInvocationID == i);
    }
  [[unroll]] for (uint i = 0; i < 4; i++)
    {
      float other = s.at[i];
      v = mix (v, other, gl_SubgroupInvocationID == i + 4);
    }
  return v;
}

// The bits of eight halves from @from.
uint
read_halves_8 (uint64_t from)
{
  Halves f = Halves (from);
  uint16_t v = f.at[0];

  [[unroll]] for (uint i = 1; i < 8; i++)
    {
      uint16_t other = f.at[i];
      v = mix (v, other, gl_SubgroupInvocationID == i);
    }
  return uint (v);
}

// Adds up two vectors, the first to lanes where @bit is clear, the second to the others: of lanes that differ
// by that bit alone.
float
fold (float first, float second, uint bit)
{
  bool is_second = (gl_SubgroupInvocationID & bit) != 0;

  return mix (first, second, is_second)
         + subgroupShuffle (mix (second, first, is_second), gl_SubgroupInvocationID ^ bit);
}
