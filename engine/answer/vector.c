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

/* Numbers that are multiplied at once, wherever they lie. */
typedef float Lanes __attribute__ ((vector_size (32), aligned (4), may_alias));

#define LANES (sizeof (Lanes) / sizeof (float))

/* --- one with many that are stored in 16 bits --- */

/* Sums that do not wait for each other. */
#define N_SUMS 4

/* What is added at once. */
#define STEP (N_SUMS * LANES)

G_STATIC_ASSERT (PIECE % STEP == 0);

/* Which product goes into which sum, and in which order those are added, is the same on every
 * processor, and nothing is contracted: so is every bit of what comes of it. */
static inline __attribute__ ((always_inline)) float
add_up (const Lanes *sums)
{
  const Lanes all = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  float sum = 0;

  for (guint lane = 0; lane < LANES; lane++)
    sum += all[lane];
  return sum;
}

/* What is less than a step. */
static float
dot_rest (const float *a, const guint16 *b, guint n)
{
  float wide[STEP], sum = 0;

  monocle_half_widen (b, n, wide);
  for (guint i = 0; i < n; i++)
    sum += a[i] * wide[i];
  return sum;
}

float
monocle_vector_dot_half_plain (const float *a, const guint16 *b, guint n)
{
  const guint whole = n - n % STEP;
  Lanes sums[N_SUMS] = { 0 };
  float piece[PIECE];

  for (guint first = 0; first < whole; first += PIECE)
    {
      const guint count = MIN (PIECE, whole - first);

      monocle_half_widen (b + first, count, piece);
      for (guint i = 0; i < count; i += STEP)
        for (guint k = 0; k < N_SUMS; k++)
          sums[k] += *(const Lanes *) (gconstpointer) (a + first + i + LANES * k)
                     * *(const Lanes *) (gconstpointer) (piece + i + LANES * k);
    }
  return add_up (sums) + dot_rest (a + whole, b + whole, n - whole);
}

#ifdef __x86_64__
__attribute__ ((target ("avx,f16c"))) static float
dot_half_f16c (const float *a, const guint16 *b, guint n)
{
  const guint whole = n - n % STEP;
  Lanes sums[N_SUMS] = { 0 };

  for (guint i = 0; i < whole; i += STEP)
#pragma GCC unroll 4
    for (guint k = 0; k < N_SUMS; k++)
      sums[k] += *(const Lanes *) (gconstpointer) (a + i + LANES * k)
                 * (Lanes) _mm256_cvtph_ps (
                     _mm_loadu_si128 ((const __m128i *) (gconstpointer) (b + i + LANES * k)));
  return add_up (sums) + dot_rest (a + whole, b + whole, n - whole);
}
#endif

float
monocle_vector_dot_half (const float *a, const guint16 *b, guint n)
{
#ifdef __x86_64__
  if (__builtin_cpu_supports ("avx") && __builtin_cpu_supports ("f16c"))
    return dot_half_f16c (a, b, n);
#endif
  return monocle_vector_dot_half_plain (a, b, n);
}

/* --- many with many --- */

/* Rows of the one and of the other that meet at once: as many sums as there are registers. */
#define TILE_A 4
#define TILE_B 3

/* out [n_a, n_b] for at most a tile of each. */
static inline __attribute__ ((always_inline)) void
dot_tile (const float *a, guint n_a, const float *b, guint n_b, guint n, float *out, gsize stride)
{
  Lanes sums[TILE_A][TILE_B] = { 0 };
  guint k = 0;

  for (; k + LANES <= n; k += LANES)
#pragma GCC unroll 4
    for (guint i = 0; i < n_a; i++)
#pragma GCC unroll 3
      for (guint j = 0; j < n_b; j++)
        sums[i][j] += *(const Lanes *) (gconstpointer) (a + (gsize) i * n + k)
                      * *(const Lanes *) (gconstpointer) (b + (gsize) j * n + k);
  for (guint i = 0; i < n_a; i++)
    for (guint j = 0; j < n_b; j++)
      {
        float sum = 0;

        for (guint lane = 0; lane < LANES; lane++)
          sum += sums[i][j][lane];
        for (guint rest = k; rest < n; rest++)
          sum += a[(gsize) i * n + rest] * b[(gsize) j * n + rest];
        out[i * stride + j] = sum;
      }
}

static inline __attribute__ ((always_inline)) void
dot_tiles (const float *a, guint n_a, const float *b, guint n_b, guint n, float *out)
{
  for (guint j = 0; j < n_b; j += TILE_B)
    for (guint i = 0; i < n_a; i += TILE_A)
      {
        const float *x = a + (gsize) i * n, *y = b + (gsize) j * n;
        float *to = out + (gsize) i * n_b + j;

        if (n_a - i >= TILE_A && n_b - j >= TILE_B)
          dot_tile (x, TILE_A, y, TILE_B, n, to, n_b);
        else
          dot_tile (x, MIN (n_a - i, TILE_A), y, MIN (n_b - j, TILE_B), n, to, n_b);
      }
}

#ifdef __x86_64__
__attribute__ ((target ("avx2,fma"))) static void
dot_tiles_fma (const float *a, guint n_a, const float *b, guint n_b, guint n, float *out)
{
  dot_tiles (a, n_a, b, n_b, n, out);
}
#endif

void
monocle_vector_dot_all (const float *a, guint n_a, const float *b, guint n_b, guint n, float *out)
{
#ifdef __x86_64__
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    {
      dot_tiles_fma (a, n_a, b, n_b, n, out);
      return;
    }
#endif
  dot_tiles (a, n_a, b, n_b, n, out);
}
