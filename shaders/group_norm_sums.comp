// SPDX-License-Identifier: GPL-3.0-or-later
//
// Of each group of channels in each slice of pixels the mean, and the sum of squares around it: an
// invocation a group and slice; lanes lie along the groups, whose channels are neighbours.
//
// x [pixels, groups, channels / groups] STORE; sums [slices, groups, 2] float.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer X { STORE x[]; };
layout (binding = 1) writeonly buffer Sums { vec2 sums[]; };

void
main ()
{
  uint width = p.channels / p.groups;

  for (uint id = invocation_index (); id < p.slices * p.groups; id += invocation_count ())
    {
      uint slice = id / p.groups;
      uint group = id - slice * p.groups;
      uint first = slice * p.slice_pixels;
      uint last = min (first + p.slice_pixels, p.pixels);
      float count = float ((last - first) * width);
      float sum = 0.0;
      float squares = 0.0;

      for (uint pixel = first; pixel < last; pixel++)
        for (uint c = 0; c < width; c++)
          sum += float (x[pixel * p.channels + group * width + c]);
      // Around the mean, in a second pass: one pass of squares loses the digits of a large mean.
      float mean = sum / count;
      for (uint pixel = first; pixel < last; pixel++)
        for (uint c = 0; c < width; c++)
          {
            float d = float (x[pixel * p.channels + group * width + c]) - mean;
            squares += d * d;
          }
      sums[id] = vec2 (mean, squares);
    }
}
