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
#extension GL_EXT_shader_explicit_arithmetic_types_int8 : require
#extension GL_EXT_shader_explicit_arithmetic_types_int16 : require
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require

layout (buffer_reference, std430, buffer_reference_align = 4) readonly buffer Floats { float at[]; };
layout (buffer_reference, std430, buffer_reference_align = 16) readonly buffer Fours { vec4 at[]; };
layout (buffer_reference, std430, buffer_reference_align = 4) readonly buffer Bytes { i8vec4 at[]; };
layout (buffer_reference, std430, buffer_reference_align = 2) readonly buffer Half { uint16_t at[]; };
layout (buffer_reference, std430, buffer_reference_align = 8) readonly buffer Halves { u16vec4 at[]; };

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

// Of what is read for all, each invocation takes what is its own; a condition would be a branch. Fours are read since they
// are less to compile.

// Four floats from @from, twice.
float
read_4 (uint64_t from)
{
  vec4 first = Fours (from).at[0];
  float v = first[0];

  [[unroll]] for (uint i = 1; i < 4; i++)
    v = mix (v, first[i], (gl_SubgroupInvocationID & 3) == i);
  return v;
}

// Four floats from each.
float
read_4_4 (uint64_t first, uint64_t second)
{
  vec4 f = Fours (first).at[0], s = Fours (second).at[0];
  float v = f[0];

  [[unroll]] for (uint i = 1; i < 8; i++)
    v = mix (v, i < 4 ? f[i % 4] : s[i % 4], gl_SubgroupInvocationID == i);
  return v;
}

// Eight floats from @from.
float
read_8 (uint64_t from)
{
  return read_4_4 (from, from + 16);
}

// The bits of eight halves from @from.
uint
read_halves_8 (uint64_t from)
{
  Halves f = Halves (from);
  u16vec4 first = f.at[0], second = f.at[1];
  uint16_t v = first[0];

  [[unroll]] for (uint i = 1; i < 8; i++)
    v = mix (v, i < 4 ? first[i % 4] : second[i % 4], gl_SubgroupInvocationID == i);
  return uint (v);
}

// Eight integers of 8 bits from @from.
float
read_bytes_8 (uint64_t from)
{
  Bytes f = Bytes (from);
  i8vec4 first = f.at[0], second = f.at[1];
  int8_t v = first[0];

  [[unroll]] for (uint i = 1; i < 8; i++)
    v = mix (v, i < 4 ? first[i % 4] : second[i % 4], gl_SubgroupInvocationID == i);
  return float (int (v));
}

// Eight weights from @from, as the build has them, without the scale of those of 8 bits.
#if WEIGHT_Q8
const uint WEIGHT_BYTES = 1;
#elif WEIGHT_F16
const uint WEIGHT_BYTES = 2;
#else
const uint WEIGHT_BYTES = 4;
#endif

float
read_weights_8 (uint64_t from)
{
#if WEIGHT_Q8
  return read_bytes_8 (from);
#elif WEIGHT_F16
  return unpackHalf2x16 (read_halves_8 (from)).x;
#else
  return read_8 (from);
#endif
}

// One half, for all.
float
read_half (uint64_t from)
{
  return unpackHalf2x16 (uint (Half (from).at[0])).x;
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
