// SPDX-License-Identifier: GPL-3.0-or-later
//
// Patches of an image as rows of a matrix, for CPU devices: see im2col.comp. x, whose channels are a multiple
// of 4, is read through a texel buffer from x_first; where a tap lies outside the image the first texel is
// read, and zeros take its place.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"
#include "im2col.glsl"

layout (binding = 0) writeonly buffer Y { STORE4 y[]; };
layout (binding = 1) uniform textureBuffer x;

void
main ()
{
  uint channels4 = p.channels / 4;
  uint count = p.rows * p.columns4;

  for (uint i = invocation_index (); i < count; i += invocation_count ())
    {
      uint row = i / p.columns4;
      uint column = i - row * p.columns4;
      uint tap = column / channels4;
      int pixel = find_pixel (p.first + row, tap);
      uint at = uint (max (pixel, 0)) * channels4 + column - tap * channels4;
      vec4 value = texelFetch (x, int (p.x_first + at));

      y[i] = STORE4 (pixel >= 0 ? value : vec4 (0.0));
    }
}
