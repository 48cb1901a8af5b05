// SPDX-License-Identifier: GPL-3.0-or-later
//
// The tokens of padding in a window: all have the same key and value, the bias of the qkv product, so
// that they are one key that counts several times.
//
// Needs attention.glsl, the binding bias [3, heads, WIDTH] and p.heads.

void
attend_padding (uint head, uint count)
{
  uint channels4 = p.heads * (WIDTH / 4);
  uint at = channels4 + head * (WIDTH / 4);

  if (count == 0)
    return;
  [[unroll]] for (uint i = 0; i < QUERIES; i++)
    {
      float score = 0.0;
      [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
        score += dot (query[i][c], bias[at + c]);
      float top = max (largest[i], score);
      float shrink = exp_exact (largest[i] - top);
      float weight = float (count) * exp_exact (score - top);
      largest[i] = top;
      total[i] = total[i] * shrink + weight;
      [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
        weighted[i][c] = weighted[i][c] * shrink + weight * bias[at + channels4 + c];
    }
}
