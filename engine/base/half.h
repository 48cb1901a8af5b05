/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Arrays of half precision (IEEE 754 binary16) and bfloat16 to and from float, as they lie in
 * files: any alignment, hundreds of millions of elements.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_half_widen:
 * @from: (array length=n): binary16, any alignment
 * @n: how many
 * @to: (out caller-allocates) (array length=n): floats
 *
 * Exact for every input, subnormals, infinities and NaN included.
 */
void monocle_half_widen (const void *from, gsize n, float *to);

/**
 * monocle_half_narrow:
 * @from: (array length=n): floats, any alignment
 * @n: how many
 * @to: (out caller-allocates) (array length=n): binary16
 *
 * The nearest binary16, ties to even; 65520 and more become infinity, NaN a quiet NaN.
 */
void monocle_half_narrow (const void *from, gsize n, guint16 *to);

/**
 * monocle_bf16_widen:
 * @from: (array length=n): bfloat16, any alignment
 * @n: how many
 * @to: (out caller-allocates) (array length=n): floats
 *
 * Exact: a bfloat16 is the upper half of a float.
 */
void monocle_bf16_widen (const void *from, gsize n, float *to);

/**
 * monocle_bf16_narrow:
 * @from: (array length=n): floats, any alignment
 * @n: how many
 * @to: (out caller-allocates) (array length=n): bfloat16
 *
 * The nearest bfloat16, ties to even; what is nearer to 2^128 than to the largest becomes infinity,
 * NaN a quiet NaN.
 */
void monocle_bf16_narrow (const void *from, gsize n, guint16 *to);

/**
 * monocle_f8_e4m3_widen:
 * @bits: a float of 8 bits with four bits of exponent, as in weights: no infinities, NaN is 0x7f
 *
 * Returns: its value, exact
 */
float monocle_f8_e4m3_widen (guint8 bits);

/**
 * monocle_f8_e5m2_widen:
 * @bits: the upper half of a binary16
 *
 * Returns: its value, exact
 */
float monocle_f8_e5m2_widen (guint8 bits);

G_END_DECLS
