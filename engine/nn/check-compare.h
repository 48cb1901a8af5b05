/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How far numbers of a device lie from those of plain C.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_check_compare:
 * @got: (array length=n): of a device
 * @expected: (array length=n): of plain C
 * @n: how many
 * @is_pairs: whether they are pairs of an id and a number: see monocle_top_k()
 *
 * Returns: the largest difference beside the numbers' size; infinite where one is none, or another
 *   id
 */
double
monocle_check_compare (const float *got, const float *expected, guint64 n, gboolean is_pairs);

G_END_DECLS
