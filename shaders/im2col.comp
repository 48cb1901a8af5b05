// SPDX-License-Identifier: GPL-3.0-or-later
//
// Patches of an image as rows of a matrix, so that a convolution becomes a product.
//
// x [height, width, channels] STORE (x_first is for im2col_block); y [rows, 4 columns4] STORE: the patches from
// number first on; columns ordered (ky, kx, channel) and filled up with zeros; outside the image are zeros too.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"
#include "im2col.glsl"

layout (binding = 0) writeonly buffer Y { STORE4 y[]; };
layout (binding = 1) readonly buffer X { STORE x[]; };
layout (binding = 1) readonly buffer X4 { STORE4 x4[]; };

void
main ()
{
  uint count = p.rows * p.columns4;
  uint used = p.kernel * p.kernel * p.channels;

  for (uint i = invocation_index (); i < count; i += invocation_count ())
    {
      uint row = i / p.columns4;
      uint column = (i - row * p.columns4) * 4;
      vec4 value = vec4 (0.0);

      if (p.channels % 4 == 0)
        {
          uint tap = column / p.channels;
          int pixel = column < used ? find_pixel (p.first + row, tap) : -1;
          if (pixel >= 0)
            value = vec4 (x4[(uint (pixel) * p.channels + column - tap * p.channels) / 4]);
        }
      else
        {
          [[unroll]] for (uint j = 0; j < 4; j++)
            {
              uint tap = (column + j) / p.channels;
              int pixel = column + j < used ? find_pixel (p.first + row, tap) : -1;
              if (pixel >= 0)
                value[j] = float (x[uint (pixel) * p.channels + column + j - tap * p.channels]);
            }
        }
      y[i] = STORE4 (value);
    }
}
