// SPDX-License-Identifier: GPL-3.0-or-later
//
// Each group of channels to mean 0 and variance 1 (biased) over all pixels, scaled by weight, shifted by
// bias, activated: an invocation a group and slice of pixels, which first brings together what the
// slices have summed (Chan et al. 1983).
//
// x, y [pixels, groups, channels / groups] STORE (may be the same); sums [slices, groups, 2] float: mean
// and squares around it; weight, bias [channels] float.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"
#include "activation.glsl"

layout (constant_id = 1) const uint ACTIVATION = 0;

layout (binding = 0) readonly buffer X { STORE x[]; };
layout (binding = 1) readonly buffer Sums { vec2 sums[]; };
layout (binding = 2) readonly buffer Weight { float weight[]; };
layout (binding = 3) readonly buffer Bias { float bias[]; };
layout (binding = 4) writeonly buffer Y { STORE y[]; };

void
main ()
{
  uint width = p.channels / p.groups;

  for (uint id = invocation_index (); id < p.slices * p.groups; id += invocation_count ())
    {
      uint slice = id / p.groups;
      uint group = id - slice * p.groups;
      float count = 0.0;
      float mean = 0.0;
      float squares = 0.0;

      for (uint i = 0; i < p.slices; i++)
        {
          vec2 part = sums[i * p.groups + group];
          float n = float ((min ((i + 1) * p.slice_pixels, p.pixels) - i * p.slice_pixels) * width);
          float away = part.x - mean;

          mean += away * n / (count + n);
          squares += part.y + away * away * count * n / (count + n);
          count += n;
        }
      float scale = 1.0 / sqrt (squares / count + p.eps);

      for (uint pixel = slice * p.slice_pixels; pixel < min ((slice + 1) * p.slice_pixels, p.pixels);
           pixel++)
        for (uint c = group * width; c < (group + 1) * width; c++)
          {
            uint at = pixel * p.channels + c;
            y[at] = STORE (activate ((float (x[at]) - mean) * scale * weight[c] + bias[c], ACTIVATION));
          }
    }
}
