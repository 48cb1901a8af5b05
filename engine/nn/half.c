/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Conversions between 32-bit and 16-bit floats on their bits, so that they need neither a compiler
 * extension nor a processor feature.
 */
#include "config.h"

#include "engine/nn/half.h"

typedef union
{
  float value;
  guint32 bits;
} FloatBits;

guint16
monocle_half_from_float (float value)
{
  FloatBits f = { .value = value };
  guint32 sign = (f.bits >> 16) & 0x8000;
  guint32 bits = f.bits & 0x7fffffff;

  if (bits > 0x7f800000)
    return (guint16) (sign | 0x7e00);
  if (bits >= 0x477ff000) /* 65520: halfway between 65504 and the next step */
    return (guint16) (sign | 0x7c00);
  if (bits < 0x38800000)
    {
      /* Below 2^-14 the half is subnormal, a multiple of 2^-24: adding 0.5 makes the float unit
       * round to exactly that place. */
      f.bits = bits;
      f.value += 0.5f;
      return (guint16) (sign | (f.bits - 0x3f000000));
    }
  bits += 0xfff + ((bits >> 13) & 1);
  return (guint16) (sign | ((bits - 0x38000000) >> 13));
}

float
monocle_half_to_float (guint16 half)
{
  FloatBits f = { .bits = (guint32) (half & 0x7fff) << 13 };

  if (f.bits >= 0x0f800000) /* infinity or NaN */
    f.bits += 0x70000000;
  else if (f.bits >= 0x00800000)
    f.bits += 0x38000000;
  else
    {
      /* Subnormal: let the float unit normalise it. */
      f.bits += 0x38800000;
      f.value -= 6.103515625e-05f; /* 2^-14 */
    }
  f.bits |= (guint32) (half & 0x8000) << 16;
  return f.value;
}

void
monocle_half_from_floats (const float *from, guint16 *to, gsize n)
{
  for (gsize i = 0; i < n; i++)
    to[i] = monocle_half_from_float (from[i]);
}

void
monocle_half_to_floats (const guint16 *from, float *to, gsize n)
{
  for (gsize i = 0; i < n; i++)
    to[i] = monocle_half_to_float (from[i]);
}
