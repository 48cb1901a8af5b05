/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Vectors of pictures and words.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* To length one. Where all are 0, so they stay. */
void monocle_vector_normalise (float *values, guint n);

/* Sum of products: of normalised ones the cosine. */
double monocle_vector_dot (const float *a, const float *b, guint n);

/* The same with one that is stored in 16 bits: of these there are many, so it is single precision
 * and quick. The same bits on every processor. */
float monocle_vector_dot_half (const float *a, const guint16 *b, guint n);
/* Likewise without the instructions that only some processors have. */
float monocle_vector_dot_half_plain (const float *a, const guint16 *b, guint n);

/**
 * monocle_vector_dot_all:
 * @a: (array): rows of @n numbers
 * @b: (array): likewise
 * @out: (out caller-allocates) (array): [n_a, n_b]: the sums of products of each with each
 *
 * In single precision; quickest where a few dozen rows of each lie side by side.
 */
void
monocle_vector_dot_all (const float *a, guint n_a, const float *b, guint n_b, guint n, float *out);

G_END_DECLS
