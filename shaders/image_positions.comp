// SPDX-License-Identifier: GPL-3.0-or-later
//
// Position and time of image tokens: y[r, c] = x[r, c] + [columns[c] ; rows[r]] + temporal, where the
// first column_channels channels come from columns and the others from rows.
//
// x, y [height, width, 4 channels4] STORE; columns [.., column_channels], rows [.., the others]
// WEIGHT; temporal [4 channels4] float.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer X { STORE4 x[]; };
layout (binding = 1) readonly buffer Columns { WEIGHT columns[]; };
layout (binding = 2) readonly buffer Rows { WEIGHT rows[]; };
layout (binding = 3) readonly buffer Temporal { vec4 temporal[]; };
layout (binding = 4) writeonly buffer Y { STORE4 y[]; };

void
main ()
{
  uint count = p.height * p.width * p.channels4;
  uint row_channels = 4 * p.channels4 - p.column_channels;

  for (uint i = invocation_index (); i < count; i += invocation_count ())
    {
      uint token = i / p.channels4;
      uint first = (i - token * p.channels4) * 4;
      vec4 value = vec4 (x[i]) + temporal[first / 4];
      [[unroll]] for (uint j = 0; j < 4; j++)
        {
          uint c = first + j;
          if (c < p.column_channels)
            value[j] += float (columns[token % p.width * p.column_channels + c]);
          else
            value[j] += float (rows[token / p.width * row_channels + c - p.column_channels]);
        }
      y[i] = STORE4 (value);
    }
}
