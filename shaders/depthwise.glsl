// SPDX-License-Identifier: GPL-3.0-or-later
//
// y = x + (3x3 depthwise convolution of x, stride 1, zero padding 1) + bias. One invocation computes
// four channels of ROWS pixels above each other, so that a row of x is read once for three results.
//
// x, y [height, width, 4 channels4] STORE; w [3 * 3, 4 channels4] WEIGHT; bias [4 channels4] float.
//
// The includer defines how x and w are read: LOAD_X, LOAD_W (at).

layout (constant_id = 1) const uint ROWS = 4;

layout (binding = 0) readonly buffer Bias { vec4 bias[]; };
layout (binding = 1) writeonly buffer Y { STORE4 y[]; };

void
main ()
{
  uint id = invocation_index ();
  uint channel = id % p.channels4;
  uint column = id / p.channels4 % p.width;
  uint first_row = id / p.channels4 / p.width * ROWS;
  vec4 taps[3][3];
  vec4 sums[ROWS];

  if (first_row >= p.height)
    return;

  [[unroll]] for (uint i = 0; i < 3; i++)
    [[unroll]] for (uint j = 0; j < 3; j++)
      taps[i][j] = LOAD_W ((3 * i + j) * p.channels4 + channel);
  // The taps outside the image count nothing; what is read for them is the pixel itself.
  if (column == 0)
    taps[0][0] = taps[1][0] = taps[2][0] = vec4 (0.0);
  if (column == p.width - 1)
    taps[0][2] = taps[1][2] = taps[2][2] = vec4 (0.0);
  uint left = column == 0 ? 0 : p.channels4;
  uint right = column == p.width - 1 ? 0 : p.channels4;

  [[unroll]] for (uint i = 0; i < ROWS; i++)
    sums[i] = bias[channel];

  // Row i of these is the one above result i: it reaches results i - 2, i - 1 and i.
  [[unroll]] for (uint i = 0; i < ROWS + 2; i++)
    {
      uint row = first_row + i;  // one more than the row itself
      if (row >= 1 && row <= p.height)
        {
          uint at = ((row - 1) * p.width + column) * p.channels4 + channel;
          vec4 a = LOAD_X (at - left);
          vec4 b = LOAD_X (at);
          vec4 c = LOAD_X (at + right);
          [[unroll]] for (uint tap = 0; tap < 3; tap++)
            if (i >= tap && i - tap < ROWS)
              {
                sums[i - tap] += a * taps[tap][0] + b * taps[tap][1] + c * taps[tap][2];
                if (tap == 1)
                  sums[i - tap] += b;
              }
        }
    }

  [[unroll]] for (uint i = 0; i < ROWS; i++)
    if (first_row + i < p.height)
      y[((first_row + i) * p.width + column) * p.channels4 + channel] = STORE4 (sums[i]);
}
