/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which of many vectors fit each other: each is compared with each, in blocks, in as many threads
 * as there are processors.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MonoclePair:
 * @a: which vector
 * @b: which other one, behind it
 * @cosine: of both
 */
typedef struct
{
  guint32 a, b;
  float cosine;
} MonoclePair;

/* @part: of all that has to be compared, 0 to 1; in the thread that asked */
typedef void (*MonoclePairsProgress) (double part, gpointer user_data);

/**
 * MonoclePairsQuery:
 * @rows: (array length=n): vectors in 16 bits, normalised
 * @least: the lowest cosine
 * @most: pairs; where there are more, the worst are left out
 * @progress: (nullable)
 */
typedef struct
{
  const guint16 *const *rows;
  guint n, n_dims;
  float least;
  guint most;
  MonoclePairsProgress progress;
  gpointer user_data;
} MonoclePairsQuery;

/**
 * monocle_pairs_find:
 * @above: (out): where there were too many, what the cosines of all that are left are above; else
 * -1
 *
 * Errors: %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable) (element-type MonoclePair): the best first
 */
GArray *monocle_pairs_find (const MonoclePairsQuery *query,
                            float *above,
                            GCancellable *cancellable,
                            GError **error);

G_END_DECLS
