/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Half precision and bfloat16 over arrays: plain loops that the compiler vectorises. On x86 a
 * second version uses the F16C instructions where the processor has them; same bits.
 */
#include "config.h"

#include "engine/io/half.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define HAVE_F16C 1
#include <immintrin.h>
#else
#define HAVE_F16C 0
#endif

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
    to[i] = monocle_half_to_float (load_u16 (p + 2 * i));
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
    to[i] = monocle_half_from_float (load_f32 (p + 4 * i));
}

void
monocle_bf16_widen (const void *from, gsize n, float *to)
{
  const guint8 *p = from;
  for (gsize i = 0; i < n; i++)
    to[i] = monocle_bf16_to_float (load_u16 (p + 2 * i));
}
