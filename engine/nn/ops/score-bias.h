/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is added to the scores of attention beside the products of its queries and keys: products of
 * where they are, and what tables say of how far they are apart. Source: Ke et al. 2020, arXiv
 * 2006.15595; Shaw et al. 2018, arXiv 1803.02155.
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/* scores F32 [H, Q, K] = scale * q k^T of each head: q [Q, H D], k [K, H D]; D a multiple of 4. */
void monocle_op_head_scores (MonocleCommands *commands,
                             const MonocleTensor *q,
                             const MonocleTensor *k,
                             guint n_heads,
                             float scale,
                             const MonocleTensor *scores);

/* scores [n_heads, n_queries, n_keys]; q, k [.., n_heads * width]. */
void monocle_reference_head_scores (const float *q,
                                    const float *k,
                                    guint n_queries,
                                    guint n_keys,
                                    guint n_heads,
                                    guint width,
                                    float scale,
                                    float *scores);

/* y[h, i, j] = x[h, i, j] + table[index[i, j], h], where the index is one of the table; x, y F32
 * [H, Q, K] (may be the same), table [N, H], or [H, N] with @by_heads, index U32 [R, S], of which
 * the first K columns count.
 * @place: (nullable): U32 [Q], the row of the index that is each query's, below R; %NULL: Q of R
 * rows, as they come. */
void monocle_op_relative_bias (MonocleCommands *commands,
                               const MonocleTensor *x,
                               const MonocleTensor *table,
                               gboolean by_heads,
                               const MonocleTensor *index,
                               const MonocleTensor *place,
                               const MonocleTensor *y);

/* x, y [n_heads, n_queries, n_keys]; table [n, n_heads] or [n_heads, n]; index [.., stride]. */
void monocle_reference_relative_bias (const float *x,
                                      const float *table,
                                      gboolean by_heads,
                                      const guint32 *index,
                                      const guint32 *place,
                                      guint n_queries,
                                      guint n_keys,
                                      guint n_heads,
                                      guint n,
                                      guint stride,
                                      float *y);

G_END_DECLS
