/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * base/half: every 16-bit number of both kinds against its definition, and every rounding that one
 * can take part in. Arrays of one half take the plain code, long ones the processor's instructions
 * where it has them, so each check runs through both.
 */
#include "config.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "engine/base/half.h"

#define N_HALVES 65536

static guint32
bits_of (float value)
{
  guint32 bits;
  memcpy (&bits, &value, sizeof bits);
  return bits;
}

/* By the definition: sign, exponent, mantissa. */
static double
define_half (guint16 half)
{
  int exponent = half >> 10 & 31, mantissa = half & 1023;
  double magnitude = exponent == 31  ? (mantissa == 0 ? (double) INFINITY : (double) NAN)
                     : exponent == 0 ? ldexp (mantissa, -24)
                                     : ldexp (1024 + mantissa, exponent - 25);
  return half >> 15 != 0 ? -magnitude : magnitude;
}

static gboolean
is_nan (guint16 half)
{
  return (half & 0x7c00) == 0x7c00 && (half & 0x3ff) != 0;
}

static void
check_same (float found, double expected)
{
  if (isnan (expected))
    g_assert_true (isnan (found));
  else
    g_assert_cmphex (bits_of (found), ==, bits_of ((float) expected));
}

static void
test_widen_all (void)
{
  g_autofree guint16 *halves = g_new (guint16, N_HALVES);
  g_autofree float *wide = g_new (float, N_HALVES);

  for (guint i = 0; i < N_HALVES; i++)
    halves[i] = (guint16) i;
  monocle_half_widen (halves, N_HALVES, wide);
  for (guint i = 0; i < N_HALVES; i++)
    {
      float one;
      monocle_half_widen (&halves[i], 1, &one);
      check_same (one, define_half ((guint16) i));
      check_same (wide[i], define_half ((guint16) i));
    }
}

static void
check_narrow (float value, guint16 expected)
{
  float many[8];
  guint16 one, eight[8];
  for (guint i = 0; i < 8; i++)
    many[i] = value;
  monocle_half_narrow (&value, 1, &one);
  monocle_half_narrow (many, 8, eight);
  g_assert_cmphex (one, ==, expected);
  g_assert_cmphex (eight[0], ==, expected);
  g_assert_cmphex (eight[7], ==, expected);
}

/* Between each half and the next: the middle goes to the even one, a float beside it to its side.
 */
static void
test_narrow_rounding (void)
{
  for (guint sign = 0; sign <= 0x8000; sign += 0x8000)
    for (guint i = 0; i < 0x7c00; i++)
      {
        guint16 low = (guint16) (sign | i), high = (guint16) (low + 1);
        /* The largest half and infinity: as if there were a next power of two. */
        double next = i == 0x7bff ? copysign (65536.0, define_half (low)) : define_half (high);
        float middle = (float) ((define_half (low) + next) / 2);

        check_narrow ((float) define_half (low), low);
        check_narrow (middle, i % 2 == 0 ? low : high);
        check_narrow (nextafterf (middle, 0.0f), low);
        check_narrow (nextafterf (middle, sign != 0 ? -INFINITY : INFINITY), high);
      }
}

static void
test_narrow_extremes (void)
{
  guint16 half;
  const float nan_value = NAN;

  check_narrow (INFINITY, 0x7c00);
  check_narrow (-INFINITY, 0xfc00);
  check_narrow (3.4e38f, 0x7c00);
  check_narrow (-65520.0f, 0xfc00);
  check_narrow (65519.0f, 0x7bff);
  check_narrow (0.0f, 0);
  check_narrow (-0.0f, 0x8000);
  check_narrow (1e-45f, 0);
  check_narrow (-1e-20f, 0x8000);
  monocle_half_narrow (&nan_value, 1, &half);
  g_assert_true (is_nan (half));
}

/* By the definition: sign, exponent, mantissa. */
static double
define_bf16 (guint16 brain)
{
  int exponent = brain >> 7 & 255, mantissa = brain & 127;
  double magnitude = exponent == 255 ? (mantissa == 0 ? (double) INFINITY : (double) NAN)
                     : exponent == 0 ? ldexp (mantissa, -133)
                                     : ldexp (128 + mantissa, exponent - 134);
  return brain >> 15 != 0 ? -magnitude : magnitude;
}

static guint16
narrow_bf16 (float value)
{
  guint16 brain;
  monocle_bf16_narrow (&value, 1, &brain);
  return brain;
}

/* All of them there and back, subnormals included; NaN stays NaN with its sign. */
static void
test_bf16_all (void)
{
  for (guint i = 0; i < N_HALVES; i++)
    {
      guint16 brain = (guint16) i;
      float wide;

      monocle_bf16_widen (&brain, 1, &wide);
      check_same (wide, define_bf16 (brain));
      g_assert_cmphex (narrow_bf16 (wide), ==, isnan (wide) ? i | 0x40 : i);
    }
}

/* Between each and the next, as for halves, from zero up to infinity. */
static void
test_bf16_rounding (void)
{
  for (guint sign = 0; sign <= 0x8000; sign += 0x8000)
    for (guint i = 0; i < 0x7f80; i++)
      {
        guint16 low = (guint16) (sign | i), high = (guint16) (low + 1);
        double next
            = i == 0x7f7f ? copysign (ldexp (1, 128), define_bf16 (low)) : define_bf16 (high);
        float middle = (float) ((define_bf16 (low) + next) / 2);

        g_assert_cmphex (narrow_bf16 (middle), ==, i % 2 == 0 ? low : high);
        g_assert_cmphex (narrow_bf16 (nextafterf (middle, 0.0f)), ==, low);
        g_assert_cmphex (narrow_bf16 (nextafterf (middle, sign != 0 ? -INFINITY : INFINITY)), ==,
                         high);
      }
}

/* The largest float and the smallest, infinities, and NaN whose payload does not reach the upper
 * half, or would carry over when rounded. */
static void
test_bf16_extremes (void)
{
  static const struct
  {
    guint32 bits;
    guint16 expected;
  } cases[] = {
    { 0x00000000, 0x0000 }, { 0x80000000, 0x8000 }, { 0x00000001, 0x0000 }, { 0x807fffff, 0x8080 },
    { 0x7f7fffff, 0x7f80 }, { 0xff7fffff, 0xff80 }, { 0x7f7f7fff, 0x7f7f }, { 0x7f800000, 0x7f80 },
    { 0xff800000, 0xff80 }, { 0x7f800001, 0x7fc0 }, { 0xff800001, 0xffc0 }, { 0x7fffffff, 0x7fff },
    { 0xffffffff, 0xffff },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint16 brain;
      monocle_bf16_narrow (&cases[i].bits, 1, &brain);
      g_assert_cmphex (brain, ==, cases[i].expected);
    }
}

/* Any length and alignment; nothing beyond the end is written. */
static void
test_arrays (void)
{
  guint8 bytes[4 * 64 + 1];
  for (gsize n = 0; n <= 40; n++)
    {
      float wide[64];
      guint16 narrow[64];

      for (guint i = 0; i < 64; i++)
        {
          guint16 half = (guint16) (0x3c00 + i);
          memcpy (bytes + 1 + 2 * i, &half, 2);
        }
      memset (wide, 0xaa, sizeof wide);
      monocle_half_widen (bytes + 1, n, wide);
      for (gsize i = 0; i < 64; i++)
        g_assert_cmphex (bits_of (wide[i]), ==,
                         i < n ? bits_of (1.0f + (float) i / 1024) : 0xaaaaaaaau);

      for (guint i = 0; i < 64; i++)
        {
          float value = 1.0f + (float) i / 1024;
          memcpy (bytes + 1 + 4 * i, &value, 4);
        }
      memset (narrow, 0xaa, sizeof narrow);
      monocle_half_narrow (bytes + 1, n, narrow);
      for (gsize i = 0; i < 64; i++)
        g_assert_cmphex (narrow[i], ==, i < n ? 0x3c00 + i : 0xaaaa);

      memset (wide, 0xaa, sizeof wide);
      monocle_bf16_widen (bytes + 1, n, wide);
      for (gsize i = 0; i < 64; i++)
        {
          guint16 half;
          memcpy (&half, bytes + 1 + 2 * i, 2);
          g_assert_cmphex (bits_of (wide[i]), ==, i < n ? (guint32) half << 16 : 0xaaaaaaaau);
        }

      for (guint i = 0; i < 64; i++)
        {
          float value = 1.0f + (float) i / 128;
          memcpy (bytes + 1 + 4 * i, &value, 4);
        }
      memset (narrow, 0xaa, sizeof narrow);
      monocle_bf16_narrow (bytes + 1, n, narrow);
      for (gsize i = 0; i < 64; i++)
        g_assert_cmphex (narrow[i], ==, i < n ? 0x3f80 + i : 0xaaaa);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/half/widen-all", test_widen_all);
  g_test_add_func ("/engine/half/narrow-rounding", test_narrow_rounding);
  g_test_add_func ("/engine/half/narrow-extremes", test_narrow_extremes);
  g_test_add_func ("/engine/half/arrays", test_arrays);
  g_test_add_func ("/engine/bf16/all", test_bf16_all);
  g_test_add_func ("/engine/bf16/rounding", test_bf16_rounding);
  g_test_add_func ("/engine/bf16/extremes", test_bf16_extremes);
  return g_test_run ();
}
