// SPDX-License-Identifier: GPL-3.0-or-later
//
// Patches of an image as rows of a matrix, so that a convolution becomes a product.
//
// x [height, width, channels] STORE; y [rows, 4 columns4] STORE: the patches from number first on, which
// lie in rows of out_width; columns ordered (ky, kx, channel) and filled up with zeros; outside the image
// are zeros too. Each pixel counts as a square of enlarge x enlarge.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer X { STORE x[]; };
layout (binding = 0) readonly buffer X4 { STORE4 x4[]; };
layout (binding = 1) writeonly buffer Y { STORE4 y[]; };

void
main ()
{
  uint count = p.rows * p.columns4;
  uint used = p.kernel * p.kernel * p.channels;
  int height = int (p.height * p.enlarge);
  int width = int (p.width * p.enlarge);

  for (uint i = invocation_index (); i < count; i += invocation_count ())
    {
      uint row = i / p.columns4;
      uint column = (i - row * p.columns4) * 4;
      uint place = p.first + row;
      int top = int (place / p.out_width * p.stride) - int (p.padding);
      int left = int (place % p.out_width * p.stride) - int (p.padding);
      vec4 value = vec4 (0.0);

      if (p.channels % 4 == 0)
        {
          uint tap = column / p.channels;
          int iy = top + int (tap / p.kernel);
          int ix = left + int (tap % p.kernel);
          if (column < used && iy >= 0 && iy < height && ix >= 0 && ix < width)
            value = vec4 (x4[((uint (iy) / p.enlarge * p.width + uint (ix) / p.enlarge) * p.channels
                              + column - tap * p.channels) / 4]);
        }
      else
        {
          [[unroll]] for (uint j = 0; j < 4; j++)
            {
              uint tap = (column + j) / p.channels;
              int iy = top + int (tap / p.kernel);
              int ix = left + int (tap % p.kernel);
              if (column + j < used && iy >= 0 && iy < height && ix >= 0 && ix < width)
                value[j] = float (x[(uint (iy) / p.enlarge * p.width + uint (ix) / p.enlarge)
                                    * p.channels + column + j
                                    - tap * p.channels]);
            }
        }
      y[i] = STORE4 (value);
    }
}
