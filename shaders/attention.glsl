// SPDX-License-Identifier: GPL-3.0-or-later
//
// Softmax attention of QUERIES queries at once, four keys a step, without storing scores: a running
// maximum, and sums that are scaled down whenever it grows (Milakov and Gimelshein 2018). Each key
// and value is read once for all the queries.
//
// The includer defines constants QUERIES and WIDTH (head width) and the macros LOAD_KEY (at, c) and
// LOAD_VALUE (at, c): part c (four channels) of the key or value found at at.

vec4 query[QUERIES][WIDTH / 4];
vec4 weighted[QUERIES][WIDTH / 4];  // sum of value * e^(score - largest)
float total[QUERIES];               // sum of e^(score - largest)
float largest[QUERIES];
uint n_seen[QUERIES];               // keys 0 .. n_seen - 1 count

void
attend_start ()
{
  [[unroll]] for (uint i = 0; i < QUERIES; i++)
    {
      total[i] = 0.0;
      largest[i] = -1e30;
      [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
        weighted[i][c] = vec4 (0.0);
    }
}

// Keys first .. first + 3; for those past the end, at repeats one that exists.
void
attend_four (uint first, uvec4 key_at, uvec4 value_at)
{
  vec4 scores[QUERIES];
  [[unroll]] for (uint i = 0; i < QUERIES; i++)
    scores[i] = vec4 (0.0);
  [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
    {
      vec4 a = LOAD_KEY (key_at.x, c);
      vec4 b = LOAD_KEY (key_at.y, c);
      vec4 d = LOAD_KEY (key_at.z, c);
      vec4 e = LOAD_KEY (key_at.w, c);
      [[unroll]] for (uint i = 0; i < QUERIES; i++)
        {
          vec4 q = query[i][c];
          scores[i] += vec4 (dot (q, a), dot (q, b), dot (q, d), dot (q, e));
        }
    }

  vec4 parts[QUERIES];
  [[unroll]] for (uint i = 0; i < QUERIES; i++)
    {
      // A key that is not seen must not raise the maximum, and counts 0.
      bvec4 seen = lessThan (uvec4 (first) + uvec4 (0, 1, 2, 3), uvec4 (n_seen[i]));
      vec4 s = mix (vec4 (largest[i]), scores[i], seen);
      float top = max (max (s.x, s.y), max (s.z, max (s.w, largest[i])));
      float shrink = exp_exact (largest[i] - top);
      parts[i] = mix (vec4 (0.0),
                      vec4 (exp_exact (s.x - top), exp_exact (s.y - top), exp_exact (s.z - top),
                            exp_exact (s.w - top)),
                      seen);
      total[i] = total[i] * shrink + dot (parts[i], vec4 (1.0));
      largest[i] = top;
      [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
        weighted[i][c] *= shrink;
    }

  [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
    {
      vec4 a = LOAD_VALUE (value_at.x, c);
      vec4 b = LOAD_VALUE (value_at.y, c);
      vec4 d = LOAD_VALUE (value_at.z, c);
      vec4 e = LOAD_VALUE (value_at.w, c);
      [[unroll]] for (uint i = 0; i < QUERIES; i++)
        weighted[i][c] += parts[i].x * a + parts[i].y * b + parts[i].z * d + parts[i].w * e;
    }
}

// Result part c of query i; zeros where no key was seen.
vec4
attend_result (uint i, uint c)
{
  return total[i] > 0.0 ? weighted[i][c] / total[i] : vec4 (0.0);
}
