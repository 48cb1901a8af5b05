/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Half precision (IEEE 754 binary16) and bfloat16, to and from float, as bits. Used when weights
 * are read and packed. No arithmetic in half precision is done on the host.
 *
 * Source: the bit-exact, branch-free method of M. Dukhan's FP16 library, verified here against
 * a plain definition over all 65,536 halves (tests/unit/test-half.c).
 */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

static inline float
monocle_half_float_of_bits (guint32 bits)
{
  float value;
  memcpy (&value, &bits, sizeof value);
  return value;
}

static inline guint32
monocle_half_bits_of_float (float value)
{
  guint32 bits;
  memcpy (&bits, &value, sizeof bits);
  return bits;
}

/**
 * monocle_half_to_float:
 * @half: bits of a binary16
 *
 * Returns: the same number; exact for every input, subnormals, infinities and NaN included
 */
static inline float
monocle_half_to_float (guint16 half)
{
  const guint32 w = (guint32) half << 16;
  const guint32 sign = w & 0x80000000u;
  const guint32 two_w = w + w;
  /* Normal: move exponent and mantissa into place, then fix the bias by 2^-112. */
  const float normal = monocle_half_float_of_bits ((two_w >> 4) + (0xe0u << 23)) * 0x1.0p-112f;
  /* Subnormal: put the mantissa below 0.5, then subtract 0.5. */
  const float subnormal = monocle_half_float_of_bits ((two_w >> 17) | (126u << 23)) - 0.5f;
  const guint32 bits = two_w < (1u << 27) ? monocle_half_bits_of_float (subnormal)
                                          : monocle_half_bits_of_float (normal);
  return monocle_half_float_of_bits (sign | bits);
}

/**
 * monocle_half_from_float:
 * @value: any float
 *
 * Returns: the nearest binary16, ties to even; 65520 and more become infinity, NaN a quiet NaN
 */
static inline guint16
monocle_half_from_float (float value)
{
  const guint32 w = monocle_half_bits_of_float (value);
  const guint32 magnitude = w & 0x7fffffffu;
  const guint32 shl1_w = w + w;
  guint32 bias = shl1_w & 0xff000000u;
  guint32 bits, nonsign;
  /* Scaling by 2^112 and 2^-110 saturates what is too large to infinity; adding a power of two
   * then rounds the mantissa at the right bit with the processor's round-to-nearest-even. */
  float base = (monocle_half_float_of_bits (magnitude) * 0x1.0p+112f) * 0x1.0p-110f;
  if (bias < 0x71000000u)
    bias = 0x71000000u;
  base = monocle_half_float_of_bits ((bias >> 1) + 0x07800000u) + base;
  bits = monocle_half_bits_of_float (base);
  nonsign = ((bits >> 13) & 0x7c00u) + (bits & 0x0fffu);
  if (shl1_w > 0xff000000u)
    nonsign = 0x7e00u | ((w >> 13) & 0x1ffu);
  return (guint16) ((w >> 16 & 0x8000u) | nonsign);
}

/**
 * monocle_bf16_to_float:
 * @bits: bits of a bfloat16
 *
 * Returns: the same number, exact
 */
static inline float
monocle_bf16_to_float (guint16 bits)
{
  return monocle_half_float_of_bits ((guint32) bits << 16);
}

/**
 * monocle_half_widen:
 * @from: (array length=n): binary16, any alignment
 * @n: how many
 * @to: (out caller-allocates) (array length=n): floats
 *
 * monocle_half_to_float() over an array.
 */
void monocle_half_widen (const void *from, gsize n, float *to);

/**
 * monocle_half_narrow:
 * @from: (array length=n): floats, any alignment
 * @n: how many
 * @to: (out caller-allocates) (array length=n): binary16
 *
 * monocle_half_from_float() over an array.
 */
void monocle_half_narrow (const void *from, gsize n, guint16 *to);

/**
 * monocle_bf16_widen:
 * @from: (array length=n): bfloat16, any alignment
 * @n: how many
 * @to: (out caller-allocates) (array length=n): floats
 *
 * monocle_bf16_to_float() over an array.
 */
void monocle_bf16_widen (const void *from, gsize n, float *to);

G_END_DECLS
