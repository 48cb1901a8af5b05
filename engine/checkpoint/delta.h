/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an adapter makes of a stored matrix, applied whenever numbers of it are read, so that
 * whoever reads weights need not know of adapters and no second copy of the matrix exists.
 *
 * W' = m (W + B A), and some rows are others. Source: Hu et al. 2021, arXiv 2106.09685; m: Liu et
 * al. 2024, arXiv 2402.09353.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleDelta:
 * @rows: of the matrix: its outermost dimension
 * @columns: all others together
 * @rank: of the product; 0: there is none
 * @a: (array) (nullable): [rank, columns]
 * @b: (array) (nullable): [rows, rank], its scale in it
 * @scale: (array) (nullable): [rows]: what each row is multiplied with after that
 * @n_others: rows that are others
 * @others: (array length=n_others) (nullable): which, ascending
 * @other_rows: (array) (nullable): [n_others, columns]
 */
typedef struct
{
  guint64 rows, columns;
  guint rank;
  float *a, *b, *scale;
  guint n_others;
  guint32 *others;
  float *other_rows;
} MonocleDelta;

void monocle_delta_free (MonocleDelta *self);

/**
 * monocle_delta_apply:
 * @self: a delta
 * @first: an element of the matrix, row-major
 * @n: how many
 * @values: (inout) (array length=n): as stored, then as they are meant
 */
void monocle_delta_apply (const MonocleDelta *self, guint64 first, guint64 n, float *values);

G_END_DECLS
