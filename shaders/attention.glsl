// SPDX-License-Identifier: GPL-3.0-or-later
//
// Softmax attention of QUERIES queries at once, KEYS keys a step, without storing scores: a running
// maximum, and sums that are scaled down whenever it grows (Milakov and Gimelshein 2018). Each key
// and value is read once for all the queries.
//
// The includer defines constants QUERIES, KEYS (several where one key alone is little work; the time a
// software driver takes to compile grows with QUERIES * KEYS) and WIDTH (head width), and the macros
// LOAD_KEY (at, c) and LOAD_VALUE (at, c): part c (four channels) of the key or value found at at. It
// may define SCORE_BIAS (i, key): what is added to the score of query i; SCORE_BOUND (score): what becomes of
// scores.

#ifndef SCORE_BIAS
#define SCORE_BIAS(i, key) 0.0
#endif
#ifndef SCORE_BOUND
#define SCORE_BOUND(score) score
#endif

vec4 query[QUERIES][WIDTH / 4];
vec4 weighted[QUERIES][WIDTH / 4];  // sum of value * e^(score - largest)
float total[QUERIES];               // sum of e^(score - largest)
float largest[QUERIES];

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

// Keys first .. first + KEYS - 1, of which query i sees those below n_seen[i]; for the others, at must
// be of a key that exists.
void
attend (uint first, uint n_seen[QUERIES], uint key_at[KEYS], uint value_at[KEYS])
{
  float parts[QUERIES][KEYS];

  [[unroll]] for (uint i = 0; i < QUERIES; i++)
    [[unroll]] for (uint j = 0; j < KEYS; j++)
      parts[i][j] = SCORE_BIAS (i, first + j);
  [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
    [[unroll]] for (uint j = 0; j < KEYS; j++)
      {
        vec4 key = LOAD_KEY (key_at[j], c);
        [[unroll]] for (uint i = 0; i < QUERIES; i++)
          parts[i][j] += dot (query[i][c], key);
      }

  [[unroll]] for (uint i = 0; i < QUERIES; i++)
    {
      [[unroll]] for (uint j = 0; j < KEYS; j++)
        parts[i][j] = SCORE_BOUND (parts[i][j]);
      // A key that is not seen must not raise the maximum, and counts 0.
      float shrink;
      if (KEYS == 1)
        {
          // Either the key or the sums before it are scaled, so that one exponential will do.
          float score = parts[i][0];
          float rise = score - largest[i];
          float scaled = exp_exact (-abs (rise));
          bool seen = first < n_seen[i];
          shrink = seen && rise > 0.0 ? scaled : 1.0;
          parts[i][0] = seen ? rise > 0.0 ? 1.0 : scaled : 0.0;
          largest[i] = seen ? max (largest[i], score) : largest[i];
          total[i] = total[i] * shrink + parts[i][0];
        }
      else
        {
          float top = largest[i];
          [[unroll]] for (uint j = 0; j < KEYS; j++)
            if (first + j < n_seen[i])
              top = max (top, parts[i][j]);
          shrink = exp_exact (largest[i] - top);
          // Sums of a step first: the long ones then round less often.
          float sum = 0.0;
          largest[i] = top;
          [[unroll]] for (uint j = 0; j < KEYS; j++)
            {
              parts[i][j] = first + j < n_seen[i] ? exp_exact (parts[i][j] - top) : 0.0;
              sum += parts[i][j];
            }
          total[i] = total[i] * shrink + sum;
        }
      [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
        weighted[i][c] *= shrink;
    }

  [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
    {
      vec4 sums[QUERIES];
      [[unroll]] for (uint j = 0; j < KEYS; j++)
        {
          vec4 value = LOAD_VALUE (value_at[j], c);
          [[unroll]] for (uint i = 0; i < QUERIES; i++)
            sums[i] = j == 0 ? parts[i][0] * value : sums[i] + parts[i][j] * value;
        }
      [[unroll]] for (uint i = 0; i < QUERIES; i++)
        weighted[i][c] += sums[i];
    }
}

// One key that lies elsewhere, whose score with query i the includer has summed: the weight by which it
// adds the value to weighted[i].
float
attend_one (uint i, float score)
{
  float top = max (largest[i], score);
  float shrink = exp_exact (largest[i] - top);
  float weight = exp_exact (score - top);

  largest[i] = top;
  total[i] = total[i] * shrink + weight;
  [[unroll]] for (uint c = 0; c < WIDTH / 4; c++)
    weighted[i][c] *= shrink;
  return weight;
}

// Result part c of query i; zeros where no key was seen.
vec4
attend_result (uint i, uint c)
{
  return total[i] > 0.0 ? weighted[i][c] / total[i] : vec4 (0.0);
}
