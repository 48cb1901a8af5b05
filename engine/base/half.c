/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Half precision and bfloat16 over arrays: branch-free loops that the compiler vectorises. On x86 a
 * second version uses the F16C instructions where the processor has them; same bits.
 *
 * Source: the method of M. Dukhan's FP16 library; test-half.c goes through all 65,536 halves.
 */
#include "config.h"

#include "engine/base/half.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define HAVE_F16C 1
#include <immintrin.h>
#else
#define HAVE_F16C 0
#endif

static inline float
float_of_bits (guint32 bits)
{
  float value;
  memcpy (&value, &bits, sizeof value);
  return value;
}

static inline guint32
bits_of_float (float value)
{
  guint32 bits;
  memcpy (&bits, &value, sizeof bits);
  return bits;
}

static inline float
widen_one (guint16 half)
{
  const guint32 w = (guint32) half << 16;
  const guint32 sign = w & 0x80000000u;
  const guint32 two_w = w + w;
  /* Normal: move exponent and mantissa into place, then correct the exponent's bias by 2^-112. */
  const float normal = float_of_bits ((two_w >> 4) + (0xe0u << 23)) * 0x1.0p-112f;
  /* Subnormal: put the mantissa below 0.5, then take 0.5 away. */
  const float subnormal = float_of_bits ((two_w >> 17) | (126u << 23)) - 0.5f;
  const guint32 bits = two_w < (1u << 27) ? bits_of_float (subnormal) : bits_of_float (normal);
  return float_of_bits (sign | bits);
}

static inline guint16
narrow_one (float value)
{
  const guint32 w = bits_of_float (value);
  const guint32 two_w = w + w;
  const guint32 exponent = MAX (two_w & 0xff000000u, 0x71000000u);
  /* Scaling by 2^112 and 2^-110 turns what is too large into infinity; adding a power of two then
   * rounds the mantissa at the right bit, as the processor rounds: to nearest, ties to even. */
  const float scaled = (float_of_bits (w & 0x7fffffffu) * 0x1.0p+112f) * 0x1.0p-110f;
  const guint32 bits = bits_of_float (float_of_bits ((exponent >> 1) + 0x07800000u) + scaled);
  const guint32 number = ((bits >> 13) & 0x7c00u) + (bits & 0x0fffu);
  const guint32 nan = 0x7e00u | ((w >> 13) & 0x1ffu);
  return (guint16) ((w >> 16 & 0x8000u) | (two_w > 0xff000000u ? nan : number));
}

static inline guint16
narrow_one_bf16 (float value)
{
  const guint32 w = bits_of_float (value);
  /* Half of the last place, less one where the number is even. The carry goes into the exponent,
   * and from the largest to infinity. */
  const guint32 number = (w + 0x7fffu + (w >> 16 & 1u)) >> 16;
  /* A payload may be in the lower half alone: the quiet bit keeps it from becoming infinity. */
  const guint32 nan = w >> 16 | 0x40u;
  return (guint16) ((w & 0x7fffffffu) > 0x7f800000u ? nan : number);
}

static guint16
load_u16 (const guint8 *p)
{
  guint16 v;
  memcpy (&v, p, sizeof v);
  return v;
}

static float
load_f32 (const guint8 *p)
{
  float v;
  memcpy (&v, p, sizeof v);
  return v;
}

#if HAVE_F16C
__attribute__ ((target ("avx,f16c"))) static gsize
widen_f16c (const guint8 *p, gsize n, float *to)
{
  gsize i = 0;
  for (; i + 8 <= n; i += 8)
    _mm256_storeu_ps (to + i, _mm256_cvtph_ps (_mm_loadu_si128 ((const void *) (p + 2 * i))));
  return i;
}

__attribute__ ((target ("avx,f16c"))) static gsize
narrow_f16c (const guint8 *p, gsize n, guint16 *to)
{
  gsize i = 0;
  for (; i + 8 <= n; i += 8)
    _mm_storeu_si128 ((void *) (to + i),
                      _mm256_cvtps_ph (_mm256_loadu_ps ((const void *) (p + 4 * i)),
                                       _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  return i;
}

static gboolean
have_f16c (void)
{
  return __builtin_cpu_supports ("avx") && __builtin_cpu_supports ("f16c");
}
#endif

void
monocle_half_widen (const void *from, gsize n, float *to)
{
  const guint8 *p = from;
  gsize i = 0;
#if HAVE_F16C
  if (have_f16c ())
    i = widen_f16c (p, n, to);
#endif
  for (; i < n; i++)
    to[i] = widen_one (load_u16 (p + 2 * i));
}

void
monocle_half_narrow (const void *from, gsize n, guint16 *to)
{
  const guint8 *p = from;
  gsize i = 0;
#if HAVE_F16C
  if (have_f16c ())
    i = narrow_f16c (p, n, to);
#endif
  for (; i < n; i++)
    to[i] = narrow_one (load_f32 (p + 4 * i));
}

void
monocle_bf16_widen (const void *from, gsize n, float *to)
{
  const guint8 *p = from;
  for (gsize i = 0; i < n; i++)
    to[i] = float_of_bits ((guint32) load_u16 (p + 2 * i) << 16);
}

void
monocle_bf16_narrow (const void *from, gsize n, guint16 *to)
{
  const guint8 *p = from;
  for (gsize i = 0; i < n; i++)
    to[i] = narrow_one_bf16 (load_f32 (p + 4 * i));
}

/* Micikevicius et al. 2022, arXiv 2209.05433. */
float
monocle_f8_e4m3_widen (guint8 bits)
{
  int exponent = bits >> 3 & 15, mantissa = bits & 7;
  float size;

  if ((bits & 0x7f) == 0x7f)
    size = NAN;
  else if (exponent == 0)
    size = ldexpf ((float) mantissa, -9);
  else
    size = ldexpf ((float) (8 + mantissa), exponent - 10);
  return bits & 0x80 ? -size : size;
}

float
monocle_f8_e5m2_widen (guint8 bits)
{
  guint16 half = GUINT16_TO_LE ((guint16) (bits << 8));
  float wide;

  monocle_half_widen (&half, 1, &wide);
  return wide;
}
