// SPDX-License-Identifier: GPL-3.0-or-later
//
// A step of AdamW over all parameters (Loshchilov and Hutter 2019), with gradients that are scaled, then
// clipped by the norm of all of them, and left as zeros. Where that norm is no number nothing is
// learnt.
//
// x, gradient, mean, square [4 n4] float; squares [1]: the sum of those of the gradient; settings [8]:
// rate, decay, both betas, what corrects mean and square in the first steps, scale and largest norm.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) buffer X { vec4 x[]; };
layout (binding = 1) buffer Gradient { vec4 gradient[]; };
layout (binding = 2) buffer Mean { vec4 mean[]; };
layout (binding = 3) buffer Square { vec4 square[]; };
layout (binding = 4) readonly buffer Squares { float squares[]; };
layout (binding = 5) readonly buffer Settings { float settings[]; };

void
main ()
{
  float rate = settings[0], decay = settings[1], beta1 = settings[2], beta2 = settings[3];
  float norm = sqrt (squares[0]) * settings[6];
  float scale = settings[6] * min (1.0, settings[7] / (norm + 1e-6));
  bool learns = norm <= 1e30;

  for (uint i = invocation_index (); i < p.n4; i += invocation_count ())
    {
      vec4 g = gradient[i] * scale;

      gradient[i] = vec4 (0.0);
      if (learns)
        {
          vec4 m = beta1 * mean[i] + (1.0 - beta1) * g;
          vec4 v = beta2 * square[i] + (1.0 - beta2) * g * g;

          mean[i] = m;
          square[i] = v;
          x[i] = x[i] * (1.0 - rate * decay)
                 - rate / settings[4] * m / (sqrt (v / settings[5]) + 1e-8);
        }
    }
}
