// SPDX-License-Identifier: GPL-3.0-or-later
//
// Keys and values of a head beside each other, for attention_straight: rows lie so far apart that they would share few
// places of a processor's cache, and the compiler would not know their addresses. A subgroup writes one of a head;
// rows past the end are the last one.
//
// k, v floats: row, head, channel at row * kv_row + head * WIDTH + channel; packed [heads, rows, 2, WIDTH] floats.
// Grid: rows by subgroups, heads.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"
#include "addresses.glsl"

layout (constant_id = 1) const uint WIDTH = 64;   // even

layout (binding = 0) writeonly buffer Packed { uint64_t packed[]; };

layout (buffer_reference, std430, buffer_reference_align = 8) readonly buffer Pairs { uint64_t at[]; };

void
copy (uint64_t from, uint to)
{
  Pairs f = Pairs (from);

  [[unroll]] for (uint i = 0; i < WIDTH / 2; i++)
    packed[to + i] = f.at[i];
}

void
main ()
{
  uint row = known (gl_WorkGroupID.x) * (gl_WorkGroupSize.x / 8) + known_byte (gl_SubgroupID);
  uint head = known_byte (gl_WorkGroupID.y);
  uint64_t at = (uint64_t (min (row, p.keys - 1)) * p.kv_row + head * WIDTH) * 4;
  uint to = (head * p.rows + row) * WIDTH;   // in pairs, of which a row has twice WIDTH / 2

  copy (address (p.k_low, p.k_high) + at, to);
  copy (address (p.v_low, p.v_high) + at, to + WIDTH / 2);
}
