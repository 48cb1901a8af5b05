/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Operations: each checks its shapes and records one kernel, or a few. Shapes are asserted, since
 * the loader has checked every file against the model's table. Letters: M rows, K inputs, N outputs
 * of a matrix product; T tokens, C channels, H heads, D head width, V vocabulary, W window side,
 * B beams, R requests. Images are [rows, columns, channels].
 *
 * Every op returns after its checks when @commands is NULL: that is how activations are measured
 * (see arena.h). Tensors may have more dimensions than said here, as long as the last ones agree.
 *
 * Element types: activations ("store") are all F32 or all F16 in one model; weights F32 or F16;
 * biases, normalisation parameters and logits F32; ids and tables U32. All channel counts and head
 * widths are multiples of 4.
 */
#pragma once

#include "engine/nn/tensor.h"
#include "engine/vk/commands.h"

G_BEGIN_DECLS

typedef enum
{
  MONOCLE_ACTIVATION_NONE,
  MONOCLE_ACTIVATION_GELU,
} MonocleActivation;

/* Columns to which the packed layout pads N (see MONOCLE_LAYOUT_PACKED). */
guint monocle_op_matmul_padded_columns (guint n);

/* y = activation (x w^T + bias) + residual. x [M, K], w [N, K], bias [N] or NULL, residual [M, N]
 * or NULL (may be y), y [M, N]: store, or F32 where y->element says so. On block-kernel devices w
 * is PACKED for the blocked product (large M) or ROWS for the row product (any M, meant for small).
 */
void monocle_op_matmul (MonocleCommands *commands,
                        const MonocleTensor *x,
                        const MonocleTensor *w,
                        const MonocleTensor *bias,
                        const MonocleTensor *residual,
                        MonocleActivation activation,
                        const MonocleTensor *y);

/* y[:, first_column .. first_column + N) = x w^T + bias: one piece of a product whose N is too
 * large for one binding. x [M, K], w [N, K] ROWS, bias [N] or NULL, y [M, all columns] store or
 * F32. */
void monocle_op_matmul_columns (MonocleCommands *commands,
                                const MonocleTensor *x,
                                const MonocleTensor *w,
                                const MonocleTensor *bias,
                                guint first_column,
                                const MonocleTensor *y);

/* Patches of an image as rows: y [Ho * Wo, k * k * C padded to a multiple of 4], columns ordered
 * (ky, kx, c), zero padding. x is [H, W, C]. Ho = (H + 2 padding - k) / stride + 1. */
void monocle_op_im2col (MonocleCommands *commands,
                        const MonocleTensor *x,
                        guint kernel,
                        guint stride,
                        guint padding,
                        const MonocleTensor *y);

/* y = x + depthwise convolution 3x3 (stride 1, zero padding 1) of x + bias. x, y [H, W, C] (not the
 * same tensor), w [9, C] (ky, kx), bias [C]. */
void monocle_op_depthwise_conv (MonocleCommands *commands,
                                const MonocleTensor *x,
                                const MonocleTensor *w,
                                const MonocleTensor *bias,
                                const MonocleTensor *y);

/* Each row to mean 0 and variance 1 (biased), then scaled and shifted. x, y [T, C] (may be the
 * same), weight, bias [C]. Source: Ba et al. 2016. */
void monocle_op_layer_norm (MonocleCommands *commands,
                            const MonocleTensor *x,
                            const MonocleTensor *weight,
                            const MonocleTensor *bias,
                            float eps,
                            const MonocleTensor *y);

/* Softmax attention inside W x W windows, the image padded with zero tokens right and below: their
 * query, key and value are the bias of the qkv product. qkv [H, W, 3C] (Q, K, V; each head-major),
 * bias [3C], y [H, W, C]. Scale D^-1/2. */
void monocle_op_window_attention (MonocleCommands *commands,
                                  const MonocleTensor *qkv,
                                  const MonocleTensor *bias,
                                  guint n_heads,
                                  guint window,
                                  const MonocleTensor *y);

/* Attention between channels: for each group A = softmax (T^-1/2 Q^T K), y = V A^T. qkv [T, 3C],
 * scores: scratch of monocle_op_channel_attention_scratch() F32 elements, y [T, C]. */
guint monocle_op_channel_attention_scratch (MonocleVkGpu *gpu,
                                            guint n_tokens,
                                            guint n_channels,
                                            guint n_groups);
void monocle_op_channel_attention (MonocleCommands *commands,
                                   const MonocleTensor *qkv,
                                   guint n_groups,
                                   const MonocleTensor *scores,
                                   const MonocleTensor *y);

/**
 * MonocleAttention:
 * @q, @k, @v: batches of rows; element (batch b, row t, channel c) at
 *   first + b * batch_stride + t * row_stride + c elements of the tensor's start; all of these are
 *   multiples of 4
 * @y: [n_batches, n_queries, n_heads * head_width], without gaps
 * @lengths: (nullable): U32 [n_batches], keys seen in each batch, at most n_keys; %NULL: all
 *
 * General attention, scale head_width^-1/2. With @causal, query t sees keys 0..t. A query that sees
 * no key (length 0) gives zeros.
 */
typedef struct
{
  MonocleTensor q, k, v, y;
  guint q_first, k_first, v_first;
  guint q_row_stride, kv_row_stride;
  guint q_batch_stride, kv_batch_stride;
  guint n_batches, n_queries, n_keys, n_heads, head_width;
  gboolean causal;
  const MonocleTensor *lengths;
} MonocleAttention;

void monocle_op_attention (MonocleCommands *commands, const MonocleAttention *attention);

/**
 * MonocleCachedAttention:
 * @qkv: [rows, n_tokens, 3C] (Q, K, V; each head-major) of the new tokens
 * @keys, @values: [rows, P, C] (P places): the cache, extended by this op
 * @ancestors: U32 [rows, P]: in which row of the cache the key of place p of this row lies, for
 *   places before the new ones; the new ones are written to the row's own
 * @place: U32 [rows]: of the first new token of each row, at most P - n_tokens
 * @y: [rows, n_tokens, C]
 * @n_tokens: new ones of each row: 1 while answering, more for a prompt
 *
 * New tokens of each row against the key-value cache (see cache.h): each sees all earlier places of
 * its row, the new tokens before it and itself. The places are read on the device, so that a
 * recording can be replayed.
 */
typedef struct
{
  MonocleTensor qkv, keys, values, ancestors, place, y;
  guint n_tokens, n_heads;
} MonocleCachedAttention;

void monocle_op_cached_attention (MonocleCommands *commands,
                                  const MonocleCachedAttention *attention);

/* y[t] = table[ids[t]] + positions[first + t (+ place[t])]. table [rows, C] is one piece of the
 * vocabulary holding ids [first_id, first_id + rows); ids outside it leave y untouched. ids U32
 * [T]; positions [P, C]; place U32 [T] or NULL: added to the position of each row. With
 * @position_per_row false, there is no t in that (decoding: rows are beams). y [T, C]. */
void monocle_op_embed (MonocleCommands *commands,
                       const MonocleTensor *ids,
                       const MonocleTensor *table,
                       guint first_id,
                       const MonocleTensor *positions,
                       guint first_position,
                       gboolean position_per_row,
                       const MonocleTensor *place,
                       const MonocleTensor *y);

/* y[b, t] = x[t or b, t] + positions[first + t]: x [T, C] shared by all batches, or [B, T, C];
 * y rows start at y_first in each batch of y_batch_rows rows. For image tokens in the text encoder.
 */
void monocle_op_add_positions (MonocleCommands *commands,
                               const MonocleTensor *x,
                               const MonocleTensor *positions,
                               guint first_position,
                               guint n_batches,
                               guint y_first,
                               guint y_batch_rows,
                               const MonocleTensor *y);

/* y [H, W, C] = x + [columns[x] ; rows[y]] + temporal: columns [P, C - C/2...], see MODEL: first
 * half of the channels from columns [P, Ca] by x, second half from rows [P, Cb] by y, Ca + Cb = C;
 * temporal [C] F32. */
void monocle_op_image_positions (MonocleCommands *commands,
                                 const MonocleTensor *x,
                                 const MonocleTensor *columns,
                                 const MonocleTensor *rows,
                                 const MonocleTensor *temporal,
                                 const MonocleTensor *y);

/* Mean over tokens: x [T, C], y [1, C]. */
void
monocle_op_mean_rows (MonocleCommands *commands, const MonocleTensor *x, const MonocleTensor *y);

/* Log-softmax over each row of logits and the k best entries that are not banned. logits F32 [M,
 * V]; bias F32 [V] or NULL is added first; banned U32 [M, 2 P] ranges of ids (first, last), n_banned U32 [M]; scratch F32 of
 * monocle_op_top_k_scratch() elements; y: U32 [M, 2k]: for each row k pairs (id, log-probability as
 * its bits), best first, id G_MAXUINT32 where there are fewer. Equal values: the lower id first. k
 * is at most MONOCLE_OP_TOP_K_MAX. */
#define MONOCLE_OP_TOP_K_MAX 32
guint monocle_op_top_k_scratch (MonocleVkGpu *gpu, guint n_rows, guint n_vocabulary, guint k);
void monocle_op_top_k (MonocleCommands *commands,
                       const MonocleTensor *logits,
                       const MonocleTensor *bias,
                       const MonocleTensor *banned,
                       const MonocleTensor *n_banned,
                       guint k,
                       const MonocleTensor *scratch,
                       const MonocleTensor *y);

/* y = x from F32 to the element type of y; same number of elements. */
void monocle_op_convert (MonocleCommands *commands, const MonocleTensor *x, const MonocleTensor *y);

G_END_DECLS
