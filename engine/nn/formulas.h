/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ops as formulas: each appends one op of ops.h to a graph and returns what it computes. Shapes
 * and letters as there; what the result's shape is follows from the inputs. A 0 stands for an input
 * that is not given.
 */
#pragma once

#include "engine/nn/graph.h"
#include "engine/nn/ops.h"

G_BEGIN_DECLS

/* activation (x w^T + bias) + residual: x [M, K], w [N, K], bias [N] or 0, residual [M, N] or 0. */
MonocleValue monocle_matmul (MonocleGraph *graph,
                             MonocleValue x,
                             MonocleValue w,
                             MonocleValue bias,
                             MonocleValue residual,
                             MonocleActivation activation);
/* x w^T in F32, w in pieces of its rows: x [M, K], pieces [.., K], [M, all rows of the pieces]. */
MonocleValue monocle_matmul_pieces (MonocleGraph *graph,
                                    MonocleValue x,
                                    const MonocleValue *pieces,
                                    guint n_pieces);
/* activation (gate) * up: [T, C] both; @up 0: gate [T, 2C] is both side by side. */
MonocleValue monocle_gate (MonocleGraph *graph,
                           MonocleValue gate,
                           MonocleValue up,
                           MonocleActivation activation);

/* cap tanh (x / cap): x F32. */
MonocleValue monocle_soft_cap (MonocleGraph *graph, MonocleValue x, float cap);

/* Patches of an image [H, W, C] as rows [Ho * Wo, k * k * C up to a multiple of 4]. */
MonocleValue
monocle_im2col (MonocleGraph *graph, MonocleValue x, guint kernel, guint stride, guint padding);
/* activation (x convolved with w + bias) + residual: x [H, W, C], w [N, k * k * C up to a multiple
 * of 4], bias [N] or 0, residual [Ho, Wo, N] or 0; result [Ho, Wo, N]. */
MonocleValue monocle_convolve (MonocleGraph *graph,
                               MonocleValue x,
                               MonocleValue w,
                               MonocleValue bias,
                               MonocleValue residual,
                               const MonocleConvolution *convolution);
/* x + depthwise convolution 3x3 of x + bias: x [H, W, C], w [9, C]. */
MonocleValue
monocle_depthwise_conv (MonocleGraph *graph, MonocleValue x, MonocleValue w, MonocleValue bias);

MonocleValue monocle_layer_norm (
    MonocleGraph *graph, MonocleValue x, MonocleValue weight, MonocleValue bias, float eps);
/* Times (@offset + weight); see monocle_op_rms_norm(). */
MonocleValue monocle_rms_norm (
    MonocleGraph *graph, MonocleValue x, MonocleValue weight, float offset, float eps);
/* The same of heads, which are the columns of a row in turn: weight [2, width of a head]. */
MonocleValue monocle_rms_norm_heads (MonocleGraph *graph,
                                     MonocleValue x,
                                     MonocleValue weight,
                                     const MonocleHeads *heads,
                                     float offset,
                                     float eps);
/* Of groups of channels over all of x [.., C]: weight, bias [C]. */
MonocleValue monocle_group_norm (MonocleGraph *graph,
                                 MonocleValue x,
                                 MonocleValue weight,
                                 MonocleValue bias,
                                 const MonocleGroupNorm *norm);
/* [Ho, Wo, C]: the largest of each window of x [H, W, C]; what lies around it is not looked at. */
MonocleValue
monocle_max_pool (MonocleGraph *graph, MonocleValue x, guint kernel, guint stride, guint padding);
/* [1, C]: the mean of the rows of x [T, C]. */
MonocleValue monocle_mean_rows (MonocleGraph *graph, MonocleValue x);

/* Inside windows of an image: qkv [H, W, 3C], bias [3C], result [H, W, C]. */
MonocleValue monocle_window_attention (
    MonocleGraph *graph, MonocleValue qkv, MonocleValue bias, guint n_heads, guint window);
/* Between channels: qkv [T, 3C], result [T, C]. */
MonocleValue monocle_channel_attention (MonocleGraph *graph, MonocleValue qkv, guint n_groups);
/* @geometry without its tensors; @lengths may be 0. Result [n_batches * n_queries, C]. */
MonocleValue monocle_attention (MonocleGraph *graph,
                                MonocleValue q,
                                MonocleValue k,
                                MonocleValue v,
                                MonocleValue lengths,
                                const MonocleAttention *geometry);
/* The same with a bias F32 [H, n_queries, n_keys], or 0, added to scores. */
MonocleValue monocle_attention_with_bias (MonocleGraph *graph,
                                          MonocleValue q,
                                          MonocleValue k,
                                          MonocleValue v,
                                          MonocleValue lengths,
                                          MonocleValue bias,
                                          const MonocleAttention *geometry);
/* New tokens of each row over the cache, which they extend: @geometry without its tensors; place
 * U32 [rows], qkv [rows * n_tokens, C + 2 Ck], result [rows * n_tokens, C]. */
MonocleValue monocle_cached_attention (MonocleGraph *graph,
                                       MonocleValue qkv,
                                       MonocleValue keys,
                                       MonocleValue values,
                                       MonocleValue ancestors,
                                       MonocleValue place,
                                       const MonocleCachedAttention *geometry);

/* The same with a bias F32 [H, rows * n_tokens, places], or 0, added to scores. */
MonocleValue monocle_cached_attention_with_bias (MonocleGraph *graph,
                                                 MonocleValue qkv,
                                                 MonocleValue keys,
                                                 MonocleValue values,
                                                 MonocleValue ancestors,
                                                 MonocleValue place,
                                                 MonocleValue bias,
                                                 const MonocleCachedAttention *geometry);
/* F32 [H, Q, K] = scale q k^T of each head: q [Q, C], k [K, C]. */
MonocleValue monocle_head_scores (
    MonocleGraph *graph, MonocleValue q, MonocleValue k, guint n_heads, float scale);
/* x [H, Q, K] with what the table [N, H], or [H, N], says of each pair: index U32 [R, S], place U32
 * [Q] or 0; see monocle_op_relative_bias(). */
MonocleValue monocle_relative_bias (MonocleGraph *graph,
                                    MonocleValue x,
                                    MonocleValue table,
                                    gboolean by_heads,
                                    MonocleValue index,
                                    MonocleValue place);

/* Rows of a table in pieces, plus rows of positions: ids U32 [T], result [T, C]. @positions and
 * @place may be 0. */
MonocleValue monocle_embed (MonocleGraph *graph,
                            MonocleValue ids,
                            const MonocleValue *pieces,
                            guint n_pieces,
                            MonocleValue positions,
                            guint first_position,
                            gboolean position_per_row,
                            MonocleValue place);
/* Rows of a table in pieces, those of the first @n_scaled times @scale: ids U32 [T], result [T, C].
 */
MonocleValue monocle_embed_scaled (MonocleGraph *graph,
                                   MonocleValue ids,
                                   const MonocleValue *pieces,
                                   guint n_pieces,
                                   guint n_scaled,
                                   float scale);
/* x + positions in the first rows of each batch of @batch_rows; the others are whatever was there
 * and want monocle_put_rows(). Result [n_batches * batch_rows, C]. */
MonocleValue monocle_add_positions (MonocleGraph *graph,
                                    MonocleValue x,
                                    MonocleValue positions,
                                    guint first_position,
                                    guint n_batches,
                                    guint batch_rows);
MonocleValue monocle_image_positions (MonocleGraph *graph,
                                      MonocleValue x,
                                      MonocleValue columns,
                                      MonocleValue rows,
                                      MonocleValue temporal);

/* F32 [T, width]: the angles of positions U32 [T], for monocle_rotary(). */
MonocleValue
monocle_rotary_angles (MonocleGraph *graph, MonocleValue positions, guint width, float base);
/* The same where a position is three numbers: positions U32 [T, 3]. */
MonocleValue monocle_rotary_angles_of_axes (MonocleGraph *graph,
                                            MonocleValue positions,
                                            guint width,
                                            float base,
                                            const MonocleRotaryAxes *axes);
/* x [T, C] with the first heads of each row turned. */
MonocleValue monocle_rotary (MonocleGraph *graph,
                             MonocleValue x,
                             MonocleValue angles,
                             const MonocleRotary *rotary);

/* @target with rows [first, ..) replaced by those of @source; @target as it was is no more. */
MonocleValue
monocle_put_rows (MonocleGraph *graph, MonocleValue target, MonocleValue source, guint first);
/* The rows of all parts, one below the other. */
MonocleValue monocle_join_rows (MonocleGraph *graph, const MonocleValue *parts, guint n_parts);

/* U32 [M, 2k]: see monocle_op_top_k(). */
MonocleValue monocle_top_k (MonocleGraph *graph,
                            MonocleValue logits,
                            MonocleValue bias,
                            MonocleValue banned,
                            MonocleValue n_banned,
                            guint k);

/* --- the way back, all of it in F32: see gradients.h -------------------------------------- */

/* dx [M, K] = dy[:, first_column ..] w (+ residual or 0): w [N, K] by rows. */
MonocleValue monocle_matmul_back (MonocleGraph *graph,
                                  MonocleValue dy,
                                  MonocleValue w,
                                  guint first_column,
                                  MonocleValue residual);
/* @target [N, K] with dy^T x added to it: dy [M, N], x [M, K]. */
MonocleValue
monocle_matmul_outer (MonocleGraph *graph, MonocleValue target, MonocleValue dy, MonocleValue x);
/* An activation apart from its product. */
MonocleValue monocle_gelu (MonocleGraph *graph, MonocleValue x);
MonocleValue monocle_gelu_back (MonocleGraph *graph, MonocleValue x, MonocleValue dy);
/* Of any format. */
MonocleValue monocle_add (MonocleGraph *graph, MonocleValue a, MonocleValue b);
MonocleValue monocle_layer_norm_back (
    MonocleGraph *graph, MonocleValue x, MonocleValue weight, MonocleValue dy, float eps);
/* See attention-back.h; @lengths may be 0. */
MonocleValue monocle_attention_weights (MonocleGraph *graph,
                                        MonocleValue q,
                                        MonocleValue k,
                                        MonocleValue lengths,
                                        const MonocleAttention *geometry);
MonocleValue monocle_attention_weights_back (MonocleGraph *graph,
                                             MonocleValue weights,
                                             MonocleValue v,
                                             MonocleValue dy,
                                             const MonocleAttention *geometry);
MonocleValue monocle_attention_mix (MonocleGraph *graph,
                                    MonocleValue w,
                                    MonocleValue x,
                                    gboolean turned,
                                    const MonocleAttention *geometry);
/* F32 [R], the loss of each row: logits F32 [R, V], bias [V] or 0, labels U32 [R]. */
MonocleValue monocle_cross_entropy (MonocleGraph *graph,
                                    MonocleValue logits,
                                    MonocleValue bias,
                                    MonocleValue labels);
/* F32 [1]. */
MonocleValue monocle_sum_squares (MonocleGraph *graph, MonocleValue x);
/* x after a step; it, gradient, mean and square lie outside; settings F32 [MONOCLE_ADAMW_N]. */
MonocleValue monocle_adamw (MonocleGraph *graph,
                            MonocleValue x,
                            MonocleValue gradient,
                            MonocleValue mean,
                            MonocleValue square,
                            MonocleValue settings);

G_END_DECLS
