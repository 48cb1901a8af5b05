// SPDX-License-Identifier: GPL-3.0-or-later
//
// The largest of each window of an image, channel by channel; what lies outside does not take part. One
// invocation for four channels of a window.
//
// x [height, width, 4 channels4] STORE; y [out_height, out_width, 4 channels4] STORE.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer X { STORE4 x[]; };
layout (binding = 1) writeonly buffer Y { STORE4 y[]; };

void
main ()
{
  uint count = p.out_height * p.out_width * p.channels4;

  for (uint i = invocation_index (); i < count; i += invocation_count ())
    {
      uint window = i / p.channels4;
      uint channel = i - window * p.channels4;
      int top = int (window / p.out_width * p.stride) - int (p.padding);
      int left = int (window % p.out_width * p.stride) - int (p.padding);
      int bottom = min (top + int (p.kernel), int (p.height));
      int right = min (left + int (p.kernel), int (p.width));

      top = max (top, 0);
      left = max (left, 0);
      vec4 most = vec4 (x[(uint (top) * p.width + uint (left)) * p.channels4 + channel]);
      for (int row = top; row < bottom; row++)
        for (int column = left; column < right; column++)
          most = max (most, vec4 (x[(uint (row) * p.width + uint (column)) * p.channels4 + channel]));
      y[i] = STORE4 (most);
    }
}
