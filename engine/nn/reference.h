/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every op of ops.h in plain C on the host, written to be read: loops over floats, sums in double.
 * The kernels are tested against these. Arguments and shapes as in ops.h; matrices are row-major.
 */
#pragma once

#include "engine/nn/ops.h"

G_BEGIN_DECLS

/* x [m, k], w [n, k], bias [n] or NULL, residual [m, n] or NULL, y [m, n]. */
void monocle_reference_matmul (const float *x,
                               const float *w,
                               const float *bias,
                               const float *residual,
                               MonocleActivation activation,
                               guint m,
                               guint n,
                               guint k,
                               float *y);

/* x [height, width, channels], y [out_height * out_width, kernel^2 * channels up to a multiple of
 * 4]. */
void monocle_reference_im2col (const float *x,
                               guint height,
                               guint width,
                               guint channels,
                               guint kernel,
                               guint stride,
                               guint padding,
                               float *y);

/* x, y [height, width, channels], w [3, 3, channels], bias [channels]. */
void monocle_reference_depthwise_conv (const float *x,
                                       const float *w,
                                       const float *bias,
                                       guint height,
                                       guint width,
                                       guint channels,
                                       float *y);

/* x, y [rows, columns], weight, bias [columns]. */
void monocle_reference_layer_norm (const float *x,
                                   const float *weight,
                                   const float *bias,
                                   guint rows,
                                   guint columns,
                                   float eps,
                                   float *y);

/* qkv [height, width, 3, n_heads, head_width], bias [3, n_heads, head_width], y [height, width,
 * n_heads, head_width]. */
void monocle_reference_window_attention (const float *qkv,
                                         const float *bias,
                                         guint height,
                                         guint width,
                                         guint n_heads,
                                         guint head_width,
                                         guint window,
                                         float *y);

/* qkv [tokens, 3, n_groups, width], y [tokens, n_groups, width]. */
void monocle_reference_channel_attention (
    const float *qkv, guint tokens, guint n_groups, guint width, float *y);

/* The tensors of @attention are ignored but for lengths, given as @lengths (nullable). */
void monocle_reference_attention (const float *q,
                                  const float *k,
                                  const float *v,
                                  const MonocleAttention *attention,
                                  const guint32 *lengths,
                                  float *y);

/* The tensors of @attention say the shapes; keys and values are extended. */
void monocle_reference_cached_attention (const MonocleCachedAttention *attention,
                                         const float *qkv,
                                         float *keys,
                                         float *values,
                                         const guint32 *ancestors,
                                         const guint32 *place,
                                         float *y);

/* table [n_ids, columns]; @place [tokens] is NULL where the op has none. */
void monocle_reference_embed (const guint32 *ids,
                              const float *table,
                              guint first_id,
                              guint n_ids,
                              const float *positions,
                              guint first_position,
                              gboolean position_per_row,
                              const guint32 *place,
                              guint tokens,
                              guint columns,
                              float *y);

/* x [tokens, columns] if @shared, else [n_batches, tokens, columns]. */
void monocle_reference_add_positions (const float *x,
                                      gboolean shared,
                                      const float *positions,
                                      guint first_position,
                                      guint n_batches,
                                      guint tokens,
                                      guint columns,
                                      guint y_first,
                                      guint y_batch_rows,
                                      float *y);

/* x, y [height, width, channels]; columns [.., column_channels]; rows [.., the others]. */
void monocle_reference_image_positions (const float *x,
                                        const float *columns,
                                        const float *rows,
                                        const float *temporal,
                                        guint height,
                                        guint width,
                                        guint channels,
                                        guint column_channels,
                                        float *y);

/* x [rows, columns], y [columns]. */
void monocle_reference_mean_rows (const float *x, guint rows, guint columns, float *y);

/* logits [rows, n]; banned [rows, 2 max_banned]; ids [rows, k] and log_probabilities [rows, k]. */
void monocle_reference_top_k (const float *logits,
                              const float *bias,
                              const guint32 *banned,
                              const guint32 *n_banned,
                              guint max_banned,
                              guint rows,
                              guint n,
                              guint k,
                              guint32 *ids,
                              float *log_probabilities);

G_END_DECLS
