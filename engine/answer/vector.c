/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/vector.h"

#include <math.h>

#include "engine/base/half.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

/* Numbers that are widened at once, where the processor does not do it by itself. */
#define PIECE 256

double
monocle_vector_dot (const float *a, const float *b, guint n)
{
  double sum = 0;

  for (guint i = 0; i < n; i++)
    sum += (double) a[i] * (double) b[i];
  return sum;
}

void
monocle_vector_normalise (float *values, guint n)
{
  double length = sqrt (monocle_vector_dot (values, values, n));

  for (guint i = 0; i < n && length > 0; i++)
    values[i] = (float) ((double) values[i] / length);
}

static float
dot_half (const float *a, const guint16 *b, guint n)
{
  float piece[PIECE], sum = 0;

  for (guint first = 0; first < n; first += PIECE)
    {
      guint k = MIN (PIECE, n - first);

      monocle_half_widen (b + first, k, piece);
      for (guint i = 0; i < k; i++)
        sum += a[first + i] * piece[i];
    }
  return sum;
}

#ifdef __x86_64__
__attribute__ ((target ("avx,f16c,fma"))) static float
dot_half_f16c (const float *a, const guint16 *b, guint n)
{
  __m256 sums[4]
      = { _mm256_setzero_ps (), _mm256_setzero_ps (), _mm256_setzero_ps (), _mm256_setzero_ps () };
  float parts[8], sum = 0;
  guint i = 0;

  for (; i + 32 <= n; i += 32)
    for (guint k = 0; k < 4; k++)
      sums[k] = _mm256_fmadd_ps (
          _mm256_cvtph_ps (_mm_loadu_si128 ((const __m128i *) (gconstpointer) (b + i + 8 * k))),
          _mm256_loadu_ps (a + i + 8 * k), sums[k]);
  sums[0] = _mm256_add_ps (_mm256_add_ps (sums[0], sums[1]), _mm256_add_ps (sums[2], sums[3]));
  _mm256_storeu_ps (parts, sums[0]);
  for (guint k = 0; k < 8; k++)
    sum += parts[k];
  return sum + dot_half (a + i, b + i, n - i);
}
#endif

float
monocle_vector_dot_half (const float *a, const guint16 *b, guint n)
{
#ifdef __x86_64__
  if (__builtin_cpu_supports ("avx") && __builtin_cpu_supports ("f16c")
      && __builtin_cpu_supports ("fma"))
    return dot_half_f16c (a, b, n);
#endif
  return dot_half (a, b, n);
}
